"""An order that follows what people said about the flags of each check.

Every flag has odds of being a real mistake. Of the flags that one check led and that were judged,
some share was right; the ranking expected another share. How much the first differs from the
second, less the fewer were judged, raises or lowers the odds of all flags that this check leads:

    share   = (confirmed + PRIOR * expected) / (judged + PRIOR)
    factor  = odds(share) / odds(expected)

``share`` is the mean of the Beta distribution that ``PRIOR`` earlier verdicts at the expected share
and the new verdicts make (Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.4). Nothing
but verdicts is stored: without them every factor is 1, and the order is the old one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.checks.model import Flag

PRIOR = 6.0
"""Verdicts that the fitted ranking counts for."""

LEAST_SHARE = 0.05
"""Expected shares are kept this far from 0 and 1, so that one verdict does not turn the queue."""

WORTH_SAYING = 1.15
"""Factor, up or down, from which people are told."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts on the flags that one check led.

    Parameters
    ----------
    confirmed, dismissed : int
        Flags that were right, and wrong.
    expected : float or None
        Share of them, 0..1, that the ranking took for right; None where nobody knows, as for
        counts that workers sent back: the share over all checks is taken then.
    """

    confirmed: int
    dismissed: int
    expected: float | None = None

    @property
    def judged(self) -> int:
        """Flags with a verdict."""
        return self.confirmed + self.dismissed


def lead_of(flag: Flag) -> str:
    """Return the check that leads a flag; empty for one that a person raised."""
    return flag.findings[0].check if flag.findings else ""


def tallies(judged: Iterable[tuple[str, float, bool]]) -> dict[str, Tally]:
    """Return the tally of every check.

    Parameters
    ----------
    judged : iterable of (check, probability, was_right)
        One per verdict: the leading check, the flag's probability before, and the verdict.
    """
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for check, probability, was_right in judged:
        counts[check][0 if was_right else 1] += 1
        counts[check][2] += probability
    return {
        check: Tally(int(right), int(wrong), total / (right + wrong))
        for check, (right, wrong, total) in counts.items()
    }


def factors(tallied: Mapping[str, Tally], *, prior: float = PRIOR) -> dict[str, float]:
    """Return what the odds of each check's flags are multiplied with.

    Parameters
    ----------
    tallied : mapping of str to Tally
        By check.
    prior : float
        Verdicts that the fitted ranking counts for; more makes the order change more slowly.
    """
    judged = sum(tally.judged for tally in tallied.values())
    overall = sum(tally.confirmed for tally in tallied.values()) / judged if judged else 0.5
    found = {}
    for check, tally in tallied.items():
        expected = overall if tally.expected is None else tally.expected
        expected = min(max(expected, LEAST_SHARE), 1.0 - LEAST_SHARE)
        share = (tally.confirmed + prior * expected) / (tally.judged + prior)
        found[check] = _odds(share) / _odds(expected)
    return found


def reranked(flags: Iterable[Flag], by_check: Mapping[str, float]) -> tuple[Flag, ...]:
    """Return flags with their odds multiplied, the highest first; equal ones keep their order."""
    again = []
    for flag in flags:
        factor = by_check.get(lead_of(flag), 1.0)
        again.append(flag if factor == 1.0 else replace(flag, score=flag.score * factor))
    again.sort(key=lambda flag: -flag.score)
    return tuple(again)


def in_words(tallied: Mapping[str, Tally], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return one sentence per check whose flags move, the largest change first.

    Parameters
    ----------
    titles : mapping of str to str
        What people read, by check.
    """
    by_check = factors(tallied)
    moved = [check for check, factor in by_check.items() if _size(factor) >= WORTH_SAYING]
    moved.sort(key=lambda check: -_size(by_check[check]))
    said = []
    for check in moved:
        tally, rises = tallied[check], by_check[check] > 1.0
        verb, count = ("confirmed", tally.confirmed) if rises else ("dismissed", tally.dismissed)
        said.append(
            f"You {verb} {count} of {tally.judged} “{titles.get(check, check)}” flags: they now "
            f"rank {'higher' if rises else 'lower'}."
        )
    return tuple(said)


def _odds(share: float) -> float:
    return share / (1.0 - share)


def _size(factor: float) -> float:
    return max(factor, 1.0 / factor)
