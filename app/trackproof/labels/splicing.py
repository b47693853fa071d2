"""Rows of a track compared and exchanged frame by frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.labels.block import Block, concatenate

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Ints

    Mask = npt.NDArray[np.bool_]

CONTENT = ("category", "xywh", "attributes", "shape")
"""Columns that say what an annotation is, apart from its name and its place in a file."""

EVERYTHING = (*CONTENT, "name", "source")

FEW_FRAMES = 32
"""Frames up to which each is looked up by itself: most edits touch one or two."""


def ordinals(frame: Ints) -> Ints:
    """Return the place of every row among the rows of its frame; frames ascend."""
    if (frame[1:] > frame[:-1]).all():
        return np.zeros(len(frame), dtype=np.int32)
    return (np.arange(len(frame)) - np.searchsorted(frame, frame, side="left")).astype(np.int32)


def same_frames(first: Block, second: Block) -> tuple[Ints, Ints, Ints, Ints]:
    """Return how the rows of two blocks pair up by frame (and by place within it).

    Returns
    -------
    first_rows, second_rows : (n,) int32
        Rows of each block that have a partner, by ascending frame.
    first_frames, second_frames : (k,), (m,) int32
        Frames of the rows without one.
    """
    if np.array_equal(first.frame, second.frame):
        rows = np.arange(len(first), dtype=np.int32)
        return rows, rows, first.frame[:0], second.frame[:0]
    keys_first, keys_second = _keys(first), _keys(second)
    place = np.searchsorted(keys_first, keys_second)
    is_met = place < len(first)
    is_met[is_met] = keys_first[place[is_met]] == keys_second[is_met]
    rows_first, rows_second = place[is_met], np.flatnonzero(is_met)
    lone_first = np.ones(len(first), dtype=np.bool_)
    lone_first[rows_first] = False
    lone_second = np.ones(len(second), dtype=np.bool_)
    lone_second[rows_second] = False
    return (
        rows_first.astype(np.int32),
        rows_second.astype(np.int32),
        first.frame[lone_first],
        second.frame[lone_second],
    )


def rows_differ(
    first: Block,
    second: Block,
    first_rows: Ints,
    second_rows: Ints,
    *,
    columns: tuple[str, ...] = EVERYTHING,
) -> Mask:
    """Return the ``(n,)`` claim that row ``first_rows[i]`` differs from ``second_rows[i]``.

    Rows ascend, each once. NaN equals NaN. Vertices and the numeric columns of a format are
    compared unless only names or sources are asked for.
    """
    differs = np.zeros(len(first_rows), dtype=np.bool_)
    # Where all rows are asked for, the columns are compared as they lie.
    one_rows = slice(None) if len(first_rows) == len(first) else first_rows
    two_rows = slice(None) if len(second_rows) == len(second) else second_rows
    for column in columns:
        unequal = _unequal(getattr(first, column)[one_rows], getattr(second, column)[two_rows])
        differs |= unequal.any(axis=1) if unequal.ndim > 1 else unequal
    if "xywh" in columns:
        differs |= _vertices_differ(first, second, first_rows, second_rows)
        differs |= _columns_differ(first, second, first_rows, second_rows)
    return differs


def touched_frames(
    first: Block | None, second: Block | None, *, columns: tuple[str, ...] = EVERYTHING
) -> Ints:
    """Return the ascending frames in which two blocks of one track differ."""
    if first is None or second is None:
        present = first if second is None else second
        return np.empty(0, dtype=np.int32) if present is None else np.unique(present.frame)
    first_rows, second_rows, lone_first, lone_second = same_frames(first, second)
    differs = rows_differ(first, second, first_rows, second_rows, columns=columns)
    frames = np.concatenate([first.frame[first_rows[differs]], lone_first, lone_second])
    return frames if (frames[1:] > frames[:-1]).all() else np.unique(frames)


def is_all_of(block: Block, frames: Ints) -> bool:
    """Return whether frames are those of the rows, one by one."""
    return len(frames) == len(block) and np.array_equal(frames, block.frame)


def in_frames(block: Block, frames: Ints) -> Mask:
    """Return which rows lie in the given frames."""
    if is_all_of(block, frames):
        return np.ones(len(block), dtype=np.bool_)
    if len(frames) > FEW_FRAMES:
        return np.isin(block.frame, frames, kind="table")
    mask = np.zeros(len(block), dtype=np.bool_)
    ends = (np.searchsorted(block.frame, frames, side=side).tolist() for side in ("left", "right"))
    for first, end in zip(*ends, strict=True):
        mask[first:end] = True
    return mask


def without_frames(block: Block, frames: Ints) -> Block:
    """Return the rows outside the given frames."""
    return block.take(~in_frames(block, frames))


def spliced(block: Block | None, rows: Block, *, frames: Ints | None = None) -> Block:
    """Return a block in which ``rows`` stand in place of all that it has in ``frames``.

    Parameters
    ----------
    frames : (n,) int32 or None
        Frames to empty first; by default those of ``rows``.
    """
    if block is None:
        return rows.take(np.argsort(rows.frame, kind="stable"))
    gone = in_frames(block, rows.frame if frames is None else frames)
    if _fits_in_place(block, gone, rows):
        return _replaced(block, np.flatnonzero(gone), rows)
    kept = block.take(~gone)
    if not len(kept):
        return rows.take(np.argsort(rows.frame, kind="stable"))
    joined = concatenate([kept, rows])
    return joined.take(np.argsort(joined.frame, kind="stable"))


def conformed(block: Block, like: Block) -> Block:
    """Return the block with the numeric columns of another, and vertices where it has them.

    What is dropped belongs to rows that are not there any more; so an undone edit leaves no trace.
    """
    columns = {key: block.columns.get(key, np.full(len(block), np.nan)) for key in like.columns}
    vertices, offsets = block.vertices, block.offsets
    if like.vertices is None:
        vertices, offsets = None, None
    elif vertices is None:
        vertices = np.empty((0, 2), dtype=np.float64)
        offsets = np.zeros(len(block) + 1, dtype=np.int32)
    return replace(block, columns=columns, vertices=vertices, offsets=offsets)


def _fits_in_place(block: Block, gone: Mask, rows: Block) -> bool:
    """Return whether rows take exactly the places of those that go, so that none has to move."""
    has_vertices = block.vertices is not None or rows.vertices is not None
    return (
        not has_vertices
        and block.columns.keys() == rows.columns.keys()
        and np.array_equal(block.frame[gone], rows.frame)
    )


def _replaced(block: Block, places: npt.NDArray[np.intp], rows: Block) -> Block:
    def filled(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        column = old.copy()
        column[places] = new
        return column

    plain = {key: filled(getattr(block, key), getattr(rows, key)) for key in (*EVERYTHING, "frame")}
    columns = {key: filled(values, rows.columns[key]) for key, values in block.columns.items()}
    return replace(block, **plain, columns=columns)


def _keys(block: Block) -> npt.NDArray[np.int64]:
    return (block.frame.astype(np.int64) << 24) | ordinals(block.frame)


def _unequal(one: npt.NDArray[np.generic], two: npt.NDArray[np.generic]) -> Mask:
    unequal: Mask = one != two
    if one.dtype.kind == "f" and unequal.any():
        unequal &= ~(np.isnan(one.astype(np.float64)) & np.isnan(two.astype(np.float64)))
    return unequal


def _vertices_differ(first: Block, second: Block, first_rows: Ints, second_rows: Ints) -> Mask:
    differs = np.zeros(len(first_rows), dtype=np.bool_)
    if first.vertices is None and second.vertices is None:
        return differs
    for place, (one, two) in enumerate(zip(first_rows, second_rows, strict=True)):
        differs[place] = not np.array_equal(
            first.vertices_of(int(one)), second.vertices_of(int(two)), equal_nan=True
        )
    return differs


def _columns_differ(first: Block, second: Block, first_rows: Ints, second_rows: Ints) -> Mask:
    differs = np.zeros(len(first_rows), dtype=np.bool_)
    for key in first.columns.keys() | second.columns.keys():
        one = first.columns.get(key, np.full(len(first), np.nan))[first_rows]
        two = second.columns.get(key, np.full(len(second), np.nan))[second_rows]
        differs |= _unequal(one, two)
    return differs
