"""What the window knows, gathered for a package: every sequence, its labels and its flags."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from trackproof.review.verdicts import SAMPLE_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks import Analysis, Flag
    from trackproof.desktop.session import Session
    from trackproof.handoff.selection import Reviewed
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress


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
    """One sequence as the window knows it.

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
    own: tuple[Flag, ...]
    statuses: Mapping[str, str]


def gather(session: Session) -> tuple[Gathered, ...]:
    """Return what a package needs, as it is now; later edits do not change it."""
    book = session.book
    gathered = []
    for sequence in session.sequences:
        verdicts = book.review.verdicts(sequence.name) if book.review else {}
        is_current = sequence is session.sequence
        gathered.append(
            Gathered(
                sequence,
                book.labels(sequence),
                session.analysis if is_current and session.is_checked else None,
                book.own_flags(sequence.name),
                {key: str(verdict.status) for key, verdict in verdicts.items()},
            )
        )
    return tuple(gathered)


def checked(gathered: tuple[Gathered, ...], progress: Progress) -> tuple[Gathered, ...]:
    """Return the same with every sequence checked; long, so not for the main thread."""
    from dataclasses import replace

    from trackproof.checks import analyse
    from trackproof.desktop.checking import with_flags

    done = []
    for number, one in enumerate(gathered):
        progress.step(number, len(gathered))
        analysis = one.analysis or analyse(one.sequence, one.labels)
        done.append(replace(one, analysis=with_flags(analysis)))
    progress.step(len(gathered), len(gathered))
    return tuple(done)


def reviewed(
    gathered: tuple[Gathered, ...], *, which: Which, least_score: float
) -> tuple[Reviewed, ...]:
    """Return the sequences with the flags that were asked for.

    A flag that a person raised or confirmed goes out whatever its score.
    """
    from trackproof.handoff.selection import Reviewed

    def is_wanted(one: Gathered, flag: Flag) -> bool:
        status = one.statuses.get(flag.key, "open")
        if status not in STATUSES_OF[which]:
            return False
        return status == "confirmed" or flag.score >= least_score

    def is_raised(one: Gathered, flag: Flag) -> bool:
        status = one.statuses.get(flag.key, "open")
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
