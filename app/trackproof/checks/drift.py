"""Boxes that slide off their object slowly and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

HALVES = (8, 14)
"""Rows from the middle of a bump to the frames that are taken for right again."""

ANCHOR = 5
"""Rows averaged on either side."""

BLOCK_ROWS = 16_384
"""Rows per pass, so that the columns at work stay in the processor's cache."""

FLOOR_SHARE = 0.04
FLOOR_PIXELS = 1.0


def bump(scene: Scene, *, half: int) -> Values:
    """Return ``(n,)``: distance of the centre from the course of the rows around, in sigmas."""
    n, far = len(scene), half + ANCHOR
    halo = far + ANCHOR // 2
    distance = np.zeros(n)
    for first in range(halo, n - halo, BLOCK_ROWS):
        end = min(first + BLOCK_ROWS, n - halo)
        place = scene.place[first - halo : end + halo]
        squares = np.zeros(end - first)
        for axis in range(2):
            squares += off_course(scene.steady[axis, first - halo : end + halo], half=half) ** 2
        squares[place[: end - first] != place[2 * halo :]] = 0.0
        distance[first:end] = np.sqrt(squares)
    usual = 2.0 * _median_of_tracks(distance, scene.starts)
    width = np.minimum(scene.columns[2], scene.columns[3])
    width *= FLOOR_SHARE
    width *= width
    width += (usual * usual + FLOOR_PIXELS**2)[scene.place]
    in_sigmas: Values = distance / np.sqrt(width, out=width)
    return in_sigmas


def off_course(column: Values, *, half: int) -> Values:
    """Return how far rows are from the course of one coordinate, without a halo of rows.

    The course is both the straight line between two anchors and the cubic through two on either
    side, so that an even turn is no bump: the smaller distance counts, where the signs agree.
    """
    far = half + ANCHOR
    n = len(column) - 2 * far - ANCHOR + 1
    total = np.concatenate([[0.0], np.cumsum(column - column[0])])
    mean = (total[ANCHOR:] - total[:-ANCHOR]) / ANCHOR
    middle = far + ANCHOR // 2
    centre = (total[middle + 2 : middle + 2 + n] - total[middle - 1 : middle - 1 + n]) / 3.0
    near_sum = mean[far - half : far - half + n] + mean[far + half : far + half + n]
    far_sum = mean[:n] + mean[2 * far : 2 * far + n]
    plain = centre - 0.5 * near_sum
    # The even cubic through +-half and +-far, at 0.
    spread = far * far - half * half
    bent = centre - (near_sum * (far * far) - far_sum * (half * half)) * (0.5 / spread)
    smaller = np.minimum(np.abs(bent), np.abs(plain))
    smaller *= (bent > 0.0) == (plain > 0.0)
    away: Values = smaller
    return away


def _median_of_tracks(values: Values, starts: npt.NDArray[np.int64]) -> Values:
    medians = np.zeros(len(starts) - 1)
    for place in range(len(medians)):
        own = values[starts[place] : starts[place + 1]]
        middle = len(own) // 2
        medians[place] = np.partition(own, middle)[middle] if len(own) else 0.0
    return medians


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Take the larger of a short and a long bump, and name the peaks."""
    values = np.zeros(len(scene))
    for half in HALVES:
        np.maximum(values, bump(scene, half=half), out=values)
    values[scene.track < 0] = np.nan
    window = max(HALVES)
    peaks = _peaks(values, scene.place, reach=window)
    low, high = np.maximum(peaks - window // 2, 0), np.minimum(peaks + window // 2, len(scene) - 1)
    low = np.where(scene.place[low] == scene.place[peaks], low, peaks)
    high = np.where(scene.place[high] == scene.place[peaks], high, peaks)
    events = Events.at(
        scene.track[peaks],
        scene.frame[peaks],
        values[peaks],
        frame_start=scene.frame[low],
        frame_end=scene.frame[high],
    )
    return Measured(values, events)


def _peaks(values: Values, place: npt.NDArray[np.int32], *, reach: int) -> npt.NDArray[np.intp]:
    """Return rows of at least 1 sigma that no row within reach of the same track exceeds."""
    rows = np.flatnonzero(np.nan_to_num(values) >= 1.0)
    order = rows[np.argsort(-values[rows], kind="stable")]
    taken = np.zeros(len(values), dtype=np.bool_)
    kept = []
    for row in order.tolist():
        if not taken[row]:
            kept.append(row)
            near = slice(max(row - reach, 0), row + reach + 1)
            taken[near] |= place[near] == place[row]
    return np.array(sorted(kept), dtype=np.intp)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a bump into words."""
    return f"the box leaves the object's course slowly and comes back, {value:.1f} sigma"


CHECK = Check(
    name="drift",
    title="Slow drift",
    description="Distance of the centre from the course that the frames well before and well "
    "after suggest, in units of what is usual for the track.",
    unit="sigma",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 1.5, "More is suspicious.", "sigma", 1.0),),
    tells=1,
)
