"""Annotations without identity that are taken for the same thing, because of where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Block, Boxes

    Mask = npt.NDArray[np.bool_]
    Values = npt.NDArray[np.float64]

LikeBy = Literal["place", "category", "all"]

SAME_PLACE = 0.5
"""Overlap (IoU) from which on two boxes of one category are taken for the same thing."""


@dataclass(frozen=True, slots=True)
class Like:
    """Which detections of other frames an edit is about, told by one of them.

    Parameters
    ----------
    frame, place : int
        The one that tells: its frame, and which of the frame's detections it is.
    by : "place", "category" or "all"
        Those of its category that overlap it by `SAME_PLACE` at least; all of its category; all.
    """

    frame: int
    place: int
    by: LikeBy = "place"

    def mask(self, block: Block) -> Mask:
        """Return which rows without identity are meant.

        Raises
        ------
        EditError
            When the one that tells is not there.
        """
        if self.by == "all":
            return np.ones(len(block), dtype=np.bool_)
        first, end = np.searchsorted(block.frame, [self.frame, self.frame + 1])
        if not 0 <= self.place < end - first:
            raise EditError(f"This detection is not in frame {self.frame} any more.")
        row = int(first) + self.place
        category = int(block.category[row])
        if self.by == "category":
            return np.asarray(block.category == category)
        return likeness(block, block.xywh[row], category) >= SAME_PLACE


def likeness(block: Block, box_xywh: Boxes, category: int) -> Values:
    """Return by how much each row covers a box: its overlap (IoU), 0 for other categories.

    Parameters
    ----------
    box_xywh : (4,) float64, pixels
        The box.
    """
    overlap = iou(block.xywh, box_xywh[None])
    return np.where((block.category == category) & np.isfinite(overlap), overlap, 0.0)


def most_like(block: Block, overlap: Values) -> Mask:
    """Return which row of each frame overlaps most, where one does by `SAME_PLACE`."""
    order = np.lexsort((-overlap, block.frame))
    frames = block.frame[order]
    best = np.zeros(len(block), dtype=np.bool_)
    best[order[np.diff(frames, prepend=-1) != 0]] = True
    return best & (overlap >= SAME_PLACE)
