"""Boxes of one frame that lie near each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]


BLOCK_ROWS = 16_384
"""Rows per pass, so that the columns at work stay in the processor's cache."""

SLACK = 1e-3
"""Pixels by which a search is wider than asked for: more than rounding moves a key."""


@dataclass(frozen=True, eq=False)
class ByPlace:
    """Rows ordered by frame and then by centre x, to find what lies near a place.

    Parameters
    ----------
    rows : (n,) intp
        Rows whose boxes are finite.
    frame : (n,) int32
    x, y, width : (n,) float64
        Centres and widths.
    least : float
        Smallest centre x.
    step : float
        How far apart `key` sets frames.
    """

    rows: Rows
    frame: npt.NDArray[np.int32]
    x: Values
    y: Values
    width: Values
    least: float
    step: float

    @classmethod
    def of(cls, rows: Rows, frame: npt.NDArray[np.int32], xywh: Values) -> ByPlace:
        """Return some rows with their frames and boxes, in order."""
        centre = _finite_centres(xywh)
        if centre is None:
            finite = np.isfinite(xywh).all(axis=1)
            rows, frame, xywh = rows[finite], frame[finite], xywh[finite]
            centre = xywh[:, 0] + 0.5 * xywh[:, 2]
        least = float(centre.min(initial=np.inf)) if len(centre) else 0.0
        step = 2.0 * (float(centre.max(initial=least)) - least) + 1.0
        centre -= least
        order = ordered_by(frame, centre, step=step)
        x, y, width = (np.empty(len(order)) for _ in range(3))
        for first in range(0, len(order), BLOCK_ROWS):
            part = slice(first, first + BLOCK_ROWS)
            # Boxes are fetched once, whole: their columns one by one would be four times as far.
            boxes = xywh.take(order[part], axis=0)
            width[part] = boxes[:, 2]
            x[part] = boxes[:, 0] + 0.5 * boxes[:, 2]
            y[part] = boxes[:, 1] + 0.5 * boxes[:, 3]
        return cls(rows[order], frame[order], x, y, width, least, step)

    @cached_property
    def key(self) -> Values:
        """``(n,)``: one number that orders by frame and by x; only edits look rows up by it."""
        key: Values = self.frame * self.step + (self.x - self.least)
        return key

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def widest(self) -> float:
        """Greatest width."""
        return float(self.width.max(initial=0.0))


def _finite_centres(xywh: Values) -> Values | None:
    """Return ``(n,)`` centres x, or None where a box has a number that is not finite."""
    centre = np.empty(len(xywh))
    for first in range(0, len(xywh), BLOCK_ROWS):
        boxes = xywh[first : first + BLOCK_ROWS]
        if not np.isfinite(boxes).all():
            return None
        centre[first : first + BLOCK_ROWS] = boxes[:, 0] + 0.5 * boxes[:, 2]
    return centre


