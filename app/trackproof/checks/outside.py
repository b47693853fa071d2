"""Boxes outside the image, and boxes that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.borders import image_size
from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run_outside(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the share of every box that lies outside the image."""
    width, height = image_size(scene)
    left, top, wide, high = scene.xywh.T
    across = np.clip(left + wide, 0.0, width) - np.clip(left, 0.0, width)
    down = np.clip(top + high, 0.0, height) - np.clip(top, 0.0, height)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 1.0 - (across * down) / (wide * high)
    return Measured(np.where(np.isfinite(share), np.clip(share, 0.0, 1.0), np.nan))


def explain_outside(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a share into words."""
    return f"{value * 100:.0f} % of the box lie outside the image"


def run_degenerate(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Measure how many times smaller than the least size the smaller side is."""
    side = np.minimum(scene.columns[2], scene.columns[3])
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
        description="Share of the box that lies outside the image.",
        unit="share",
        kind=FlagKind.SHIFT,
        run=run_outside,
        explain=explain_outside,
        parameters=(Parameter("limit", 0.5, "More is suspicious.", "share", 0.01, 1.0),),
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
    ),
)
