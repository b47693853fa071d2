"""Doing something once, however often it was asked for in the meantime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


class Later(QObject):
    """Calls a method as soon as the event loop is free.

    A verdict on five hundred flags tells every listener five hundred times; a panel needs to
    look once.

    Parameters
    ----------
    after_ms : int
        Wait of the first to ask, in milliseconds.
    """

    def __init__(self, parent: QObject, method: Callable[[], object], *, after_ms: int = 0) -> None:
        super().__init__(parent)
        self._method = method
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(after_ms)
        self._timer.timeout.connect(method)

    def ask(self, *_values: object) -> None:
        """Ask for the call."""
        if not self._timer.isActive():
            self._timer.start()

    def settle(self) -> None:
        """Withdraw the call: it has been done, or is being done."""
        self._timer.stop()

    def hurry(self) -> None:
        """Make the call now if it was asked for."""
        if self._timer.isActive():
            self._timer.stop()
            self._method()
