"""Edits of where annotations are: put, delete, move, stretch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import Block, concatenate
from trackproof.labels.edits import (
    Edit,
    at_frames,
    check_boxes,
    check_frames,
    chosen_rows,
    placed,
    row_at,
    rows_of,
    template_row,
    template_rows,
    track_name,
    track_names,
    with_geometry,
    with_row,
    with_rows,
)
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.table import NO_IDENTITY
from trackproof.labels.whole_pixels import in_whole_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.labels.block import Boxes
    from trackproof.labels.likeness import Like
    from trackproof.labels.sequence import Labels

Anchor = Literal["centre", "top left", "bottom"]

_FIXED_POINT: dict[Anchor, tuple[float, float]] = {
    "centre": (0.5, 0.5),
    "top left": (0.0, 0.0),
    "bottom": (0.5, 1.0),
}


@dataclass(frozen=True, slots=True)
class PutBox(Edit):
    """Place, move or resize one annotation; a shape with vertices is moved and stretched.

    Parameters
    ----------
    track : int
        Track number.
    frame : int
        Frame index; where the track is absent, it looks as in its nearest frame.
    xywh : (float, float, float, float)
        Left, top, width, height, pixels.
    place : int
        Which of a frame's detections, for rows without identity.
    """

    track: int
    frame: int
    xywh: tuple[float, float, float, float]
    place: int = 0

    def describe(self, labels: Labels) -> str:
        """Return ``move``, ``resize`` or ``add``, with name and frame."""
        block = labels.table.block(self.track)
        row = None if block is None else block.row_at(self.frame)
        verb = "add"
        if block is not None and row is not None:
            place = self.place if self.track == NO_IDENTITY else 0
            same_size = np.array_equal(block.xywh[row + place, 2:], self.xywh[2:])
            verb = "move" if same_size else "resize"
        return f"{verb} {track_name(labels, self.track)} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the box in its place."""
        boxes = np.array([self.xywh], dtype=np.float64)
        check_boxes(boxes)
        check_frames(labels, np.array([self.frame]))
        if self.track == NO_IDENTITY:
            row = row_at(labels, self.track, frame=self.frame, place=self.place)
            block = rows_of(labels, self.track)
            moved = with_row(block, row, placed(block.take(slice(row, row + 1)), boxes))
            return with_rows(labels, {self.track: moved})
        block_or_none = labels.table.block(self.track)
        present = None if block_or_none is None else block_or_none.row_at(self.frame)
        if block_or_none is not None and present is not None:
            template = block_or_none.take(slice(present, present + 1))
        else:
            template = template_row(labels, self.track, frame=self.frame)
        put = with_geometry(block_or_none, placed(template, boxes))
        return with_rows(labels, {self.track: put})


@dataclass(frozen=True, slots=True, eq=False)
class PutBoxes(Edit):
    """Place a track in many frames at once: predicted, expected or tracked boxes.

    Parameters
    ----------
    track : int
        Track number.
    frames : tuple of int
        Frame indexes, each once.
    boxes_xywh : (n, 4) float64, pixels
        A box for every frame.
    overwrite : bool
        False leaves the frames alone in which the track is present.
    verb : str
        What the menu calls it.
    is_exact : bool
        True keeps fractions of pixels also where the track has none.
    """

    track: int
    frames: tuple[int, ...]
    boxes_xywh: Boxes
    overwrite: bool = True
    verb: str = "put"
    is_exact: bool = False

    def describe(self, labels: Labels) -> str:
        """Return the verb with name and frames."""
        where = at_frames(FrameRanges.of(self.frames))
        return f"{self.verb} {track_name(labels, self.track)} {where}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the boxes in their places."""
        if not self.frames or len(set(self.frames)) != len(self.frames):
            raise EditError("Boxes are put in at least one frame, and in each frame once.")
        boxes = np.asarray(self.boxes_xywh, dtype=np.float64)
        if boxes.shape != (len(self.frames), 4):
            raise EditError(f"{len(self.frames)} frames need as many boxes.")
        check_boxes(boxes)
        frames = np.array(self.frames, dtype=np.int32)
        check_frames(labels, frames)
        rows = template_rows(labels, self.track, frames=frames)
        block = labels.table.block(self.track)
        drawn = placed(rows, boxes)
        drawn = drawn if self.is_exact else in_whole_pixels(drawn, block)
        put = with_geometry(block, drawn, overwrite=self.overwrite)
        return with_rows(labels, {self.track: put})


