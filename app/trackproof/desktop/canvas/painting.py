"""Painting of the overlay; geometry comes in picture pixels, lines are widget pixels."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from trackproof.desktop import glyphs
from trackproof.desktop.canvas.brushes import Fills, under
from trackproof.desktop.canvas.names import place_names
from trackproof.desktop.theme import load_theme
from trackproof.labels import Shape

if TYPE_CHECKING:
    from PySide6.QtGui import QTransform

    from trackproof.desktop.canvas.marks import Ghost, Mark, Marks, Trail
    from trackproof.desktop.theme import Theme

TAG = QColor(12, 14, 18, 205)
TAG_TEXT = QColor(240, 242, 245)
DARK_TEXT = QColor(12, 14, 18)
LINE = 2
SELECTED_LINE = 3
CORNER = 12.0
CORNER_OFF = 5
GLYPH = 14.0
PADDING = 5.0
STRIP = 3.0
KEYPOINT = 4.0


def paint_marks(
    painter: QPainter,
    marks: Marks,
    *,
    transform: QTransform,
    bounds: QRectF,
    theme: Theme,
    font: QFont,
    has_boxes: bool,
    has_names: bool,
) -> None:
    """Paint everything that belongs to one frame.

    Parameters
    ----------
    transform : QTransform
        From picture pixels to widget pixels.
    bounds : QRectF
        Visible part of the widget; names stay inside.
    """
    painter.setFont(font)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for trail in marks.trails:
        _paint_trail(painter, trail, transform)
    for ghost in marks.onion:
        _paint_dashes(painter, transform.mapRect(ghost.rect), ghost.colour, [1.0, 3.0])
    rects = [transform.mapRect(mark.rect) for mark in marks.marks]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if has_boxes:
        _paint_boxes(painter, marks, rects)
        for mark in marks.marks:
            if mark.shape is not Shape.BOX:
                _paint_shape(painter, mark, transform)
    _paint_corners(painter, marks, rects, theme=theme)
    for ghost in marks.ghosts:
        _paint_ghost(painter, ghost, transform, bounds=bounds)
    if has_names:
        _paint_names(painter, marks, rects, bounds=bounds, font=font)


def _paint_boxes(painter: QPainter, marks: Marks, rects: list[QRectF]) -> None:
    outlines, lines = Fills(), Fills()
    for mark, rect in zip(marks.marks, rects, strict=True):
        if mark.shape is not Shape.BOX:
            continue
        if mark.is_selected:
            painter.fillRect(rect, _faded(mark.colour, 0.14))
        width = SELECTED_LINE if mark.is_selected else LINE
        half = width // 2
        outlines.add_ring(rect, under(mark.colour), half=half + 1, width=width + 2)
        lines.add_ring(rect, mark.colour, half=half, width=width)
    outlines.paint(painter)
    lines.paint(painter)


def _paint_shape(painter: QPainter, mark: Mark, transform: QTransform) -> None:
    width = SELECTED_LINE if mark.is_selected else LINE
    points = transform.map(mark.outline)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (_pen(under(mark.colour), width + 2.0), _pen(mark.colour, width)):
        painter.setPen(pen)
        if mark.shape is Shape.POLYGON:
            painter.drawPolygon(points)
        elif mark.shape is Shape.POLYLINE:
            painter.drawPolyline(points)
        else:
            for i in range(points.size()):
                painter.drawEllipse(points.at(i), KEYPOINT, KEYPOINT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _paint_corners(painter: QPainter, marks: Marks, rects: list[QRectF], *, theme: Theme) -> None:
    """Mark flagged objects by their form: four corners that stand off the box."""
    outlines, lines = Fills(), Fills()
    for mark, rect in zip(marks.marks, rects, strict=True):
        if mark.flag is None:
            continue
        colour = glyphs.colour_of(mark.flag.kind, theme)
        for corner in _corners(rect):
            outlines.add(corner.adjusted(-1, -1, 1, 1), under(colour))
            lines.add(corner, colour)
    outlines.paint(painter)
    lines.paint(painter)


def _corners(rect: QRectF) -> list[QRect]:
    off = rect.toRect().adjusted(-CORNER_OFF, -CORNER_OFF, CORNER_OFF, CORNER_OFF)
    reach = int(min(CORNER, 0.4 * off.width() + 4.0, 0.4 * off.height() + 4.0))
    arms = []
    for x in (off.left(), off.right() - SELECTED_LINE + 1):
        start = off.left() if x == off.left() else off.right() - reach + 1
        for y in (off.top(), off.bottom() - SELECTED_LINE + 1):
            arms.append(QRect(start, y, reach, SELECTED_LINE))
            first = off.top() if y == off.top() else off.bottom() - reach + 1
            arms.append(QRect(x, first, SELECTED_LINE, reach))
    return arms


def _paint_ghost(painter: QPainter, ghost: Ghost, transform: QTransform, *, bounds: QRectF) -> None:
    rect = transform.mapRect(ghost.rect)
    _paint_dashes(painter, rect, ghost.colour, [5.0, 4.0])
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance(ghost.text) + GLYPH + 3 * PADDING
    size = QSizeF(width, metrics.height() + 4.0)
    left = min(max(rect.right() - size.width(), bounds.left()), bounds.right() - size.width())
    top = min(max(rect.bottom() + 6.0, bounds.top()), bounds.bottom() - size.height())
    tag = QRectF(QPointF(left, top), size)
    painter.fillRect(tag, TAG)
    glyph = QRectF(tag.left() + PADDING, tag.center().y() - GLYPH / 2, GLYPH, GLYPH)
    glyphs.paint(painter, ghost.kind, glyph, _on_tag(ghost.kind))
    painter.setPen(TAG_TEXT)
    text = tag.adjusted(GLYPH + 2 * PADDING, 0.0, 0.0, 0.0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, ghost.text)


def _paint_dashes(painter: QPainter, rect: QRectF, colour: QColor, dashes: list[float]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for pen in (_pen(under(colour), LINE + 2.0), _pen(colour, LINE)):
        pen.setDashPattern([dash * LINE / pen.widthF() for dash in dashes])
        painter.setPen(pen)
        painter.drawRect(rect)


def _paint_trail(painter: QPainter, trail: Trail, transform: QTransform) -> None:
    points = transform.map(trail.points)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (_pen(under(trail.colour), LINE + 2.0), _pen(trail.colour, LINE)):
        painter.setPen(pen)
        painter.drawPolyline(points)
    painter.setPen(_pen(under(trail.colour), 1.0))
    for i in range(points.size()):
        painter.setBrush(trail.colour if i < trail.now else _faded(trail.colour, 0.35))
        painter.drawEllipse(points.at(i), 2.5, 2.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_names(
    painter: QPainter, marks: Marks, rects: list[QRectF], *, bounds: QRectF, font: QFont
) -> None:
    key = font.toString()
    height = QFontMetricsF(font).height() + 3.0
    sizes = []
    for mark in marks.marks:
        glyph = GLYPH + PADDING if mark.flag is not None else 0.0
        width = _written(mark.text, key).size().width() + glyph + 2 * PADDING + STRIP
        sizes.append(QSizeF(width if mark.text else 0.0, height))
    firsts = sorted(
        (i for i, mark in enumerate(marks.marks) if mark.is_selected or mark.flag is not None),
        key=lambda i: not marks.marks[i].is_selected,
    )
    places = place_names(rects, sizes, bounds, firsts=firsts)
    shown = [
        (mark, place)
        for mark, place in zip(marks.marks, places, strict=True)
        if place is not None and mark.text
    ]
    plates, strips = Fills(), Fills()
    for mark, place in shown:
        plates.add(place.toRect(), mark.colour if mark.is_selected else TAG)
        strip = QRectF(place.left(), place.top(), STRIP, place.height())
        strips.add(strip.toRect(), mark.colour)
    plates.paint(painter)
    strips.paint(painter)
    for mark, place in shown:
        _write_name(painter, mark, place, key)


def _write_name(painter: QPainter, mark: Mark, place: QRectF, font_key: str) -> None:
    is_on_bright = mark.is_selected and mark.colour.lightnessF() > 0.45
    colour = DARK_TEXT if is_on_bright else TAG_TEXT
    left = place.left() + STRIP + PADDING
    if mark.flag is not None:
        glyph = QRectF(left, place.center().y() - GLYPH / 2, GLYPH, GLYPH)
        kind = mark.flag.kind
        glyphs.paint(painter, kind, glyph, colour if mark.is_selected else _on_tag(kind))
        left += GLYPH + PADDING
    text = _written(mark.text, font_key)
    painter.setPen(colour)
    painter.drawStaticText(QPointF(left, place.center().y() - text.size().height() / 2), text)


def _written(text: str, font_key: str) -> QStaticText:
    """Return a text laid out once; names are the same in every frame."""
    return _LAID_OUT.of(text, font_key)


class _LaidOut(threading.local):
    """Texts laid out, by thread: they hold on to fonts that end with it."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=4096)(_lay_out)


def _lay_out(text: str, font_key: str) -> QStaticText:
    font = QFont()
    font.fromString(font_key)
    written = QStaticText(text)
    written.setTextFormat(Qt.TextFormat.PlainText)
    written.prepare(font=font)
    return written


_LAID_OUT = _LaidOut()


def _on_tag(kind: str) -> QColor:
    """Return a glyph's colour on a tag, which is dark in every theme, as pictures are."""
    return glyphs.colour_of(kind, load_theme("dark"))


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
