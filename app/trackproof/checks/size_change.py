"""Change of a box's area from one frame to the next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the log ratio of neighbouring areas: shrink and growth weigh the same."""
    area = scene.columns[2] * scene.columns[3]
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.log(area)
    values = scene.no_values()
    with np.errstate(invalid="ignore"):
        values[1:] = size[1:] - size[:-1]
    values[~scene.follows | (scene.missing > 0) | ~np.isfinite(values)] = np.nan
    return Measured(values)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a log ratio into words, as the percentage people know."""
    return f"area {percent(value)} against the frame before"


def percent(log_ratio: float) -> str:
    """Return a log ratio as a signed percentage: ``-0.22`` is ``-20 %``."""
    return f"{math.expm1(min(log_ratio, 20.0)) * 100:+.0f} %"


CHECK = Check(
    name="size_change",
    title="Size change",
    description="Change of the box's area against the frame before, as a log ratio, so that "
    "shrinking and growing weigh the same.",
    unit="ln",
    kind=FlagKind.SIZE,
    run=run,
    explain=explain,
    parameters=(
        Parameter(
            "limit", 0.2231, "A larger change is suspicious; 0.223 is +25 % or -20 %.", "ln", 0.01
        ),
    ),
    is_signed=True,
    joins_runs=True,
)
