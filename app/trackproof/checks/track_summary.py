"""What is ordinary for one track: distribution of its overlap, worst frame of every check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from trackproof.checks.model import Measurement

    Values = npt.NDArray[np.float64]

MODE_BINS = 50
"""Bins of the histogram whose highest bar is the mode: 0.02 IoU each."""


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """One track's rolling IoU in a few numbers, and where each check is worst.

    Parameters
    ----------
    track : int
        Track number.
    boxes : int
        Rows of the track.
    mean, median, mode, minimum : float
        Of its rolling IoU; NaN when it has no neighbouring frames.
    share_under_limit : float
        Share of its overlaps under the limit, 0..1.
    worst : mapping of str to int
        Frame of every check's worst value; checks without a value are absent.
    """

    track: int
    boxes: int
    mean: float
    median: float
    mode: float
    minimum: float
    share_under_limit: float
    worst: Mapping[str, int]


def summarise(
    measurements: Mapping[str, Measurement], tracks: Sequence[int]
) -> dict[int, TrackSummary]:
    """Return the summary of every track."""
    return {track: _summary(measurements, track) for track in tracks}


def mode_of(overlaps: Values) -> float:
    """Return the middle of the fullest bin of overlaps in 0..1; NaN without any."""
    if not len(overlaps):
        return float("nan")
    counts = np.bincount(
        np.minimum((overlaps * MODE_BINS).astype(np.intp), MODE_BINS - 1), minlength=MODE_BINS
    )
    return (int(counts.argmax()) + 0.5) / MODE_BINS


def _summary(measurements: Mapping[str, Measurement], track: int) -> TrackSummary:
    worst, boxes = {}, 0
    for name, measurement in measurements.items():
        frames, values = measurement.of(track)
        boxes = len(frames)
        defined = np.flatnonzero(np.isfinite(values))
        if len(defined):
            scores = measurement.check.score(values[defined], measurement.limit)
            worst[name] = int(frames[defined[int(scores.argmax())]])
    iou = measurements.get("rolling_iou")
    overlaps = iou.of(track)[1] if iou is not None else np.empty(0)
    overlaps = overlaps[np.isfinite(overlaps)]
    has_any = len(overlaps) > 0
    return TrackSummary(
        track=track,
        boxes=boxes,
        mean=float(overlaps.mean()) if has_any else float("nan"),
        median=float(np.median(overlaps)) if has_any else float("nan"),
        mode=mode_of(overlaps),
        minimum=float(overlaps.min()) if has_any else float("nan"),
        share_under_limit=float((overlaps < iou.limit).mean()) if has_any and iou else 0.0,
        worst=worst,
    )
