"""Panels follow the playhead a moment after the picture, so that the picture is never late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

PLAYING_MS = 40
"""While frames run by themselves, cursors move 25 times a second: the picture needs the rest."""


class PlayheadFollower(QObject):
    """Tells where the playhead is once the picture of that frame is painted."""

    moved = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hurry)
        session.frame_changed.connect(self._on_frame)
        session.playing_changed.connect(self._on_playing)

    @classmethod
    def of(cls, session: Session) -> PlayheadFollower:
        """Return the one follower of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, PlayheadFollower) else cls(session)

    def hurry(self) -> None:
        """Tell now, if there is something to tell."""
        self._timer.stop()
        self.moved.emit(self._session.frame)

    def _on_frame(self, _frame: int) -> None:
        if not self._timer.isActive():
            self._timer.start(PLAYING_MS if self._session.is_playing else 0)

    def _on_playing(self, is_playing: bool) -> None:
        if not is_playing:
            self.hurry()
