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
    """

    def __init__(self, parent: QObject, method: Callable[[], object]) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(method)

    def ask(self, *_values: object) -> None:
        """Ask for the call."""
        if not self._timer.isActive():
            self._timer.start()
