"""Deviation of left, top, width and height from a centred rolling median."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

COLUMNS = ("left", "top", "width", "height")


def run(scene: Scene, _parameters: Mapping[str, float], *, column: int) -> Measured:
    """Measure the deviation in shares of the box's own size, so that scale does not matter.

    What has no size, as a point, has no such share.
    """
    share = scene.xywh[:, column] - scene.medians[column]
    side = scene.medians[2 if column in (0, 2) else 3]
    with np.errstate(invalid="ignore"):
        share /= np.maximum(side, 1.0)
        share[side <= 0.0] = np.nan
    return Measured(share)


def explain(value: float, _detail: Mapping[str, Any], *, title: str) -> str:
    """Put a deviation into words."""
    return f"{title} {value * 100:+.0f} % of the box's size against the frames around it"


def _check(column: int) -> Check:
    title = COLUMNS[column]
    side = "width" if column in (0, 2) else "height"
    return Check(
        name=f"{title}_deviation",
        title=f"{title.capitalize()}: deviation",
        description=f"Deviation of {title} from its rolling median over five frames, "
        f"in shares of the box's {side}.",
        unit=f"{side}s",
        kind=FlagKind.SHIFT if column < 2 else FlagKind.SIZE,
        run=partial(run, column=column),
        explain=partial(explain, title=title),
        parameters=(
            Parameter("limit", 0.15, "A larger deviation is suspicious.", f"{side}s", 0.001),
        ),
        is_signed=True,
    )


CHECK = tuple(_check(column) for column in range(len(COLUMNS)))
