"""Where every box should be, judged by the frames before and after it.

The evidence that several checks share. A box is compared with three predictions: the line through
earlier rows, the line through later rows, and the point between both sides. Only what **all** of
them contradict, in the same direction, counts: a turn is explained by one side, noise by another.
Predictions leave out one to three rows, so that a mistake of up to three frames cannot explain
itself. Residuals are in units of the track's own noise, with a floor in pixels and in shares of
the box; what the camera does to all objects is taken away first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values: TypeAlias = npt.NDArray[np.float64]
    Halves: TypeAlias = npt.NDArray[np.float32]
    Truths: TypeAlias = npt.NDArray[np.bool_]
    Ints: TypeAlias = npt.NDArray[np.int32]

Scalar = TypeVar("Scalar", bound=np.generic)

BLOCK_ROWS = 16_384
"""Rows per pass, so that the thirty columns at work stay in the processor's cache."""

HALO = 8
"""Rows that a block sees on either side of its own."""

BASELINE = 3
"""Rows over which a velocity is measured."""

FLOOR_PIXELS = 1.0
FLOOR_SHARE = 0.02
"""Least noise: a verifier would not move a side by less than a pixel, or 2 % of the box."""

PREFERS_SHORT = np.float32(1.2)
"""How much better a longer run must explain the boxes than a shorter one."""

SIZE_TELLS = np.float32(3.0)
"""Weight of size when evidence is named: a side that moves alone shifts the centre, too."""

ZERO, ONE, TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)

ONE_SIDED = np.float32(0.5)
"""Weight of evidence from one side only, near the ends of a track."""

REACH = {1: 1.5, 2: 1.9, 3: 2.4}
"""Noise of a prediction that leaves out so many rows, against that of a point between both."""

RELIEF = {rows: np.float32(1.0 / reach) for rows, reach in REACH.items()}

