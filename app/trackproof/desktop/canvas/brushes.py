"""Rectangles collected by colour and filled together: a stroke costs ten times a fill."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, qGray

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

DARK_OUTLINE = QColor(14, 16, 20)
LIGHT_OUTLINE = QColor(236, 238, 240)
"""Under every line, so that it reads on any picture: dark under bright colours, else light.

Opaque, because blending a line of one pixel width costs ten times as much.
"""
DARK_BELOW = 0.42

Ring: TypeAlias = tuple[QRect, QRect, QRect, QRect]


def under(colour: QColor) -> QColor:
    """Return the outline that sets a colour off from any picture."""
    brightness = qGray(colour.rgb()) / 255.0
    return LIGHT_OUTLINE if brightness < DARK_BELOW else DARK_OUTLINE


def ring(rect: QRectF, *, half: int, width: int) -> Ring:
    """Return the four sides of a frame that reaches ``half`` pixels out of a rectangle's edge."""
    x, y, wide, high = rect.x(), rect.y(), rect.width(), rect.height()
    left, top = round(x) - half, round(y) - half
    across, height = round(x + wide) - half + width - left, round(y + high) - half + width - top
    down, below = max(height - 2 * width, 0), top + width
    return (
        QRect(left, top, across, width),
        QRect(left, top + height - width, across, width),
        QRect(left, below, width, down),
        QRect(left + across - width, below, width, down),
    )


class Fills:
    """Rectangles in the order of their colours' first use."""

    def __init__(self) -> None:
        self._rects: dict[int, list[QRect]] = {}

    def add(self, rect: QRect, colour: QColor) -> None:
        """Add one rectangle."""
        self._rects.setdefault(colour.rgba(), []).append(rect)

    def add_all(self, rects: Ring, rgba: int) -> None:
        """Add the sides of a frame."""
        self._rects.setdefault(rgba, []).extend(rects)

    def paint(self, painter: QPainter) -> None:
        """Fill everything, colour by colour."""
        painter.setPen(Qt.PenStyle.NoPen)
        for rgba, rects in self._rects.items():
            painter.setBrush(QColor.fromRgba(rgba))
            painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
