"""Tracks whose overlap from frame to frame is unlike that of all other tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

FEWEST_TRACKS = 4
FLOOR = 0.03
"""Least spread of medians, IoU: tracks of still objects all lie near 1."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure how many robust deviations a track's median overlap lies under the others'."""
    values = scene.zeros(at_starts=True)
    medians = scene.usual_overlap
    known = np.isfinite(medians)
    if known.sum() < FEWEST_TRACKS:
        return Measured(values, Events.none())
    middle = np.median(medians[known])
    spread = max(1.4826 * float(np.median(np.abs(medians[known] - middle))), FLOOR)
    far = np.maximum(middle - np.nan_to_num(medians, nan=middle), 0.0) / spread
    values = np.repeat(far, np.diff(scene.starts))
    values[: scene.rows_without_identity] = np.nan
    places = np.flatnonzero((far > 1.0) & (scene.track_numbers >= 0) & scene.is_focus_track)
    worst = np.array(
        [scene.starts[place] + 1 + _least_overlap(scene, place) for place in places.tolist()],
        dtype=np.intp,
    )
    events = Events.at(
        scene.track_numbers[places],
        scene.frames_of(worst),
        far[places],
        detail={"median": medians[places], "usual": np.full(len(places), middle)},
    )
    return Measured(values, events)


def _least_overlap(scene: Scene, place: int) -> int:
    """Return which step of a track overlaps least."""
    boxes = scene.boxes_at(place)
    return int(np.argmin(iou(boxes[:-1], boxes[1:])))


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put an unusual track into words."""
    return (
        f"median overlap of the whole track is {detail['median']:.2f}, "
        f"{detail['usual']:.2f} for the others"
    )


CHECK = Check(
    name="track_overlap",
    title="Unusual track",
    description="How far the median overlap of a track lies under that of the other tracks, in "
    "robust standard deviations.",
    unit="sigma",
    kind=FlagKind.TRACK,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 4.0, "More is suspicious.", "sigma", 1.0),),
    compares_tracks=True,
)
