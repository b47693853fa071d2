"""Who is meant: rows of two label sets paired frame by frame, as the CLEAR MOT metrics do it.

Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT
metrics" (2008), in the form of TrackEval: the pairs of the frame before are kept where they still
agree, then the sum of similarities is made as large as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    progress: Progress = NO_PROGRESS,
) -> Pairs:
    """Return who is meant by whom, frame by frame.

    Parameters
    ----------
    threshold : float
        Least similarity of a pair.

    Raises
    ------
    Cancelled
        When ``progress`` says so.
    """
    from scipy.optimize import linear_sum_assignment

    first, second = sides.first, sides.second
    memory = _Memory(len(first.tracks), keeps=sides.has_identity)
    found: list[tuple[Rows, Rows, Values, Truths]] = []
    for place, similarity in enumerate(sides.similarity):
        if not place % STEP:
            progress.step(place, len(sides.frames))
        if not similarity.size:
            continue
        rows, columns = first.at(place), second.at(place)
        who, whom = first.identity[rows], second.identity[columns]
        score = similarity + KEPT * memory.is_kept(who, whom)
        score[similarity < threshold - EPSILON] = 0.0
        left, right = linear_sum_assignment(-score)
        paired = score[left, right] > EPSILON
        left, right = left[paired], right[paired]
        is_switch = memory.take(who[left], whom[right])
        found.append((rows.start + left, columns.start + right, similarity[left, right], is_switch))
    lost = np.maximum(memory.times_found - 1, 0)
    if not found:
        nothing = np.empty(0, dtype=np.intp)
        return Pairs(nothing, nothing, np.empty(0), np.empty(0, dtype=np.bool_), lost)
    first_rows, second_rows, similarities, switches = zip(*found, strict=True)
    return Pairs(
        np.concatenate(first_rows),
        np.concatenate(second_rows),
        np.concatenate(similarities),
        np.concatenate(switches),
        lost,
    )


class _Memory:
    """With whom every identity of the first set was paired last, and in the frame before."""

    def __init__(self, identities: int, *, keeps: bool) -> None:
        self._keeps = keeps
        self._last = np.full(identities, UNKNOWN, dtype=np.intp)
        self._before = np.full(identities, UNKNOWN, dtype=np.intp)
        self.times_found = np.zeros(identities, dtype=np.int64)

    def is_kept(self, who: Rows, whom: Rows) -> Truths:
        """Return ``(n, m)``: these were a pair in the frame before."""
        kept: Truths = (self._before[who][:, None] == whom[None]) & self._keeps
        return kept

    def take(self, who: Rows, whom: Rows) -> Truths:
        """Remember the pairs of a frame, and return which of them are switches."""
        last = self._last[who]
        is_switch: Truths = (last != UNKNOWN) & (last != whom) & self._keeps
        is_new = self._before[who] == UNKNOWN
        self.times_found[who[is_new]] += 1
        self._last[who] = whom
        self._before[:] = UNKNOWN
        self._before[who] = whom
        return is_switch
