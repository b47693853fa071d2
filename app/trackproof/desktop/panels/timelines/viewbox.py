"""The inside of a plot: its horizontal axis belongs to the shared span, its mouse to scrubbing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from trackproof.desktop.panels.scrubbing import Scrubber


class ScrubBox(pg.ViewBox):  # type: ignore[misc]
    """A view box that seeks where pyqtgraph's own pans."""

    def __init__(self, scrubber: Scrubber) -> None:
        super().__init__(enableMenu=False)
        self._scrubber = scrubber
        self.setMouseEnabled(x=False, y=False)
        self.disableAutoRange()
        self.setDefaultPadding(0.0)

    def _position(self, event: Any) -> float:
        return float(self.mapSceneToView(event.scenePos()).x())

    def mouseClickEvent(self, event: Any) -> None:
        """Seek; twice shows every frame."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        if event.double():
            self._scrubber.show_all()
        else:
            self._scrubber.press(self._position(event), event.modifiers())
            self._scrubber.release()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002
        """Scrub, choose a range, or move the axis."""
        if event.button() == Qt.MouseButton.MiddleButton:
            event.accept()
            if event.isStart():
                self._scrubber.grab(event.buttonDownScenePos().x())
            self._scrubber.drag(event.scenePos().x(), self.width())
        elif event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            if event.isStart():
                start = float(self.mapSceneToView(event.buttonDownScenePos()).x())
                self._scrubber.press(start, event.modifiers())
            self._scrubber.move(self._position(event))
            if event.isFinish():
                self._scrubber.release()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002
        """Zoom or move."""
        delta = QPointF(0.0, float(event.delta()))
        if event.orientation() == Qt.Orientation.Horizontal:
            delta = QPointF(float(event.delta()), 0.0)
        self._scrubber.wheel(delta, self._position(event), event.modifiers())
        event.accept()
