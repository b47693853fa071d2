"""Finding the review of what was opened, and making the two fit."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trackproof.errors import ReviewError
from trackproof.review.carrying import carry_over as carry_over_sequence
from trackproof.review.database import connect, open_database, reading_mode, release
from trackproof.review.inputs import InputsChanged, label_changes
from trackproof.review.places import review_path
from trackproof.review.recovery import recovery_note
from trackproof.review.schema import version_of
from trackproof.review.sequences import add_sequences
from trackproof.review.state import trusting_nothing

if TYPE_CHECKING:
    from trackproof.labels import Sequence
    from trackproof.review.database import Database
    from trackproof.storage import Place


class Opened(Protocol):
    """What a format returns for a file that was opened."""

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """All sequences of it."""

    @property
    def path(self) -> Place:
        """What was opened."""


def input_of(path: Path) -> str:
    """Return what a review file was made from: the path or address that was opened.

    Raises
    ------
    ReviewError
        When the file is no review, or damaged; nothing in it is changed.
    """
    if not path.is_file():
        raise ReviewError("There is no such review.", path=path)
    with trusting_nothing(path, "facts"):
        connection = connect(path, mode=reading_mode(path))
        try:
            version_of(connection, path)
            row = connection.execute("SELECT value FROM facts WHERE name = 'opened'").fetchone()
        finally:
            connection.close()
    if row is None:
        raise ReviewError("This review does not say which labels it is of.", path=path)
    opened = str(row[0])
    if "://" not in opened and not Path(opened).exists():
        raise ReviewError(
            f"This review is of {opened}, which is not there any more. Open the labels from "
            "where they are now, then save the review there.",
            path=path,
        )
    return opened


def open_input(
    opened: Opened, *, reviewer: str, path: Path | None, carry_over: bool, take_over: bool
) -> Database:
    """Return the review file of what was opened, with a row for every sequence; see `Review`.

    Raises
    ------
    InputsChanged
        When the labels changed since, and ``carry_over`` is False; nothing was touched.
    ReviewError
        When the file is damaged, no review, or of a newer version.
    """
    place_opened = opened.path.resolve() if isinstance(opened.path, Path) else opened.path
    facts = {"opened": str(place_opened), "made": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
    place = path or review_path(opened.path)
    database = open_database(place, facts=facts, take_over=take_over)
    try:
        with trusting_nothing(database.path, "sequences"):
            return _fitted(database, opened, reviewer=reviewer, carry_over=carry_over)
    except ReviewError:
        release(database)
        raise


def _fitted(database: Database, opened: Opened, *, reviewer: str, carry_over: bool) -> Database:
    connection = database.connection
    changes = label_changes(connection, opened.sequences)
    if changes and not (carry_over and database.holder is not None):
        raise InputsChanged(tuple(changes.values()), database.path)
    said = [
        carry_over_sequence(connection, sequence, reviewer=reviewer)
        for sequence in opened.sequences
        if sequence.name in changes
    ]
    if database.holder is not None:
        add_sequences(connection, opened.sequences)
    if database.gone is not None:
        said.insert(0, recovery_note(connection, database.gone))
    return replace(database, notes=(*database.notes, *filter(None, said)))
