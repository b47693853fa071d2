"""What a review file says of each sequence: its labels as read, its pictures, its verdicts."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import msgspec

from trackproof.review.inputs import labels_hash, pack_pictures, unpack_pictures
from trackproof.review.packing import pack_labels
from trackproof.review.verdicts import OwnFlag, Raised, Verdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from trackproof.labels import Labels, Sequence
    from trackproof.review.inputs import PictureFacts
    from trackproof.review.verdicts import Status


@dataclass(frozen=True, slots=True)
class SequenceRow:
    """One sequence in a review file.

    Parameters
    ----------
    id : int
        Its number there.
    name : str
        Unique name.
    has_base : bool
        Whether the labels as read are kept in the file.
    """

    id: int
    name: str
    has_base: bool


def read_sequences(connection: sqlite3.Connection) -> dict[str, SequenceRow]:
    """Return the sequences of a review by name."""
    rows = connection.execute("SELECT id, name, base IS NOT NULL FROM sequences").fetchall()
    return {name: SequenceRow(number, name, bool(has)) for number, name, has in rows}


def add_sequences(connection: sqlite3.Connection, sequences: Iterable[Sequence]) -> None:
    """Add the sequences that the review does not know yet."""
    known = read_sequences(connection)
    connection.execute("BEGIN IMMEDIATE")
    for sequence in sequences:
        if sequence.name not in known:
            uri = sequence.source.uri if sequence.source is not None else ""
            connection.execute(
                "INSERT INTO sequences (name, frames, uri, sha256) VALUES (?, ?, ?, ?)",
                (sequence.name, len(sequence.labels.listed), uri, labels_hash(sequence)),
            )
    connection.execute("COMMIT")


def write_base(connection: sqlite3.Connection, sequence: int, labels: Labels) -> None:
    """Keep the labels as read, so that a review outlives its inputs."""
    connection.execute(
        "UPDATE sequences SET base = ? WHERE id = ?", (pack_labels(labels), sequence)
    )


def read_pictures(
    connection: sqlite3.Connection, sequence: int
) -> tuple[str, dict[str, tuple[int, ...]]] | None:
    """Return where the pictures were and what they were; None when nobody said."""
    data = connection.execute(
        "SELECT pictures FROM sequences WHERE id = ?", (sequence,)
    ).fetchone()[0]
    return None if data is None else unpack_pictures(data)


def write_pictures(
    connection: sqlite3.Connection, sequence: int, location: str, facts: PictureFacts
) -> None:
    """Remember where the pictures are and what they are."""
    connection.execute(
        "UPDATE sequences SET pictures = ? WHERE id = ?", (pack_pictures(location, facts), sequence)
    )


def read_verdicts(connection: sqlite3.Connection, sequence: int) -> dict[str, Verdict]:
    """Return the verdicts of a sequence by flag key."""
    rows = connection.execute(
        "SELECT flag, status, who, at, seconds, comment, own, raised FROM verdicts"
        " WHERE sequence = ?",
        (sequence,),
    )
    with _without_collecting():
        return {row[0]: _verdict(*row) for row in rows}


def _verdict(
    flag: str,
    status: str,
    who: str,
    at: float,
    seconds: float | None,
    comment: str,
    own: bytes | None,
    raised: bytes | None,
) -> Verdict:
    place = None if own is None else msgspec.json.decode(own, type=OwnFlag)
    check = None if raised is None else msgspec.json.decode(raised, type=Raised)
    return Verdict(flag, cast("Status", status), who, at, seconds, comment, place, check)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Make many objects that all stay without the garbage collector looking at them each time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_verdicts(
    connection: sqlite3.Connection, sequence: int, verdicts: Mapping[str, Verdict | None]
) -> None:
    """Write verdicts by flag key; None takes one away."""
    for flag, verdict in verdicts.items():
        if verdict is None:
            connection.execute(
                "DELETE FROM verdicts WHERE sequence = ? AND flag = ?", (sequence, flag)
            )
            continue
        own = None if verdict.own is None else msgspec.json.encode(verdict.own)
        raised = None if verdict.raised is None else msgspec.json.encode(verdict.raised)
        # Named, because a file that was brought forward has its newest column last.
        connection.execute(
            "REPLACE INTO verdicts (sequence, flag, status, who, at, seconds, comment, own, raised)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(sequence, flag, verdict.status, verdict.who, verdict.at, verdict.seconds),
                *(verdict.comment, own, raised),
            ),
        )
