"""Which edit over time fits the selected object: pure choices, without widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels import FrameRanges, Interpolate, PutBoxes
from trackproof.labels.edits import rows_of, track_name

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.labels import Block, Labels

REMEMBERED = 5
"""Boxes that tell how an object moves."""
OLDEST = 10
"""Frames after which a box says nothing about the motion now."""
LONGEST_FLAG = 50
"""A flag over more frames is about the whole object rather than about a place."""


def predicted(labels: Labels, track: int, frame: int) -> PutBoxes:
    """Return the edit that puts a track into the frame after ``frame``.

    Its centre goes on along the straight line (least squares) through its last five boxes; its
    size stays.

    Raises
    ------
    EditError
        When the track is not in ``frame``.
    """
    block = rows_of(labels, track)
    row = block.row_at(frame)
    if row is None:
        raise EditError(f"{track_name(labels, track)} is not in frame {frame}.")
    rows = slice(max(row + 1 - REMEMBERED, 0), row + 1)
    boxes, frames = block.xywh[rows], block.frame[rows].astype(np.float64)
    recent = frames > frame - OLDEST
    boxes, at = boxes[recent], frames[recent] - frame
    box = boxes[-1].copy()
    if len(at) > 1:
        centres = boxes[:, :2] + 0.5 * boxes[:, 2:]
        slope = ((at - at.mean()) @ (centres - centres.mean(axis=0))) / (
            (at - at.mean()) ** 2
        ).sum()
        box[:2] += np.round(slope)
    return PutBoxes(track, (frame + 1,), box[None], overwrite=False, verb="predict")


def keys_around(block: Block, frames: FrameRanges) -> tuple[int, int] | None:
    """Return the nearest frames before and after some frames in which a track is present."""
    first, last = frames.ranges[0][0], frames.ranges[-1][1]
    before = block.frame[block.frame < first]
    after = block.frame[block.frame > last]
    if not len(before) or not len(after):
        return None
    return int(before[-1]), int(after[0])


def filling(
    labels: Labels, track: int, frames: FrameRanges, *, is_smooth: bool = False
) -> Interpolate:
    """Return the edit that interpolates a track over some frames from the boxes around them.

    Where the track is absent in some of the frames, only these are filled; where it is present
    in all of them, its boxes there are replaced.

    Raises
    ------
    EditError
        When it has no box before or after.
    """
    block = rows_of(labels, track)
    keys = keys_around(block, frames)
    if keys is None:
        name = track_name(labels, track)
        raise EditError(f"{name} needs a box before and one after frames {frames}.")
    inside = frames.frames(len(labels.listed))
    absent = labels.listed[inside] & ~np.isin(inside, block.frame)
    return Interpolate(
        track, keys, method="smooth" if is_smooth else "linear", overwrite=not absent.any()
    )


def flagged_frames(flag: Flag | None, track: int, frame: int) -> FrameRanges:
    """Return the frames of a flag that is about this place, else the frame alone."""
    if (
        flag is None
        or flag.track != track
        or not flag.frame_start <= frame <= flag.frame_end
        or flag.frame_end - flag.frame_start >= LONGEST_FLAG
    ):
        return FrameRanges.at(frame)
    return FrameRanges.span(flag.frame_start, flag.frame_end)
