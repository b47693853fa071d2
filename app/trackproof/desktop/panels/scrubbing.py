"""Mouse work on a frame axis, the same in ruler, timelines and overview.

Drag seeks, Shift+drag chooses a range to loop, the wheel zooms at the cursor, Shift+wheel or the
middle button pans, a double click shows everything.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from trackproof.desktop.panels.span import SharedSpan
    from trackproof.desktop.session import Session

ZOOM_PER_STEP = 0.8
PAN_PER_STEP = 0.1
WHEEL_STEP = 120.0

HINT = "Click to go there. Shift+drag chooses a range to repeat and to edit. Wheel zooms."


class Scrubber:
    """Turns positions on a frame axis into calls of the session.

    Parameters
    ----------
    origin : QObject
        Who is scrubbed; the session tells it to listeners.
    """

    def __init__(self, session: Session, span: SharedSpan, origin: QObject) -> None:
        self._session = session
        self._span = span
        self._origin = origin
        self._range_from: int | None = None
        self._grabbed: float | None = None

    def press(self, position: float, modifiers: Qt.KeyboardModifier) -> None:
        """Begin to seek, or a range."""
        frame = self._frame(position)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._range_from = frame
        else:
            self._session.pause()
            self._session.go_to(frame, origin=self._origin)

    def move(self, position: float) -> None:
        """Go on with what `press` began."""
        frame = self._frame(position)
        if self._range_from is None:
            self._session.go_to(frame, origin=self._origin)
        elif frame != self._range_from:
            first, last = sorted((self._range_from, frame))
            self._session.set_loop(first, last)

    def release(self) -> None:
        """End what `press` began."""
        self._range_from = None

    def grab(self, x: float) -> None:
        """Begin to move the axis with the hand."""
        self._grabbed = x

    def drag(self, x: float, width: float) -> None:
        """Move the axis along with the hand."""
        if self._grabbed is not None:
            self._span.pan((self._grabbed - x) * self._span.length / max(width, 1.0))
            self._grabbed = x

    def wheel(self, delta: QPointF, position: float, modifiers: Qt.KeyboardModifier) -> None:
        """Zoom around a position, or move."""
        sideways = delta.x() if abs(delta.x()) > abs(delta.y()) else 0.0
        if modifiers & Qt.KeyboardModifier.ShiftModifier and not sideways:
            sideways = delta.y()
        if sideways:
            self._span.pan(-sideways / WHEEL_STEP * PAN_PER_STEP * self._span.length)
        elif delta.y():
            factor = math.pow(ZOOM_PER_STEP, delta.y() / WHEEL_STEP)
            self._span.zoom(factor, around=position)

    def show_all(self) -> None:
        """Show every frame."""
        self._span.show_all()

    def _frame(self, position: float) -> int:
        return math.floor(position + 0.5)
