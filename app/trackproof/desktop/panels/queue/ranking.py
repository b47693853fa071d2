"""The order of the queue by what was confirmed and dismissed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.review import Raised

BY_VERDICTS = "review/rank_by_verdicts"
MOST_SENTENCES = 2
"""Sentences of a banner; the others are its details."""


class VerdictRanking(QObject):
    """Tells verdicts which check led their flag, and ranks by all of them when wanted.

    The order changes when it is switched on and when another sequence is opened, not under the
    hands of somebody who is judging.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._seen: dict[tuple[str, str], Raised] = {}
        self._ranked_for = ""
        session.analysis_changed.connect(self._on_analysis)
        session.opened_changed.connect(self._seen.clear)
        # A flag that is fixed is not found again: its verdict keeps what raised it.
        session.book.raised_by = lambda sequence, key: self._seen.get((sequence, key))
        self._on_analysis()

    @classmethod
    def of(cls, session: Session) -> VerdictRanking:
        """Return the one of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, VerdictRanking) else cls(session)

    @property
    def is_on(self) -> bool:
        """Whether verdicts change the order."""
        return self._session.settings.flag(BY_VERDICTS, default=False)

    def switch(self, *, is_on: bool) -> None:
        """Rank by verdicts and say what moved, or take the fitted order again."""
        self._session.settings.set_flag(BY_VERDICTS, value=is_on)
        if is_on:
            said = self._rank()
            self._session.say(
                " ".join(said[:MOST_SENTENCES])
                or "The verdicts so far agree with the order: nothing moved.",
                details="\n".join(said[MOST_SENTENCES:]),
            )
        elif self._session.factors:
            self._session.rank_by({})

    def _rank(self) -> tuple[str, ...]:
        from trackproof.checks import all_checks
        from trackproof.checks.reranking import factors, in_words, tallies

        tallied = tallies(self._judged())
        by_check = factors(tallied)
        if by_check != self._session.factors:
            self._session.rank_by(by_check)
        return in_words(tallied, {name: check.title for name, check in all_checks().items()})

    def _judged(self) -> list[tuple[str, float, bool]]:
        found = []
        for sequence in self._session.sequences:
            for key, verdict in self._session.book.verdicts(sequence.name).items():
                raised = verdict.raised or self._seen.get((sequence.name, key))
                if raised is not None and verdict.status in ("confirmed", "fixed", "dismissed"):
                    right = verdict.status != "dismissed"
                    found.append((raised.check, raised.probability, right))
        return found + self._judged_elsewhere()

    def _judged_elsewhere(self) -> list[tuple[str, float, bool]]:
        """Return what workers said in rounds of other sequences; of these, the verdicts tell."""
        from trackproof.errors import HandoffError, Severity
        from trackproof.handoff.outcomes_round import judged_flags, read_rounds

        names = {one.name for one in self._session.sequences}
        try:
            rounds = read_rounds()
        except HandoffError as error:
            self._session.say(str(error), severity=Severity.WARNING)
            return []
        return judged_flags(one for one in rounds if not names & set(one.sequences))

    def _on_analysis(self) -> None:
        analysis, sequence = self._session.analysis, self._session.sequence
        if analysis is None or sequence is None:
            return
        # Only now: the first window opens before the checks are loaded.
        from trackproof.checks.reranking import lead_of
        from trackproof.review import Raised

        for flag in analysis.flags:
            place = sequence.name, flag.key
            if place not in self._seen and lead_of(flag):
                self._seen[place] = Raised(lead_of(flag), flag.probability)
        if self.is_on and self._ranked_for != sequence.name:
            self._ranked_for = sequence.name
            self._rank()


def ranking_actions(session: Session) -> list[Action]:
    """Return the switch of the order."""
    ranking = VerdictRanking.of(session)
    return [
        Action(
            "review.rank_by_verdicts",
            "Rank by my verdicts",
            "Review/queue",
            lambda state: ranking.switch(is_on=state),
            is_checked=lambda: ranking.is_on,
            is_enabled=lambda: session.analysis is not None,
            tip="Flags of checks that you often dismiss sink, those you confirm rise; "
            "switch it off for the old order",
        )
    ]
