"""Objects whose curves stay in the timelines, whatever is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from trackproof.desktop.session import Session


class PinnedTracks(QObject):
    """Track numbers in the order of pinning; another sequence starts without any."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._tracks: tuple[int, ...] = ()
        session.sequence_changed.connect(self.clear)

    @classmethod
    def of(cls, session: Session) -> PinnedTracks:
        """Return the one list of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, PinnedTracks) else cls(session)

    @property
    def tracks(self) -> tuple[int, ...]:
        """What is pinned."""
        return self._tracks

    def toggle(self, track: int) -> None:
        """Pin an object, or let it go."""
        kept = tuple(one for one in self._tracks if one != track)
        self._tracks = kept if track in self._tracks else (*kept, track)
        self.changed.emit()

    def clear(self) -> None:
        """Let all go."""
        if self._tracks:
            self._tracks = ()
            self.changed.emit()


def pin_actions(session: Session) -> list[Action]:
    """Return pinning as actions."""
    pins = PinnedTracks.of(session)
    return [
        Action(
            "timelines.pin",
            "Keep the object in the timelines",
            "View/timelines",
            lambda _state: pins.toggle(session.track),
            ("Ctrl+Shift+T",),
            is_checked=lambda: session.track in pins.tracks,
            is_enabled=lambda: session.track >= 0,
            tip="Its curves stay, behind those of whatever is selected next",
        ),
        Action(
            "timelines.unpin_all",
            "Keep no object in the timelines",
            "View/timelines",
            pins.clear,
            is_enabled=lambda: bool(pins.tracks),
        ),
    ]
