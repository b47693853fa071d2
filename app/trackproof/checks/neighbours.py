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
    if scene.has_focus:
        rows = _in_reach_of_focus(scene, rows, reach_widths=reach_widths)
        if len(rows) < 2:
            return rows[:0], rows[:0]
    x, reach = scene.columns[0][rows], reach_widths * scene.columns[2][rows]
    x = x - x.min()
    widest = float(reach.max(initial=0.0))
    # Frames are set apart by more than any reach, so that one column orders and separates.
    apart = float(x.max()) + widest + 1.0
    order = ordered_by(scene.frame[rows] * apart + x)
    rows = rows[order]
    key, y = (scene.frame[rows] * apart + x[order]), scene.columns[1][rows]
    reach, focus = reach[order], scene.is_focus[rows]
    firsts, seconds = [], []
    active = np.arange(len(rows) - 1)
    offset = 1
    while len(active):
        other = active + offset
        gap = key[other] - key[active]
        going = gap <= widest
        active, other, gap = active[going], other[going], gap[going]
        limit = np.maximum(reach[active], reach[other])
        near = (gap <= limit) & (np.abs(y[other] - y[active]) <= limit)
        near &= focus[active] | focus[other]
        firsts.append(rows[active[near]])
        seconds.append(rows[other[near]])
        offset += 1
        active = active[active + offset < len(rows)]
    return np.concatenate(firsts), np.concatenate(seconds)


def _in_reach_of_focus(scene: Scene, rows: Rows, *, reach_widths: float) -> Rows:
    """Return the rows that may be near a touched one, judged by x and frame."""
    x, width, frame = scene.columns[0], scene.columns[2], scene.frame
    focus = rows[scene.is_focus[rows]]
    frames = int(frame.max(initial=0)) + 1
    low, high = np.full(frames, np.inf), np.full(frames, -np.inf)
    widest = np.zeros(frames)
    np.minimum.at(low, frame[focus], x[focus])
    np.maximum.at(high, frame[focus], x[focus])
    np.maximum.at(widest, frame[focus], width[focus])
    at = frame[rows]
    reach = reach_widths * np.maximum(width[rows], widest[at])
    near: Rows = rows[(x[rows] >= low[at] - reach) & (x[rows] <= high[at] + reach)]
    return near


def ordered_by(key: Values) -> Rows:
    """Return the order of non-negative numbers, to one part in a million or so of the largest.

    Value and place are packed into one whole number, which numpy sorts several times faster than
    it finds an order.
    """
    bits = max(int(len(key) - 1).bit_length(), 1)
    top = float(key.max(initial=0.0))
    steps = (1 << (62 - bits)) / (top + 1.0)
    packed = (key * steps).astype(np.int64) << bits
    packed |= np.arange(len(key))
    packed.sort()
    order: Rows = packed & ((1 << bits) - 1)
    return order


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
