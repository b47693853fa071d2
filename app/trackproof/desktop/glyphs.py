"""Marks of flag kinds and verdicts: a shape and a colour each, the same one everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QTransform

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.theme import Theme

ICON_SIZES = (16, 20, 32, 40)
STROKE_SHARE = 0.13
"""Width of a glyph's line as a share of its side."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """What marks one kind of flag.

    Parameters
    ----------
    title : str
        The kind in a person's words.
    token : str
        Theme token of its colour, or ``track-n``.
    draw : callable
        Returns its outline in a unit square around the origin.
    """

    title: str
    token: str
    draw: Callable[[], QPainterPath]


def path_of(kind: str) -> QPainterPath:
    """Return the outline of a kind in a unit square around the origin; a ring when unknown."""
    return QPainterPath(_path(kind))


def title_of(kind: str) -> str:
    """Return what people call a kind of flag."""
    glyph = GLYPHS.get(kind)
    return glyph.title if glyph else kind.replace("_", " ").capitalize()


def colour_of(kind: str, theme: Theme) -> QColor:
    """Return the colour of a kind of flag."""
    return _token(GLYPHS[kind].token if kind in GLYPHS else "text_dim", theme)


def status_colour(status: str, theme: Theme) -> QColor:
    """Return the colour of a verdict status."""
    return _token(STATUS_TOKENS.get(status, "text"), theme)


def paint(
    painter: QPainter,
    kind: str,
    rect: QRectF,
    colour: QColor,
    *,
    outline: QColor | None = None,
) -> None:
    """Draw the glyph of a kind, centred in a rectangle, on an optional wider outline."""
    side = min(rect.width(), rect.height())
    placed = QTransform.fromTranslate(rect.center().x(), rect.center().y()).scale(side, side)
    shape = placed.map(_path(kind))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(side * STROKE_SHARE, 1.4)
    if outline is not None:
        painter.setPen(_pen(outline, width + 2.0))
        painter.drawPath(shape)
    painter.setPen(_pen(colour, width))
    painter.drawPath(shape)
    painter.restore()


def icon(kind: str, colour: QColor) -> QIcon:
    """Return the glyph of a kind as an icon."""
    return _icon(kind, colour.rgba())


@cache
def _icon(kind: str, rgba: int) -> QIcon:
    result = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint(painter, kind, QRectF(2, 2, size - 4, size - 4), QColor.fromRgba(rgba))
        painter.end()
        result.addPixmap(pixmap)
    return result


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(
        colour,
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def _token(token: str, theme: Theme) -> QColor:
    if token.startswith("track-"):
        return theme.track_colour(int(token.removeprefix("track-")) - 1)
    colour = getattr(theme, token)
    return QColor(colour)


@cache
def _path(kind: str) -> QPainterPath:
    return GLYPHS[kind].draw() if kind in GLYPHS else _ring()


def _lines(*lines: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.moveTo(QPointF(*line[0]))
        for point in line[1:]:
            path.lineTo(QPointF(*point))
    return path


def _caret() -> QPainterPath:
    return _lines(((-0.42, 0.34), (0.0, -0.38), (0.42, 0.34)))


def _brackets() -> QPainterPath:
    return _lines(
        ((-0.16, -0.4), (-0.4, -0.4), (-0.4, 0.4), (-0.16, 0.4)),
        ((0.16, -0.4), (0.4, -0.4), (0.4, 0.4), (0.16, 0.4)),
    )


def _angles() -> QPainterPath:
    return _lines(
        ((-0.12, -0.36), (-0.44, 0.0), (-0.12, 0.36)), ((0.12, -0.36), (0.44, 0.0), (0.12, 0.36))
    )


def _cross() -> QPainterPath:
    return _lines(((-0.36, -0.36), (0.36, 0.36)), ((-0.36, 0.36), (0.36, -0.36)))


def _equals() -> QPainterPath:
    return _lines(((-0.4, -0.18), (0.4, -0.18)), ((-0.4, 0.18), (0.4, 0.18)))


def _hash() -> QPainterPath:
    return _lines(
        ((-0.4, -0.16), (0.4, -0.16)),
        ((-0.4, 0.16), (0.4, 0.16)),
        ((-0.1, -0.4), (-0.2, 0.4)),
        ((0.2, -0.4), (0.1, 0.4)),
    )


def _wave() -> QPainterPath:
    points = [(-0.44 + 0.88 * i / 24, -0.2 * math.sin(2 * math.pi * i / 24)) for i in range(25)]
    return _lines(tuple(points))


def _bow() -> QPainterPath:
    """Return an outline that crosses itself."""
    return _lines(((-0.4, -0.3), (0.4, 0.3), (0.4, -0.3), (-0.4, 0.3), (-0.4, -0.3)))


def _ring() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0.0, 0.0), 0.36, 0.36)
    return path


def _tail() -> QPainterPath:
    return _lines(((-0.42, 0.0), (0.1, 0.0)), ((0.34, -0.36), (0.34, 0.36)))


def _frozen() -> QPainterPath:
    return _lines(
        ((0.0, -0.42), (0.0, 0.42)), ((-0.37, -0.21), (0.37, 0.21)), ((-0.37, 0.21), (0.37, -0.21))
    )


def _exclamation() -> QPainterPath:
    return _lines(((0.0, -0.42), (0.0, 0.12)), ((0.0, 0.36), (0.0, 0.38)))


def _dice() -> QPainterPath:
    path = _lines(((-0.38, -0.38), (0.38, -0.38), (0.38, 0.38), (-0.38, 0.38), (-0.38, -0.38)))
    for x, y in ((-0.16, -0.16), (0.0, 0.0), (0.16, 0.16)):
        path.addPath(_lines(((x, y), (x + 0.01, y))))
    return path


GLYPHS: dict[str, Glyph] = {
    "gap": Glyph("Missing box", "danger", _caret),
    "size": Glyph("Size jump", "warn", _brackets),
    "shift": Glyph("Position jump", "accent", _angles),
    "identity": Glyph("Identity", "track-11", _cross),
    "duplicate": Glyph("Duplicate", "track-7", _equals),
    "category": Glyph("Category", "ok", _hash),
    "drift": Glyph("Drift", "track-8", _wave),
    "border": Glyph("Outside the image", "track-10", _tail),
    "frozen": Glyph("Frozen box", "track-1", _frozen),
    "shape": Glyph("Shape", "track-9", _bow),
    "track": Glyph("Unusual track", "track-5", _exclamation),
    "sample": Glyph("Random sample", "text_dim", _dice),
}

STATUS_TOKENS: dict[str, str] = {
    "open": "text",
    "dismissed": "text_dim",
    "confirmed": "warn",
    "fixed": "ok",
    "unsure": "accent",
}
"""Colour of a verdict status; the words beside it say the same."""
