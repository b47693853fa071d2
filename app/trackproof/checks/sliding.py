"""Means over a few rows of one track."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]


def sliding_mean(values: Values, place: npt.NDArray[np.int32], *, rows: int) -> Values:
    """Return the mean of an odd number of rows around every row; NaN near the ends of a track."""
    n, half = len(values), rows // 2
    means = np.full(n, np.nan)
    if n < rows:
        return means
    total = np.concatenate([[0.0], np.cumsum(values)])
    means[half : n - half] = (total[rows:] - total[:-rows]) / rows
    means[half : n - half][place[: n - rows + 1] != place[rows - 1 :]] = np.nan
    return means
