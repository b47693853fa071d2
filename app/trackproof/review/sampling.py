"""How often labels are wrong where no check looked twice: a random sample, and what it proves.

Ranked flags say nothing about the rest. Boxes drawn at random among those without a flag do: drawn
without replacement from a finite list, they may be counted as independent whatever their frames
have in common, because chance chose them one by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from trackproof.checks import Flag
    from trackproof.labels import LabelTable
    from trackproof.review.verdicts import Status

    Pairs = npt.NDArray[np.int32]

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with the range in which it lies at a confidence; all in 0 to 1."""

    share: float
    low: float
    high: float

    def in_words(self) -> str:
        """Return ``1.7 % (0.3 to 8.9 %)``."""
        return f"{100 * self.share:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f} %)"


def wilson(wrong: int, of: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the share of wrong ones with Wilson's score interval.

    Wilson (1927): (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n). It keeps its
    confidence for small samples and for none wrong, where the usual p +- z sd does not.

    Raises
    ------
    ReviewError
        When nothing was judged, or more were wrong than judged.
    """
    if of <= 0 or not 0 <= wrong <= of:
        raise ReviewError(f"There is no error rate of {wrong} wrong among {of} judged.")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p, part = wrong / of, z * z / of
    middle = (p + part / 2) / (1 + part)
    reach = z * math.sqrt(p * (1 - p) / of + part / (4 * of)) / (1 + part)
    low = 0.0 if wrong == 0 else max(middle - reach, 0.0)
    high = 1.0 if wrong == of else min(middle + reach, 1.0)
    return Interval(p, low, high)


def size_to_show(most: float, *, confidence: float = CONFIDENCE) -> int:
    """Return how many must all be right to be sure that less than a share is wrong.

    ln(1 - confidence) / ln(1 - most), rounded up: 59 for 5 %, 149 for 2 %, 299 for 1 %.
    """
    return math.ceil(math.log(1 - confidence) / math.log(1 - most))


def size_for_margin(share: float, margin: float, *, confidence: float = CONFIDENCE) -> int:
    """Return how many to judge to know a share to within a margin: z^2 p(1-p) / e^2."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return math.ceil(z * z * share * (1 - share) / margin**2)


def unflagged(table: LabelTable, flags: Iterable[Flag]) -> Pairs:
    """Return the boxes of objects that no flag covers.

    Returns
    -------
    (n, 2) int32
        Track number and frame index, by track, then frame. A flag covers its own and its other
        track in the frames that it asks to look at: in the rest of a long run nobody has looked.
    """
    covered: dict[int, list[tuple[int, int]]] = {}
    for flag in flags:
        for track in {flag.track, flag.other_track} - {-1}:
            covered.setdefault(track, []).append((flag.frame_start, flag.frame_end))
    found = []
    for track, block in table.blocks.items():
        if track < 0:
            continue
        is_free = np.ones(len(block), dtype=bool)
        for first, last in covered.get(track, ()):
            start, end = np.searchsorted(block.frame, [first, last + 1])
            is_free[start:end] = False
        frames = block.frame[is_free]
        found.append(np.stack([np.full(len(frames), track, dtype=np.int32), frames], axis=1))
    return np.concatenate(found).astype(np.int32) if found else np.empty((0, 2), dtype=np.int32)


def draw(populations: Sequence[Pairs], count: int, *, seed: int) -> tuple[Pairs, ...]:
    """Return boxes drawn at random over all sequences together, each at most once.

    Parameters
    ----------
    populations : sequence of (n, 2) int32
        Boxes of every sequence, as from `unflagged`; each box is as likely as any other.
    count : int
        How many; all of them when there are no more.
    seed : int
        The same seed draws the same boxes.

    Returns
    -------
    tuple of (m, 2) int32
        For every sequence, in the order of the population.
    """
    ends = np.cumsum([len(pairs) for pairs in populations])
    total = int(ends[-1]) if len(ends) else 0
    chosen = np.sort(np.random.default_rng(seed).permutation(total)[: max(count, 0)])
    parts, start = [], 0
    for pairs, end in zip(populations, ends.tolist(), strict=True):
        parts.append(pairs[chosen[(chosen >= start) & (chosen < end)] - start])
        start = end
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Quality:
    """What can be said about labels after a random sample was judged.

    Parameters
    ----------
    drawn : int
        Boxes drawn.
    right, wrong, unsure : int
        Judged ones; needing a fix or fixed counts as wrong.
    population : int
        Boxes without a flag.
    boxes : int
        All boxes.
    flagged_wrong : int
        Flags that were confirmed or fixed.
    seconds : float or None
        Median time a box took; None when it was not measured.
    """

    drawn: int
    right: int
    wrong: int
    unsure: int
    population: int
    boxes: int
    flagged_wrong: int
    seconds: float | None = None

    @property
    def judged(self) -> int:
        """Drawn boxes with a verdict."""
        return self.right + self.wrong + self.unsure

    @property
    def rate(self) -> Interval | None:
        """Share of wrong boxes among those without a flag; None before the first verdict.

        Unsure ones count as right for the lower end and as wrong for the upper: an open question
        must not narrow the interval.
        """
        if not self.judged:
            return None
        settled = self.right + self.wrong
        low = wilson(self.wrong, self.judged).low
        high = wilson(self.wrong + self.unsure, self.judged).high
        return Interval(self.wrong / settled if settled else 0.0, low, high)

    def sentences(self) -> tuple[str, ...]:
        """Return the statement as sentences, the main one first."""
        rate = self.rate
        if rate is None:
            return (
                f"{self.drawn} boxes are drawn; none of them is judged yet."
                if self.drawn
                else "No random sample is drawn yet, so no error rate can be stated.",
            )
        said = [
            f"Of {self.population:,} boxes without a flag, {self.drawn:,} were drawn at random and"
            f" {self.judged:,} judged: {self.wrong:,} wrong.",
            f"Error rate {rate.in_words()}, at {100 * CONFIDENCE:.0f} % confidence.",
            f"That is about {round(rate.share * self.population):,} wrong boxes without a flag"
            f" ({math.floor(rate.low * self.population):,} to"
            f" {math.ceil(rate.high * self.population):,}).",
            f"{self.flagged_wrong:,} flags were confirmed or fixed; there are {self.boxes:,} boxes"
            " in all.",
        ]
        if self.unsure:
            said.append(f"{self.unsure:,} wait for a second opinion and widen the range.")
        if self.seconds is not None:
            said.append(self._cost_in_words(self.seconds))
        return tuple(said)

    def _cost_in_words(self, seconds: float) -> str:
        share = self.rate.share if self.rate is not None else 0.0
        wanted = size_for_margin(max(share, 1 / max(self.judged, 1)), MARGIN)
        return (
            f"A box takes {seconds:.1f} s, so this sample cost"
            f" {seconds * self.judged / 60:.0f} min; knowing the rate to within"
            f" {100 * MARGIN:.0f} % takes {wanted:,} boxes, about {seconds * wanted / 60:.0f} min."
        )


MARGIN = 0.01


def quality(
    statuses: Iterable[Status],
    *,
    population: int,
    boxes: int,
    flagged_wrong: int,
    seconds: float | None = None,
) -> Quality:
    """Return what the verdicts on drawn boxes say; the parameters are those of `Quality`."""
    counts = {"right": 0, "wrong": 0, "unsure": 0}
    drawn = 0
    for status in statuses:
        drawn += 1
        if status in MEANING:
            counts[MEANING[status]] += 1
    return Quality(
        drawn=drawn,
        population=population,
        boxes=boxes,
        flagged_wrong=flagged_wrong,
        seconds=seconds,
        **counts,
    )


MEANING: dict[Status, str] = {
    "dismissed": "right",
    "confirmed": "wrong",
    "fixed": "wrong",
    "unsure": "unsure",
}
"""What a verdict on a drawn box says about it; an open one says nothing yet."""
