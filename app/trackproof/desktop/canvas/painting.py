"""Painting of the overlay; geometry comes in picture pixels, lines are widget pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from trackproof.desktop import glyphs
from trackproof.desktop.canvas.brushes import Fills, ring, under
from trackproof.desktop.canvas.names import corners, edges_of
from trackproof.desktop.canvas.tags import GLYPH, PADDING, TAG, TAG_TEXT, on_tag, tag_of
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage, QTransform

    from trackproof.desktop.canvas.brushes import Ring
    from trackproof.desktop.canvas.marks import Ghost, Mark, Marks, Trail
    from trackproof.desktop.canvas.names import Edges
    from trackproof.desktop.canvas.tags import Tag
    from trackproof.desktop.theme import Theme

LINE = 2
SELECTED_LINE = 3
LOCKED_LINE = 1
CORNER = 12.0
CORNER_OFF = 5
KEYPOINT = 4.0
NO_SIZE = (0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Where one mark stands: its box, the frames drawn under and on its edge, and its name."""

    mark: Mark
    rect: QRectF
    edges: Edges
    rings: tuple[tuple[Ring, int], tuple[Ring, int]] | None
    tag: Tag | None
    tag_size: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where everything of one overlay stands in the widget: found once, painted often."""

    of: tuple[QTransform, str, float, bool]
    pieces: dict[int, Piece]
    rects: tuple[QRectF, ...]
    boxes: tuple[Fills, Fills]
    corners: tuple[Fills, Fills]
    names: tuple[tuple[QPointF, QImage], ...]


def lay_out(
    marks: Marks,
    *,
    transform: QTransform,
    bounds: QRectF,
    theme: Theme,
    font: QFont,
    ratio: float,
    has_names: bool,
    before: Layout | None = None,
) -> Layout:
    """Return where boxes, corners and names of a frame stand.

    Parameters
    ----------
    transform : QTransform
        From picture pixels to widget pixels.
    bounds : QRectF
        Visible part of the widget; names stay inside.
    ratio : float
        Device pixels per widget pixel.
    before : Layout or None
        Of what was drawn last: marks that did not change stand where they stood.
    """
    of = (transform, font.toString(), ratio, has_names)
    known = before.pieces if before is not None and before.of == of else {}
    pieces = []
    for mark in marks.marks:
        piece = known.get(id(mark))
        same = piece is not None and piece.mark is mark
        pieces.append(piece if same and piece is not None else _piece(mark, *of))
    rects = tuple(piece.rect for piece in pieces)
    return Layout(
        of=of,
        pieces={id(piece.mark): piece for piece in pieces},
        rects=rects,
        boxes=_box_fills(pieces),
        corners=_corner_fills(marks, rects, theme=theme),
        names=_named(pieces, bounds) if has_names else (),
    )


def paint_marks(
    painter: QPainter,
    marks: Marks,
    layout: Layout,
    *,
    transform: QTransform,
    bounds: QRectF,
    font: QFont,
    has_boxes: bool,
) -> None:
    """Paint everything that belongs to one frame; the parameters are those of `lay_out`."""
    painter.setFont(font)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for trail in marks.trails:
        _paint_trail(painter, trail, transform)
    for ghost in marks.onion:
        _paint_dashes(painter, transform.mapRect(ghost.rect), ghost.colour, [1.0, 3.0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if has_boxes:
        _paint_boxes(painter, marks, layout, transform)
    for fills in layout.corners:
        fills.paint(painter)
    for ghost in marks.ghosts:
        _paint_ghost(painter, ghost, transform, bounds=bounds)
    for at, tag in layout.names:
        painter.drawImage(at, tag)


def _paint_boxes(painter: QPainter, marks: Marks, layout: Layout, transform: QTransform) -> None:
    for mark, rect in zip(marks.marks, layout.rects, strict=True):
        if mark.is_selected and mark.shape is Shape.BOX:
            painter.fillRect(rect, _faded(mark.colour, 0.14))
    for fills in layout.boxes:
        fills.paint(painter)
    for mark in marks.marks:
        if mark.shape is not Shape.BOX:
            _paint_shape(painter, mark, transform)


def _piece(
    mark: Mark, transform: QTransform, font_key: str, ratio: float, has_names: bool
) -> Piece:
    rect = transform.mapRect(mark.rect)
    tag = tag_of(mark, font_key=font_key, ratio=ratio) if mark.text and has_names else None
    size = (tag.size.width(), tag.size.height()) if tag is not None else NO_SIZE
    if mark.shape is not Shape.BOX:
        return Piece(mark, rect, edges_of(rect), None, tag, size)
    width = _line_of(mark)
    half = width // 2
    outline = ring(rect, half=half + 1, width=width + 2), under(mark.colour).rgba()
    line = ring(rect, half=half, width=width), mark.colour.rgba()
    return Piece(mark, rect, edges_of(rect), (outline, line), tag, size)


def _box_fills(pieces: Sequence[Piece]) -> tuple[Fills, Fills]:
    outlines, lines = Fills(), Fills()
    for piece in pieces:
        if piece.rings is not None:
            outlines.add_all(*piece.rings[0])
            lines.add_all(*piece.rings[1])
    return outlines, lines


def _paint_shape(painter: QPainter, mark: Mark, transform: QTransform) -> None:
    width = _line_of(mark)
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


def _line_of(mark: Mark) -> int:
    """Return the width of an outline; a locked object steps back."""
    if mark.is_selected:
        return SELECTED_LINE
    return LOCKED_LINE if mark.is_locked else LINE


def _corner_fills(marks: Marks, rects: tuple[QRectF, ...], *, theme: Theme) -> tuple[Fills, Fills]:
    """Mark flagged objects by their form: four corners that stand off the box."""
    outlines, lines = Fills(), Fills()
    for mark, rect in zip(marks.marks, rects, strict=True):
        if mark.flag is None:
            continue
        colour = glyphs.colour_of(mark.flag.kind, theme)
        for corner in _corners(rect):
            outlines.add(corner.adjusted(-1, -1, 1, 1), under(colour))
            lines.add(corner, colour)
    return outlines, lines


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
    glyphs.paint(painter, ghost.kind, glyph, on_tag(ghost.kind))
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


def _named(pieces: Sequence[Piece], bounds: QRectF) -> tuple[tuple[QPointF, QImage], ...]:
    marks = [piece.mark for piece in pieces]
    firsts = sorted(
        (i for i, mark in enumerate(marks) if mark.is_selected or mark.flag is not None),
        key=lambda i: not marks[i].is_selected,
    )
    edges, sizes = [piece.edges for piece in pieces], [piece.tag_size for piece in pieces]
    places = corners(edges, sizes, bounds, firsts=firsts)
    return tuple(
        (QPointF(round(place[0]), round(place[1])), piece.tag.image)
        for piece, place in zip(pieces, places, strict=True)
        if place is not None and piece.tag is not None
    )


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
