"""Which frames are about to be sent to workers, for the timelines to mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.desktop.session import Session

    Spans = tuple[tuple[int, int], ...]


class ShownWindows(QObject):
    """Windows of an export that is being prepared, by name of the sequence."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._spans: Mapping[str, Spans] = {}

    @classmethod
    def of(cls, session: Session) -> ShownWindows:
        """Return the one of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, ShownWindows) else cls(session)

    @property
    def spans(self) -> Spans:
        """First and last frames of the windows of the sequence that is open, inclusive."""
        sequence = self._session.sequence
        return self._spans.get(sequence.name, ()) if sequence is not None else ()

    def show(self, spans: Mapping[str, Spans]) -> None:
        """Mark other windows; none ends the marking."""
        if spans != self._spans:
            self._spans = spans
            self.changed.emit()
