"""Deviation of left, top, width and height from a centred rolling median."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

COLUMNS = ("left", "top", "width", "height")


def median_of_five(
    values: npt.NDArray[np.float64], track: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Return the median of every value with two rows of its track on each side; NaN at the ends.

    Uses a selection network of seven minima and maxima, which runs on whole columns.
    """
    n = len(values)
    middle = np.full(n, np.nan)
    if n < 5:
        return middle
    a, b, c, d, e = (values[i : n - 4 + i] for i in range(5))
    low = np.maximum(np.minimum(a, b), np.minimum(d, e))
    high = np.minimum(np.maximum(a, b), np.maximum(d, e))
    lower, upper = np.minimum(low, high), np.maximum(low, high)
    middle[2 : n - 2] = np.clip(c, lower, upper)
    middle[2 : n - 2][track[:-4] != track[4:]] = np.nan
    return middle


def run(scene: Scene, _parameters: Mapping[str, float], *, column: int) -> Measured:
    """Measure the deviation in shares of the box's own size, so that scale does not matter."""
    values = np.ascontiguousarray(scene.xywh[:, column])
    size = np.ascontiguousarray(scene.xywh[:, 2 if column in (0, 2) else 3])
    deviation = values - median_of_five(values, scene.track)
    median_size = median_of_five(size, scene.track)
    with np.errstate(invalid="ignore"):
        share = deviation / np.maximum(median_size, 1.0)
    share[scene.track < 0] = np.nan
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
