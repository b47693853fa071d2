"""Painting the heat map: levels, flags, names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPen

from trackproof.desktop import glyphs
from trackproof.desktop.panels.overview.heat import ABSENT, CALM, GAP, HOTTEST
from trackproof.desktop.panels.ruler import gutter
from trackproof.desktop.theme import HEAT_LEVELS, font, load_theme, mixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from trackproof.desktop.panels.overview.heat import HeatMap
    from trackproof.desktop.panels.overview.marks import FlagMarks
    from trackproof.desktop.theme import Theme

GLYPH_ROW = 11.0
"""Rows at least this high show glyphs; lower ones show ticks."""

TICK_WIDTH = 3.0
CALM_SHARE = 0.22
"""Where on the colour scale a track without any suspicion stands, so that it is still seen."""

INDEXED = QImage.Format.Format_Indexed8


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand in the lane.

    Parameters
    ----------
    axis : QRectF
        The part right of the names, in pixels.
    start, end : float
        Visible positions of the frame axis.
    row_height : float
        Pixels of one object.
    scroll : int
        Pixels above the lane.
    rows : int
        Objects.
    """

    axis: QRectF
    start: float
    end: float
    row_height: float
    scroll: int
    rows: int

    @property
    def pixels_per_frame(self) -> float:
        """Width of a frame."""
        return self.axis.width() / (self.end - self.start)

    @property
    def has_glyphs(self) -> bool:
        """Whether rows are high enough for glyphs."""
        return self.row_height >= GLYPH_ROW

    @property
    def shown(self) -> slice:
        """Rows on screen."""
        first = int(self.scroll // self.row_height)
        count = math.ceil(self.axis.height() / self.row_height) + 1
        return slice(first, min(first + count, self.rows))

    def x_of(self, frame: float) -> float:
        """Return the pixel of a frame."""
        return self.axis.left() + (frame - self.start) * self.pixels_per_frame

    def top_of(self, row: int) -> float:
        """Return the upper edge of a row."""
        return row * self.row_height - self.scroll


class MapDrawing:
    """One painting of the map."""

    def __init__(self, painter: QPainter, places: Places, theme: Theme) -> None:
        self._painter = painter
        self._places = places
        self._theme = theme

    def draw_heat(self, heat: HeatMap, *, width: int) -> None:
        """Draw the levels of the visible rows, ``width`` device pixels wide."""
        places, painter = self._places, self._painter
        axis, rows = places.axis, places.shown
        levels = np.ascontiguousarray(heat.pixels(places.start, places.end, width=width, rows=rows))
        image = QImage(levels.data, levels.shape[1], levels.shape[0], levels.strides[0], INDEXED)
        image.setColorTable(colour_table(self._theme.name))
        height = places.row_height * len(levels)
        target = QRectF(axis.left(), places.top_of(rows.start), axis.width(), height)
        painter.drawImage(target, image)
        if places.has_glyphs:
            painter.setPen(QPen(self._theme.surface_raised, 1))
            for row in range(rows.start + 1, rows.stop):
                y = round(places.top_of(row))
                painter.drawLine(QPointF(axis.left(), y), QPointF(axis.right(), y))

    def draw_flags(self, marks: FlagMarks) -> None:
        """Mark the flags of the visible rows."""
        places, painter, theme = self._places, self._painter, self._theme
        shown = places.shown
        least = GLYPH_ROW if places.has_glyphs else TICK_WIDTH
        groups = marks.visible(
            places.start,
            places.end,
            rows=(shown.start, shown.stop - 1),
            merge_frames=least / places.pixels_per_frame,
        )
        judged = mixed(theme.surface_raised, theme.text_dim, 0.6)
        painter.save()
        painter.setClipRect(places.axis)
        for (kind, is_open), group in groups.items():
            colour = glyphs.colour_of(kind, theme) if is_open else judged
            corners = [
                QPointF(places.x_of(frame), places.top_of(row))
                for frame, row in zip(group.frames, group.rows, strict=True)
            ]
            if places.has_glyphs:
                self._draw_glyphs(kind, corners, colour)
            else:
                self._draw_ticks(corners, colour)
        painter.restore()

    def _draw_glyphs(self, kind: str, corners: list[QPointF], colour: QColor) -> None:
        side = min(self._places.row_height, 16.0) - 3
        step = QPointF(-side / 2, (self._places.row_height - side) / 2)
        for corner in corners:
            rect = QRectF(corner + step, QSizeF(side, side))
            glyphs.paint(self._painter, kind, rect, colour, outline=self._theme.surface)

    def _draw_ticks(self, corners: list[QPointF], colour: QColor) -> None:
        size = QSizeF(TICK_WIDTH, max(self._places.row_height - 1, 2))
        step = QPointF(-TICK_WIDTH / 2, 0)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawRects([QRectF(corner + step, size) for corner in corners])

    def draw_names(self, heat: HeatMap, name_of: Callable[[int], str]) -> None:
        """Write the names that fit."""
        places, painter, theme = self._places, self._painter, self._theme
        painter.setFont(font("small"))
        line, rows = painter.fontMetrics().height(), places.shown
        for row, track in enumerate(heat.tracks[rows], start=rows.start):
            top = places.top_of(row)
            swatch = QRectF(8, top + 1, 4, places.row_height - 2)
            painter.fillRect(swatch, theme.track_colour(track))
            if places.row_height >= line - 2:
                painter.setPen(theme.text_dim)
                self._draw_name(name_of(track), row)

    def draw_selected(self, heat: HeatMap, name_of: Callable[[int], str], *, selected: int) -> None:
        """Frame the row of the selected track and write its name, whether it fits or not."""
        row = heat.row_of(selected)
        if row is not None:
            self._painter.setFont(font("small"))
            self._draw_selected(name_of(selected), row)

    def draw_border(self, row: int) -> None:
        """Draw a line above a row, from edge to edge: what follows is of another kind."""
        y = round(self._places.top_of(row))
        self._painter.setPen(QPen(self._theme.text_dim, 2))
        self._painter.drawLine(QPointF(0, y), QPointF(self._places.axis.right(), y))

    def _draw_selected(self, name: str, row: int) -> None:
        places, painter = self._places, self._painter
        top, line = places.top_of(row), painter.fontMetrics().height()
        painter.setPen(QPen(self._theme.text, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(
            QRectF(places.axis.left(), top, places.axis.width() - 1, places.row_height)
        )
        middle = top + places.row_height / 2
        ground = QRectF(14, middle - line / 2, gutter() - 16, line)
        painter.fillRect(ground, self._theme.selection())
        painter.setPen(self._theme.text)
        self._draw_name(name, row)

    def _draw_name(self, name: str, row: int) -> None:
        metrics = self._painter.fontMetrics()
        middle = self._places.top_of(row) + self._places.row_height / 2
        rect = QRectF(18, middle - metrics.height() / 2, gutter() - 26, metrics.height())
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()))
        self._painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)


@cache
def colour_table(theme_name: str) -> list[int]:
    """Return the colour of every level in a theme: nothing, calm to hot, gap."""
    theme = load_theme(theme_name)
    table = [theme.surface_raised.rgba()] * 256
    for level in range(CALM, HOTTEST + 1):
        share = CALM_SHARE + (1 - CALM_SHARE) * (level - CALM) / (HOTTEST - CALM)
        red, green, blue = (int(part) for part in theme.heat[round(share * (HEAT_LEVELS - 1))])
        table[level] = QColor(red, green, blue).rgba()
    table[ABSENT] = theme.surface_raised.rgba()
    table[GAP] = mixed(theme.surface, theme.danger, 0.35).rgba()
    return table