def near_pairs(scene: Scene, among: ByPlace, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return pairs of rows of one frame whose centres are near in x and in y.

    Every row is compared with the next one, the one after that, and so on until nothing is near
    any more: the work is that of the near pairs.

    Parameters
    ----------
    among : ByPlace
        Rows to pair.
    reach_widths : float
        Greatest distance along x, and along y, in widths of the wider box.

    Returns
    -------
    first, second : (p,) intp
        Every pair once, ``first`` being the one on the left. In a scene of an edit one of the two
        is always a touched one.
    """
    firsts, seconds = [among.rows[:0]], [among.rows[:0]]
    first = 0
    while first < len(among):
        # Whole frames, as many as stay in the processor's cache.
        end = min(first + BLOCK_ROWS, len(among))
        end = int(np.searchsorted(among.frame, among.frame[end - 1], side="right"))
        one, two = _near_in_block(among, slice(first, end), reach_widths=reach_widths)
        firsts.append(one)
        seconds.append(two)
        first = end
    one, two = np.concatenate(firsts), np.concatenate(seconds)
    if scene.has_focus:
        kept = scene.are_focus(one) | scene.are_focus(two)
        one, two = one[kept], two[kept]
    return one, two


def _near_in_block(among: ByPlace, block: slice, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return the pairs among some rows; see `near_pairs`."""
    frame, x, y, rows = among.frame[block], among.x[block], among.y[block], among.rows[block]
    reach = reach_widths * among.width[block]
    # Rows of another frame are out of reach.
    key = (frame - frame[0]) * (float(np.ptp(x)) + float(reach.max()) + 1.0) + x
    widest = float(reach.max())
    firsts, seconds = [], []
    for offset in range(1, len(rows)):
        gap = key[offset:] - key[:-offset]
        if not (gap <= widest).any():
            break
        limit = np.maximum(reach[offset:], reach[:-offset])
        at = np.flatnonzero((gap <= limit) & (np.abs(y[offset:] - y[:-offset]) <= limit))
        firsts.append(rows[at])
        seconds.append(rows[at + offset])
    if not firsts:
        return rows[:0], rows[:0]
    return np.concatenate(firsts), np.concatenate(seconds)


def near_some(mine: ByPlace, others: ByPlace, *, reach_widths: float) -> tuple[Rows, Rows]:
    """Return pairs of a row of one side and a near row of the other, as `near_pairs` does.

    The few rows of an edit are looked up among all: the work does not grow with the sequence.

    Returns
    -------
    own, other : (p,) intp
        Places in ``mine`` and in ``others``.
    """
    if not len(mine) or not len(others):
        nothing = np.empty(0, dtype=np.intp)
        return nothing, nothing
    key = mine.frame * others.step + (mine.x - others.least)
    reach = reach_widths * np.maximum(mine.width, others.widest) + SLACK
    low = np.searchsorted(others.key, key - reach)
    counts = np.searchsorted(others.key, key + reach, side="right") - low
    own = np.repeat(np.arange(len(mine)), counts)
    other = np.arange(len(own)) + np.repeat(low - (np.cumsum(counts) - counts), counts)
    limit = reach_widths * np.maximum(mine.width[own], others.width[other])
    near = mine.frame[own] == others.frame[other]
    near &= np.abs(mine.x[own] - others.x[other]) <= limit
    near &= np.abs(mine.y[own] - others.y[other]) <= limit
    return own[near], other[near]


def ordered_by(frame: npt.NDArray[np.int32], centre: Values, *, step: float) -> Rows:
    """Return the order by frame and then by centre, to one part in a million or so of the largest.

    Value and place are packed into one whole number, which numpy sorts several times faster than
    it finds an order.

    Parameters
    ----------
    frame : (n,) int32
    centre : (n,) float64
        Not below 0.
    step : float
        How far apart frames are set; more than centres are.
    """
    bits = max(int(len(frame) - 1).bit_length(), 1)
    packed = np.empty(len(frame), dtype=np.int64)
    top = int(frame.max(initial=0)) * step + float(centre.max(initial=0.0))
    steps = (1 << (62 - bits)) / (top + 1.0)
    for first in range(0, len(frame), BLOCK_ROWS):
        part = slice(first, first + BLOCK_ROWS)
        key = frame[part] * step
        key += centre[part]
        key *= steps
        whole = key.astype(np.int64)
        whole <<= bits
        whole |= np.arange(first, first + len(whole))
        packed[part] = whole
    packed.sort()
    packed &= (1 << bits) - 1
    order: Rows = packed
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
    one, two = scene.places_of(first), scene.places_of(second)
    low, high = np.minimum(one, two), np.maximum(one, two)
    frame = scene.frames_of(first)
    order = np.lexsort((frame, high, low))
    low, high, frame = low[order], high[order], frame[order]
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (
        (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (frame[1:] - frame[:-1] > 1 + bridge)
    )
    return order, np.append(np.flatnonzero(begins), len(order))
