"""Two objects that exchange their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.breaks import breaks_to_compare, distance
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.neighbours import ByPlace, near_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

REACH_WIDTHS = 3.0
"""Objects further apart, in widths, do not exchange identities unseen."""


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Compare the cost of keeping two identities with the cost of swapping them, in sigmas."""
    values = scene.zeros(at_starts=False)
    breaks = breaks_to_compare(scene)
    rows, past, future, sigma = breaks.rows, breaks.past, breaks.future, breaks.sigma
    among = ByPlace.of(rows, scene.frames_of(rows), scene.boxes_of(rows))
    first, second = near_pairs(scene, among, reach_widths=parameters["reach"])
    one, two = np.searchsorted(rows, first), np.searchsorted(rows, second)
    wide = np.maximum(sigma[:, one], sigma[:, two])
    keep = np.hypot(
        distance(past[:, one], future[:, one], wide), distance(past[:, two], future[:, two], wide)
    )
    swap = np.hypot(
        distance(past[:, one], future[:, two], wide), distance(past[:, two], future[:, one], wide)
    )
    margin = keep - swap
    margin[scene.categories_of(first) != scene.categories_of(second)] *= 0.5
    kept = margin >= 1.0
    first, second, margin, keep, swap = (c[kept] for c in (first, second, margin, keep, swap))
    np.maximum.at(values, first, margin)
    np.maximum.at(values, second, margin)
    events = Events.at(
        scene.tracks_of(first),
        scene.frames_of(first),
        margin,
        other_track=scene.tracks_of(second),
        detail={"keep": keep, "swap": swap},
    )
    return Measured(values, events)


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a swap into words."""
    return (
        f"swapping identities fits better: {detail['swap']:.1f} against {detail['keep']:.1f} sigma"
    )


CHECK = Check(
    name="identity_swap",
    title="Swapped identities",
    description="How much better the motion of two near objects fits when their identities are "
    "exchanged from here on.",
    unit="sigma",
    kind=FlagKind.IDENTITY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 2.0, "More is suspicious.", "sigma", 1.0),
        Parameter("reach", REACH_WIDTHS, "Objects further apart are not compared.", "widths", 0.1),
    ),
    compares_tracks=True,
    tells=2,
)
