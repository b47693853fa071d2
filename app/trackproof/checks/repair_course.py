"""Boxes for a range of frames, from the boxes before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import PutBoxes

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block, Labels

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]

ROWS = 6
"""Rows on either side that tell the course."""

REACH = 12
"""Frames on either side beyond which rows tell nothing."""

ONWARD_FRAMES = 10
"""Frames that a course is followed beyond the end of a track at most."""

FEWEST = 3
"""Rows on either side that a curve needs."""


def along_line(labels: Labels, track: int, first: int, last: int) -> PutBoxes | None:
    """Return boxes on the straight line between the rows next to a range of frames.

    None when the track has no row on one side of it.
    """
    block, frames = labels.table.blocks[track], _frames(labels, first, last)
    before, after = _around(block, first, last)
    if not len(before) or not len(after) or not len(frames):
        return None
    start, end = int(before[-1]), int(after[0])
    share = (frames - block.frame[start]) / (block.frame[end] - block.frame[start])
    boxes = block.xywh[start] + share[:, None] * (block.xywh[end] - block.xywh[start])
    return _put(track, frames, boxes, verb="interpolate")


def along_course(labels: Labels, track: int, first: int, last: int) -> PutBoxes | None:
    """Return boxes on the smooth course of the rows around a range of frames.

    The centre follows the cubic, and the size the line, that fit up to six rows on either side
    best (least squares). None when there are too few rows.
    """
    block, frames = labels.table.blocks[track], _frames(labels, first, last)
    before, after = _around(block, first, last)
    if min(len(before), len(after)) < FEWEST or not len(frames):
        return None
    rows = np.concatenate([before, after])
    middle, scale = 0.5 * (first + last), 0.5 * (last - first) + ROWS
    known, asked = (block.frame[rows] - middle) / scale, (frames - middle) / scale
    xywh = block.xywh[rows]
    centres = xywh[:, :2] + 0.5 * xywh[:, 2:]
    centre = np.vander(asked, 4) @ np.polyfit(known, centres, 3)
    size = np.vander(asked, 2) @ np.polyfit(known, xywh[:, 2:], 1)
    size = np.maximum(size, 1.0)
    return _put(track, frames, np.hstack([centre - 0.5 * size, size]), verb="smooth")


def onward(
    labels: Labels, track: int, *, is_end: bool, size: tuple[int | None, int | None]
) -> PutBoxes | None:
    """Return boxes beyond an end of a track: on along its last (or first) rows' line.

    A guess that a person must look at: nothing but the course speaks for it. It ends where the
    middle of the box would leave the image, and after `ONWARD_FRAMES`.

    Parameters
    ----------
    is_end : bool
        True goes on after the last row, False goes back before the first.
    size : (int or None, int or None)
        Width and height of the image, pixels, where they are known.
    """
    block = labels.table.blocks[track]
    rows = slice(-ROWS, None) if is_end else slice(None, ROWS)
    known, xywh = block.frame[rows].astype(np.float64), block.xywh[rows]
    if len(known) < FEWEST:
        return None
    edge = int(block.frame[-1 if is_end else 0])
    first, last = (edge + 1, edge + ONWARD_FRAMES) if is_end else (edge - ONWARD_FRAMES, edge - 1)
    frames = _frames(labels, first, last)
    centres = xywh[:, :2] + 0.5 * xywh[:, 2:]
    centre = np.vander(frames - edge, 2) @ np.polyfit(known - edge, centres, 1)
    # From the outermost row, not from the line: the object does not jump where the guess begins.
    anchor = centres[-1 if is_end else 0] - np.polyfit(known - edge, centres, 1)[1]
    centre += anchor
    inside = np.ones(len(frames), dtype=np.bool_)
    for axis, length in enumerate(size):
        if length:
            inside &= (centre[:, axis] > 0.0) & (centre[:, axis] < length)
    # Once it has left the image it does not come back.
    left = np.flatnonzero(~inside)
    if len(left):
        kept = slice(0, int(left[0])) if is_end else slice(int(left[-1]) + 1, None)
        frames, centre = frames[kept], centre[kept]
    if not len(frames):
        return None
    sides = np.broadcast_to(np.median(xywh[:, 2:], axis=0), centre.shape)
    return _put(track, frames, np.hstack([centre - 0.5 * sides, sides]), verb="carry on")


def _frames(labels: Labels, first: int, last: int) -> Ints:
    frames = np.arange(max(first, 0), min(last + 1, len(labels.listed)), dtype=np.int32)
    return frames[labels.listed[frames]]


def _around(
    block: Block, first: int, last: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the rows shortly before and shortly after a range."""
    low, high = np.searchsorted(block.frame, [first, last + 1])
    before = np.arange(max(low - ROWS, 0), low)
    after = np.arange(high, min(high + ROWS, len(block)))
    return (
        before[block.frame[before] >= first - REACH],
        after[block.frame[after] <= last + REACH],
    )


def _put(track: int, frames: Ints, boxes: Values, *, verb: str) -> PutBoxes:
    return PutBoxes(track, tuple(frames.tolist()), boxes, verb=verb)
