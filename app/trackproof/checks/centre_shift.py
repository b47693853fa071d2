"""Movement of a box's centre from one frame to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the distance of neighbouring centres in box widths per frame."""
    across, down, width, _ = scene.columns
    values = scene.no_values()
    squares = np.diff(across) ** 2 + np.diff(down) ** 2
    mean_width = np.maximum(0.5 * (width[1:] + width[:-1]), 1.0)
    values[1:] = np.sqrt(squares) / (mean_width * np.maximum(scene.elapsed[1:], 1))
    values[~scene.follows] = np.nan
    return Measured(values)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a shift into words."""
    return f"centre moves {value:.2f} box widths per frame"


CHECK = Check(
    name="centre_shift",
    title="Centre shift",
    description="Distance of the box's centre from the frame before, in box widths per frame. "
    "A large value means a jump.",
    unit="widths/frame",
    kind=FlagKind.SHIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 0.5, "A longer shift is suspicious.", "widths/frame", 0.01),),
    joins_runs=True,
)
