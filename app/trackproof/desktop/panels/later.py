"""Doing something once, however often it was asked for, and not while nobody can see it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

AFTER_PAINT_MS = 8
"""Qt paints 5 ms after it was asked to: what is due earlier holds the picture up."""
TURN_S = 0.006
"""Calls that are due at once share this time; the others let keys and painting go first."""


class Later(QObject):
    """Calls a method as soon as the event loop is free.

    A verdict on five hundred flags tells every listener five hundred times; a panel needs to
    look once. A panel that is closed, or behind another tab, looks when it is shown again. When
    many panels have to look, they do so in several turns of the event loop.

    Parameters
    ----------
    parent : QObject
        Whose method it is; when it is a widget in a dock, the dock is asked whether it is seen.
    after_ms : int or None
        Wait of the first to ask, in milliseconds; None lets the picture be painted first when a
        widget is to look, and does not wait for others.
    """

    def __init__(
        self, parent: QObject, method: Callable[[], object], *, after_ms: int | None = None
    ) -> None:
        super().__init__(parent)
        self._method = method
        self._widget = parent if isinstance(parent, QWidget) else None
        self._dock: QDockWidget | None = None
        self._is_due = False
        self._turn = _Turn.of_application()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        if after_ms is None:
            after_ms = 0 if self._widget is None else AFTER_PAINT_MS
        self._after_ms = after_ms
        self._timer.timeout.connect(self._call)

    @property
    def is_asked(self) -> bool:
        """Whether the call is still to be made."""
        return self._is_due or self._timer.isActive()

    def ask(self, *_values: object) -> None:
        """Ask for the call."""
        if self._is_out_of_sight():
            self._is_due = True
        elif not self._timer.isActive():
            self._timer.start(self._after_ms)

    def settle(self) -> None:
        """Withdraw the call: it has been done, or is being done."""
        self._is_due = False
        self._timer.stop()

    def hurry(self) -> None:
        """Make the call now if it was asked for."""
        if self.is_asked:
            self.settle()
            self._method()

    def _call(self) -> None:
        if self._is_out_of_sight():
            self._is_due = True
        elif self._turn.is_used_up:
            self._timer.start(0)
        else:
            self._turn.spend(self._method)

    def _is_out_of_sight(self) -> bool:
        if self._widget is None:
            return False
        if self._dock is None:
            self._dock = dock_of(self._widget)
            if self._dock is not None:
                self._dock.visibilityChanged.connect(self._on_visibility)
        return self._dock is not None and is_behind(self._dock)

    def _on_visibility(self, is_visible: bool) -> None:
        """Make up for what was asked while nobody could see it."""
        if is_visible and self._is_due:
            self._is_due = False
            self._timer.start(self._after_ms)


class _Turn(QObject):
    """What calls have taken of the present turn of the event loop."""

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._spent_s = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._begin)

    @classmethod
    def of_application(cls) -> _Turn:
        """Return the one that all calls share."""
        application = QCoreApplication.instance()
        found = application.findChild(cls) if application is not None else None
        return found if isinstance(found, _Turn) else cls(application)

    @property
    def is_used_up(self) -> bool:
        """Whether the next call has to wait for another turn."""
        return self._spent_s > TURN_S

    def spend(self, method: Callable[[], object]) -> None:
        """Make a call in this turn."""
        # Zero timers run in the order in which they were started: this one before those who wait.
        if not self._next.isActive():
            self._next.start(0)
        began_s = time.perf_counter()
        try:
            method()
        finally:
            self._spent_s += time.perf_counter() - began_s

    def _begin(self) -> None:
        self._spent_s = 0.0


def dock_of(widget: QWidget) -> QDockWidget | None:
    """Return the dock that a widget is in."""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, QDockWidget):
        above = above.parentWidget()
    return above


def is_behind(dock: QDockWidget) -> bool:
    """Return whether a dock is closed or behind another tab, in a window that is on screen.

    What has not been on screen yet is to be ready when it comes. Qt puts the tabs behind out of
    the window, and calls them visible.
    """
    window = dock.parentWidget()
    if window is None or not window.isVisible():
        return False
    return dock.isHidden() or (not dock.isFloating() and dock.geometry().right() < 0)
