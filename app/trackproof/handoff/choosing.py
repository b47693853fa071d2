"""Which flags are sent, by what was said of them in a review."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trackproof.handoff.selection import Reviewed
from trackproof.review.verdicts import SAMPLE_KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.checks import Analysis, Flag
    from trackproof.labels import Labels, Sequence


class Which(StrEnum):
    """Which flags workers shall look at."""

    WAITING = "not settled yet"
    CONFIRMED = "confirmed only"
    ALL = "all"


STATUSES_OF: dict[Which, frozenset[str]] = {
    Which.WAITING: frozenset({"open", "confirmed", "unsure"}),
    Which.CONFIRMED: frozenset({"confirmed"}),
    Which.ALL: frozenset({"open", "confirmed", "unsure", "dismissed", "fixed"}),
}
assert set(STATUSES_OF) == set(Which)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """One sequence as a review knows it.

    Parameters
    ----------
    analysis : Analysis or None
        With the limits that a person dragged; None when it was not checked yet.
    own : tuple of Flag
        Flags that people raised themselves.
    statuses : mapping
        What was said about flags, by key; a flag that is absent is open.
    """

    sequence: Sequence
    labels: Labels
    analysis: Analysis | None
    own: tuple[Flag, ...] = ()
    statuses: Mapping[str, str] | None = None

    def status(self, flag: Flag) -> str:
        """Return what was said about a flag."""
        return (self.statuses or {}).get(flag.key, "open")


def reviewed(
    gathered: Iterable[Gathered], *, which: Which, least_score: float
) -> tuple[Reviewed, ...]:
    """Return the sequences with the flags that were asked for.

    A flag that a person raised or confirmed goes out whatever its score.
    """

    def is_wanted(one: Gathered, flag: Flag) -> bool:
        status = one.status(flag)
        if status not in STATUSES_OF[which]:
            return False
        return status == "confirmed" or flag.score >= least_score

    def is_raised(one: Gathered, flag: Flag) -> bool:
        status = one.status(flag)
        is_undecided_sample = flag.kind == SAMPLE_KIND and status == "open"
        return status in STATUSES_OF[which] and not is_undecided_sample

    return tuple(
        Reviewed(
            one.sequence,
            one.labels,
            (
                *(flag for flag in one.own if is_raised(one, flag)),
                *(
                    flag
                    for flag in (one.analysis.flags if one.analysis else ())
                    if is_wanted(one, flag)
                ),
            ),
        )
        for one in gathered
    )