@dataclass(frozen=True, slots=True)
class AddDetection(Edit):
    """Add a box without identity.

    Parameters
    ----------
    frame : int
        Frame index.
    category : int
        Index into the categories.
    xywh : (float, float, float, float)
        Left, top, width, height, pixels.
    """

    frame: int
    category: int
    xywh: tuple[float, float, float, float]

    def describe(self, labels: Labels) -> str:
        """Return ``add`` with category and frame."""
        return f"add {labels.categories[self.category].name} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with one more detection, the last of its frame."""
        if not 0 <= self.category < len(labels.categories):
            raise EditError(f"There is no category number {self.category}.")
        boxes = np.array([self.xywh], dtype=np.float64)
        check_boxes(boxes)
        check_frames(labels, np.array([self.frame]))
        new = Block.of_boxes([self.frame], boxes, category=self.category)
        block = labels.table.block(NO_IDENTITY)
        if block is not None:
            end = int(np.searchsorted(block.frame, self.frame, side="right"))
            new = concatenate([block.take(slice(0, end)), new, block.take(slice(end, None))])
        return with_rows(labels, {NO_IDENTITY: new})


@dataclass(frozen=True, slots=True)
class DeleteBoxes(Edit):
    """Delete annotations in a range of frames; the tracks stay, and may get boxes again.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers.
    frames : FrameRanges
        Where.
    place : int, Like or None
        Which of a frame's detections; None for all.
    """

    tracks: tuple[int, ...]
    frames: FrameRanges
    place: int | Like | None = None

    def describe(self, labels: Labels) -> str:
        """Return ``delete`` with names and frames."""
        return f"delete {track_names(labels, self.tracks)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels without these annotations; the frames stay listed."""
        changed: dict[int, Block | None] = {}
        for track in self.tracks:
            block = rows_of(labels, track)
            gone = chosen_rows(block, self.frames, self.place)
            if gone.any():
                changed[track] = block.take(~gone)
        if not changed:
            names = track_names(labels, self.tracks)
            raise EditError(f"{names}: nothing to delete {at_frames(self.frames)}.")
        return with_rows(labels, changed)


@dataclass(frozen=True, slots=True)
class ShiftRange(Edit):
    """Move tracks by a few pixels in a range of frames.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers.
    frames : FrameRanges
        Where.
    dx, dy : float
        Pixels to the right and down.
    place : int, Like or None
        Which of a frame's detections; None for all.
    """

    tracks: tuple[int, ...]
    frames: FrameRanges
    dx: float
    dy: float
    place: int | Like | None = None

    def describe(self, labels: Labels) -> str:
        """Return ``move``, with names and frames."""
        return f"move {track_names(labels, self.tracks)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the annotations moved."""
        step = np.array([self.dx, self.dy, 0.0, 0.0])
        if not np.isfinite(step).all():
            raise EditError("A move needs two numbers of pixels.")
        return _with_other_boxes(
            labels, self.tracks, self.frames, lambda boxes: boxes + step, place=self.place
        )


@dataclass(frozen=True, slots=True)
class ScaleRange(Edit):
    """Stretch tracks in a range of frames.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers.
    frames : FrameRanges
        Where.
    width_ratio, height_ratio : float
        1.1 makes it ten percent larger.
    anchor : "centre", "top left" or "bottom"
        The point that stays; ``bottom`` is the middle of the lower edge, where an object stands.
    place : int, Like or None
        Which of a frame's detections; None for all.
    """

    tracks: tuple[int, ...]
    frames: FrameRanges
    width_ratio: float
    height_ratio: float
    anchor: Anchor = "centre"
    place: int | Like | None = None

    def describe(self, labels: Labels) -> str:
        """Return ``scale``, with names and frames."""
        return f"scale {track_names(labels, self.tracks)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the annotations stretched."""
        ratio = np.array([self.width_ratio, self.height_ratio])
        if not np.isfinite(ratio).all() or (ratio <= 0).any():
            raise EditError("A scale must be a number above 0.")
        share = np.array(
            {"centre": (0.5, 0.5), "top left": (0, 0), "bottom": (0.5, 1)}[self.anchor]
        )

        def scaled(boxes: Boxes) -> Boxes:
            size = boxes[:, 2:] * ratio
            corner = boxes[:, :2] + share * (boxes[:, 2:] - size)
            return np.concatenate([corner, size], axis=1)

        return _with_other_boxes(
            labels, self.tracks, self.frames, scaled, place=self.place, is_computed=True
        )


def _with_other_boxes(
    labels: Labels,
    tracks: tuple[int, ...],
    frames: FrameRanges,
    moved: Callable[[Boxes], Boxes],
    *,
    place: int | Like | None,
    is_computed: bool = False,
) -> Labels:
    changed: dict[int, Block | None] = {}
    for track in tracks:
        block = rows_of(labels, track)
        chosen = chosen_rows(block, frames, place)
        if chosen.any():
            boxes = np.where(chosen[:, None], moved(block.xywh), block.xywh)
            drawn = placed(block, boxes)
            changed[track] = in_whole_pixels(drawn, block) if is_computed else drawn
    if not changed:
        raise EditError(f"{track_names(labels, tracks)}: no annotations {at_frames(frames)}.")
    return with_rows(labels, changed)
