"""The stretch of frames that overview and timelines show together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

MARGIN = 0.5
"""Frames are cells one wide around their index, so that the first and last are shown whole."""

SHORTEST = 8.0


class SharedSpan(QObject):
    """First and last visible position on the frame axis of one session.

    A position is a frame index as a float; frame ``i`` covers ``i - 0.5`` to ``i + 0.5``.
    """

    changed = Signal(float, float)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._start, self._end = -MARGIN, MARGIN
        session.sequence_changed.connect(self.show_all)
        self.show_all()

    @classmethod
    def of(cls, session: Session) -> SharedSpan:
        """Return the one span of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, SharedSpan) else cls(session)

    @property
    def start(self) -> float:
        """Leftmost visible position."""
        return self._start

    @property
    def end(self) -> float:
        """Rightmost visible position."""
        return self._end

    @property
    def length(self) -> float:
        """Visible frames."""
        return self._end - self._start

    @property
    def full(self) -> tuple[float, float]:
        """Positions that show every frame of the sequence."""
        return -MARGIN, max(self._session.frame_count - 1, 0) + MARGIN

    def show_all(self) -> None:
        """Show every frame."""
        self.show(*self.full)

    def show(self, start: float, end: float) -> None:
        """Show a stretch, kept inside the sequence and at least eight frames long."""
        low, high = self.full
        length = min(max(end - start, SHORTEST), high - low)
        start = (start + end - length) / 2
        start = min(max(start, low), high - length)
        if (start, start + length) != (self._start, self._end):
            self._start, self._end = start, start + length
            self.changed.emit(self._start, self._end)

    def zoom(self, factor: float, *, around: float) -> None:
        """Show ``factor`` times as many frames, with the position ``around`` staying in place."""
        share = (around - self._start) / self.length
        length = min(max(self.length * factor, SHORTEST), self.full[1] - self.full[0])
        start = around - share * length
        self.show(start, start + length)

    def pan(self, frames: float) -> None:
        """Move by some frames."""
        self.show(self._start + frames, self._end + frames)

    def reveal(self, first: int, last: int) -> None:
        """Make sure that frames are visible, keeping the zoom where they fit."""
        if first - MARGIN >= self._start and last + MARGIN <= self._end:
            return
        middle = (first + last) / 2
        length = max(self.length, (last - first + 1) * 1.5)
        self.show(middle - length / 2, middle + length / 2)

    def position_at(self, x: float, width: float) -> float:
        """Return the position under a pixel of an area ``width`` pixels wide."""
        return self._start + self.length * x / max(width, 1.0)

    def pixel_of(self, position: float, width: float) -> float:
        """Return the pixel of a position in an area ``width`` pixels wide."""
        return (position - self._start) / self.length * width
