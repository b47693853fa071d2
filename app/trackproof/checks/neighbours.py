"""Boxes of one frame that lie near each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]


FEW_TRACKS = 8
"""Times more tracks than touched ones from which nothing needs to be sorted."""

BLOCK_ROWS = 16_384
"""Rows per pass, so that the columns at work stay in the processor's cache."""


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
    if scene.has_focus and len(scene.track_numbers) > FEW_TRACKS * scene.focus_count:
        return _near_focus(scene, rows, reach_widths=reach_widths)
    order = np.argsort(scene.frame[rows], kind="stable")
    rows = rows[order]
    frame = scene.frame[rows]
    firsts, seconds = [], []
    first = 0
    while first < len(rows):
        # Whole frames, as many as stay in the processor's cache.
        end = min(first + BLOCK_ROWS, len(rows))
        end = int(np.searchsorted(frame, frame[end - 1], side="right"))
        one, two = _near_in_block(scene, rows[first:end], reach_widths=reach_widths)
        firsts.append(one)
        seconds.append(two)
        first = end
    return np.concatenate(firsts), np.concatenate(seconds)


def _near_in_block(scene: Scene, rows: Rows, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return the pairs among some rows; see `near_pairs`."""
    x, width = scene.columns[0][rows], scene.columns[2][rows]
    widest = reach_widths * float(width.max())
    # Frames are set apart by more than any reach, so that one column orders and separates.
    key = (scene.frame[rows] - scene.frame[rows[0]]) * (float(np.ptp(x)) + widest + 1.0)
    key += x
    order = ordered_by(key - key.min())
    key, rows, reach = key[order], rows[order], reach_widths * width[order]
    y = scene.columns[1][rows]
    focus = scene.is_focus[rows] if scene.has_focus else None
    firsts, seconds = [rows[:0]], [rows[:0]]
    for offset in range(1, len(rows)):
        gap = key[offset:] - key[:-offset]
        if not (gap <= widest).any():
            break
        limit = np.maximum(reach[offset:], reach[:-offset])
        near = (gap <= limit) & (np.abs(y[offset:] - y[:-offset]) <= limit)
        if focus is not None:
            near &= focus[offset:] | focus[:-offset]
        at = np.flatnonzero(near)
        firsts.append(rows[at])
        seconds.append(rows[at + offset])
    return np.concatenate(firsts), np.concatenate(seconds)


def _near_focus(scene: Scene, rows: Rows, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return the pairs of touched rows; an edit touches so few tracks that nothing is sorted."""
    whole = len(rows) == len(scene)
    x, y, width = (column if whole else column[rows] for column in scene.columns[:3])
    frame = scene.frame if whole else scene.frame[rows]
    track = scene.track if whole else scene.track[rows]
    focus = scene.is_focus if whole else scene.is_focus[rows]
    wide = reach_widths * width
    widest = float(wide.max(initial=0.0))
    firsts, seconds = [rows[:0]], [rows[:0]]
    for mine in _of_each_track(track, focus):
        at = np.full(int(frame.max()) + 1, np.nan)
        own = np.empty(len(at), dtype=np.intp)
        at[frame[mine]] = x[mine]
        own[frame[mine]] = mine
        one = np.flatnonzero(np.abs(x - at[frame]) <= widest)
        two = own[frame[one]]
        reach = np.maximum(wide[one], wide[two])
        near = (np.abs(x[one] - x[two]) <= reach) & (np.abs(y[one] - y[two]) <= reach)
        # A pair of two touched rows is found from both sides, and taken from the earlier one.
        near &= ~focus[one] | (one > two)
        near &= one != two
        one, two = one[near], two[near]
        is_left = x[one] <= x[two]
        firsts.append(rows[np.where(is_left, one, two)])
        seconds.append(rows[np.where(is_left, two, one)])
    return np.concatenate(firsts), np.concatenate(seconds)


def _of_each_track(track: npt.NDArray[np.int32], focus: npt.NDArray[np.bool_]) -> list[Rows]:
    """Return places of touched rows, so that no frame holds two of a piece."""
    places = np.flatnonzero(focus)
    ends = np.flatnonzero(np.diff(track[places], append=-2))
    pieces = []
    for piece in np.split(places, ends[:-1] + 1):
        if len(piece) and track[piece[0]] >= 0:
            pieces.append(piece)
        else:
            pieces.extend(piece.reshape(-1, 1))
    return pieces


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
