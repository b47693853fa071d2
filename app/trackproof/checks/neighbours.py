"""Boxes of one frame that lie near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]


def near_pairs(scene: Scene, rows: Rows, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return pairs of rows of one frame whose centres are near in x and in y.

    Rows are sorted by frame and centre, and every row is compared with the next one, the one after
    that, and so on until nothing is near any more: the work is that of the near pairs.

    Parameters
    ----------
    rows : (m,) intp
        Rows to pair.
    reach_widths : float
        Greatest distance along x, and along y, in widths of the wider box.

    Returns
    -------
    first, second : (p,) intp
        Every pair once, ``first`` being the one on the left. In a scene of an edit one of the two
        is always a touched one.
    """
    if len(rows) < 2:
        return rows[:0], rows[:0]
    x, y = scene.columns[0][rows], scene.columns[1][rows]
    reach = reach_widths * scene.columns[2][rows]
    # Frames are set apart by more than any reach, so that one column orders and separates.
    apart = float(x.max() - x.min()) + float(np.max(reach)) + 1.0
    key = scene.frame[rows] * apart + (x - x.min())
    order = np.argsort(key, kind="stable")
    key, y, reach, rows = key[order], y[order], reach[order], rows[order]
    focus = scene.is_focus[rows]
    firsts, seconds = [], []
    active = np.arange(len(rows) - 1)
    widest = float(reach.max(initial=0.0))
    offset = 1
    while len(active):
        other = active + offset
        gap = key[other] - key[active]
        near = gap <= np.maximum(reach[active], reach[other])
        near &= np.abs(y[other] - y[active]) <= np.maximum(reach[active], reach[other])
        near &= focus[active] | focus[other]
        firsts.append(rows[active[near]])
        seconds.append(rows[other[near]])
        offset += 1
        active = active[(gap <= widest) & (active + offset < len(rows))]
    return np.concatenate(firsts), np.concatenate(seconds)


def pair_runs(
    scene: Scene, first: Rows, second: Rows, *, bridge: int = 1
) -> tuple[Rows, npt.NDArray[np.intp]]:
    """Return pairs ordered by tracks and frame, and where a run of one pair of tracks begins.

    Parameters
    ----------
    bridge : int
        Frames without the pair that do not end a run.

    Returns
    -------
    order : (p,) intp
        Places in ``first`` and ``second``.
    starts : (runs + 1,) intp
        Run ``k`` is ``order[starts[k]:starts[k + 1]]``.
    """
    low = np.minimum(scene.place[first], scene.place[second]).astype(np.int64)
    high = np.maximum(scene.place[first], scene.place[second]).astype(np.int64)
    frame = scene.frame[first]
    order = np.lexsort((frame, high, low))
    low, high, frame = low[order], high[order], frame[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (
        (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (frame[1:] - frame[:-1] > 1 + bridge)
    )
    return order, np.append(np.flatnonzero(begins), len(order))
