"""Mistakes in tracks: missing frames, wrong ends, swaps, duplicates, fragments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.planting_draft import TRIES, Draft
from trackproof.checks.planting_model import PlantKind
from trackproof.labels.boxes import centres, iou

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block

    Boxes = npt.NDArray[np.float64]

KEPT_AT_LEAST = 15
"""Frames that a shortened track keeps."""

CROSSING_LOOK = 8
"""Frames before and after a crossing at which the two must stand on opposite sides."""

BORDER_WIDTHS = 1.0
"""An end is away from the border when the box is at least this many of its widths inside."""


def missing(draft: Draft) -> bool:
    """Remove one to three frames inside a track."""
    spot = draft.spot(length=draft.integer(1, 3))
    if spot is None:
        return False
    draft.drop(spot)
    count = spot.end - spot.first
    said = f"no box for {count} frame{'s' if count > 1 else ''}"
    draft.note(PlantKind.MISSING, (spot.track,), spot.frame_start, spot.frame_end, said)
    return True


def early_end(draft: Draft) -> bool:
    """Cut the end of a track while its object is still in view."""
    return _shorten(draft, is_end=True)


def late_start(draft: Draft) -> bool:
    """Cut the start of a track although its object is in view."""
    return _shorten(draft, is_end=False)


def swap(draft: Draft) -> bool:
    """Exchange two identities for good where their objects cross."""
    for first in draft.rng.permutation(list(draft.blocks)):
        crossings = [
            (int(first), other, frame)
            for other in draft.blocks
            for frame in _crossings(draft, int(first), other)
        ]
        if not crossings:
            continue
        one, other, frame = crossings[draft.integer(0, len(crossings) - 1)]
        draft.exchange(one, other, frame, len(draft.sequence))
        names = (draft.tracks[one].object_id, draft.tracks[other].object_id)
        said = f"objects {names[0]} and {names[1]} swap identities for good"
        draft.note(PlantKind.SWAP, (one, other), frame, frame, said)
        return True
    return False


def short_switch(draft: Draft) -> bool:
    """Exchange two identities near each other for two to five frames."""
    length = draft.integer(2, 5)
    for _ in range(TRIES):
        spot = draft.spot(length=length)
        if spot is None:
            return False
        for other in draft.neighbours(spot.track, spot.frame_start, reach=2.5):
            span = (spot.frame_start, spot.frame_end)
            if not _can_exchange(draft, (spot.track, other), *span):
                continue
            draft.exchange(spot.track, other, *span)
            names = (draft.tracks[spot.track].object_id, draft.tracks[other].object_id)
            said = f"objects {names[0]} and {names[1]} swap identities for {length} frames"
            draft.note(PlantKind.SHORT_SWITCH, (spot.track, other), *span, said)
            return True
    return False


def crowd_order(draft: Draft) -> bool:
    """Rotate the identities of three neighbours in a crowd for two to eight frames."""
    length = draft.integer(2, 8)
    for _ in range(TRIES):
        spot = draft.spot(length=length)
        if spot is None:
            return False
        span = (spot.frame_start, spot.frame_end)
        near = draft.neighbours(spot.track, spot.frame_start, reach=3.0)
        usable = [n for n in near if _can_exchange(draft, (spot.track, n), *span)]
        for second in usable:
            third = next(
                (n for n in usable if n != second and _can_exchange(draft, (second, n), *span)),
                None,
            )
            if third is None:
                continue
            draft.exchange(spot.track, second, *span)
            draft.exchange(second, third, *span)
            said = f"three neighbours exchange identities for {length} frames"
            draft.note(PlantKind.CROWD_ORDER, (spot.track, second, third), *span, said)
            return True
    return False


def duplicate(draft: Draft) -> bool:
    """Lay a second box over an object for 3 to 15 frames."""
    return _duplicate(draft, PlantKind.DUPLICATE)


def duplicate_other(draft: Draft) -> bool:
    """Lay a second box of another category over an object for 3 to 15 frames."""
    return _duplicate(draft, PlantKind.DUPLICATE_OTHER)


def fragment(draft: Draft) -> bool:
    """Give one object a new identity from some frame on, after a gap of up to three frames."""
    gap = draft.integer(0, 3)
    spot = draft.spot(length=gap + 1, pad=KEPT_AT_LEAST)
    if spot is None:
        return False
    split_after(draft, spot.track, row=spot.first, gap=gap, kind=PlantKind.FRAGMENT)
    return True


def split_after(
    draft: Draft, track: int, *, row: int, gap: int, kind: PlantKind, name: str | None = None
) -> None:
    """Move the rows of a track from ``row + gap`` on to a new track; the gap is removed."""
    block = draft.blocks[track]
    frame_start, frame_end = int(block.frame[row - 1]), int(block.frame[row + gap])
    number = draft.new_track(block.take(slice(row + gap, len(block))), object_name=name)
    draft.blocks[track] = block.take(slice(0, row))
    draft.busy[number][frame_end:] = draft.busy[track][frame_end:]
    draft.busy[track][frame_end:] = False
    draft.relabel({track: number}, frame_end, len(draft.sequence))
    said = f"one object carries two ids, the second from frame {frame_end} on"
    draft.note(kind, (track, number), frame_start, frame_end, said)


def stray(draft: Draft) -> bool:
    """Add a track of one to four frames where nothing is, well inside the image."""
    length = draft.integer(1, 4)
    for _ in range(TRIES):
        spot = draft.spot(length=length, pad=0)
        if spot is None:
            return False
        boxes = draft.boxes(spot)
        boxes[:, :2] += draft.sign() * draft.uniform((1.5, 4.0)) * boxes[:, 2:3] * (1.0, 0.0)
        if _is_inside(draft, boxes) and _is_nowhere(draft, boxes, spot.frame_start):
            rows = replace(
                draft.blocks[spot.track].take(spot.rows),
                xywh=np.round(boxes) if draft.is_whole else boxes,
                source=np.full(length, -1, dtype=np.int32),
            )
            number = draft.new_track(rows)
            said = f"a track of {length} frame{'s' if length > 1 else ''} on no object"
            draft.note(PlantKind.SHORT_TRACK, (number,), spot.frame_start, spot.frame_end, said)
            return True
    return False


def _shorten(draft: Draft, *, is_end: bool) -> bool:
    for _ in range(TRIES):
        track = draft.random_track()
        if track is None:
            return False
        block = draft.blocks[track]
        count = draft.integer(*draft.strength.removed)
        if len(block) < count + KEPT_AT_LEAST:
            continue
        row = len(block) - count - 1 if is_end else count
        cut = slice(row + 1, len(block)) if is_end else slice(0, row)
        first, last = (row, len(block) - 1) if is_end else (0, row)
        frames = block.frame[first : last + 1]
        is_free = draft.is_free(track, int(frames[0]), int(frames[-1]))
        frame, box = int(block.frame[row]), block.xywh[row : row + 1]
        if not is_free or not _is_inside(draft, box) or _is_covered(draft, track, frame):
            continue
        keep = np.ones(len(block), dtype=np.bool_)
        keep[cut] = False
        draft.blocks[track] = block.take(keep)
        kind = PlantKind.EARLY_END if is_end else PlantKind.LATE_START
        said = f"ends {count} frames early" if is_end else f"starts {count} frames late"
        draft.note(kind, (track,), frame, frame, f"{said}, away from the border")
        draft.busy[track][frames[0] : frames[-1] + 1] = True
        return True
    return False


def _duplicate(draft: Draft, kind: PlantKind) -> bool:
    spot = draft.spot(length=draft.integer(3, 15), pad=2)
    if spot is None:
        return False
    boxes = draft.boxes(spot)
    offset = draft.rng.normal(0.0, 0.03, (1, 4)) * boxes[:, [2, 3, 2, 3]]
    boxes += offset
    rows = draft.blocks[spot.track].take(spot.rows)
    category = rows.category
    if kind is PlantKind.DUPLICATE_OTHER:
        other = draft.category_but(int(category[0]))
        category = np.full(len(boxes), other, dtype=np.int16)
    rows = replace(
        rows,
        xywh=np.round(boxes) if draft.is_whole else boxes,
        category=category,
        source=np.full(len(boxes), -1, dtype=np.int32),
    )
    number = draft.new_track(rows)
    said = f"a second box on the same object for {len(boxes)} frames"
    draft.note(kind, (spot.track, number), spot.frame_start, spot.frame_end, said)
    return True


def _crossings(draft: Draft, first: int, second: int) -> list[int]:
    """Return untouched frames in which two like tracks are closest while they change sides."""
    if first == second:
        return []
    one, two = draft.blocks[first], draft.blocks[second]
    _, rows_one, rows_two = np.intersect1d(
        one.frame, two.frame, assume_unique=True, return_indices=True
    )
    span = 2 * CROSSING_LOOK
    if len(rows_one) <= span or one.category[rows_one[0]] != two.category[rows_two[0]]:
        return []
    frames = one.frame[rows_one]
    between = centres(one.xywh[rows_one]) - centres(two.xywh[rows_two])
    width = np.maximum(one.xywh[rows_one, 2], two.xywh[rows_two, 2])
    away = np.hypot(*between.T) / width
    is_whole = frames[span:] - frames[:-span] == span
    changes_sides = (between[span:] * between[:-span]).sum(axis=1) < 0.0
    parts = np.minimum(away[span:], away[:-span]) > 0.3
    middle = slice(CROSSING_LOOK, len(frames) - CROSSING_LOOK)
    nearest = np.lib.stride_tricks.sliding_window_view(away, span + 1).min(axis=1)
    is_nearest = (away[middle] <= nearest) & (away[middle] < 0.7)
    found = frames[middle][is_whole & changes_sides & parts & is_nearest]
    return [
        int(frame)
        for frame in found
        if all(draft.is_free(track, int(frame), int(frame)) for track in (first, second))
    ]


def _can_exchange(draft: Draft, tracks: tuple[int, int], frame_start: int, frame_end: int) -> bool:
    """Return whether two tracks are alike, whole, untouched and apart between two frames."""
    one, two = (draft.blocks[track] for track in tracks)
    frames = np.arange(frame_start - 2, frame_end + 3)
    rows_one, rows_two = _rows_at(one, frames), _rows_at(two, frames)
    if rows_one is None or rows_two is None:
        return False
    if one.category[rows_one[0]] != two.category[rows_two[0]]:
        return False
    if not all(draft.is_free(track, frame_start, frame_end) for track in tracks):
        return False
    return bool((iou(one.xywh[rows_one], two.xywh[rows_two]) < 0.4).all())


def _rows_at(block: Block, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.intp] | None:
    rows = np.searchsorted(block.frame, frames)
    if rows[-1] >= len(block) or not np.array_equal(block.frame[rows], frames):
        return None
    return rows


def _is_inside(draft: Draft, boxes: Boxes) -> bool:
    """Return whether boxes lie well inside the image (its size, or the labels' extent)."""
    width, height = draft.sequence.width, draft.sequence.height
    if not width or not height:
        far = np.max(
            [(b.xywh[:, :2] + b.xywh[:, 2:]).max(axis=0) for b in draft.blocks.values()], 0
        )
        width, height = int(far[0]), int(far[1])
    edge = BORDER_WIDTHS * float(boxes[:, 2].max())
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return bool(low[0] > edge and high[0] < width - edge and low[1] > 0 and high[1] < height)


def _is_covered(draft: Draft, track: int, frame: int) -> bool:
    """Return whether another object covers a box, which would excuse a track that ends."""
    block = draft.blocks[track]
    row = block.row_at(frame)
    boxes = [draft.blocks[other].xywh[at] for other, at in draft.others_at(frame, but=track)]
    return bool(boxes) and bool((iou(np.array(boxes), block.xywh[row]) > 0.15).any())


def _is_nowhere(draft: Draft, boxes: Boxes, frame: int) -> bool:
    there = [draft.blocks[other].xywh[at] for other, at in draft.others_at(frame, but=-1)]
    return not there or bool((iou(np.array(there), boxes[0]) < 0.1).all())
