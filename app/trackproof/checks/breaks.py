"""Places where a track breaks with its own course, and its state on either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.checks.motion import FLOOR_PIXELS, FLOOR_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True, slots=True, eq=False)
class Breaks:
    """Rows that do not go on as the rows before them did.

    Parameters
    ----------
    rows : (m,) intp
        Rows of the scene.
    past, future : (6, m) float64
        Centre, size and speed half a frame before each row, by the rows before it and from it on.
    sigma : (6, m) float64
        Noise of these states, pixels.
    """

    rows: Rows
    past: Values
    future: Values
    sigma: Values

    def take(self, which: slice | npt.NDArray[np.bool_]) -> Breaks:
        """Return some of them."""
        return Breaks(
            self.rows[which], self.past[:, which], self.future[:, which], self.sigma[:, which]
        )

    def within(self, rows: slice) -> Breaks:
        """Return those among some rows."""
        low, high = np.searchsorted(self.rows, [rows.start, rows.stop]).tolist()
        return self.take(slice(low, high))


def joined_breaks(pieces: Sequence[tuple[Breaks, int]]) -> Breaks:
    """Return the breaks of all pieces, each with its rows moved so far."""
    return Breaks(
        np.concatenate([piece.rows + shift for piece, shift in pieces]),
        np.concatenate([piece.past for piece, _ in pieces], axis=1),
        np.concatenate([piece.future for piece, _ in pieces], axis=1),
        np.concatenate([piece.sigma for piece, _ in pieces], axis=1),
    )


def breaks_to_compare(scene: Scene) -> Breaks:
    """Return the breaks of frames in which a touched track breaks; all when none was touched.

    Identities are exchanged within a frame: what broke elsewhere has nothing to do with an edit.
    """
    breaks = scene.breaks
    if not scene.has_focus:
        return breaks
    frames = scene.frames_of(breaks.rows)
    is_shared = np.zeros(int(frames.max(initial=-1)) + 1, dtype=np.bool_)
    is_shared[frames[scene.are_focus(breaks.rows)]] = True
    return breaks.take(is_shared[frames])


def breaks_of(scene: Scene) -> Breaks:
    """Return the rows whose past and future contradict each other."""
    motion = scene.motion
    moved = (motion.step >= LEAST_STEP) | (motion.turn >= LEAST_TURN)
    rows = np.flatnonzero(moved & (scene.elapsed == 1))
    past, future = states(scene, rows, side=-1), states(scene, rows, side=1)
    sigma = _sigma(scene, rows)
    broken = distance(past, future, sigma) >= LEAST_BREAK
    return Breaks(rows[broken], past[:, broken], future[:, broken], sigma[:, broken])


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


def _sigma(scene: Scene, rows: Rows) -> Values:
    """Return the noise of states, ``(6, m)`` pixels."""
    noise = scene.noise[:, scene.place[rows]]
    side = np.minimum(scene.columns[2, rows], scene.columns[3, rows])
    sigma = np.empty((6, len(rows)))
    sigma[:4] = np.sqrt(2.0 * noise**2 + (FLOOR_SHARE * side) ** 2 + FLOOR_PIXELS**2)
    # People change their pace and turn: speed says less than place.
    sigma[4:] = np.hypot(2.0 * sigma[:2], 0.06 * side)
    return sigma


def distance(past: Values, future: Values, sigma: Values) -> Values:
    """Return the distance of states in sigmas; 0 where either is not known."""
    apart = (past - future) / sigma
    distance: Values = np.sqrt(np.nan_to_num(apart * apart).sum(axis=0))
    return distance
