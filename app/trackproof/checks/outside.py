"""Boxes outside the image, and boxes that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.borders import image_size
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.runs import true_runs
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

LEAST = 0.1
"""Share outside from which a stretch is kept as a place, whatever limit people drag to."""


def run_outside(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the share of every box that lies outside the image."""
    width, height = image_size(scene)
    wide, high = scene.columns[2:]
    across = _inside(scene.xywh[:, 0].copy(), wide, furthest=width)
    down = _inside(scene.xywh[:, 1].copy(), high, furthest=height)
    with np.errstate(invalid="ignore", divide="ignore"):
        across *= down
        across /= wide * high
        share = np.subtract(1.0, across, out=across)
    values = np.where(np.isfinite(share), np.clip(share, 0.0, 1.0), np.nan)
    return Measured(values, _excursions(scene, values))


def _inside(low: Values, side: Values, *, furthest: float) -> Values:
    """Return how much of sides that begin at ``low`` lies between 0 and the furthest pixel."""
    high = low + side
    np.minimum(np.maximum(high, 0.0, out=high), furthest, out=high)
    high -= np.minimum(np.maximum(low, 0.0, out=low), furthest, out=low)
    return high


def _excursions(scene: Scene, values: Values) -> Events:
    """Return stretches outside that a track comes from and returns to; leaving is no mistake."""
    first, end = true_runs(np.nan_to_num(values) >= LEAST, breaks=scene.is_first)
    last = len(scene) - 1
    returns = ~scene.is_first[np.minimum(first, last)] & ~scene.is_last[end - 1]
    first, end = first[returns], end[returns]
    pairs = zip(first.tolist(), end.tolist(), strict=True)
    worst = np.array([a + int(np.argmax(values[a:b])) for a, b in pairs], dtype=np.intp)
    return Events.at(
        scene.track[worst],
        scene.frame[worst],
        values[worst],
        frame_start=scene.frame[first],
        frame_end=scene.frame[end - 1],
    )


def explain_outside(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a share into words."""
    return f"{value * 100:.0f} % of the box lie outside the image"


def run_degenerate(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Measure how many times smaller than the least size the smaller side is.

    A line needs no more than a length, and a point has no sides.
    """
    side = np.minimum(scene.columns[2], scene.columns[3])
    small = np.flatnonzero(side < parameters["least_pixels"])
    shapes = scene.shapes_of(small)
    lines = small[shapes == Shape.POLYLINE]
    side[lines] = np.maximum(scene.columns[2][lines], scene.columns[3][lines])
    side[small[shapes == Shape.KEYPOINT]] = np.nan
    # What is not finite in any column is not finite in their sum.
    side[~np.isfinite(scene.columns.sum(axis=0))] = 0.0
    return Measured(parameters["least_pixels"] / np.maximum(side, 1e-3))


def explain_degenerate(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a sliver into words."""
    return "the box has no size" if value > 100 else f"a side is only {2.0 / value:.1f} pixels long"


CHECK = (
    Check(
        name="outside",
        title="Outside the image",
        description="Share of the box that lies outside the image. Objects that enter or leave "
        "raise no flag, those that go and return do.",
        unit="share",
        kind=FlagKind.SHIFT,
        run=run_outside,
        explain=explain_outside,
        parameters=(Parameter("limit", 0.5, "More is suspicious.", "share", LEAST, 1.0),),
        tells=1,
    ),
    Check(
        name="degenerate",
        title="No size",
        description="Boxes with a side of next to nothing, as a slipped mouse leaves them.",
        unit="times",
        kind=FlagKind.SIZE,
        run=run_degenerate,
        explain=explain_degenerate,
        parameters=(
            Parameter("limit", 1.0, "Times smaller than the least side.", "times", 0.1),
            Parameter("least_pixels", 2.0, "Shorter sides are no box.", "pixels", 0.1),
        ),
        tells=1,
    ),
)
