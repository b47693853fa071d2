"""Icons of the transport and the tool buttons, drawn in the theme's colours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

if TYPE_CHECKING:
    from trackproof.desktop.theme import Theme

IconName = Literal["play", "pause", "first", "last", "back", "forward", "loop", "close"]

SIDE = 20
"""Pixels at 100 %; drawn at three sizes for sharp screens."""


def icon(name: IconName, theme: Theme) -> QIcon:
    """Return an icon in the theme's text colour, dimmed when disabled."""
    return _icon(name, theme.text.rgba(), theme.line.rgba())


@lru_cache(maxsize=64)
def _icon(name: IconName, text: int, line: int) -> QIcon:
    made = QIcon()
    for scale in (1, 2, 3):
        made.addPixmap(_pixmap(name, QColor.fromRgba(text), scale), QIcon.Mode.Normal)
        made.addPixmap(_pixmap(name, QColor.fromRgba(line), scale), QIcon.Mode.Disabled)
    return made


def _pixmap(name: IconName, colour: QColor, scale: int) -> QPixmap:
    pixmap = QPixmap(QSize(SIDE, SIDE) * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if name in ("loop", "close"):
        painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(_loop() if name == "loop" else _close())
    if name != "close":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(_solid(name))
    painter.end()
    return pixmap


def _solid(name: IconName) -> QPainterPath:
    path = QPainterPath()
    if name == "play":
        _add_triangle(path, 6.0, 16.0)
    elif name == "pause":
        path.addRoundedRect(QRectF(5.5, 4.0, 3.2, 12.0), 1.0, 1.0)
        path.addRoundedRect(QRectF(11.3, 4.0, 3.2, 12.0), 1.0, 1.0)
    elif name == "forward":
        path.addRoundedRect(QRectF(5.0, 5.0, 2.0, 10.0), 0.8, 0.8)
        _add_triangle(path, 8.5, 15.5, half=5.0)
    elif name == "back":
        path.addRoundedRect(QRectF(13.0, 5.0, 2.0, 10.0), 0.8, 0.8)
        _add_triangle(path, 11.5, 4.5, half=5.0)
    elif name == "last":
        _add_triangle(path, 4.0, 9.5, half=4.5)
        _add_triangle(path, 9.5, 15.0, half=4.5)
        path.addRoundedRect(QRectF(15.0, 5.5, 1.8, 9.0), 0.8, 0.8)
    elif name == "first":
        _add_triangle(path, 16.0, 10.5, half=4.5)
        _add_triangle(path, 10.5, 5.0, half=4.5)
        path.addRoundedRect(QRectF(3.2, 5.5, 1.8, 9.0), 0.8, 0.8)
    elif name == "loop":
        path.addPolygon(QPolygonF([QPointF(12.0, 2.2), QPointF(16.6, 5.2), QPointF(12.0, 8.2)]))
    return path


def _add_triangle(path: QPainterPath, base: float, tip: float, *, half: float = 6.0) -> None:
    corners = [QPointF(base, 10.0 - half), QPointF(tip, 10.0), QPointF(base, 10.0 + half)]
    path.addPolygon(QPolygonF(corners))
    path.closeSubpath()


def _loop() -> QPainterPath:
    path = QPainterPath(QPointF(12.5, 5.2))
    path.lineTo(7.5, 5.2)
    path.arcTo(QRectF(2.8, 5.2, 9.6, 9.6), 90.0, 180.0)
    path.lineTo(12.4, 14.8)
    path.arcTo(QRectF(7.6, 5.2, 9.6, 9.6), 270.0, 70.0)
    return path


def _close() -> QPainterPath:
    path = QPainterPath(QPointF(6.0, 6.0))
    path.lineTo(14.0, 14.0)
    path.moveTo(14.0, 6.0)
    path.lineTo(6.0, 14.0)
    return path
