"""Doing something once, however often it was asked for, and not while nobody can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class Later(QObject):
    """Calls a method as soon as the event loop is free.

    A verdict on five hundred flags tells every listener five hundred times; a panel needs to
    look once. A widget that is closed, or behind another tab, looks when it is shown again.

    Parameters
    ----------
    parent : QObject
        Whose method it is; when it is a widget, it is asked whether it can be seen.
    after_ms : int
        Wait of the first to ask, in milliseconds.
    """

    def __init__(self, parent: QObject, method: Callable[[], object], *, after_ms: int = 0) -> None:
        super().__init__(parent)
        self._method = method
        self._widget = parent if isinstance(parent, QWidget) else None
        self._is_due = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(after_ms)
        self._timer.timeout.connect(self._call)
        if self._widget is not None:
            self._widget.installEventFilter(self)

    @property
    def is_asked(self) -> bool:
        """Whether the call is still to be made."""
        return self._is_due or self._timer.isActive()

    def ask(self, *_values: object) -> None:
        """Ask for the call."""
        if self._widget is not None and is_out_of_sight(self._widget):
            self._is_due = True
        elif not self._timer.isActive():
            self._timer.start()

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
        if self._widget is not None and is_out_of_sight(self._widget):
            self._is_due = True
        else:
            self._method()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make up for what was asked while the widget could not be seen."""
        if event.type() == QEvent.Type.Show and self._is_due:
            self._is_due = False
            self._timer.start()
        return super().eventFilter(watched, event)


def is_out_of_sight(widget: QWidget) -> bool:
    """Return whether a widget is closed or behind another tab, in a window that is on screen.

    What has not been on screen yet is to be ready when it comes.
    """
    return not widget.isVisible() and widget.window().isVisible()
