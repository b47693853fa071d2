"""Who is meant: rows of two label sets paired frame by frame, as the CLEAR MOT metrics do it.

Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT
metrics" (2008). What was a pair stays one where it still agrees; the two libraries in use read
that differently, see `Convention`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from trackproof.agreement.similarity import EPSILON
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement.sides import Sides
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]
    Truths = npt.NDArray[np.bool_]

DEFAULT_THRESHOLD = 0.5
KEPT = 1000.0
"""What keeping a pair is worth: more than all similarities of a frame together."""

STEP = 64
UNKNOWN = -1


class Convention(StrEnum):
    """How long a pair is remembered, and when an object counts as lost.

    TRACKEVAL keeps the pairs of the frame before, and makes the sum of similarities as large as
    it can be. An object that is absent from the first set for a while is lost, too.

    MOTMETRICS (py-motmetrics) keeps the last pair of every object however long ago it was, then
    pairs as many as it can. Only frames in which the object is annotated can lose it.
    """

    TRACKEVAL = "trackeval"
    MOTMETRICS = "motmetrics"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows of both sets that mean the same object in the same frame.

    Parameters
    ----------
    first, second : (m,) intp
        Rows of the two sides, by frame.
    similarity : (m,) float64
        How much they agree.
    is_switch : (m,) bool
        The object was last paired with another identity of the second set.
    fragmentations : (k,) int64
        By identity of the first set, how often it was found again after it was lost.
    """

    first: Rows
    second: Rows
    similarity: Values
    is_switch: Truths
    fragmentations: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)


def pair_up(
    sides: Sides,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    convention: Convention = Convention.TRACKEVAL,
    progress: Progress = NO_PROGRESS,
) -> Pairs:
    """Return who is meant by whom, frame by frame.

    Parameters
    ----------
    threshold : float
        Least similarity of a pair.
    convention : Convention
        Whose reading of the metrics.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    first, second = sides.first, sides.second
    memory: _Memory
    if convention is Convention.TRACKEVAL:
        memory = _FrameBefore(len(first.tracks), threshold, keeps=sides.has_identity)
    else:
        memory = _LastKnown(len(first.tracks), threshold, keeps=sides.has_identity)
    found: list[tuple[Rows, Rows, Values, Truths]] = []
    for place, similarity in enumerate(sides.similarity):
        if not place % STEP:
            progress.step(place, len(sides.frames))
        rows, columns = first.at(place), second.at(place)
        who, whom = first.identity[rows], second.identity[columns]
        left, right, is_switch = memory.pair(who, whom, similarity)
        found.append((rows.start + left, columns.start + right, similarity[left, right], is_switch))
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        unswitched = np.empty(0, dtype=np.bool_)
        return Pairs(nothing, nothing, np.empty(0), unswitched, memory.fragmentations)
    first_rows, second_rows, similarities, switches = zip(*found, strict=True)
    return Pairs(
        np.concatenate(first_rows),
        np.concatenate(second_rows),
        np.concatenate(similarities),
        np.concatenate(switches),
        memory.fragmentations,
    )


class _Memory(Protocol):
    """With whom every identity of the first set was paired."""

    @property
    def fragmentations(self) -> npt.NDArray[np.int64]:
        """``(identities,)``: how often each was found again after it was lost."""

    def pair(self, who: Rows, whom: Rows, similarity: Values) -> tuple[Rows, Rows, Truths]:
        """Return rows and columns of the pairs of the next frame, and which are switches."""


class _FrameBefore:
    """TrackEval's reading."""

    def __init__(self, identities: int, threshold: float, *, keeps: bool) -> None:
        self._threshold = threshold
        self._keeps = keeps
        self._last = np.full(identities, UNKNOWN, dtype=np.intp)
        self._before = np.full(identities, UNKNOWN, dtype=np.intp)
        self._times_found = np.zeros(identities, dtype=np.int64)

    @property
    def fragmentations(self) -> npt.NDArray[np.int64]:
        return np.maximum(self._times_found - 1, 0)

    def pair(self, who: Rows, whom: Rows, similarity: Values) -> tuple[Rows, Rows, Truths]:
        from scipy.optimize import linear_sum_assignment

        if not similarity.size:
            # A frame in which one of the sets is empty loses nobody, as TrackEval has it.
            return who[:0], who[:0], np.empty(0, dtype=np.bool_)
        is_kept = (self._before[who][:, None] == whom[None]) & self._keeps
        score = similarity + KEPT * is_kept
        score[similarity < self._threshold - EPSILON] = 0.0
        left, right = linear_sum_assignment(-score)
        paired = score[left, right] > EPSILON
        left, right = left[paired], right[paired]
        return left, right, self._take(who[left], whom[right])

    def _take(self, who: Rows, whom: Rows) -> Truths:
        """Remember the pairs of a frame, and return which of them are switches."""
        last = self._last[who]
        is_switch: Truths = (last != UNKNOWN) & (last != whom) & self._keeps
        is_new = self._before[who] == UNKNOWN
        self._times_found[who[is_new]] += 1
        self._last[who] = whom
        self._before[:] = UNKNOWN
        self._before[who] = whom
        return is_switch


class _LastKnown:
    """The reading of py-motmetrics."""

    def __init__(self, identities: int, threshold: float, *, keeps: bool) -> None:
        self._farthest = 1.0 - threshold
        self._keeps = keeps
        self._last = np.full(identities, UNKNOWN, dtype=np.intp)
        self._is_lost = np.zeros(identities, dtype=np.bool_)
        self._is_known = np.zeros(identities, dtype=np.bool_)
        self.fragmentations = np.zeros(identities, dtype=np.int64)

    def pair(self, who: Rows, whom: Rows, similarity: Values) -> tuple[Rows, Rows, Truths]:
        from scipy.optimize import linear_sum_assignment

        distance = 1.0 - similarity
        is_near = distance <= self._farthest
        partner = np.full(len(who), UNKNOWN, dtype=np.intp)
        if self._keeps:
            self._keep(who, whom, is_near, partner)
        rows = np.flatnonzero(partner == UNKNOWN)
        columns = np.setdiff1d(np.arange(len(whom)), partner)
        open_to = np.ix_(rows, columns)
        # One more pair is worth more than all distances together.
        cost = np.where(is_near[open_to], distance[open_to], float(len(who) + len(whom) + 1))
        left, right = linear_sum_assignment(cost)
        near = is_near[rows[left], columns[right]]
        partner[rows[left[near]]] = columns[right[near]]
        chosen = np.flatnonzero(partner != UNKNOWN)
        return chosen, partner[chosen], self._take(who, whom, partner)

    def _keep(self, who: Rows, whom: Rows, is_near: Truths, partner: Rows) -> None:
        """Give every row the last partner of its identity, if it is near and nobody has it yet."""
        place = {one: column for column, one in enumerate(whom.tolist())}
        for row, one in enumerate(self._last[who].tolist()):
            column = place.get(one)
            if column is not None and is_near[row, column]:
                partner[row] = place.pop(one)

    def _take(self, who: Rows, whom: Rows, partner: Rows) -> Truths:
        """Remember the pairs of a frame, and return which of them are switches."""
        chosen = partner != UNKNOWN
        found, others = who[chosen], whom[partner[chosen]]
        last = self._last[found]
        is_switch: Truths = (last != UNKNOWN) & (last != others) & self._keeps
        self.fragmentations[found[self._is_lost[found]]] += 1
        self._is_lost[found] = False
        self._is_known[found] = True
        missed = who[~chosen]
        self._is_lost[missed] = self._is_known[missed]
        self._last[found] = others
        return is_switch
