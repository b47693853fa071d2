"""Straight stretches that end in a kink: interpolation over a curved way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter
from trackproof.checks.runs import spread, true_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

STRAIGHT_PIXELS = 1.0


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Give every row of a straight stretch the kink at its ends, in box widths."""
    values = scene.zeros(at_starts=True)
    if len(scene) < 3:
        return Measured(values)
    centre = scene.columns[:2]
    bend = np.zeros(len(scene))
    second = np.diff(centre, n=2, axis=1)
    second *= second
    bend[1:-1] = np.sqrt(second[0] + second[1])
    inner = np.zeros(len(scene), dtype=np.bool_)
    inner[1:-1] = (scene.elapsed[1:-1] == 1) & (scene.elapsed[2:] == 1)
    straight = inner & (bend <= STRAIGHT_PIXELS)
    first, end = true_runs(straight, breaks=~scene.follows)
    long_enough = (end - first >= parameters["shortest"]) & (first > 0) & (end < len(scene))
    first, end = first[long_enough], end[long_enough]
    # A kink at one end of a straight line is a turn; at both ends it is a drawn line.
    kink = np.minimum(bend[first - 1] * inner[first - 1], bend[end] * inner[end])
    kink /= np.maximum(scene.columns[2][first], 1.0)
    spread(kink, first, end, values)
    return Measured(values)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put interpolation into words."""
    return f"a straight line between two kinks of {value:.2f} widths"


CHECK = Check(
    name="interpolation",
    title="Interpolated",
    description="Straight stretches between two kinks, which a tool drew over a curved way. "
    "Annotation tools interpolate on purpose, so this raises no flags.",
    unit="widths",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 0.05, "Sharper kinks stand out.", "widths", 0.001),
        Parameter("shortest", 8.0, "Straight rows from which a stretch counts.", "frames", 3.0),
    ),
    is_ranked=False,
)
