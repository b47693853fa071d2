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
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from trackproof.checks.splice import Splice

    Values: TypeAlias = npt.NDArray[np.float64]
    Halves: TypeAlias = npt.NDArray[np.float32]
    Truths: TypeAlias = npt.NDArray[np.bool_]
    Ints: TypeAlias = npt.NDArray[np.int32]

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

    def spliced(self, new: MotionEvidence, splice: Splice) -> MotionEvidence:
        """Return the evidence of a scene in which some tracks are new."""
        return MotionEvidence(
            splice.joined(self.outlier, new.outlier),
            splice.joined(self.length, new.length),
            splice.joined(self.outlier_size_share, new.outlier_size_share),
            splice.joined(self.step, new.step),
            splice.joined(self.step_size_share, new.step_size_share),
            splice.joined(self.turn, new.turn),
            splice.joined(self.bend, new.bend),
        )

    def take(self, rows: slice) -> MotionEvidence:
        """Return the evidence of some rows, as views."""
        return MotionEvidence(
            self.outlier[rows],
            self.length[rows],
            self.outlier_size_share[rows],
            self.step[rows],
            self.step_size_share[rows],
            self.turn[rows],
            self.bend[rows],
        )


def columns_of(xywh: Values) -> Values:
    """Return ``(4, n)`` contiguous centre x, centre y, width and height of ``(n, 4)`` boxes."""
    columns = np.empty((4, len(xywh)))
    for first in range(0, len(xywh), BLOCK_ROWS):
        rows = slice(first, first + BLOCK_ROWS)
        columns[:, rows] = xywh[rows].T
        columns[:2, rows] += 0.5 * columns[2:, rows]
    return columns


def noise_of(columns: Values, starts: npt.NDArray[np.int64]) -> Values:
    """Return ``(4, tracks)``: robust noise of every track's columns, pixels.

    The median size of second differences, scaled to a standard deviation: for white noise a
    second difference has the variance 6, and 1.4826 / sqrt(6) = 0.605.
    """
    noise = np.zeros((4, len(starts) - 1))
    for place in range(len(starts) - 1):
        first, end = int(starts[place]), int(starts[place + 1])
        if end - first >= 5:
            own = columns[:, first:end]
            second = np.abs(own[:, 2:] - 2.0 * own[:, 1:-1] + own[:, :-2])
            middle = second.shape[1] // 2
            noise[:, place] = 0.605 * np.partition(second, middle, axis=1)[:, middle]
    return noise


def motion_evidence(columns: Values, frame: Ints, place: Ints, noise: Values) -> MotionEvidence:
    """Judge every row by the rows around it.

    Parameters
    ----------
    columns : (4, n) float64
        Centre x, centre y, width, height without the camera's shaking.
    frame : (n,) int32
        Frame of every row.
    place : (n,) int32
        Number of the row's track among those held; equal numbers are neighbours.
    noise : (4, tracks) float64
        See `noise_of`.
    """
    n = columns.shape[1]
    padded = np.pad(columns.astype(np.float32), ((0, 0), (HALO, HALO)))
    times = np.pad(frame.astype(np.float32), HALO)
    owner = np.pad(place, HALO, constant_values=-1)
    outlier, outlier_share, step, step_share, turn, bend = np.zeros((6, n), dtype=np.float32)
    variance = (noise * noise).astype(np.float32)
    length = np.ones(n, dtype=np.int8)
    for first in range(0, n, BLOCK_ROWS):
        rows = slice(first, min(first + BLOCK_ROWS, n))
        # Runs look up to two rows ahead, so a block judges two more rows than it keeps.
        block = _Block(padded, times, owner, variance, first, min(rows.stop + 2, n))
        outlier[rows], length[rows], outlier_share[rows] = block.runs(rows.stop - first)
        step[rows], step_share[rows], turn[rows] = block.steps(rows.stop - first)
        bend[rows] = block.bends(rows.stop - first)
    return MotionEvidence(outlier, length, outlier_share, step, step_share, turn, bend)


