"""Boxes that leave their object and come back, by labels and pictures together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.pixel_course import departures
from trackproof.checks.pixel_offset import in_words, repeats_box, seen_offsets
from trackproof.checks.pixel_robust import in_sight, of_tracks, peaks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

LEAST = 1.0
"""Sigmas from which a peak is kept as a place at all, whatever limit people drag to."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name the worst place of every departure."""
    found = departures(scene, seen_offsets(scene))
    rows, _, _ = peaks(found.sigmas, least=LEAST, rows=of_tracks(scene))
    away = found.away[rows]
    expected = scene.xywh[rows].copy()
    expected[:, :2] -= away
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        found.sigmas[rows],
        frame_start=scene.frame[found.first[rows]],
        frame_end=scene.frame[found.last[rows]],
        expected_xywh=expected,
        support=in_sight(scene, rows),
        detail={
            "right": -away[:, 0] / np.maximum(scene.xywh[rows, 2], 1.0),
            "down": -away[:, 1] / np.maximum(scene.xywh[rows, 3], 1.0),
            "is_frozen": repeats_box(scene, rows),
        },
    )
    return Measured(found.sigmas, events)


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put a departure into words."""
    where = in_words(detail)
    if detail["is_frozen"]:
        return f"the box stands still while the object moves on {where}, {value:.1f} sigma"
    return f"the box leaves its course while the object keeps it {where}, {value:.1f} sigma"


CHECK = Check(
    name="picture_drift",
    title="Box leaves its object",
    description="The box bends away from the course around it while the picture shows the object "
    "moving the other way inside it, by the same distance. Finds slow drift and boxes that stand "
    "still.",
    unit="sigma",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 2.5, "More is suspicious.", "sigma", LEAST),),
    needs_frames=True,
    explains_range=True,
)
