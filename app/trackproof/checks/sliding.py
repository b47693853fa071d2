"""Means and medians over a few rows of one track."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

Real = TypeVar("Real", np.float32, np.float64)


def sliding_mean(values: Values, place: npt.NDArray[np.int32], *, rows: int) -> Values:
    """Return the mean of an odd number of rows around every row; NaN near the ends of a track."""
    n, half = len(values), rows // 2
    means = np.full(n, np.nan)
    if n < rows:
        return means
    # Doubles: what a running sum of singles loses depends on the rows that come before.
    total = np.zeros(n + 1)
    np.cumsum(values, dtype=np.float64, out=total[1:])
    inner = means[half : n - half]
    np.subtract(total[rows:], total[:-rows], out=inner)
    inner /= rows
    inner[place[: n - rows + 1] != place[rows - 1 :]] = np.nan
    return means


def median_of_five(values: npt.NDArray[Real], track: npt.NDArray[np.int32]) -> npt.NDArray[Real]:
    """Return the median of every value with two rows of its track on each side.

    NaN at the ends of a track, and for rows without identity.

    Uses a selection network of seven minima and maxima, which runs on whole columns.
    """
    n = len(values)
    middle = np.full(n, np.nan, dtype=values.dtype)
    if n < 5:
        return middle
    a, b, c, d, e = (values[i : n - 4 + i] for i in range(5))
    low, spare = np.minimum(a, b), np.minimum(d, e)
    np.maximum(low, spare, out=low)
    high = np.maximum(a, b)
    np.minimum(high, np.maximum(d, e, out=spare), out=high)
    lower = np.minimum(low, high, out=spare)
    upper = np.maximum(low, high, out=low)
    np.minimum(np.maximum(c, lower, out=lower), upper, out=middle[2 : n - 2])
    middle[2 : n - 2][(track[:-4] != track[4:]) | (track[:-4] < 0)] = np.nan
    return middle
