"""Boxes that slide off their object slowly and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.sliding import sliding_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

HALVES = (8, 14)
"""Rows from the middle of a bump to the frames that are taken for right again."""

ANCHOR = 5
"""Rows averaged on either side."""

FLOOR_SHARE = 0.04
FLOOR_PIXELS = 1.0


def bump(scene: Scene, *, half: int) -> Values:
    """Return ``(n,)``: distance of the centre from the course of the rows around, in sigmas.

    The course is the cubic through two anchors on either side, so that an even turn is none.
    """
    n, place = len(scene), scene.place
    far = half + ANCHOR
    squares = np.zeros(n)
    if n <= 2 * far + ANCHOR:
        return squares
    inner = slice(far, n - far)
    whole = place[: n - 2 * far] == place[2 * far :]
    for axis in range(2):
        mean = sliding_mean(scene.steady[axis], place, rows=ANCHOR)
        centre = sliding_mean(scene.steady[axis], place, rows=3)
        near_sum = mean[far - half : n - far - half] + mean[far + half : n - far + half]
        far_sum = mean[: n - 2 * far] + mean[2 * far :]
        # Even cubic through +-half and +-far at 0: weights from far^2 and half^2.
        spread = far * far - half * half
        course = 0.5 * (near_sum * (far * far) - far_sum * (half * half)) / spread
        straight = 0.5 * near_sum
        bent, plain = centre[inner] - course, centre[inner] - straight
        agreed = np.where(bent * plain > 0, np.minimum(np.abs(bent), np.abs(plain)), 0.0)
        agreed = np.where(whole, np.nan_to_num(agreed), 0.0)
        squares[inner] += agreed**2
    distance = np.sqrt(squares)
    usual = _median_of_tracks(distance, scene.starts)[place]
    width = np.minimum(scene.columns[2], scene.columns[3])
    sigma = np.sqrt((2.0 * usual) ** 2 + (FLOOR_SHARE * width) ** 2 + FLOOR_PIXELS**2)
    in_sigmas: Values = distance / sigma
    return in_sigmas


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
)
