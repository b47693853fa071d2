"""Robust running values along tracks, with unknown rows passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.ends import covered

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

LEAST_SUPPORT = 0.1
"""What a crop still counts that a nearer object hides."""

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation of a normal distribution, to its standard deviation."""


def in_sight(scene: Scene, rows: npt.NDArray[np.intp]) -> Values:
    """Return how much the pictures say of boxes, 1 in plain view and less behind nearer ones.

    Behind a nearer object the crop shows that one: it says little about the label.
    """
    return np.clip(1.0 - covered(scene, rows), LEAST_SUPPORT, 1.0)


def filled(values: Values) -> Values:
    """Return ``(n,)`` values with NaN replaced along a line between their neighbours; 0 if none."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros_like(values)
    return np.interp(np.arange(len(values)), known, values[known])


def running_median(values: Values, *, rows: int) -> Values:
    """Return the median of an odd number of rows around every row of one track.

    Near the ends the outermost value stands for the rows that are not there.
    """
    from scipy.ndimage import median_filter

    middle: Values = median_filter(values, size=rows, mode="nearest")
    return middle


def sigma_of(values: Values, *, floor: float) -> float:
    """Return the robust standard deviation around 0, at least ``floor``."""
    known = np.abs(values[np.isfinite(values)])
    return max(MAD_TO_SIGMA * float(np.median(known)), floor) if len(known) else floor


def of_tracks(scene: Scene) -> list[slice]:
    """Return the rows of every track that has identity."""
    ends = zip(scene.starts[:-1].tolist(), scene.starts[1:].tolist(), strict=True)
    pairs = zip(scene.track_numbers.tolist(), ends, strict=True)
    return [slice(first, end) for track, (first, end) in pairs if track >= 0 and end > first]


def peaks(
    values: Values, *, least: float, rows: list[slice]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the highest, first and last row of every run that stays above half of its peak.

    Parameters
    ----------
    values : (n,) float64
        NaN counts as 0.
    least : float
        Lower peaks are left out.
    rows : list of slice
        Rows of every track; a run ends with its track.
    """
    found: list[tuple[int, int, int]] = []
    for own in rows:
        left = np.nan_to_num(values[own]).copy()
        while len(left) and left.max() >= least:
            top = int(left.argmax())
            half = left[top] / 2
            low, high = top, top
            while low > 0 and left[low - 1] > half:
                low -= 1
            while high < len(left) - 1 and left[high + 1] > half:
                high += 1
            found.append((own.start + top, own.start + low, own.start + high))
            left[max(low - 2, 0) : high + 3] = 0.0
    top_rows, low_rows, high_rows = np.array(sorted(found), dtype=np.intp).reshape(-1, 3).T
    return top_rows, low_rows, high_rows
