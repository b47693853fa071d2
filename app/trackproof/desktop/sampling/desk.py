"""Draws boxes at random, has them judged like flags, and says what the verdicts prove."""

from __future__ import annotations

import secrets
import statistics
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.sequences.board import SequenceBoard
from trackproof.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session
    from trackproof.labels import LabelTable
    from trackproof.review import Verdict
    from trackproof.review.sampling import Quality

TOPIC = "finished"
SAMPLE_KIND = "sample"
"""The review's own; stated again so that the first window needs no database."""


class SampleDesk(QObject):
    """Knows the random sample of the open review."""

    sample_asked = Signal()
    quality_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._board = SequenceBoard.of(session)
        self._told: tuple[int, int] | None = None
        self._later = Later(self, self._tell_when_finished)
        session.verdict_changed.connect(self._later.ask)
        session.opened_changed.connect(self._forget)

    @classmethod
    def of(cls, session: Session) -> SampleDesk:
        """Return the one desk of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, SampleDesk) else cls(session)

    def _forget(self) -> None:
        self._told = None
        self._session.banner_withdrawn.emit(TOPIC)

    # -- drawing

    def _checked(self) -> list[tuple[int, str, LabelTable, tuple[Flag, ...]]]:
        """Return place, name, boxes and flags of every sequence that is checked."""
        session, found = self._session, []
        for index, sequence in enumerate(session.sequences):
            flags = self._board.flags_of(index)
            if flags is not None:
                # What chance drew is no reason to think that a box is wrong.
                ranked = tuple(flag for flag in flags if flag.kind != SAMPLE_KIND)
                table = session.book.labels(sequence).table
                found.append((index, sequence.name, table, ranked))
        return found

    @property
    def is_possible(self) -> bool:
        """Whether there is anything to draw from."""
        return self._session.analysis is not None and self._session.book.review is not None

    def draw(self, count: int, *, seed: int | None = None) -> int:
        """Draw boxes without a flag over all checked sequences, and show the first.

        Returns
        -------
        int
            How many were drawn; boxes drawn before are not drawn again.
        """
        from trackproof.review import OwnFlag
        from trackproof.review.sampling import draw, unflagged

        review = self._session.book.review
        if review is None:
            return 0
        checked = self._checked()
        populations = []
        for _, name, table, flags in checked:
            drawn_before = tuple(
                flag for flag in self._session.book.own_flags(name) if flag.kind == SAMPLE_KIND
            )
            populations.append(unflagged(table, (*flags, *drawn_before)))
        parts = draw(populations, count, seed=secrets.randbits(32) if seed is None else seed)
        total, number = sum(len(part) for part in parts), 0
        for (_, name, _, _), part in zip(checked, parts, strict=True):
            raised = []
            for track, frame in part.tolist():
                number += 1
                words = f"drawn at random ({number} of {total}); no check flagged it"
                raised.append(OwnFlag(track, frame, frame, frame, SAMPLE_KIND, words))
            if raised:
                try:
                    review.add_flags(name, raised)
                except ReviewError as error:
                    self._session.message.emit(banner_of_error(error, doing="drawing the sample"))
                    return 0
        self._told = None
        self._session.banner_withdrawn.emit(TOPIC)
        self._session.verdict_changed.emit("")
        self._show_first()
        return total

    def _show_first(self) -> None:
        """Take the first open box of the sample under review, in whichever sequence it is."""
        session = self._session
        places = [session.index, *range(len(session.sequences))]
        for index in places:
            for flag in self._board.flags_of(index) or ():
                verdict = session.book.verdict(session.sequences[index].name, flag.key)
                if flag.kind == SAMPLE_KIND and verdict is not None and verdict.status == "open":
                    session.open_sequence(index)
                    session.select_flag(flag)
                    return

    # -- what it proves

    def _samples(self) -> list[tuple[str, Verdict]]:
        review = self._session.book.review
        if review is None:
            return []
        return [
            (sequence.name, verdict)
            for sequence in self._session.sequences
            for verdict in review.verdicts(sequence.name).values()
            if verdict.own is not None and verdict.own.kind == SAMPLE_KIND
        ]

    def quality(self) -> Quality:
        """Return what the verdicts say so far, over all checked sequences."""
        from trackproof.review.sampling import quality, unflagged

        review, checked = self._session.book.review, self._checked()
        samples = [verdict for _, verdict in self._samples()]
        times = [one.seconds for one in samples if one.seconds is not None]
        flagged_wrong = 0
        for sequence in self._session.sequences:
            for verdict in review.verdicts(sequence.name).values() if review else ():
                is_sample = verdict.own is not None and verdict.own.kind == SAMPLE_KIND
                flagged_wrong += not is_sample and verdict.status in ("confirmed", "fixed")
        return quality(
            [one.status for one in samples],
            population=sum(len(unflagged(table, flags)) for _, _, table, flags in checked),
            boxes=sum(len(table) for _, _, table, _ in checked),
            flagged_wrong=flagged_wrong,
            seconds=statistics.median(times) if times else None,
        )

    @property
    def is_begun(self) -> bool:
        """Whether a sample was drawn."""
        return bool(self._samples())

    def is_done(self) -> bool:
        """Whether every box that was drawn has a verdict."""
        samples = self._samples()
        return bool(samples) and all(one.status != "open" for _, one in samples)

    # -- the end of a queue

    def _tell_when_finished(self) -> None:
        """Say what can follow once no flag of the current sequence is open."""
        session = self._session
        flags = session.flags if session.analysis is not None else ()
        if not flags or any(session.verdict(flag) == "open" for flag in flags):
            self._told = None
            session.banner_withdrawn.emit(TOPIC)
            return
        state = (session.index, len(flags))
        if state != self._told:
            self._told = state
            session.message.emit(self._finished())

    def _finished(self) -> Banner:
        session, following = self._session, self._board.next_unfinished()
        name = session.sequence.name if session.sequence is not None else ""
        totals = ReviewDesk.of(session).totals_in_words()
        text = f"Every flag of {name} is judged. {totals}".strip()
        choices: list[tuple[str, Callable[[], object]]] = []
        if following is not None:
            choices.append(("Next sequence", lambda: session.open_sequence(following)))
        if self.is_done():
            text = f"{text} {' '.join(self.quality().sentences()[:2])}"
            choices.append(("State the quality …", self.quality_asked.emit))
        elif not self.is_begun:
            choices.append(("Review a random sample …", self.sample_asked.emit))
        return Banner(text, choices=tuple(choices), topic=TOPIC)
