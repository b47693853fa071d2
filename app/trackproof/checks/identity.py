"""Two objects that exchange their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.motion import FLOOR_PIXELS, FLOOR_SHARE
from trackproof.checks.neighbours import near_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]

ROWS = 4
"""Rows on either side over which a state is measured."""

LEAST_BREAK = 2.0
"""Sigmas by which a track must break for a swap to be weighed at all."""

LEAST_STEP, LEAST_TURN = 1.0, 0.5
"""Sigmas of a step, and of a turn per frame, without which a track does not break."""

REACH_WIDTHS = 3.0
"""Objects further apart, in widths, do not exchange identities unseen."""


def states(scene: Scene, rows: Rows, *, side: int) -> Values:
    """Return ``(6, m)`` centre, size and speed half a frame before each row.

    From the rows before it (``side`` -1) or from it on (``side`` 1); NaN where there are too few.
    The speed is what the centre covers over ``ROWS`` frames.
    """
    near = rows - 1 if side < 0 else rows
    far = near + side * ROWS
    last = len(scene) - 1
    valid = (near >= 0) & (far >= 0) & (far <= last)
    near, far = np.clip(near, 0, last), np.clip(far, 0, last)
    valid &= (scene.place[near] == scene.place[rows]) & (scene.place[far] == scene.place[rows])
    span = np.where(valid, scene.frame[far] - scene.frame[near], 1)
    speed = (scene.steady[:2, far] - scene.steady[:2, near]) / np.where(span == 0, 1, span)
    half = 0.5 * (scene.frame[rows] - scene.frame[np.maximum(rows - 1, 0)])
    state = np.empty((6, len(rows)))
    state[:4] = scene.steady[:, near]
    state[:2] += speed * (half if side < 0 else -half)
    state[4:] = speed * ROWS
    state[:, ~valid] = np.nan
    return state


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Compare the cost of keeping two identities with the cost of swapping them, in sigmas."""
    values = np.where(scene.follows, 0.0, np.nan)
    motion = scene.motion
    moved = (motion.step >= LEAST_STEP) | (motion.turn >= LEAST_TURN)
    rows = np.flatnonzero(moved & (scene.elapsed == 1))
    past, future, sigma = (
        states(scene, rows, side=-1),
        states(scene, rows, side=1),
        _sigma(scene, rows),
    )
    broken = _distance(past, future, sigma) >= LEAST_BREAK
    rows, past, future, sigma = rows[broken], past[:, broken], future[:, broken], sigma[:, broken]
    first, second = near_pairs(scene, rows, reach_widths=parameters["reach"])
    where = np.full(len(scene), -1, dtype=np.intp)
    where[rows] = np.arange(len(rows))
    one, two = where[first], where[second]
    wide = np.maximum(sigma[:, one], sigma[:, two])
    keep = np.hypot(
        _distance(past[:, one], future[:, one], wide), _distance(past[:, two], future[:, two], wide)
    )
    swap = np.hypot(
        _distance(past[:, one], future[:, two], wide), _distance(past[:, two], future[:, one], wide)
    )
    margin = keep - swap
    margin[scene.category[first] != scene.category[second]] *= 0.5
    kept = margin >= 1.0
    first, second, margin, keep, swap = (c[kept] for c in (first, second, margin, keep, swap))
    np.maximum.at(values, first, margin)
    np.maximum.at(values, second, margin)
    events = Events.at(
        scene.track[first],
        scene.frame[first],
        margin,
        other_track=scene.track[second],
        detail={"keep": keep, "swap": swap},
    )
    return Measured(values, events)


def _sigma(scene: Scene, rows: Rows) -> Values:
    """Return the noise of states, ``(6, m)`` pixels."""
    noise = scene.noise[:, scene.place[rows]]
    side = np.minimum(scene.columns[2, rows], scene.columns[3, rows])
    sigma = np.empty((6, len(rows)))
    sigma[:4] = np.sqrt(2.0 * noise**2 + (FLOOR_SHARE * side) ** 2 + FLOOR_PIXELS**2)
    # People change their pace and turn: speed says less than place.
    sigma[4:] = np.hypot(2.0 * sigma[:2], 0.06 * side)
    return sigma


def _distance(past: Values, future: Values, sigma: Values) -> Values:
    """Return the distance of states in sigmas; 0 where either is not known."""
    apart = (past - future) / sigma
    distance: Values = np.sqrt(np.nan_to_num(apart * apart).sum(axis=0))
    return distance


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a swap into words."""
    return (
        f"swapping identities fits better: {detail['swap']:.1f} against {detail['keep']:.1f} sigma"
    )


CHECK = Check(
    name="identity_swap",
    title="Swapped identities",
    description="How much better the motion of two near objects fits when their identities are "
    "exchanged from here on.",
    unit="sigma",
    kind=FlagKind.IDENTITY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 2.0, "More is suspicious.", "sigma", 1.0),
        Parameter("reach", REACH_WIDTHS, "Objects further apart are not compared.", "widths", 0.1),
    ),
    compares_tracks=True,
    tells=2,
)
