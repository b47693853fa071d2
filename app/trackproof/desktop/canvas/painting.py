"""Painting of the overlay; geometry comes in picture pixels, lines are widget pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, qGray

from trackproof.desktop import glyphs
from trackproof.desktop.canvas.names import place_names
from trackproof.desktop.theme import load_theme
from trackproof.labels import Shape

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QTransform

    from trackproof.desktop.canvas.marks import Ghost, Mark, Marks, Trail
    from trackproof.desktop.theme import Theme

DARK_OUTLINE = QColor(8, 10, 14, 150)
LIGHT_OUTLINE = QColor(250, 251, 252, 170)
"""Under every line, so that it reads on any picture: dark under bright colours, else light."""
DARK_BELOW = 0.42
TAG = QColor(12, 14, 18, 205)
TAG_TEXT = QColor(240, 242, 245)
LINE_WIDTH = 1.5
SELECTED_WIDTH = 2.5
CORNER = 12.0
GLYPH = 14.0
PADDING = 5.0
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
    if has_boxes:
        for mark in marks.marks:
            _paint_outline(painter, mark, transform)
    rects = [transform.mapRect(mark.rect) for mark in marks.marks]
    for mark, rect in zip(marks.marks, rects, strict=True):
        if mark.flag is not None:
            _paint_corners(painter, rect, glyphs.colour_of(mark.flag.kind, theme))
    for ghost in marks.ghosts:
        _paint_ghost(painter, ghost, transform, bounds=bounds)
    if has_names:
        _paint_names(painter, marks, rects, bounds=bounds, font=font)


def _paint_outline(painter: QPainter, mark: Mark, transform: QTransform) -> None:
    width = SELECTED_WIDTH if mark.is_selected else LINE_WIDTH
    pens = (_pen(_under(mark.colour), width + 2.0), _pen(mark.colour, width))
    is_box = mark.shape is Shape.BOX
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_box)
    if is_box:
        rect = transform.mapRect(mark.rect)
        if mark.is_selected:
            painter.fillRect(rect, _faded(mark.colour, 0.14))
        for pen in pens:
            painter.setPen(pen)
            painter.drawRect(rect)
        return
    points = transform.map(mark.outline)
    for pen in pens:
        painter.setPen(pen)
        if mark.shape is Shape.POLYGON:
            painter.drawPolygon(points)
        elif mark.shape is Shape.POLYLINE:
            painter.drawPolyline(points)
        else:
            for i in range(points.size()):
                painter.drawEllipse(points.at(i), KEYPOINT, KEYPOINT)


def _paint_corners(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Mark a flagged object by its form: four corners that stand off the box."""
    off = rect.adjusted(-5.0, -5.0, 5.0, 5.0)
    reach = min(CORNER, 0.4 * off.width() + 4.0, 0.4 * off.height() + 4.0)
    lines = []
    for x, right in ((off.left(), 1.0), (off.right(), -1.0)):
        for y, down in ((off.top(), 1.0), (off.bottom(), -1.0)):
            lines.append(QLineF(x, y, x + right * reach, y))
            lines.append(QLineF(x, y, x, y + down * reach))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for pen in (_pen(_under(colour), 5.0), _pen(colour, 3.0)):
        painter.setPen(pen)
        painter.drawLines(lines)


def _paint_ghost(painter: QPainter, ghost: Ghost, transform: QTransform, *, bounds: QRectF) -> None:
    rect = transform.mapRect(ghost.rect)
    _paint_dashes(painter, rect, ghost.colour, [5.0, 4.0])
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance(ghost.text) + GLYPH + 3 * PADDING
    size = QSizeF(width, metrics.height() + 4.0)
    left = min(max(rect.right() - size.width(), bounds.left()), bounds.right() - size.width())
    top = min(max(rect.bottom() + 6.0, bounds.top()), bounds.bottom() - size.height())
    tag = QRectF(QPointF(left, top), size)
    _paint_plate(painter, tag, TAG)
    glyph = QRectF(tag.left() + PADDING, tag.center().y() - GLYPH / 2, GLYPH, GLYPH)
    glyphs.paint(painter, ghost.kind, glyph, _on_tag(ghost.kind))
    painter.setPen(TAG_TEXT)
    text = tag.adjusted(GLYPH + 2 * PADDING, 0.0, 0.0, 0.0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, ghost.text)


def _paint_dashes(painter: QPainter, rect: QRectF, colour: QColor, dashes: list[float]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for pen in (_pen(_under(colour), LINE_WIDTH + 2.0), _pen(colour, LINE_WIDTH)):
        scale = LINE_WIDTH / pen.widthF()
        pen.setDashPattern([dash * scale * LINE_WIDTH for dash in dashes])
        painter.setPen(pen)
        painter.drawRect(rect)


def _paint_trail(painter: QPainter, trail: Trail, transform: QTransform) -> None:
    points = transform.map(trail.points)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (_pen(_under(trail.colour), LINE_WIDTH + 2.0), _pen(trail.colour, LINE_WIDTH)):
        painter.setPen(pen)
        painter.drawPolyline(points)
    painter.setPen(_pen(_under(trail.colour), 1.0))
    for i in range(points.size()):
        painter.setBrush(trail.colour if i < trail.now else _faded(trail.colour, 0.35))
        painter.drawEllipse(points.at(i), 2.5, 2.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_names(
    painter: QPainter,
    marks: Marks,
    rects: list[QRectF],
    *,
    bounds: QRectF,
    font: QFont,
) -> None:
    metrics = QFontMetricsF(font)
    height = metrics.height() + 3.0
    sizes = []
    for mark in marks.marks:
        glyph = GLYPH + PADDING if mark.flag is not None else 0.0
        width = metrics.horizontalAdvance(mark.text) + glyph + 2 * PADDING + 3.0
        sizes.append(QSizeF(width if mark.text else 0.0, height))
    firsts = sorted(
        (i for i, mark in enumerate(marks.marks) if mark.is_selected or mark.flag is not None),
        key=lambda i: not marks.marks[i].is_selected,
    )
    for mark, place in zip(
        marks.marks, place_names(rects, sizes, bounds, firsts=firsts), strict=True
    ):
        if place is not None and mark.text:
            _paint_name(painter, mark, place)


def _paint_name(painter: QPainter, mark: Mark, place: QRectF) -> None:
    fill = mark.colour if mark.is_selected else TAG
    text = TAG_TEXT
    if mark.is_selected and mark.colour.lightnessF() > 0.45:
        text = QColor(12, 14, 18)
    _paint_plate(painter, place, fill)
    if not mark.is_selected:
        strip = QRectF(place.left(), place.top(), 3.0, place.height())
        painter.fillRect(strip, mark.colour)
    left = place.left() + 3.0 + PADDING
    if mark.flag is not None:
        glyph = QRectF(left, place.center().y() - GLYPH / 2, GLYPH, GLYPH)
        colour = text if mark.is_selected else _on_tag(mark.flag.kind)
        glyphs.paint(painter, mark.flag.kind, glyph, colour)
        left += GLYPH + PADDING
    painter.setPen(text)
    where = QRectF(left, place.top(), place.right() - left, place.height())
    painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, mark.text)


def _paint_plate(painter: QPainter, rect: QRectF, fill: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(rect, fill)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _on_tag(kind: str) -> QColor:
    """Return a glyph's colour on a tag, which is dark in every theme, as pictures are."""
    return glyphs.colour_of(kind, load_theme("dark"))


def _under(colour: QColor) -> QColor:
    brightness = qGray(colour.rgb()) / 255.0
    return LIGHT_OUTLINE if brightness < DARK_BELOW else DARK_OUTLINE


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
