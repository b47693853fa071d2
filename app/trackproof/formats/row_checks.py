"""What is checked of rows in every format: places in an image, one row per object and frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from trackproof.formats.problems import Problems
    from trackproof.labels import Block

    Ints = npt.NDArray[np.int32]

LARGEST_PX = 1e9
"""Coordinates beyond this are no places in any image, and squares of them lose all precision."""

FAR_PX = 100_000.0
"""No camera makes images this large."""


Place: TypeAlias = "Callable[[int], str]"
"""Where a row stands in its file, in words."""


def usable_rows(
    block: Block, problems: Problems, *, place: Place | None = None
) -> npt.NDArray[np.bool_]:
    """Return which rows are places in an image and belong to a frame; tell the others.

    Parameters
    ----------
    place : callable or None
        Says where a row stands in its file; by default, rows are told by their frame index.
    """
    if _lies_within(block, LARGEST_PX) and block.frame.min(initial=0) >= 0:
        return np.ones(len(block), dtype=np.bool_)
    is_far = ~(np.abs(block.xywh) <= LARGEST_PX).all(axis=1)
    for row in np.flatnonzero(is_far & (block.frame >= 0))[:20]:
        problems.error(
            "boxes that are no places in an image",
            f"a box at {_numbers(block.xywh[row])} is no place in an image; left out",
            location=place(int(row)) if place else f"frame index {block.frame[row]}",
        )
    kept: npt.NDArray[np.bool_] = ~is_far & (block.frame >= 0)
    return kept


def _lies_within(block: Block, limit_px: float) -> bool:
    """Return whether no coordinate is beyond a limit; not so when one is NaN."""
    xywh = block.xywh
    return bool(xywh.max(initial=0.0) <= limit_px and xywh.min(initial=0.0) >= -limit_px)


def tell_geometry(block: Block, problems: Problems) -> None:
    """Tell boxes that are kept although no object can have them."""
    if _lies_within(block, FAR_PX) and block.xywh[:, 2:].min(initial=1.0) > 0:
        return
    is_box = block.shape == Shape.BOX
    is_empty = is_box & (block.xywh[:, 2:] <= 0).any(axis=1)
    _tell(block, is_empty, "boxes without a size", "has no positive width and height", problems)
    is_far = (np.abs(block.xywh) > FAR_PX).any(axis=1)
    _tell(block, is_far, "boxes far outside any image", "lies far outside any image", problems)


def _tell(block: Block, mask: npt.ArrayLike, kind: str, what: str, problems: Problems) -> None:
    rows = np.flatnonzero(mask)
    for row in rows[:5]:
        problems.add(
            kind,
            f"the box at {_numbers(block.xywh[row])} {what}; kept as it is",
            location=f"frame index {block.frame[row]}",
        )
    problems.more(kind, max(len(rows) - 5, 0))


def _numbers(values: npt.NDArray[np.float64]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def split_repeats(
    block: Block, track: Ints, tracks: int, problems: Problems
) -> tuple[Ints, list[int], list[int]]:
    """Give a second annotation of an object in one frame a track of its own.

    Rows must be ordered as by `row_order`.

    Returns
    -------
    track : (n,) int32
        Track of every row.
    owners, occurrences : list of int
        Per track, the number of its object id, and which repetition it holds.
    """
    owners, occurrences = list(range(tracks)), [0] * tracks
    is_repeat = np.zeros(len(track), dtype=np.bool_)
    is_repeat[1:] = (track[1:] == track[:-1]) & (block.frame[1:] == block.frame[:-1])
    if not is_repeat.any():
        return track, owners, occurrences
    place = np.arange(len(track))
    ordinal = place - np.maximum.accumulate(np.where(is_repeat, 0, place))
    track = track.copy()
    extra: dict[tuple[int, int], int] = {}
    repeats = np.flatnonzero(is_repeat)
    for row, times in zip(repeats.tolist(), ordinal[repeats].tolist(), strict=True):
        owner = int(track[row])
        number = extra.setdefault((owner, times), len(owners))
        if number == len(owners):
            owners.append(owner)
            occurrences.append(times)
        track[row] = number
        problems.add(
            "objects that stand twice in one frame",
            "an object-id stands twice in one frame; the second annotation is shown as a track "
            "of its own",
            location=f"frame index {block.frame[row]}",
        )
    return track, owners, occurrences


def pairs(first: Ints, second: Ints) -> list[tuple[int, int, int]]:
    """Return the distinct pairs of two columns with their counts, ascending.

    Runs of equal pairs are counted as one first, since rows of a track mostly say the same.
    """
    if not len(first):
        return []
    starts = np.flatnonzero((np.diff(first, prepend=-2) != 0) | (np.diff(second, prepend=-2) != 0))
    lengths = np.diff(starts, append=len(first))
    keys = (first[starts].astype(np.int64) << 32) | second[starts]
    distinct, inverse = np.unique(keys, return_inverse=True)
    counts = np.bincount(inverse, weights=lengths).astype(np.int64)
    return list(
        zip(
            (distinct >> 32).tolist(),
            (distinct & 0xFFFFFFFF).tolist(),
            counts.tolist(),
            strict=True,
        )
    )


def named_tracks(
    block: Block, track: Ints, ids: Sequence[str], categories: Sequence[str]
) -> list[str]:
    """Return a name for every track: the category of most of its rows, and its object id.

    Parameters
    ----------
    ids : sequence of str
        Object id of every track.
    categories : sequence of str
        Category names by number.
    """
    best: dict[int, tuple[int, int]] = {}
    for number, category, count in pairs(track, block.category.astype(np.int32)):
        best[number] = max(best.get(number, (0, 0)), (count, -category))
    return [
        f"{categories[-best[number][1]]}:{object_id}" if number in best else object_id
        for number, object_id in enumerate(ids)
    ]
