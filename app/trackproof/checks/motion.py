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

    Values: TypeAlias = npt.NDArray[np.float64]
    Truths: TypeAlias = npt.NDArray[np.bool_]
    Ints: TypeAlias = npt.NDArray[np.int32]

BLOCK_ROWS = 4_096
"""Rows per pass, so that the thirty columns at work stay in the processor's cache."""

HALO = 8
"""Rows that a block sees on either side of its own."""

BASELINE = 3
"""Rows over which a velocity is measured."""

FLOOR_PIXELS = 1.0
FLOOR_SHARE = 0.02
"""Least noise: a verifier would not move a side by less than a pixel, or 2 % of the box."""

ONE_SIDED = 0.5
"""Weight of evidence from one side only, near the ends of a track."""

REACH = {1: 1.5, 2: 1.9, 3: 2.4}
"""Noise of a prediction that leaves out so many rows, against that of a point between both."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionEvidence:
    """How far every row is from what its neighbours predict.

    Parameters
    ----------
    outlier : (rows,) float64
        Sigmas by which the run of one to three rows that begins here stands out; 0 = not at all.
    length : (rows,) int8
        Rows in that run.
    outlier_size_share : (rows,) float64
        Share of that evidence, 0..1, that speaks of size rather than place.
    step : (rows,) float64
        Sigmas of a sudden and lasting change between the row before and this one.
    step_size_share : (rows,) float64
        The same share for the step.
    """

    outlier: Values
    length: npt.NDArray[np.int8]
    outlier_size_share: Values
    step: Values
    step_size_share: Values


def columns_of(xywh: Values) -> Values:
    """Return ``(4, n)`` contiguous centre x, centre y, width and height of ``(n, 4)`` boxes."""
    columns = np.empty((4, len(xywh)))
    columns[2:] = xywh[:, 2:].T
    columns[:2] = xywh[:, :2].T
    columns[:2] += 0.5 * columns[2:]
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
    padded = np.pad(columns, ((0, 0), (HALO, HALO)))
    times = np.pad(frame.astype(np.float64), HALO)
    owner = np.pad(place, HALO, constant_values=-1)
    outlier, step = np.zeros(n), np.zeros(n)
    outlier_share, step_share = np.zeros(n), np.zeros(n)
    length = np.ones(n, dtype=np.int8)
    for first in range(0, n, BLOCK_ROWS):
        rows = slice(first, min(first + BLOCK_ROWS, n))
        # Runs look up to two rows ahead, so a block judges two more rows than it keeps.
        block = _Block(padded, times, owner, noise, first, min(rows.stop + 2, n))
        outlier[rows], length[rows], outlier_share[rows] = block.runs(rows.stop - first)
        step[rows], step_share[rows] = block.steps(rows.stop - first)
    return MotionEvidence(outlier, length, outlier_share, step, step_share)


class _Block:
    """Some rows with their neighbours in sight."""

    def __init__(
        self, columns: Values, times: Values, owner: Ints, noise: Values, first: int, end: int
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
        sigma = np.sqrt(noise[:, self.own] ** 2 + floor * floor + FLOOR_PIXELS**2)
        self.weight = 1.0 / sigma

    def at(self, k: int) -> Values:
        """Columns of the rows ``k`` places on."""
        return self.columns[:, self.first + k : self.end + k]

    def time(self, k: int) -> Values:
        return self.times[self.first + k : self.end + k]

    def same(self, k: int) -> Truths:
        """Whether the row ``k`` places on is the same track's."""
        same: Truths = self.owner[self.first + k : self.end + k] == self.own
        return same

    def beside(self, side: int) -> Iterator[tuple[Values, Truths]]:
        """Yield residuals against the line through rows on one side, leaving out 1, 2, 3 rows."""
        for g in (1, 2, 3):
            near, far = side * g, side * (g + BASELINE)
            span = self.time(near) - self.time(far)
            ahead = self.time(0) - self.time(near)
            valid = self.same(far) & (np.abs(ahead) < g + 4) & (np.abs(span) < BASELINE + 6)
            ratio = np.where(valid, ahead / np.where(valid, span, 1.0), 0.0)
            residual = self.at(far) - self.at(near)
            residual *= ratio
            residual += self.at(0)
            residual -= self.at(near)
            residual *= self.weight
            residual *= 1.0 / REACH[g]
            yield residual, valid

    def between(self, before: int, after: int) -> Values:
        """Return residuals against the point between a row before and a row after."""
        start = self.time(-before)
        share = (self.time(0) - start) / np.maximum(self.time(after) - start, 1.0)
        residual = self.at(-before) - self.at(after)
        residual *= share
        residual += self.at(0)
        residual -= self.at(-before)
        residual *= self.weight
        return residual

    def runs(self, keep: int) -> tuple[Values, npt.NDArray[np.int8], Values]:
        """Return evidence, length and share of size for runs that begin at each row."""
        left, right = list(self.beside(-1)), list(self.beside(1))
        own = self.own
        judged: dict[tuple[int, int], tuple[Values, Values]] = {}
        for before, after in ((1, 1), (1, 2), (2, 1), (1, 3), (2, 2), (3, 1)):
            judged[before, after] = self._judge(left[before - 1], right[after - 1], before, after)
        best, share = (column[:keep] for column in judged[1, 1])
        length = np.ones(keep, dtype=np.int8)
        for rows in (2, 3):
            together = judged[1, rows][0][:keep].copy()
            for k in range(1, rows):
                later = np.zeros(keep)
                there = judged[k + 1, rows - k][0][k : keep + k]
                later[: len(there)] = there * (own[k : keep + k] == own[:keep][: len(there)])
                np.minimum(together, later, out=together)
            longer = together > best
            best = np.where(longer, together, best)
            length[longer] = rows
            share = np.where(longer, judged[1, rows][1][:keep], share)
        return best, length, share

    def _judge(
        self,
        left: tuple[Values, Truths],
        right: tuple[Values, Truths],
        before: int,
        after: int,
    ) -> tuple[Values, Values]:
        """Return what all predictions contradict, in sigmas, and the share of size in it."""
        both = left[1] & right[1]
        agreed = _agreed(_agreed(left[0], right[0]), self.between(before, after))
        alone = np.where(left[1], left[0], right[0]) * (ONE_SIDED * (left[1] | right[1]))
        return _joined(np.where(both, agreed, alone))

    def steps(self, keep: int) -> tuple[Values, Values]:
        """Return evidence of a lasting change from the row before, and the share of size."""
        apart = self.time(0) - self.time(-1)
        change = self.at(0) - self.at(-1)
        has_before, has_after = self.same(-1 - BASELINE), self.same(BASELINE)
        agreed = []
        for valid, near, far in ((has_before, -1, -1 - BASELINE), (has_after, 0, BASELINE)):
            span = np.where(valid, self.time(near) - self.time(far), 1.0)
            rest = (self.at(far) - self.at(near)) * (apart / span)
            rest += change
            rest *= self.weight
            rest *= 1.0 / REACH[1]
            agreed.append(rest)
        both = _agreed(*agreed)
        alone = np.where(has_before, agreed[0], agreed[1]) * (ONE_SIDED * (has_before | has_after))
        joined, share = _joined(np.where(has_before & has_after, both, alone) * self.same(-1))
        return joined[:keep], share[:keep]


def _agreed(first: Values, second: Values) -> Values:
    """Return the smaller of two numbers where their signs agree, else 0."""
    smaller = np.minimum(np.abs(first), np.abs(second))
    smaller *= first * second > 0.0
    return np.copysign(smaller, first)


def _joined(sigmas: Values) -> tuple[Values, Values]:
    """Return the length of ``(4, n)`` sigmas, and the share of the last two (size) in it."""
    squares = sigmas * sigmas
    size = squares[2] + squares[3]
    total = squares[0] + squares[1] + size
    return np.sqrt(total), size / np.maximum(total, 1e-12)
