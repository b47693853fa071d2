"""Boxes of one frame that lie near each other."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, eq=False)
class ByPlace:
    """Rows ordered by frame and then by centre x, to find what lies near a place.

    Parameters
    ----------
    rows : (n,) intp
        Rows whose boxes are finite.
    frame : (n,) int32
    x, y, width : (n,) float64
        Centres and widths.
    key : (n,) float64
        One number that orders by both: frames are set apart by more than centres are.
    step : float
        How far apart.
    """

    rows: Rows
    frame: npt.NDArray[np.int32]
    x: Values
    y: Values
    width: Values
    key: Values
    step: float

    @classmethod
    def of(cls, rows: Rows, frame: npt.NDArray[np.int32], xywh: Values) -> ByPlace:
        """Return some rows with their frames and boxes, in order."""
        finite = np.isfinite(xywh @ np.ones(4))
        if not finite.all():
            rows, frame, xywh = rows[finite], frame[finite], xywh[finite]
        x = xywh[:, 0] + 0.5 * xywh[:, 2]
        least = float(x.min(initial=np.inf)) if len(x) else 0.0
        step = 2.0 * (float(x.max(initial=least)) - least) + 1.0
        order = ordered_by(frame * step + (x - least))
        # Boxes are fetched once, whole: their columns one by one would be four times as far.
        frame, xywh = frame[order], xywh.take(order, axis=0)
        width = xywh[:, 2].copy()
        x, y = xywh[:, 0] + 0.5 * width, xywh[:, 1] + 0.5 * xywh[:, 3]
        return cls(rows[order], frame, x, y, width, frame * step + (x - least), step)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def widest(self) -> float:
        """Greatest width."""
        return float(self.width.max(initial=0.0))


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
    offset = float(others.x[0] - (others.key[0] - others.frame[0] * others.step))
    key = mine.frame * others.step + (mine.x - offset)
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
