"""Label sets for tests, from plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement import LabelSet
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Task, Track

if TYPE_CHECKING:
    from collections.abc import Sequence as Rows

Row = tuple[float, ...]
"""Frame, identity (-1 none), left, top, width, height, and maybe a category."""


def label_set(
    rows: Rows[Row],
    *,
    frames: int,
    title: str = "set",
    categories: tuple[str, ...] = ("object",),
    listed: tuple[bool, ...] | None = None,
) -> LabelSet:
    """Return a label set of boxes."""
    ids = sorted({int(row[1]) for row in rows if row[1] >= 0})
    places = {-1: -1, **{one: place for place, one in enumerate(ids)}}
    block = Block.of_boxes(
        [int(row[0]) for row in rows],
        np.array([row[2:6] for row in rows], dtype=np.float64).reshape(-1, 4),
        category=np.array([int(row[6]) if len(row) > 6 else 0 for row in rows], dtype=np.int16),
        source=np.arange(len(rows)),
    )
    track = np.array([places[int(row[1])] for row in rows], dtype=np.int32)
    table = LabelTable.from_rows([Track(str(one), f"object:{one}") for one in ids], block, track)
    return set_of(table, frames=frames, title=title, categories=categories, listed=listed)


def set_of(
    table: LabelTable,
    *,
    frames: int,
    title: str = "set",
    categories: tuple[str, ...] = ("object",),
    listed: tuple[bool, ...] | None = None,
) -> LabelSet:
    """Return a label set of a table."""
    labels = Labels(
        table,
        tuple(Category(name) for name in categories),
        np.array(listed if listed is not None else [True] * frames, dtype=np.bool_),
    )
    task = Task.DETECTION if -1 in table.blocks else Task.TRACKING
    names = tuple(f"{place:06d}.jpg" for place in range(frames))
    sequence = Sequence(title, names, np.arange(frames), labels, task=task)
    return LabelSet(sequence, labels, title)


def walk(
    identity: int, first: int, last: int, *, left: float = 10.0, step: float = 2.0, size: float = 20
) -> list[Row]:
    """Return a box that walks to the right."""
    return [
        (frame, identity, left + step * (frame - first), 10.0, size, size)
        for frame in range(first, last + 1)
    ]
