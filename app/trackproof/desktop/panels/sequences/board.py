"""State of every sequence that is open, checked in the background one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from trackproof.checks import Analysis, Flag
    from trackproof.desktop.session import Session
    from trackproof.progress import Progress

LINE = "background checks"
SETTING = "sequences/check_all"


class State(StrEnum):
    """How far the review of a sequence is."""

    UNCHECKED = "not checked"
    CHECKING = "checking"
    OPEN = "open"
    DONE = "done"
    CLEAN = "nothing found"
    FAILED = "cannot be checked"


@dataclass(frozen=True, slots=True)
class Standing:
    """One sequence: what it holds and how far it is.

    Parameters
    ----------
    index : int
        Place among the open sequences.
    name, size : str
        Name, and width x height where known.
    frames, objects, boxes : int
        What it holds.
    state : State
        How far it is.
    flags, judged : int
        Flags found, and those with a verdict.
    """

    index: int
    name: str
    size: str
    frames: int
    objects: int
    boxes: int
    state: State = State.UNCHECKED
    flags: int = 0
    judged: int = 0

    @property
    def left(self) -> int:
        """Flags without a verdict."""
        return self.flags - self.judged

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to judge."""
        return self.state in (State.DONE, State.CLEAN)


class SequenceBoard(QObject):
    """Knows every open sequence; checks those that nobody has opened yet."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._found: dict[int, tuple[Flag, ...]] = {}
        self._failed: set[int] = set()
        self._checking = -1
        session.opened_changed.connect(self._on_opened)
        session.sequence_changed.connect(self.changed)
        session.analysis_changed.connect(self._on_analysis)
        self._later = Later(self, self.changed.emit)
        session.verdict_changed.connect(self._later.ask)

    @classmethod
    def of(cls, session: Session) -> SequenceBoard:
        """Return the one board of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, SequenceBoard) else cls(session)

    @property
    def standings(self) -> list[Standing]:
        """Every sequence, in the order of the input."""
        return [self._standing(index) for index in range(len(self._session.sequences))]

    @property
    def checks_all(self) -> bool:
        """Whether sequences are checked before they are opened."""
        return self._session.settings.flag(SETTING, default=True)

    def flags_of(self, index: int) -> tuple[Flag, ...] | None:
        """Return the flags of a sequence, those of people first; None until it is checked."""
        found = self._found.get(index)
        if found is None:
            return None
        return (*self._session.book.own_flags(self._session.sequences[index].name), *found)

    def set_checks_all(self, *, checks_all: bool) -> None:
        """Check the rest in the background, or stop it."""
        self._session.settings.set_flag(SETTING, value=checks_all)
        if checks_all:
            self._check_next()
        else:
            self._session.tasks.cancel(LINE)

    def next_unfinished(self) -> int | None:
        """Return the next sequence after the current one that has something left to do."""
        standings = self.standings
        start = self._session.index + 1
        for standing in (*standings[start:], *standings[:start]):
            if not standing.is_finished and standing.index != self._session.index:
                return standing.index
        return None

    def _standing(self, index: int) -> Standing:
        sequence = self._session.sequences[index]
        table = sequence.labels.table
        flags = self.flags_of(index)
        keys = None if flags is None else tuple(flag.key for flag in flags)
        judged = self._judged(sequence.name, keys or ())
        has_size = sequence.width and sequence.height
        return Standing(
            index=index,
            name=sequence.name,
            size=f"{sequence.width}×{sequence.height}" if has_size else "",
            frames=len(sequence),
            objects=sum(track >= 0 for track in table.blocks),
            boxes=len(table),
            state=self._state(index, keys, judged),
            flags=len(keys) if keys else 0,
            judged=judged,
        )

    def _judged(self, sequence: str, keys: tuple[str, ...]) -> int:
        said = self._session.book.verdicts(sequence)
        return sum(key in said and said[key].status != "open" for key in keys)

    def _state(self, index: int, keys: tuple[str, ...] | None, judged: int) -> State:
        if index in self._failed:
            return State.FAILED
        if keys is None:
            is_current = index == self._session.index
            return State.CHECKING if is_current or index == self._checking else State.UNCHECKED
        if not keys:
            return State.CLEAN
        return State.DONE if judged == len(keys) else State.OPEN

    # -- keeping up

    def _on_opened(self) -> None:
        self._session.tasks.cancel(LINE)
        self._found, self._failed, self._checking = {}, set(), -1
        self.changed.emit()

    def _on_analysis(self) -> None:
        if self._session.analysis is not None:
            index = self._session.index
            own = self._session.book.own_flags(self._session.sequences[index].name)
            self._found[index] = self._session.flags[len(own) :]
        self.changed.emit()
        self._check_next()

    def _check_next(self) -> None:
        """Check one more sequence, when none is being checked and the current one is done."""
        if self._checking >= 0 or not self.checks_all or self._session.analysis is None:
            return
        known = self._found.keys() | self._failed
        waiting = [i for i in range(len(self._session.sequences)) if i not in known]
        if not waiting:
            return
        index = self._checking = waiting[0]
        sequence = self._session.sequences[index]
        labels = self._session.book.labels(sequence)

        def check(progress: Progress) -> Analysis:
            from trackproof.checks import analyse

            return analyse(sequence, labels, progress=progress)

        self._session.tasks.start(
            f"Checking {sequence.name}",
            check,
            succeeded=lambda analysis: self._take(index, analysis),
            failed=lambda error: self._fail(index, error),
            cancelled=self._stop,
            line=LINE,
        )
        self.changed.emit()

    def _take(self, index: int, analysis: Analysis) -> None:
        self._checking = -1
        self._found.setdefault(index, analysis.flags)
        self.changed.emit()
        self._check_next()

    def _fail(self, index: int, error: BaseException) -> None:
        self._checking = -1
        self._failed.add(index)
        name = self._session.sequences[index].name
        self._session.message.emit(banner_of_error(error, doing=f"checking {name}"))
        self.changed.emit()
        self._check_next()

    def _stop(self) -> None:
        self._checking = -1
        self.changed.emit()
