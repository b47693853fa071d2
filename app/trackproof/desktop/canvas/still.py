"""What does not move while something is dragged: painted once, shown with every move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QSize


class StillScene:
    """A painted scene, kept for as long as everything it was painted from stays the same."""

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._of: tuple[object, ...] = ()

    def forget(self) -> None:
        """Let go of the pixels."""
        self._pixmap, self._of = None, ()

    def paint(
        self,
        painter: QPainter,
        draw: Callable[[QPainter], None],
        *,
        of: tuple[object, ...],
        size: QSize,
        ratio: float,
    ) -> None:
        """Paint the scene, drawn anew only when it changed.

        Parameters
        ----------
        draw : callable
            Paints the scene.
        of : tuple
            What the scene is painted from; the same objects mean the same scene.
        size : QSize
            Widget pixels.
        ratio : float
            Device pixels per widget pixel.
        """
        is_same = len(of) == len(self._of) and all(
            one is other or (isinstance(one, int | float | bool) and one == other)
            for one, other in zip(of, self._of, strict=True)
        )
        pixmap = self._pixmap
        if pixmap is None or not is_same or pixmap.size() != size * ratio:
            pixmap = QPixmap(size * ratio)
            pixmap.setDevicePixelRatio(ratio)
            inner = QPainter(pixmap)
            draw(inner)
            inner.end()
            self._pixmap, self._of = pixmap, of
        painter.drawPixmap(0, 0, pixmap)
