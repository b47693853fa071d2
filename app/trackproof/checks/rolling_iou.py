"""Overlap of every box with the box of the frame before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure every pair of neighbouring frames; a pair across unlisted frames counts too."""
    return Measured(scene.overlap)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put an overlap into words."""
    return f"overlap with the frame before is only {value:.2f}"


CHECK = Check(
    name="rolling_iou",
    title="Rolling IoU",
    description="Overlap (IoU) of the box with the object's box in the frame before. "
    "A low overlap means a jump or a sudden change of size.",
    unit="IoU",
    kind=FlagKind.SHIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 0.5, "An overlap under this is suspicious.", "IoU", 0.0, 1.0),),
    is_low_bad=True,
    joins_runs=True,
)
