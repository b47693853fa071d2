"""The public reference method as a ranking, to compare with.

Re-implemented from the description of the method, with its frame indices corrected (a pair
finding belongs to the later frame). Kept are the behaviours that decide what it finds: an
absent box counts as area 0, so a track that ends reads as a change by 100 % and an overlap of 0,
while a track that starts or comes back divides by zero and raises no size flag; areas change
relative to the older box, so that shrinking never exceeds 100 % and growing has no bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels.boxes import areas, iou

if TYPE_CHECKING:
    from trackproof.labels import Block, Labels, Sequence

LEAST_IOU = 0.5
MOST_SIZE_CHANGE = 0.25


@dataclass(frozen=True, slots=True)
class ReferenceFlag:
    """One frame of one track, as the reference method names it."""

    track: int
    frame: int
    frame_start: int
    frame_end: int
    score: float


@dataclass(frozen=True, slots=True)
class ReferenceAnalysis:
    """Flags of the reference method, highest score first."""

    flags: tuple[ReferenceFlag, ...]


def analyse_like_reference(sequence: Sequence, labels: Labels) -> ReferenceAnalysis:
    """Return what the reference method flags.

    A frame is flagged when its overlap with the frame before is under 0.5 or its area differs by
    more than 25 %. The score is the larger of the two, each divided by its limit.
    """
    flags = [
        flag
        for track, block in labels.table.blocks.items()
        for flag in _flags_of(track, block, frames=len(sequence))
    ]
    return ReferenceAnalysis(tuple(sorted(flags, key=lambda flag: (-flag.score, flag.frame))))


def _flags_of(track: int, block: Block, *, frames: int) -> list[ReferenceFlag]:
    last = int(block.frame[-1])
    first = int(block.frame[0])
    count = min(last + 2, frames) - first
    boxes = np.zeros((count, 4))
    boxes[block.frame - first] = block.xywh
    size = areas(boxes)
    is_there = size > 0
    either = is_there[1:] | is_there[:-1]
    overlap = np.where(either, np.nan_to_num(iou(boxes[:-1], boxes[1:])), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(is_there[:-1], np.abs(size[:-1] - size[1:]) / size[:-1], 0.0)
    score = np.maximum((1.0 - overlap) / (1.0 - LEAST_IOU), change / MOST_SIZE_CHANGE)
    flagged = np.flatnonzero((overlap < LEAST_IOU) | (change > MOST_SIZE_CHANGE))
    return [
        ReferenceFlag(
            track, first + int(i) + 1, first + int(i) + 1, first + int(i) + 1, float(score[i])
        )
        for i in flagged
    ]
