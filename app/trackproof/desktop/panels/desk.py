"""What a verifier does with flags: verdicts, repairs, notes, and how fast it goes."""

from __future__ import annotations

import statistics
import time
from collections import Counter, deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.flag_pictures import FlagPictures
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.repair_finder import RepairFinder
from trackproof.desktop.verdicts import STATUS_WORDS
from trackproof.errors import EditError, ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session
    from trackproof.desktop.verdicts import Status
    from trackproof.labels.edits import Edit

REMEMBERED = 40
"""Flags whose time counts for the pace."""

ALIKE_TOPIC = "alike"

LONGEST_S = 120.0
"""A flag that took longer was left alone meanwhile, and says nothing about the pace."""

AUTO_ADVANCE = "review/auto_advance"

TOTAL_WORDS = {
    "dismissed": "right",
    "fixed": "fixed",
    "confirmed": "to fix",
    "unsure": "for a second opinion",
}


class ReviewDesk(QObject):
    """Judges the selected flags and goes on to the next one.

    Parameters
    ----------
    clock : callable
        Seconds that never run backwards.
    """

    pace_changed = Signal()
    repairs_changed = Signal()
    said = Signal(str)
    note_asked = Signal()
    filter_asked = Signal()

    def __init__(self, session: Session, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(session)
        self._session = session
        self._clock = clock
        self._since_s = clock()
        self._took_s: deque[float] = deque(maxlen=REMEMBERED)
        self._done: dict[tuple[str, str], str] = {}
        self._spent_s = 0.0
        self._selected: tuple[Flag, ...] = ()
        self._elsewhere: dict[int, list[Flag]] = {}
        self._awaited: tuple[str, int] | None = None
        self._led_to: tuple[str, ...] = ()
        self._finder = RepairFinder(session, self._next_open)
        self._finder.changed.connect(self._on_repairs)
        FlagPictures(session, self._next_open)
        session.flag_changed.connect(self._on_flag)
        session.analysis_changed.connect(self._on_analysis)
        session.opened_changed.connect(self._on_opened)
        # A verdict must not go to flags of the sequence before.
        session.sequence_changed.connect(lambda: self.select(()))

    @classmethod
    def of(cls, session: Session) -> ReviewDesk:
        """Return the one desk of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, ReviewDesk) else cls(session)

    # -- what it acts on

    @property
    def selected(self) -> tuple[Flag, ...]:
        """Flags that a verdict goes to: those selected in the queue, else the one under review."""
        if self._selected:
            return self._selected
        return (self._session.flag,) if self._session.flag is not None else ()

    def select(self, flags: tuple[Flag, ...]) -> None:
        """Take several flags at once; none returns to the flag under review."""
        self._selected = flags if len(flags) > 1 else ()
        self._elsewhere = {}

    def select_rows(self, rows: Sequence[tuple[int, Flag]]) -> None:
        """Take several flags at once, also of other sequences (by their place)."""
        here = self._session.index
        elsewhere: dict[int, list[Flag]] = {}
        for index, flag in rows if len(rows) > 1 else ():
            if index != here:
                elsewhere.setdefault(index, []).append(flag)
        self._selected = tuple(f for index, f in rows if index == here) if len(rows) > 1 else ()
        self._elsewhere = elsewhere

    @property
    def alike(self) -> tuple[Flag, ...]:
        """Open flags of the same kind on the same object as the one under review, itself too."""
        flag = self._session.flag
        if flag is None:
            return ()
        return tuple(
            one
            for one in self._session.open_flags
            if (one.kind, one.track, one.other_track) == (flag.kind, flag.track, flag.other_track)
        )

    def judge_alike(self, status: Status) -> None:
        """Give all flags like the one under review a verdict, as one step."""
        flags = self.alike
        if not flags:
            return
        self.select(flags)
        self.judge(status)
        self.select(())
        if len(flags) > 1:
            self._session.message.emit(
                Banner(
                    f"{len(flags)} flags of one kind on one object: {STATUS_WORDS[status]}.",
                    choices=(("Undo", self._session.undo),),
                    topic=ALIKE_TOPIC,
                )
            )

    @property
    def advances(self) -> bool:
        """Whether the next flag follows a verdict by itself."""
        return self._session.settings.flag(AUTO_ADVANCE, default=True)

    def set_advances(self, *, advances: bool) -> None:
        """Follow a verdict with the next flag, or stay."""
        self._session.settings.set_flag(AUTO_ADVANCE, value=advances)

    # -- verdicts

    def judge(self, status: Status, comment: str | None = None) -> None:
        """Give the selected flags a verdict, as one step, and go on to the next."""
        flags = () if self._elsewhere and not self._selected else self.selected
        following = self._following(flags) if flags else ()
        with self._session.book.one_step():
            self._judge_elsewhere(status, comment)
            if flags:
                took_s = self._count(flags, status)
                self._session.judge(flags, status, comment, seconds=took_s)
        if flags:
            self._go_on(following, status)

    def _judge_elsewhere(self, status: Status, comment: str | None) -> None:
        """Judge the selected flags of other sequences."""
        session = self._session
        for index, flags in self._elsewhere.items():
            name = session.sequences[index].name
            keys = [flag.key for flag in flags]
            try:
                session.book.judge(name, keys, status, comment=comment, seconds=None)
            except ReviewError as error:
                session.message.emit(banner_of_error(error, doing="judging flags"))
                return
            for key in keys:
                self._done[name, key] = status
                session.verdict_changed.emit(key)

    def note(self, comment: str, flags: Sequence[Flag] = (), *, of: str = "") -> None:
        """Keep a comment on flags without judging them, as one step; an empty one takes it away.

        Parameters
        ----------
        flags : sequence of Flag
            Empty means the selected ones.
        of : str
            Name of their sequence; empty means the current one.
        """
        session = self._session
        if of and session.sequence is not None and of != session.sequence.name:
            self._note_elsewhere(comment, flags, of)
            return
        noted = [
            flag for flag in flags or self.selected if session.verdicts.comment(flag.key) != comment
        ]
        with session.book.one_step():
            for flag in noted:
                session.judge([flag], session.verdict(flag), comment)

    def _note_elsewhere(self, comment: str, flags: Sequence[Flag], of: str) -> None:
        """Keep a comment on flags of a sequence that was left while it was written."""
        book = self._session.book
        for flag in flags:
            known = book.verdict(of, flag.key)
            status = known.status if known is not None else "open"
            try:
                book.judge(of, [flag.key], status, comment=comment, seconds=None)
            except ReviewError as error:
                self._session.message.emit(banner_of_error(error, doing="keeping the note"))
                return

    @property
    def proposals(self) -> tuple[Edit, ...]:
        """Repairs of the flag under review, the best first; none while they are looked for."""
        return self._finder.of(self._session.flag) or ()

    @property
    def is_looking(self) -> bool:
        """Whether repairs of the flag under review are still looked for."""
        return self._finder.of(self._session.flag) is None

    @property
    def may_accept(self) -> bool:
        """Whether Enter makes a repair, now or as soon as it is found."""
        return self._session.flag is not None and (self.is_looking or bool(self.proposals))

    @property
    def repair(self) -> Edit | None:
        """The edit that Enter makes for the flag under review; None without a proposal."""
        return next(iter(self.proposals), None)

    def accept(self, place: int = 0) -> None:
        """Make a proposed repair, the best by default, call the flag fixed and go on.

        Repairs that are still looked for are waited for: the person may go elsewhere meanwhile,
        and then nothing is changed.
        """
        flag, proposals = self._session.flag, self.proposals
        if flag is not None and self.is_looking:
            self._awaited = (flag.key, place)
            self.said.emit("Looking for the repair; it is made as soon as it is found")
            return
        if flag is None or place >= len(proposals):
            return
        edit = proposals[place]
        following = self._following((flag,))
        was_open = self._session.verdict(flag) == "open"
        try:
            self._session.repair(edit, (flag,), seconds=self._clock() - self._since_s, origin=self)
        except EditError as error:
            self._session.message.emit(banner_of_error(error, doing="making the proposed repair"))
            return
        self._count((flag,), "fixed", were_open=was_open)
        self._go_on(following, "fixed")

    def _on_repairs(self) -> None:
        """Make the repair that was asked for before it was found."""
        flag, awaited = self._session.flag, self._awaited
        self.repairs_changed.emit()
        if flag is None or awaited is None or awaited[0] != flag.key or self.is_looking:
            return
        self._awaited = None
        self.said.emit("" if self.proposals else "No repair was found for this flag")
        self.accept(awaited[1])

    def _on_analysis(self) -> None:
        """Go on from a flag that the last repair answered too, unless the person is elsewhere."""
        flag, led_to = self._session.flag, self._led_to
        if flag is None or not led_to or flag.key != led_to[0]:
            return
        if any(one.key == flag.key for one in self._session.flags) or not self._is_new(flag):
            return
        self._session.select_flag(None)
        self._lead_to(led_to[1:])
        self.said.emit("The repair has answered the flag after it as well")

    def _next_open(self) -> Flag | None:
        """Return the flag that a verdict would lead to."""
        flag = self._session.flag
        now = {one.key: one for one in self._session.flags}
        following = self._following((flag,) if flag is not None else ())
        return next((now[key] for key in following if key in now), None)

    def _following(self, flags: tuple[Flag, ...]) -> tuple[str, ...]:
        """Return the keys of the open flags after these, in the order shown, going round."""
        judged = {flag.key for flag in flags}
        shown = self._session.shown_flags
        places = [i for i, flag in enumerate(shown) if flag.key in judged]
        start = places[-1] + 1 if places else 0
        waiting = {flag.key for flag in self._session.verdicts.open_of(shown)} - judged
        order = (*shown[start:], *shown[:start])
        return tuple(flag.key for flag in order if flag.key in waiting)

    def _go_on(self, following: tuple[str, ...], status: str) -> None:
        self._since_s = self._clock()
        self.pace_changed.emit()
        if status == "open" or not self.advances:
            return
        self._lead_to(following)

    def _lead_to(self, following: tuple[str, ...]) -> None:
        """Take the first of some flags that there still is under review."""
        now = {flag.key: flag for flag in self._session.flags}
        for place, key in enumerate(following):
            if key in now:
                self._session.select_flag(now[key])
                self._led_to = following[place:]
                return

    def flag_here(self) -> None:
        """Raise a flag of one's own: on the selected object, here or over the looped range."""
        from trackproof.review import OwnFlag

        session = self._session
        review, sequence = session.book.review, session.sequence
        if review is None or sequence is None:
            return
        first, last = session.loop or (session.frame, session.frame)
        own = OwnFlag(session.track, session.frame, first, last)
        try:
            key = review.add_flag(sequence.name, own)
        except ReviewError as error:
            session.message.emit(banner_of_error(error, doing="raising a flag"))
            return
        session.verdict_changed.emit(key)
        raised = next((flag for flag in session.flags if flag.key == key), None)
        session.select_flag(raised)
        self.note_asked.emit()

    # -- pace

    @property
    def done(self) -> int:
        """Flags judged since the labels were opened, those that a repair removed included."""
        return len(self._done)

    @property
    def left(self) -> int:
        """Flags that are still open."""
        return len(self._session.open_flags)

    @property
    def seconds_per_flag(self) -> float | None:
        """Median time from seeing a flag to its verdict; None before the first."""
        return statistics.median(self._took_s) if self._took_s else None

    def totals_in_words(self) -> str:
        """Return what was done since the labels were opened; empty before the first verdict.

        ``14 judged in 4 min: 6 right, 3 fixed, 5 to fix.``
        """
        if not self._done:
            return ""
        counts = Counter(self._done.values())
        parts = [
            f"{counts[status]} {word}" for status, word in TOTAL_WORDS.items() if counts[status]
        ]
        minutes = self._spent_s / 60
        time_in_words = f"{minutes:.0f} min" if minutes >= 1 else f"{self._spent_s:.0f} s"
        return f"{len(self._done)} judged in {time_in_words}: {', '.join(parts)}."

    def pace_in_words(self) -> str:
        """Return the pace and the time left: ``6 s a flag, about 4 min left``."""
        pace_s = self.seconds_per_flag
        if pace_s is None:
            return ""
        said = f"{pace_s:.0f} s a flag" if pace_s >= 1 else "under 1 s a flag"
        left = self.left
        if not left:
            return said
        minutes = pace_s * left / 60
        if minutes < 1:
            return f"{said}, under a minute left"
        if minutes < 90:
            return f"{said}, about {minutes:.0f} min left"
        return f"{said}, about {minutes / 60:.0f} h left"

    def _count(self, flags: tuple[Flag, ...], status: str, *, were_open: bool = False) -> float:
        """Remember what was judged, and return how many seconds a flag took."""
        took_s = self._clock() - self._since_s
        name = self._session.sequence.name if self._session.sequence is not None else ""
        for flag in flags:
            if status == "open":
                self._done.pop((name, flag.key), None)
            elif were_open or self._is_new(flag) or (name, flag.key) in self._done:
                self._done[name, flag.key] = status
        self._spent_s += min(took_s, LONGEST_S)
        if status != "open" and took_s <= LONGEST_S:
            self._took_s.append(took_s / len(flags))
        return took_s / len(flags)

    def _is_new(self, flag: Flag) -> bool:
        return self._session.verdict(flag) == "open"

    def _on_flag(self, _flag: object) -> None:
        self._since_s = self._clock()
        self._awaited, self._led_to = None, ()

    def _on_opened(self) -> None:
        self._done.clear()
        self._elsewhere = {}
        self._spent_s = 0.0
        self._selected = ()
