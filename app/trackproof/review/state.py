"""The current labels of a review beside its journal: read at opening, written with every step."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from trackproof.errors import ReviewError
from trackproof.labels import Block, Change, Labels, between, redo
from trackproof.review.database import reading_error
from trackproof.review.packing import pack_block, pack_change, unpack_block, unpack_change

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def trusting_nothing(path: Path | None, what: str) -> Iterator[None]:
    """Turn every way in which stored bytes can be wrong into one error.

    Raises
    ------
    ReviewError
        Instead of what went wrong inside.
    """
    try:
        yield
    except ReviewError as error:
        if error.path is not None:
            raise
        raise ReviewError(error.message, path=path, location=what) from error
    except sqlite3.Error as error:
        raise reading_error(error, path) from error
    except (
        *(msgspec.MsgspecError, ValueError, TypeError, KeyError, IndexError),
        *(zlib.error, OverflowError, AttributeError),
    ) as error:
        raise ReviewError(
            f"This part of the review is damaged ({error}). The file was left as it is.",
            path=path,
            location=what,
        ) from error


def has_words(change: Change) -> bool:
    """Return whether a change touches more than rows."""
    nothing = replace(change, deltas={})
    return not nothing.is_empty or any(
        tail.before or tail.after for tail in (change.names, change.attribute_sets)
    )


def write_rows(
    connection: sqlite3.Connection, *, sequence: int, track: int, block: Block | None
) -> None:
    """Write the rows of a track; None where none are left."""
    rows = None if block is None else pack_block(block)
    connection.execute("REPLACE INTO blocks VALUES (?, ?, ?)", (sequence, track, rows))


def write_words(connection: sqlite3.Connection, *, sequence: int, words: Change) -> None:
    """Write what the labels say beyond rows, from the labels as read to the current ones."""
    connection.execute(
        "UPDATE sequences SET words = ? WHERE id = ?", (pack_change(words), sequence)
    )


def read_state(connection: sqlite3.Connection, sequence: int, base: Labels) -> Labels:
    """Return the current labels: those as read, with what the review changed.

    Raises
    ------
    ReviewError
        When what is stored does not fit together.
    """
    words = connection.execute("SELECT words FROM sequences WHERE id = ?", (sequence,)).fetchone()[
        0
    ]
    labels = base if words is None else redo(base, unpack_change(words))
    rows = connection.execute(
        "SELECT track, rows FROM blocks WHERE sequence = ?", (sequence,)
    ).fetchall()
    if not rows:
        return labels
    blocks = {int(track): None if data is None else unpack_block(data) for track, data in rows}
    for track, block in blocks.items():
        check_block(labels, track, block)
    return replace(labels, table=labels.table.with_blocks(blocks))


def words_between(base: Labels, current: Labels) -> Change:
    """Return what current labels say otherwise than those as read, apart from rows."""
    return between("state", base, current, with_rows=False)


def check_block(labels: Labels, track: int, block: Block | None) -> None:
    """Refuse rows that point to what is not there.

    Raises
    ------
    ReviewError
        Names the track.
    """
    if block is None:
        return
    table = labels.table
    n = len(block)
    is_sound = (
        -1 <= track < len(table.tracks)
        and all(len(getattr(block, key)) == n for key in ("category", "xywh", "name", "source"))
        and len(block.attributes) == n == len(block.shape)
        and all(len(values) == n for values in block.columns.values())
        and _within(block.frame, len(labels.listed))
        and bool((np.diff(block.frame) >= 0).all())
        and _within(block.category, max(len(labels.categories), 1))
        and _within(block.name, len(table.names))
        and _within(block.attributes, len(table.attribute_sets))
        and _has_sound_offsets(block)
    )
    if not is_sound:
        raise ReviewError(f"The annotations of object number {track} do not fit together.")


def _within(values: np.ndarray[tuple[int, ...], np.dtype[np.integer]], count: int) -> bool:
    return bool(((values >= 0) & (values < count)).all())


def _has_sound_offsets(block: Block) -> bool:
    if block.offsets is None or block.vertices is None:
        return True
    return (
        len(block.offsets) == len(block) + 1
        and block.offsets[0] == 0
        and block.offsets[-1] == len(block.vertices)
        and bool((np.diff(block.offsets) >= 0).all())
    )
