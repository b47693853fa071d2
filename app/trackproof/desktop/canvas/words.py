"""Words on the canvas: what is loading, missing or unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from trackproof.desktop.theme import Theme

PLATE_ALPHA = 0.92
MARGIN = 8.0


def paint_words(painter: QPainter, words: tuple[str, str], *, rect: QRectF, theme: Theme) -> None:
    """Paint a title and a text on a plate.

    Words with a title stand in the middle: they are about the whole picture. Words without one
    stand small at the top: the picture is good, but not yet the one asked for.
    """
    title, text = words
    if title:
        _paint_plate(painter, title, text, rect=rect, theme=theme)
    elif text:
        _paint_pill(painter, text, rect=rect, theme=theme)


def _paint_plate(painter: QPainter, title: str, text: str, *, rect: QRectF, theme: Theme) -> None:
    width = min(460.0, rect.width() - 4 * MARGIN)
    title_font, text_font = font("title", is_bold=True), font("body")
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWrapAnywhere)
    wrap = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    room = QRectF(0.0, 0.0, width - 4 * MARGIN, 1000.0)
    title_rect = QFontMetricsF(title_font).boundingRect(room, wrap, title)
    flags = wrap if " " in text else flags
    text_rect = QFontMetricsF(text_font).boundingRect(room, flags, text)
    height = title_rect.height() + text_rect.height() + 5 * MARGIN
    plate = QRectF(0.0, 0.0, width, height)
    plate.moveCenter(rect.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.line)
    painter.setBrush(_faded(theme.surface_raised))
    painter.drawRoundedRect(plate, 6.0, 6.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = plate.adjusted(2 * MARGIN, 2 * MARGIN, -2 * MARGIN, -2 * MARGIN)
    painter.setFont(title_font)
    painter.setPen(theme.text)
    painter.drawText(inside, wrap, title)
    painter.setFont(text_font)
    painter.setPen(theme.text_dim)
    painter.drawText(inside.adjusted(0.0, title_rect.height() + MARGIN, 0.0, 0.0), flags, text)


def _paint_pill(painter: QPainter, text: str, *, rect: QRectF, theme: Theme) -> None:
    text_font = font("small")
    metrics = QFontMetricsF(text_font)
    pill = QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 3 * MARGIN, metrics.height() + MARGIN)
    pill.moveCenter(rect.center())
    pill.moveTop(rect.top() + MARGIN)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_faded(theme.surface_raised))
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(text_font)
    painter.setPen(theme.text)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


def _faded(colour: QColor) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(PLATE_ALPHA)
    return faded
