"""Detections linked into provisional tracks: Hungarian assignment on IoU, with motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import NO_IDENTITY, LinkDetections
from trackproof.labels.boxes import centres, iou
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block, Labels
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.intp]

STEADINESS = 0.5
"""Weight of the newest step in the velocity: the rest is what was known before."""

STEP = 64
"""Frames after which progress is told."""


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How boldly detections are linked.

    Parameters
    ----------
    least_iou : float
        Least overlap of a detection with the place where motion expects the object.
    longest_gap : int
        Frames that an object may be absent and still be the same one.
    same_category : bool
        Whether only detections of one category make a track.
    """

    least_iou: float = 0.3
    longest_gap: int = 5
    same_category: bool = True


def link(
    labels: Labels, options: LinkOptions | None = None, *, progress: Progress = NO_PROGRESS
) -> LinkDetections | None:
    """Return the edit that links the detections of labels; None where there are none.

    From frame to frame every object is expected where its velocity (constant, smoothed) takes it;
    expected and found boxes are assigned so that the sum of overlaps is the largest.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    from scipy.optimize import linear_sum_assignment

    block = labels.table.block(NO_IDENTITY)
    if block is None:
        return None
    chosen = options or LinkOptions()
    walkers = _Walkers(block, chosen)
    frames, starts = np.unique(block.frame, return_index=True)
    ends = np.append(starts[1:], len(block))
    for place, (frame, start, end) in enumerate(
        zip(frames.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ):
        if not place % STEP:
            progress.step(place, len(frames))
        rows = np.arange(start, end)
        walking, score = walkers.scores(frame, rows)
        left, right = linear_sum_assignment(-score)
        kept = score[left, right] > 0
        walkers.go_on(walking[left[kept]], rows[right[kept]])
        walkers.begin(np.delete(rows, right[kept]))
    progress.step(len(frames), len(frames))
    return LinkDetections(walkers.groups)


class _Walkers:
    """Tracks under way: last box, velocity, and which rows they got."""

    def __init__(self, block: Block, options: LinkOptions) -> None:
        self._block = block
        self._options = options
        self._centres = centres(block.xywh)
        self._last = np.empty(0, dtype=np.intp)
        self._velocity = np.empty((0, 2))
        self._is_young = np.empty(0, dtype=np.bool_)
        self.groups: Ints = np.full(len(block), -1, dtype=np.int32)

    def scores(self, frame: int, rows: Rows) -> tuple[Rows, Values]:
        """Return the tracks still under way, and ``(tracks, rows)`` scores; 0 = not the same."""
        since = frame - self._block.frame[self._last]
        walking = np.flatnonzero(since <= self._options.longest_gap + 1)
        last = self._last[walking]
        expected = self._block.xywh[last].copy()
        expected[:, :2] += self._velocity[walking] * since[walking, None]
        overlap = np.nan_to_num(iou(expected[:, None], self._block.xywh[rows][None]), nan=0.0)
        overlap[overlap < self._options.least_iou] = 0.0
        if self._options.same_category:
            category = self._block.category
            overlap[category[last][:, None] != category[rows][None]] = 0.0
        return walking, overlap

    def go_on(self, tracks: Rows, rows: Rows) -> None:
        """Give tracks their next rows."""
        last = self._last[tracks]
        elapsed = (self._block.frame[rows] - self._block.frame[last])[:, None]
        step = (self._centres[rows] - self._centres[last]) / elapsed
        # The first step is all that is known of a new track.
        newest = np.where(self._is_young[tracks], 1.0, STEADINESS)[:, None]
        self._velocity[tracks] += newest * (step - self._velocity[tracks])
        self._is_young[tracks] = False
        self._last[tracks] = rows
        self.groups[rows] = tracks

    def begin(self, rows: Rows) -> None:
        """Let rows that nobody claims begin tracks of their own."""
        self.groups[rows] = np.arange(len(self._last), len(self._last) + len(rows))
        self._last = np.concatenate([self._last, rows])
        self._velocity = np.concatenate([self._velocity, np.zeros((len(rows), 2))])
        self._is_young = np.concatenate([self._is_young, np.ones(len(rows), dtype=np.bool_)])
