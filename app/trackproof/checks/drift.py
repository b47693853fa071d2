"""Boxes that slide off their object slowly and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.runs import peaks_of_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]
    Halves = npt.NDArray[np.float32]

Real = TypeVar("Real", np.float32, np.float64)

HALVES = (8, 14)
"""Rows from the middle of a bump to the frames that are taken for right again."""

ANCHOR = 5
"""Rows averaged on either side."""

BLOCK_ROWS = 16_384
"""Rows per pass, so that the columns at work stay in the processor's cache."""

LEAST = 1.0
"""Sigmas from which a peak is kept as a place at all, whatever limit people drag to."""

FLOOR_SHARE = 0.04
FLOOR_PIXELS = 1.0


def bump(scene: Scene, floor: Halves, *, half: int) -> Halves:
    """Return ``(n,)``: distance of the centre from the course of the rows around, in sigmas.

    Parameters
    ----------
    floor : (n,) float32
        Least variance of a centre, by the size of its box.
    half : int
        See `off_course`.
    """
    n, far = len(scene), half + ANCHOR
    halo = far + ANCHOR // 2
    distance = np.zeros(n, dtype=np.float32)
    for first in range(halo, n - halo, BLOCK_ROWS):
        end = min(first + BLOCK_ROWS, n - halo)
        place = scene.place[first - halo : end + halo]
        centres = scene.steady[:2, first - halo : end + halo]
        away = off_course(centres, half=half)
        away *= away
        squares = np.add(away[0], away[1], out=away[0])
        squares[place[: end - first] != place[2 * halo :]] = 0.0
        np.sqrt(squares, out=distance[first:end])
    usual = 2.0 * _median_of_tracks(distance, scene.starts)
    noise = (usual * usual + FLOOR_PIXELS**2).astype(np.float32)[scene.place]
    noise += floor
    distance /= np.sqrt(noise, out=noise)
    return distance


def off_course(columns: npt.NDArray[Real], *, half: int) -> npt.NDArray[Real]:
    """Return how far rows are from the course of coordinates, without a halo of rows.

    The course is both the straight line between two anchors and the cubic through two on either
    side, so that an even turn is no bump: the smaller distance counts, where the signs agree.

    Parameters
    ----------
    columns : (..., n) float
        One coordinate per row, pixels.
    half : int
        Rows from the middle of a bump to the nearer anchors.

    Returns
    -------
    away : (..., n - 2 * halo) float
        Pixels; the halo is ``half + ANCHOR + ANCHOR // 2`` rows on either side.
    """
    far = half + ANCHOR
    n = columns.shape[-1] - 2 * far - ANCHOR + 1
    mean = _sliding_sum(columns, rows=ANCHOR)
    mean *= 1.0 / ANCHOR
    middle = far + ANCHOR // 2
    plain = _sliding_sum(columns[..., middle - 1 : middle + n + 1], rows=3)
    plain *= 1.0 / 3.0
    bent = plain.copy()
    near_sum = mean[..., far - half : far - half + n] + mean[..., far + half : far + half + n]
    far_sum = mean[..., :n] + mean[..., 2 * far : 2 * far + n]
    # The even cubic through +-half and +-far, at 0.
    spread = 0.5 / (far * far - half * half)
    far_sum *= half * half * spread
    bent += far_sum
    bent -= near_sum * (far * far * spread)
    near_sum *= 0.5
    plain -= near_sum
    is_same = (bent > 0.0) == (plain > 0.0)
    smaller = np.minimum(np.abs(bent, out=bent), np.abs(plain, out=plain), out=bent)
    smaller *= is_same
    return smaller


def _sliding_sum(columns: npt.NDArray[Real], *, rows: int) -> npt.NDArray[Real]:
    n = columns.shape[-1] - rows + 1
    total = columns[..., :n] + columns[..., 1 : n + 1]
    for k in range(2, rows):
        total += columns[..., k : n + k]
    return total


def _median_of_tracks(values: Halves, starts: npt.NDArray[np.int64]) -> Values:
    medians = np.zeros(len(starts) - 1)
    for place in range(len(medians)):
        own = values[starts[place] : starts[place + 1]]
        middle = len(own) // 2
        medians[place] = np.partition(own, middle)[middle] if len(own) else 0.0
    return medians


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Take the larger of a short and a long bump, and name the peaks."""
    floor = np.minimum(scene.columns[2], scene.columns[3]).astype(np.float32)
    floor *= FLOOR_SHARE
    floor *= floor
    short, long = (bump(scene, floor, half=half) for half in HALVES)
    values = np.maximum(short, long).astype(np.float64)
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
    """Return rows of at least 1 sigma, the highest first, without those near a higher one kept."""
    rows = np.flatnonzero(values >= LEAST)
    kept = []
    while len(rows):
        # Rows further apart than the reach do not see each other: each group has one highest.
        begins = np.flatnonzero(
            np.diff(rows, prepend=-reach - 1) + reach * np.diff(place[rows], prepend=-1) > reach
        )
        ends = np.append(begins[1:], len(rows))
        highest = rows[peaks_of_runs(values[rows], begins, ends)]
        kept.append(highest)
        rows = rows[np.abs(rows - np.repeat(highest, ends - begins)) > reach]
    return np.sort(np.concatenate(kept)) if kept else rows


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
    parameters=(Parameter("limit", 1.5, "More is suspicious.", "sigma", LEAST),),
    tells=1,
)
