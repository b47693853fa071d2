"""The label set that the one on screen is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.panels.later import Later
from trackproof.errors import Severity

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.agreement import Agreement, LabelSet
    from trackproof.desktop.panels.agreement.shown import Shown
    from trackproof.desktop.session import Session
    from trackproof.formats import Opened
    from trackproof.labels import Block
    from trackproof.progress import Progress

LINE = "agreement"
TOPIC = "agreement"
AGAIN_AFTER_MS = 400
"""Wait after an edit: a row of edits is compared once."""

AS_READ = "labels as read"
NOW = "labels on screen"


class SecondSet(QObject):
    """Reads the second set in the background, compares it, and keeps up with edits."""

    changed = Signal()
    overlay_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._opened: Opened | None = None
        self._is_as_read = False
        self.title = ""
        """What people call the second set; empty while there is none."""
        self.threshold = 0.5
        self.is_comparing = False
        self.is_overlaid = True
        self.shown: Shown | None = None
        self._again = Later(self, self._compare, after_ms=AGAIN_AFTER_MS)
        session.opened_changed.connect(self.forget)
        session.sequence_changed.connect(self._on_sequence)
        session.labels_changed.connect(self._on_labels)

    @classmethod
    def of(cls, session: Session) -> SecondSet:
        """Return the one second set of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, SecondSet) else cls(session)

    @property
    def agreement(self) -> Agreement | None:
        """The comparison on screen; None until there is one."""
        return self.shown.agreement if self.shown is not None else None

    # -- choosing

    def open(self, path: Path | str) -> None:
        """Compare with the labels of a file or folder."""
        chosen = Path(path)
        sequence = self._session.sequence
        if sequence is None:
            return

        def read(progress: Progress) -> Opened:
            from trackproof.formats import open_labels

            return open_labels(chosen, progress=progress)

        self._start(f"Reading {chosen.name}", read, self._take_opened, doing=f"opening {chosen}")

    def take_as_read(self) -> None:
        """Compare with the labels as they were before any edit."""
        self._opened, self._is_as_read = None, True
        self._take_other()

    def forget(self) -> None:
        """Compare with nothing."""
        self._session.tasks.cancel(LINE)
        self._again.settle()
        self._opened, self._is_as_read = None, False
        self.title, self.shown, self.is_comparing = "", None, False
        self._tell()

    def set_threshold(self, threshold: float) -> None:
        """Pair boxes from another overlap on."""
        if threshold != self.threshold:
            self.threshold = threshold
            self._again.ask()

    def show_overlay(self, *, is_shown: bool) -> None:
        """Draw the second set over the picture, or not."""
        self.is_overlaid = is_shown
        self.overlay_changed.emit()
        self.changed.emit()

    # -- comparing

    def _take_opened(self, opened: Opened) -> None:
        self._opened, self._is_as_read = opened, False
        self._take_other()

    def _take_other(self) -> None:
        # What is being compared belongs to another sequence, or to another second set.
        self._session.tasks.cancel(LINE)
        self.shown = None
        other = self._other()
        self.title = other.title if other is not None else ""
        if other is None and self._opened is not None:
            sequence = self._session.sequence
            name = sequence.name if sequence is not None else ""
            text = f"{self._opened.path} holds no sequence called {name}"
            self._session.message.emit(Banner(text, severity=Severity.WARNING, topic=TOPIC))
        self._tell()
        self._compare()

    def _other(self) -> LabelSet | None:
        from trackproof.agreement import LabelSet

        sequence = self._session.sequence
        if sequence is None:
            return None
        if self._is_as_read:
            return LabelSet(sequence, sequence.labels, AS_READ)
        if self._opened is None:
            return None
        sequences = self._opened.sequences
        is_lone = len(sequences) == len(self._session.sequences) == 1
        found = [one for one in sequences if is_lone or one.name == sequence.name]
        path = self._opened.path
        return (
            LabelSet(found[0], found[0].labels, f"{path.parent.name}/{path.name}")
            if found
            else None
        )

    def _compare(self) -> None:
        from trackproof.agreement import LabelSet, compare

        sequence, labels, other = self._session.sequence, self._session.labels, self._other()
        if sequence is None or labels is None or other is None:
            return
        mine, threshold = LabelSet(sequence, labels, NOW), self.threshold

        def work(progress: Progress) -> Shown:
            from trackproof.desktop.panels.agreement.shown import Shown

            found = compare(mine, other, threshold=threshold, progress=progress)
            return Shown.of(found, frames=len(sequence))

        self._start(
            f"Comparing with {other.title}",
            work,
            self._take,
            doing=f"comparing with {other.title}",
        )

    def _start(self, title: str, work: object, take: object, *, doing: str) -> None:
        self.is_comparing = True
        self._session.tasks.start(
            title,
            work,  # type: ignore[arg-type]
            succeeded=take,  # type: ignore[arg-type]
            failed=lambda error: self._fail(error, doing),
            cancelled=self._on_cancelled,
            line=LINE,
        )
        self.changed.emit()

    def _take(self, shown: Shown) -> None:
        self.is_comparing = False
        self.shown = shown
        self._session.banner_withdrawn.emit(TOPIC)
        self._tell()

    def _fail(self, error: BaseException, doing: str) -> None:
        self.is_comparing = False
        self._session.message.emit(banner_of_error(error, doing=doing))
        self._tell()

    def _on_cancelled(self) -> None:
        # A newer comparison may be on its way.
        self.is_comparing = self._session.tasks.is_asked(LINE)
        self.changed.emit()

    def _tell(self) -> None:
        self.changed.emit()
        self.overlay_changed.emit()

    # -- keeping up

    def _on_sequence(self) -> None:
        if self._opened is not None or self._is_as_read:
            self._take_other()

    def _on_labels(self, *_values: object) -> None:
        if self.title:
            self._again.ask()

    # -- what the overlay asks

    def rows_at(self, frame: int) -> tuple[Block, npt.NDArray[np.bool_]] | None:
        """Return the second set's annotations of a frame, and which of them are paired."""
        agreement = self.agreement
        if agreement is None or not self.is_overlaid:
            return None
        place = int(np.searchsorted(agreement.frames, frame))
        if place >= len(agreement.frames) or agreement.frames[place] != frame:
            return None
        rows = agreement.sides.second.at(place)
        paired = np.isin(np.arange(rows.start, rows.stop), agreement.pairs.second)
        return agreement.sides.second.rows.view(rows.start, rows.stop), paired
