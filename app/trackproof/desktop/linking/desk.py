"""Who links and unlinks detections, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.errors import EditError, ReviewError, Severity
from trackproof.labels import NO_IDENTITY, UnlinkDetections, provisional_tracks

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.agreement import LinkOptions
    from trackproof.desktop.session import Session
    from trackproof.labels import Labels, LinkDetections
    from trackproof.labels.edits import Edit
    from trackproof.progress import Progress

LINE = "linking"
TOPIC = "linking"
OFFER_TOPIC = "sequence:linking"


class LinkingDesk(QObject):
    """Makes the edits, in the background where they take time.

    Signals
    -------
    changed
        Detections were linked or unlinked, here or by undo.
    asked
        Somebody wants to choose how detections are linked.
    """

    changed = Signal()
    asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._is_linking = False
        self._counted: tuple[Labels | None, int] = (None, 0)
        session.sequence_changed.connect(self._on_sequence)
        session.labels_changed.connect(self._on_labels)

    @classmethod
    def of(cls, session: Session) -> LinkingDesk:
        """Return the one desk of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, LinkingDesk) else cls(session)

    @property
    def provisional(self) -> int:
        """How many provisional tracks the current labels hold."""
        labels = self._session.labels
        if self._counted[0] is not labels:
            # menus ask several times after every event
            self._counted = (labels, len(provisional_tracks(labels)) if labels is not None else 0)
        return self._counted[1]

    @property
    def detections(self) -> int:
        """How many annotations of the current labels have no identity."""
        labels = self._session.labels
        block = labels.table.block(NO_IDENTITY) if labels is not None else None
        return len(block) if block is not None else 0

    @property
    def can_link(self) -> bool:
        """Whether there is something to link, or to link anew."""
        return not self._is_linking and bool(self.detections or self.provisional)

    def link(self, options: LinkOptions) -> None:
        """Match the detections in the background and link them; what was linked is linked anew."""
        session = self._session
        if self.provisional and not self.unlink():
            return
        labels, sequence = session.labels, session.sequence
        if labels is None or sequence is None:
            return

        def match(progress: Progress) -> LinkDetections | None:
            from trackproof.agreement import link

            return link(labels, options, progress=progress)

        self._is_linking = True
        session.tasks.start(
            f"Linking the detections of {sequence.name}",
            match,
            succeeded=lambda edit: self._take(edit, labels),
            failed=self._fail,
            cancelled=self._end,
            line=LINE,
        )

    def unlink(self) -> bool:
        """Make provisional tracks detections again; boxes stay as they were edited."""
        return self._do(UnlinkDetections())

    def _take(self, edit: LinkDetections | None, matched: Labels) -> None:
        """Link, unless the detections are others by now: a group is the places of its rows."""
        self._end()
        labels = self._session.labels
        if edit is None or labels is None:
            return
        if labels.table.block(NO_IDENTITY) is not matched.table.block(NO_IDENTITY):
            words = "The detections have changed since they were matched. Link them again."
            self._session.say(words, severity=Severity.WARNING)
            return
        self._session.banner_withdrawn.emit(OFFER_TOPIC)
        self._do(edit)

    def _do(self, edit: Edit) -> bool:
        try:
            self._session.apply(edit)
        except (EditError, ReviewError) as error:
            self._session.message.emit(banner_of_error(error, doing="linking detections"))
            return False
        return True

    def _fail(self, error: BaseException) -> None:
        self._end()
        self._session.message.emit(banner_of_error(error, doing="linking detections"))

    def _end(self) -> None:
        self._is_linking = False
        self.changed.emit()

    # -- keeping up

    def _on_sequence(self) -> None:
        # What was matched belongs to the sequence before.
        self._session.tasks.cancel(LINE)
        self._session.banner_withdrawn.emit(OFFER_TOPIC)
        if self.detections and not self.provisional:
            choices: tuple[tuple[str, Callable[[], object]], ...] = (
                ("Link detections …", self.asked.emit),
            )
            boxes = "One box" if self.detections == 1 else f"{self.detections:,} boxes"
            verb = "does" if self.detections == 1 else "do"
            self._session.message.emit(
                Banner(
                    f"{boxes} of these labels {verb} not say who is who. Linked by position, they "
                    "get timelines and checks over time; nothing of it is written.",
                    choices=choices,
                    topic=OFFER_TOPIC,
                )
            )
        self.changed.emit()

    def _on_labels(self, *_values: object) -> None:
        self.changed.emit()
