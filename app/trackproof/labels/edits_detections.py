"""Edits over time for annotations without identity: copies, with an eye on what lies there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import concatenate
from trackproof.labels.edits import (
    Edit,
    at_frames,
    at_other_frames,
    check_boxes,
    placed,
    row_at,
    rows_of,
    with_rows,
)
from trackproof.labels.likeness import SAME_PLACE, likeness, most_like
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from trackproof.labels.block import Block, Boxes
    from trackproof.labels.ranges import FrameRanges
    from trackproof.labels.sequence import Labels


@dataclass(frozen=True, slots=True)
class CopyDetection(Edit):
    """Copy one detection to other frames, where nothing of its category lies in its place.

    Parameters
    ----------
    frame, place : int
        What to copy: the frame, and which of its detections.
    frames : FrameRanges
        Where to copy to; what lies beyond the end of the sequence is left out.
    overwrite : bool
        True moves what lies in its place (`SAME_PLACE`) onto the copy; False leaves it.
    xywh : (float, float, float, float) or None
        Where the copies lie, pixels; None: where it lies itself.
    verb : str
        What the menu calls it.
    """

    frame: int
    place: int
    frames: FrameRanges
    overwrite: bool = False
    xywh: tuple[float, float, float, float] | None = None
    verb: str = "copy"

    def describe(self, labels: Labels) -> str:
        """Return the verb with category and frames."""
        source, _ = self._source(labels)
        name = labels.categories[int(source.category[0])].name
        return f"{self.verb} {name} of frame {self.frame} {at_frames(self.frames)}"

    def covered(self, labels: Labels, frame: int) -> int | None:
        """Return which of a frame's detections lies in the place of the copy; None for none."""
        source, box = self._source(labels)
        block = rows_of(labels, NO_IDENTITY)
        first, end = np.searchsorted(block.frame, [frame, frame + 1])
        there = block.view(int(first), int(end))
        best = most_like(there, likeness(there, box, int(source.category[0])))
        return int(np.argmax(best)) if best.any() else None

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the copies."""
        frames = self.frames.frames(len(labels.listed))
        frames = frames[frames != self.frame]
        if not len(frames):
            raise EditError(f"There are no frames {self.frames} to copy to.")
        source, box = self._source(labels)
        block = rows_of(labels, NO_IDENTITY)
        overlap = likeness(block, box, int(source.category[0]))
        overlap[~np.isin(block.frame, frames)] = 0.0
        new = frames[~np.isin(frames, block.frame[overlap >= SAME_PLACE])]
        if self.overwrite:
            moved = most_like(block, overlap)[:, None]
            block = placed(block, np.where(moved, box, block.xywh))
        copies = at_other_frames(source.take(np.zeros(len(new), dtype=np.intp)), new)
        copies = placed(copies, np.tile(box, (len(new), 1)))
        # Stable: a copy becomes the last of its frame, and all others keep their place.
        joined = concatenate([block, copies])
        joined = joined.take(np.argsort(joined.frame, kind="stable"))
        return with_rows(labels, {NO_IDENTITY: joined})

    def _source(self, labels: Labels) -> tuple[Block, Boxes]:
        row = row_at(labels, NO_IDENTITY, frame=self.frame, place=self.place)
        source = rows_of(labels, NO_IDENTITY).take(slice(row, row + 1))
        if self.xywh is None:
            return source, source.xywh[0]
        box = np.array(self.xywh, dtype=np.float64)
        check_boxes(box[None])
        return source, box