class _Block:
    """Some rows with their neighbours in sight."""

    def __init__(
        self, columns: Halves, times: Halves, owner: Ints, variance: Halves, first: int, end: int
    ) -> None:
        self.columns, self.times, self.owner = columns, times, owner
        self.first, self.end = first + HALO, end + HALO
        self.own = owner[self.first : self.end]
        now = self.at(0)
        floor = np.empty_like(now)
        # Planted and real mistakes alike are seen against the smaller side of the object.
        floor[:2] = np.minimum(now[2], now[3])
        floor[2:] = now[2:]
        floor *= FLOOR_SHARE
        floor *= floor
        floor += FLOOR_PIXELS**2
        floor += variance[:, np.maximum(self.own, 0)]
        self.weight = 1.0 / np.sqrt(floor)
        self.middle = self.between(1, 1)

    def at(self, k: int) -> Halves:
        """Columns of the rows ``k`` places on."""
        return self.columns[:, self.first + k : self.end + k]

    def time(self, k: int) -> Halves:
        return self.times[self.first + k : self.end + k]

    def same(self, k: int) -> Truths:
        """Whether the row ``k`` places on is the same track's."""
        same: Truths = self.owner[self.first + k : self.end + k] == self.own
        return same

    def beside(self, side: int) -> Iterator[tuple[Halves, Truths]]:
        """Yield residuals against the line through rows on one side, leaving out 1, 2, 3 rows."""
        for g in (1, 2, 3):
            near, far = side * g, side * (g + BASELINE)
            span = self.time(near) - self.time(far)
            ahead = self.time(0) - self.time(near)
            valid = self.same(far) & (np.abs(ahead) < g + 4) & (np.abs(span) < BASELINE + 6)
            ratio = np.where(valid, ahead / np.where(valid, span, ONE), ZERO)
            residual = self.at(far) - self.at(near)
            residual *= ratio
            residual += self.at(0)
            residual -= self.at(near)
            residual *= self.weight
            residual *= np.float32(1.0 / REACH[g])
            yield residual, valid

    def between(self, before: int, after: int) -> Halves:
        """Return residuals against the point between the row before and the row after."""
        start = self.time(-before)
        share = (self.time(0) - start) / np.maximum(self.time(after) - start, ONE)
        residual = self.at(-before) - self.at(after)
        residual *= share
        residual += self.at(0)
        residual -= self.at(-before)
        residual *= self.weight
        return residual

    def runs(self, keep: int) -> tuple[Halves, npt.NDArray[np.int8], Halves]:
        """Return evidence, length and share of size for runs that begin at each row."""
        left, right = list(self.beside(-1)), list(self.beside(1))
        best, share = (column[:keep] for column in self._judge(left[0], right[0], self.middle))
        length = np.ones(keep, dtype=np.int8)
        for rows in (2, 3):
            # The first and the last row of a run see the frames before and after it best.
            first, share_there = self._judge(left[0], right[rows - 1], self.between(1, rows))
            last, _ = self._judge(left[rows - 1], right[0], self.between(rows, 1))
            together = np.zeros(keep, dtype=np.float32)
            there = last[rows - 1 : keep + rows - 1]
            there = there * (self.own[rows - 1 : keep + rows - 1] == self.own[: len(there)])
            together[: len(there)] = np.minimum(first[: len(there)], there)
            longer = together > PREFERS_SHORT * best
            best = np.where(longer, together, best)
            length[longer] = rows
            share = np.where(longer, share_there[:keep], share)
        return best, length, share

    def _judge(
        self,
        left: tuple[Halves, Truths],
        right: tuple[Halves, Truths],
        middle: Halves | None = None,
    ) -> tuple[Halves, Halves]:
        """Return what all predictions contradict, in sigmas, and the share of size in it."""
        both = left[1] & right[1]
        agreed = _agreed(left[0], right[0])
        if middle is not None:
            agreed = _agreed(agreed, middle)
        if not both.all():
            one = ONE_SIDED * (left[1] | right[1])
            agreed = np.where(both, agreed, np.where(left[1], left[0], right[0]) * one)
        return _joined(agreed)

    def bends(self, keep: int) -> Halves:
        """Return the largest second difference of every row, 0 where a neighbour is missing."""
        second = self.middle
        largest: Halves = np.maximum(np.abs(second[0]), np.abs(second[1]))
        for column in second[2:]:
            np.maximum(largest, np.abs(column), out=largest)
        whole = self.same(-1) & self.same(1) & (self.time(1) - self.time(-1) == TWO)
        largest *= whole * TWO
        kept: Halves = largest[:keep]
        return kept

    def steps(self, keep: int) -> tuple[Halves, Halves, Halves]:
        """Return evidence of a lasting change from the row before, share of size, and turn."""
        apart = self.time(0) - self.time(-1)
        change = self.at(0) - self.at(-1)
        has_before, has_after = self.same(-1 - BASELINE), self.same(BASELINE)
        agreed: list[Halves] = []
        for valid, near, far in ((has_before, -1, -1 - BASELINE), (has_after, 0, BASELINE)):
            span = np.where(valid, self.time(near) - self.time(far), ONE)
            rest = (self.at(far) - self.at(near)) * (apart / span)
            rest += change
            rest *= self.weight
            rest *= np.float32(1.0 / REACH[1])
            agreed.append(rest.astype(np.float32, copy=False))
        both, has_both = _agreed(*agreed), has_before & has_after
        if not has_both.all():
            one = ONE_SIDED * (has_before | has_after)
            both = np.where(has_both, both, np.where(has_before, agreed[0], agreed[1]) * one)
        joined, share = _joined(both * self.same(-1))
        turned = agreed[0][:2] - agreed[1][:2]
        turned *= turned
        turn = np.sqrt(turned[0] + turned[1]) * has_both
        return joined[:keep], share[:keep], turn[:keep]


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
