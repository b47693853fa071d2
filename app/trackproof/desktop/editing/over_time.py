"""Which edit over time fits the selected object: pure choices, without widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels import NO_IDENTITY, CopyDetection, FrameRanges, Interpolate, PutBoxes
from trackproof.labels.edits import row_at, rows_of, track_name

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.frames import Picture
    from trackproof.labels import Block, Labels
    from trackproof.labels.block import Boxes, Ints

LONGEST_FLAG = 50
"""A flag over more frames is about the whole object rather than about a place."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The edit that predicts a box, and what it was told by."""

    edit: PutBoxes | CopyDetection
    is_from_picture: bool


def predicted(
    labels: Labels,
    track: int,
    frame: int,
    *,
    pictures: tuple[Picture, Picture] | None = None,
    guessed: int = 0,
) -> Prediction:
    """Return what puts a track into the frame after ``frame``; see `frames.following`.

    Parameters
    ----------
    guessed : int
        How many of its last boxes were predicted in a row.

    Raises
    ------
    EditError
        When the track is not in ``frame``.
    """
    from trackproof.frames.following import follow

    block = rows_of(labels, track)
    row = block.row_at(frame)
    if row is None:
        raise EditError(f"{track_name(labels, track)} is not in frame {frame}.")
    found = follow(
        block.frame[: row + 1], block.xywh[: row + 1], pictures=pictures, guessed=guessed
    )
    box = _as_whole(found.box_xywh, like=block.xywh[row])
    edit = PutBoxes(track, (frame + 1,), box[None], verb="predict")
    return Prediction(edit, found.is_from_picture)


def predicted_detection(
    labels: Labels, place: int, frame: int, *, pictures: tuple[Picture, Picture] | None = None
) -> Prediction:
    """Return what puts a detection into the frame after ``frame``: it has no motion so far.

    Raises
    ------
    EditError
        When there is no such detection.
    """
    from trackproof.frames.following import follow

    row = row_at(labels, NO_IDENTITY, frame=frame, place=place)
    block = rows_of(labels, NO_IDENTITY).take(slice(row, row + 1))
    found = follow(block.frame, block.xywh, pictures=pictures)
    left, top, width, height = _as_whole(found.box_xywh, like=block.xywh[0]).tolist()
    edit = CopyDetection(
        frame, place, FrameRanges.at(frame + 1), xywh=(left, top, width, height), verb="predict"
    )
    return Prediction(edit, found.is_from_picture)


def _as_whole(box: Boxes, *, like: Boxes) -> Boxes:
    """Return a box in whole pixels where the labels are in whole pixels."""
    return np.round(box) if bool((like == np.round(like)).all()) else box


def has_expected(flag: Flag | None, frame: int) -> bool:
    """Return whether a flag of an object says which box is expected in a frame."""
    return flag is not None and flag.track >= 0 and frame in _expected_by_frame(flag)


def expected_boxes(labels: Labels, flag: Flag, frames: FrameRanges) -> PutBoxes:
    """Return the edit that puts the boxes there that a flag expects over some frames.

    In frames of which the checks say nothing, the box lies on the line between the nearest boxes
    around: expected ones, and those of the track outside ``frames``.

    Raises
    ------
    EditError
        When nothing is expected in these frames.
    """
    known = {at: box for at, box in _expected_by_frame(flag).items() if frames.mask(_one(at))[0]}
    inside = frames.frames(len(labels.listed))
    inside = inside[labels.listed[inside]]
    if not known or not len(inside):
        raise EditError(f"The checks expect no box in frames {frames}.")
    block = labels.table.block(flag.track)
    if block is not None:
        low, high = int(inside[0]), int(inside[-1])
        outside = ~frames.mask(block.frame)
        before, after = outside & (block.frame < low), outside & (block.frame > high)
        for rows in (np.flatnonzero(before)[-1:], np.flatnonzero(after)[:1]):
            known |= {int(block.frame[row]): block.xywh[row] for row in rows}
    at = np.array(sorted(known))
    boxes = np.array([known[int(frame)] for frame in at], dtype=np.float64)
    found = np.stack([np.interp(inside, at, boxes[:, side]) for side in range(4)], axis=1)
    return PutBoxes(flag.track, tuple(inside.tolist()), found, verb="take the expected boxes of")


def _expected_by_frame(flag: Flag) -> dict[int, Boxes]:
    """Return the boxes that a flag's findings expect; the flag's own word counts most."""
    said = [*((one.frame, one.expected_xywh) for one in flag.findings)]
    said.append((flag.frame, flag.expected_xywh))
    found = {}
    for frame, box in said:
        if box is not None and np.isfinite(box).all() and min(box[2:]) > 0:
            found[frame] = np.array(box, dtype=np.float64)
    return found


def _one(frame: int) -> Ints:
    return np.array([frame], dtype=np.int32)


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