LEAST_RUN = np.float32(0.5)
"""Sigmas under which nobody asks how long a run is."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionEvidence:
    """How far every row is from what its neighbours predict.

    Parameters
    ----------
    outlier : (rows,) float32
        Sigmas by which the run of one to three rows that begins here stands out; 0 = not at all.
    length : (rows,) int8
        Rows in that run.
    outlier_size_share : (rows,) float32
        Share of that evidence, 0..1, that speaks of size rather than place.
    step : (rows,) float32
        Sigmas of a sudden and lasting change between the row before and this one.
    step_size_share : (rows,) float32
        The same share for the step.
    turn : (rows,) float32
        Change of the centre's speed at this row, sigmas per frame.
    bend : (rows,) float32
        Largest second difference of the row, sigmas; 0 where a neighbour is missing.

    All in single precision: a thousandth of a pixel is far below the floor, and half the memory
    traffic is twice the speed.
    """

    outlier: Halves
    length: npt.NDArray[np.int8]
    outlier_size_share: Halves
    step: Halves
    step_size_share: Halves
    turn: Halves
    bend: Halves


def columns_of(xywh: Values) -> Values:
    """Return ``(4, n)`` contiguous centre x, centre y, width and height of ``(n, 4)`` boxes."""
    columns = np.empty((4, len(xywh)))
    for first in range(0, len(xywh), BLOCK_ROWS):
        rows = slice(first, first + BLOCK_ROWS)
        columns[:, rows] = xywh[rows].T
        columns[:2, rows] += 0.5 * columns[2:, rows]
    return columns


def noise_of(columns: Values | Halves, starts: npt.NDArray[np.int64]) -> Values:
    """Return ``(4, tracks)``: robust noise of every track's columns, pixels.

    The median size of second differences, scaled to a standard deviation: for white noise a
    second difference has the variance 6, and 1.4826 / sqrt(6) = 0.605.
    """
    noise = np.zeros((4, len(starts) - 1))
    for place in range(len(starts) - 1):
        first, end = int(starts[place]), int(starts[place + 1])
        if end - first >= 5:
            own = columns[:, first:end]
            second = np.abs(own[:, 2:] - TWO * own[:, 1:-1] + own[:, :-2])
            middle = second.shape[1] // 2
            noise[:, place] = 0.605 * np.partition(second, middle, axis=1)[:, middle]
    return noise


def motion_evidence(
    columns: Values | Halves, frame: Ints, place: Ints, noise: Values
) -> MotionEvidence:
    """Judge every row by the rows around it.

    Parameters
    ----------
    columns : (4, n) float
        Centre x, centre y, width, height without the camera's shaking.
    frame : (n,) int32
        Frame of every row.
    place : (n,) int32
        Number of the row's track among those held; equal numbers are neighbours.
    noise : (4, tracks) float64
        See `noise_of`.
    """
    n = columns.shape[1]
    around = _Around(
        np.pad(columns.astype(np.float32, copy=False), ((0, 0), (HALO, HALO))),
        np.pad(frame.astype(np.float32), HALO),
        np.pad(place, HALO, constant_values=(-2, -1)),
        (noise * noise).astype(np.float32),
    )
    outlier, outlier_share, step, step_share, turn, bend, begins, ends = np.zeros(
        (8, n), dtype=np.float32
    )
    for first in range(0, n, BLOCK_ROWS):
        rows = slice(first, min(first + BLOCK_ROWS, n))
        block = _Block(around, rows.start, rows.stop)
        outlier[rows], outlier_share[rows] = block.single()
        begins[rows], ends[rows] = block.most()
        step[rows], step_share[rows], turn[rows] = block.steps()
        bend[rows] = block.bends()
    length = np.ones(n, dtype=np.int8)
    for run in (2, 3):
        together, shift = outlier[: 1 - run], run - 1
        hopeful = np.minimum(begins[:-shift], ends[shift:])
        hopeful = hopeful > np.maximum(together * PREFERS_SHORT, LEAST_RUN)
        hopeful &= place[shift:] == place[:-shift]
        places = np.flatnonzero(hopeful)
        for low in range(0, len(places), BLOCK_ROWS):
            at = places[low : low + BLOCK_ROWS]
            evidence, share = _run(around, at, rows=run)
            longer = evidence > PREFERS_SHORT * outlier[at]
            at = at[longer]
            outlier[at], outlier_share[at], length[at] = evidence[longer], share[longer], run
    return MotionEvidence(outlier, length, outlier_share, step, step_share, turn, bend)


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """All rows with a halo of `HALO` on either side; the halos are no tracks, nor one."""

    columns: Halves
    times: Halves
    owner: Ints
    variance: Halves


class _Rows:
    """Some rows with their neighbours in sight.

    Parameters
    ----------
    around : _Around
        What they are taken from.
    rows : slice or (m,) intp
        Their places in it, the halo counted.
    """

    def __init__(self, around: _Around, rows: slice | npt.NDArray[np.intp]) -> None:
        self.around, self.rows = around, rows
        self.own = self._taken(around.owner, 0)
        self._columns: dict[int, Halves] = {}

    def _taken(self, column: npt.NDArray[Scalar], k: int) -> npt.NDArray[Scalar]:
        """Return what rows ``k`` places on have in a column (or several, along the last axis)."""
        if isinstance(self.rows, slice):
            return column[..., self.rows.start + k : self.rows.stop + k]
        return np.take(column, self.rows + k, axis=-1)

    def at(self, k: int) -> Halves:
        """Columns of the rows ``k`` places on."""
        if k not in self._columns:
            self._columns[k] = self._taken(self.around.columns, k)
        return self._columns[k]

    def time(self, k: int) -> Halves:
        """Frames of the rows ``k`` places on."""
        return self._taken(self.around.times, k)

    def same(self, k: int) -> Truths:
        """Whether the row ``k`` places on is the same track's."""
        same: Truths = self._taken(self.around.owner, k) == self.own
        return same

    @cached_property
    def weight(self) -> Halves:
        """``(4, m)``: one over the noise of every row's columns."""
        now = self.at(0)
        floor = np.empty_like(now)
        # Planted and real mistakes alike are seen against the smaller side of the object.
        floor[:2] = np.minimum(now[2], now[3])
        floor[2:] = now[2:]
        floor *= FLOOR_SHARE
        floor *= floor
        floor += FLOOR_PIXELS**2
        floor += np.take(self.around.variance, self.own, axis=1, mode="clip")
        return np.divide(ONE, np.sqrt(floor, out=floor), out=floor)

    def beside(self, near: int) -> tuple[Halves, Truths]:
        """Return pixels from the line through rows on one side, where that line may be trusted.

        Parameters
        ----------
        near : int
            Place of the nearest row of that side: -1 to -3, or 1 to 3, leaves out none to two.

        Returns
        -------
        residual : (4, m) float32
            Without meaning where ``valid`` is False.
        valid : (m,) bool
            Whether the rows are the same track's and near in time.
        """
        far = near + BASELINE if near > 0 else near - BASELINE
        now, here = self.at(0), self.at(near)
        ahead = self.time(0) - self.time(near)
        span = self.time(near) - self.time(far)
        is_same = self.same(far)
        valid = is_same & (np.abs(ahead) < abs(near) + 4) & (np.abs(span) < BASELINE + 6)
        span[~is_same] = ONE
        residual = self.at(far) - here
        residual *= np.divide(ahead, span, out=span)
        residual += now
        residual -= here
        return residual, valid

    def sigmas(self, near: int) -> tuple[Halves, Truths]:
        """Return `beside` in units of the noise of such a prediction."""
        residual, valid = self.beside(near)
        residual *= self.weight
        residual *= RELIEF[abs(near)]
        return residual, valid

    def between(self, before: int, after: int) -> Halves:
        """Return pixels from the point between the row before and the row after."""
        start = self.time(-before)
        share = (self.time(0) - start) / np.maximum(self.time(after) - start, ONE)
        there = self.at(-before)
        residual = there - self.at(after)
        residual *= share
        residual += self.at(0)
        residual -= there
        return residual


