"""Hiding all panels and bringing them back, in turns, so that the window answers in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtCore import QByteArray
    from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

LAYOUT_VERSION = 1
BETWEEN_MS = 2
"""Between two that are painted: keys, mouse and timers come first."""


class Folding(QObject):
    """Knows which panels are hidden for a while, and shows them again.

    Showing one dock lays the whole window out again, 4 ms each on a desk computer; all at once
    would hold the window up. Nothing is painted until the last is there.

    Parameters
    ----------
    docks : mapping
        Panels by name.
    """

    unfolded = Signal()

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = docks
        self._folded: tuple[str, ...] | None = None
        self._coming: list[str] | None = None
        self._shown: tuple[QDockWidget, ...] = ()
        self._unpainted: list[QWidget] = []
        self._get_ready: Callable[[], bool] | None = None
        self.layout: QByteArray | None = None
        """The arrangement to come back to; None for the one there is."""
        self._showing = self._timer(self._show_next, after_ms=0)
        self._painting = self._timer(self._paint_next, after_ms=BETWEEN_MS)

    def _timer(self, method: Callable[[], object], *, after_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(method)
        return timer

    @property
    def is_folded(self) -> bool:
        """Whether the panels are hidden."""
        return self._folded is not None

    @property
    def is_unfolding(self) -> bool:
        """Whether panels are still to come."""
        return self._coming is not None

    def wants(self, name: str) -> bool | None:
        """Return whether a hidden panel will be shown again; None when nothing is folded."""
        if self._folded is not None:
            return name in self._folded
        return True if self._coming and name in self._coming else None

    def forget(self) -> None:
        """Leave the panels as they are: another arrangement follows."""
        self.settle()
        self._folded = self.layout = None

    def fold(self) -> None:
        """Hide all panels."""
        self.settle()
        if self.layout is None and self._window.isVisible():
            self.layout = self._window.saveState(LAYOUT_VERSION)
        self._folded = tuple(name for name, dock in self._docks.items() if not dock.isHidden())
        for name in self._folded:
            self._docks[name].hide()

    def unfold(self) -> None:
        """Bring back, turn by turn, the panels that were hidden."""
        names, self._folded = self._folded, None
        if names is None:
            return
        self._window.setUpdatesEnabled(False)
        self._coming = list(names)
        self._shown = tuple(self._docks[name] for name in names)
        for dock in self._shown:
            dock.setUpdatesEnabled(False)
        self._showing.start()

    def hurry(self) -> None:
        """Show at once the panels that are still to come."""
        while self._coming is not None:
            self._show_next()

    def settle(self) -> None:
        """Do at once what is left to do."""
        self.hurry()
        while self._unpainted:
            self._paint_next()

    def paint_in_turns(
        self, widgets: Iterable[QWidget], *, get_ready: Callable[[], bool] | None = None
    ) -> None:
        """Let widgets that all changed be painted one after another.

        Parameters
        ----------
        get_ready : callable or None
            Called in turns before the first is painted, until it returns True.
        """
        if self._coming is not None:
            return
        self._get_ready = get_ready
        for widget in widgets:
            if widget not in self._unpainted:
                widget.setUpdatesEnabled(False)
                self._unpainted.append(widget)
        self._painting.start()

    def _show_next(self) -> None:
        if self._coming:
            self._docks[self._coming.pop(0)].show()
            self._showing.start()
        elif self._coming is not None:
            self._coming = None
            self._showing.stop()
            self._end()

    def _end(self) -> None:
        layout, self.layout = self.layout, None
        if layout is not None:
            # Docks that were hidden come back in sizes of their own.
            self._window.restoreState(layout, LAYOUT_VERSION)
        self._window.setUpdatesEnabled(True)
        shown, self._shown = self._shown, ()
        self.paint_in_turns(shown)
        self.unfolded.emit()

    def _paint_next(self) -> None:
        if self._get_ready is not None and not self._get_ready():
            self._painting.start()
            return
        self._get_ready = None
        if self._unpainted:
            self._unpainted.pop(0).setUpdatesEnabled(True)
        if self._unpainted:
            self._painting.start()
