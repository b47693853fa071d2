"""A check of a package of one's own: one file and one entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackproof.checks import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks import Scene


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Measure how many times lower than the horizon the foot of every box is."""
    foot = scene.xywh[:, 1] + scene.xywh[:, 3]
    return Measured(parameters["horizon"] / foot.clip(min=1.0))


def explain(value: float, detail: Mapping[str, Any]) -> str:
    return f"the foot of the box hangs in the sky, {value:.1f} times above the horizon"


CHECK = Check(
    name="example_above_horizon",
    title="Above the horizon",
    description="Boxes whose foot lies above the horizon.",
    unit="times",
    kind=FlagKind.SHIFT,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 1.0, "Higher is suspicious.", "times"),
        Parameter("horizon", 100.0, "Row of the horizon.", "pixels"),
    ),
)