class _Block:
    """Evidence of some rows in a row, as far as single rows and lasting changes go."""

    def __init__(self, around: _Around, first: int, end: int) -> None:
        self.rows = _Rows(around, slice(first + HALO, end + HALO))
        self.weight = self.rows.weight
        self.left, self.has_left = self.rows.beside(-1)
        self.left *= self.weight
        self.left *= RELIEF[1]
        # One row more in front: a step is seen from the row before it, too.
        in_front = _Rows(around, slice(first + HALO - 1, end + HALO))
        self.ahead, has_right = in_front.beside(1)
        self.right = self.ahead[:, 1:] * self.weight
        self.right *= RELIEF[1]
        self.has_right = has_right[1:]
        self.middle = self.rows.between(1, 1)
        self.middle *= self.weight

    def single(self) -> tuple[Halves, Halves]:
        """Return what speaks against every row alone, and the share of size in it."""
        return _judged((self.left, self.has_left), (self.right, self.has_right), self.middle)

    def most(self) -> tuple[Halves, Halves]:
        """Return what runs that begin, or end, at each row can tell at most."""
        return _most(self.left, self.has_left), _most(self.right, self.has_right)

    def bends(self) -> Halves:
        """Return the largest second difference of every row, 0 where a neighbour is missing."""
        second = np.abs(self.middle)
        largest: Halves = np.maximum(second[0], second[1])
        for column in second[2:]:
            np.maximum(largest, column, out=largest)
        rows = self.rows
        whole = rows.same(-1) & rows.same(1) & (rows.time(1) - rows.time(-1) == TWO)
        largest *= whole * TWO
        return largest

    def steps(self) -> tuple[Halves, Halves, Halves]:
        """Return evidence of a lasting change from the row before, share of size, and turn."""
        rows = self.rows
        has_before, has_after = rows.same(-1 - BASELINE), rows.same(BASELINE)
        before = self.left
        # What the row before is off the line through later rows, this row is the other way.
        after = self.ahead[:, :-1] * self.weight
        after *= -RELIEF[1]
        both = _agreed(before, after)
        _let_one_side_speak(both, (before, has_before), (after, has_after))
        joined, share = _joined(both)
        joined *= rows.same(-1)
        turned = before[:2] - after[:2]
        turned *= turned
        turn = np.sqrt(turned[0] + turned[1]) * (has_before & has_after)
        return joined, share, turn


def _run(around: _Around, places: npt.NDArray[np.intp], *, rows: int) -> tuple[Halves, Halves]:
    """Return evidence and share of size for runs of so many rows that begin at some places.

    The first and the last row of a run see the frames before and after it best.
    """
    first, last = _Rows(around, places + HALO), _Rows(around, places + (HALO + rows - 1))
    begin = _judged(first.sigmas(-1), first.sigmas(rows), first.between(1, rows) * first.weight)
    end = _judged(last.sigmas(-rows), last.sigmas(1), last.between(rows, 1) * last.weight)
    return np.minimum(begin[0], end[0]), begin[1]


def _most(residual: Halves, valid: Truths) -> Halves:
    """Return the length of ``(4, n)`` sigmas, without end where they are not valid."""
    squares = np.einsum("ij,ij->j", residual, residual)
    most: Halves = np.sqrt(squares, out=squares)
    most[~valid] = np.inf
    return most


def _judged(
    left: tuple[Halves, Truths], right: tuple[Halves, Truths], middle: Halves
) -> tuple[Halves, Halves]:
    """Return what all predictions contradict, in sigmas, and the share of size in it."""
    agreed = _agreed(_agreed(left[0], right[0]), middle)
    _let_one_side_speak(agreed, left, right)
    return _joined(agreed)


def _let_one_side_speak(
    agreed: Halves, left: tuple[Halves, Truths], right: tuple[Halves, Truths]
) -> None:
    """Write what the side says that is there, where not both are: near the ends of tracks."""
    rows = np.flatnonzero(~(left[1] & right[1]))
    if len(rows):
        has_left, has_right = left[1][rows], right[1][rows]
        one = ONE_SIDED * (has_left | has_right)
        agreed[:, rows] = np.where(has_left, left[0][:, rows], right[0][:, rows]) * one


def _agreed(first: Halves, second: Halves) -> Halves:
    """Return the smaller of two numbers where their signs agree, else 0.

    That is the middle one of both and 0, and takes four passes instead of eight.
    """
    high = np.maximum(first, second)
    np.minimum(high, ZERO, out=high)
    low = np.minimum(first, second)
    return np.maximum(low, high, out=low)


def _joined(sigmas: Halves) -> tuple[Halves, Halves]:
    """Return the length of ``(4, n)`` sigmas, and the share of the last two (size) in it."""
    squares = sigmas * sigmas
    size = squares[2] + squares[3]
    total = squares[0] + squares[1] + size
    share = SIZE_TELLS * size
    share /= np.maximum(total + (SIZE_TELLS - ONE) * size, np.float32(1e-12))
    return np.sqrt(total), share
