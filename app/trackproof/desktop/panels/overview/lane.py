"""The heat map on screen: rows of tracks on the frame axis, with flags and the playhead."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from trackproof.desktop import glyphs
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.panels.overview.heat import (
    ABSENT,
    ANY_CHECK,
    CALM,
    GAP,
    HOTTEST,
    HeatMap,
    TrackOrder,
    heat_map,
)
from trackproof.desktop.panels.overview.marks import FlagMarks
from trackproof.desktop.panels.ruler import gutter
from trackproof.desktop.panels.scrubbing import HINT, Scrubber
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.theme import HEAT_LEVELS, font, load_theme, mixed

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session

LOWEST_ROW, HIGHEST_ROW = 4.0, 22.0
GLYPH_ROW = 11.0
TICK_WIDTH = 3.0
BACKGROUND_ROWS = 20_000
"""Labels with more boxes than this are mapped on the pool, so that the window never waits."""

CALM_SHARE = 0.22
"""Where on the colour scale a track without any suspicion stands, so that it is still seen."""

EMPTY_MAP = HeatMap((), np.zeros((0, 0), dtype=np.uint8))


class OverviewLane(QAbstractScrollArea):
    """All tracks x all frames. Click goes there and selects, the wheel zooms."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._span = SharedSpan.of(session)
        self._scrubber = Scrubber(session, self._span, self)
        self._map = EMPTY_MAP
        self._measurement = ANY_CHECK
        self._order = TrackOrder.APPEARANCE
        self._marks: FlagMarks | None = None
        self._drawn: QPixmap | None = None
        self._is_stale = True
        self._cursor_x = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Overview of all objects over all frames")
        self.setAccessibleDescription(HINT)
        for changed in (session.sequence_changed, session.analysis_changed, session.labels_changed):
            changed.connect(self.remap)
        for changed in (session.theme_changed, session.track_changed):
            changed.connect(self.redraw)
        session.verdict_changed.connect(self._on_verdict)
        session.playback_changed.connect(self.viewport().update)
        session.frame_changed.connect(self._on_frame)
        session.track_changed.connect(self._reveal)
        self._span.changed.connect(self._on_span)
        self.verticalScrollBar().valueChanged.connect(self._on_span)

    # -- what it shows

    @property
    def measurement(self) -> str:
        """Name of the check whose scores are shown; empty for the worst of all."""
        return self._measurement

    @property
    def order(self) -> TrackOrder:
        """Which track stands on top."""
        return self._order

    def show_measurement(self, name: str) -> None:
        """Show another check's scores."""
        self._measurement = name
        self.remap()

    def show_order(self, order: TrackOrder) -> None:
        """Sort the tracks otherwise."""
        self._order = order
        self.remap()

    @property
    def heat(self) -> HeatMap:
        """The map on screen."""
        if self._is_stale:
            self._is_stale = False
            self._map_labels()
        return self._map

    def _map_labels(self) -> None:
        labels, analysis = self._session.labels, self._session.analysis
        if labels is None:
            self._take_map(EMPTY_MAP)
            return
        make = partial(
            heat_map,
            labels,
            analysis,
            measurement=self._measurement,
            order=self._order,
            frames=self._session.frame_count,
        )
        if len(labels.table) <= BACKGROUND_ROWS:
            self._take_map(make())
            return
        self._session.tasks.start(
            "Drawing the overview",
            lambda _progress: make(),
            succeeded=self._take_map,
            failed=self._on_failed,
            line="overview",
        )

    def _take_map(self, heat: HeatMap) -> None:
        self._map = heat
        self._fit_scroll_bar()
        self.redraw()

    def _on_failed(self, error: BaseException) -> None:
        self._session.message.emit(banner_of_error(error, doing="drawing the overview"))

    def remap(self, *_values: object) -> None:
        """Read the session again before the next painting."""
        self._is_stale = True
        self.redraw()

    def _on_verdict(self, _key: str) -> None:
        self.redraw()

    def redraw(self, *_values: object) -> None:
        """Draw the map again."""
        self._drawn = self._marks = None
        self.viewport().update()

    # -- geometry

    def _axis(self) -> QRectF:
        view = self.viewport().rect()
        return QRectF(gutter(), 0, max(view.width() - gutter(), 1), view.height())

    @property
    def row_height(self) -> float:
        """Height of one object in pixels."""
        rows = max(len(self._map.tracks), 1)
        return min(max(self.viewport().height() / rows, LOWEST_ROW), HIGHEST_ROW)

    def _fit_scroll_bar(self) -> None:
        needed = math.ceil(self.row_height * len(self._map.tracks))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(needed - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(round(self.row_height * 3))

    def _top_of(self, row: int) -> float:
        return row * self.row_height - self.verticalScrollBar().value()

    def _track_at(self, y: float) -> int | None:
        heat = self.heat
        row = int((y + self.verticalScrollBar().value()) // self.row_height)
        return heat.tracks[row] if 0 <= row < len(heat.tracks) else None

    def _position(self, x: float) -> float:
        axis = self._axis()
        return self._span.position_at(x - axis.left(), axis.width())

    def _pixel(self, position: float) -> float:
        axis = self._axis()
        return axis.left() + self._span.pixel_of(position, axis.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit rows and scroll bar to the new height."""
        super().resizeEvent(event)
        self._fit_scroll_bar()
        self._drawn = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the font."""
        super().changeEvent(event)
        if event.type() == event.Type.FontChange and hasattr(self, "_drawn"):
            self.redraw()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the drawn map with the playhead on top."""
        heat = self.heat
        if self._drawn is None:
            self._drawn = self._draw(heat)
        painter = QPainter(self.viewport())
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._drawn)
        painter.setClipRect(self._axis().toRect(), Qt.ClipOperation.IntersectClip)
        loop = self._session.loop
        if loop is not None:
            left, right = self._pixel(loop[0] - 0.5), self._pixel(loop[1] + 0.5)
            shade = QColor(self._session.theme.accent)
            shade.setAlphaF(0.16)
            painter.fillRect(QRectF(left, 0, right - left, self._axis().height()), shade)
        if self._session.frame_count:
            self._cursor_x = round(self._pixel(self._session.frame))
            painter.setPen(QPen(self._session.theme.accent, 1))
            painter.drawLine(self._cursor_x, 0, self._cursor_x, self.viewport().height())
        painter.end()

    def _draw(self, heat: HeatMap) -> QPixmap:
        ratio = self.devicePixelRatioF()
        size = self.viewport().size() * ratio
        pixmap = QPixmap(size)
        pixmap.setDevicePixelRatio(ratio)
        theme = self._session.theme
        pixmap.fill(theme.surface_raised)
        painter = QPainter(pixmap)
        if heat.tracks:
            self._draw_heat(painter, heat, round(self._axis().width() * ratio))
            self._draw_flags(painter, heat)
            self._draw_names(painter, heat)
        painter.end()
        return pixmap

    def _rows_on_screen(self) -> slice:
        first = int(self.verticalScrollBar().value() // self.row_height)
        count = math.ceil(self.viewport().height() / self.row_height) + 1
        return slice(first, min(first + count, len(self._map.tracks)))

    def _draw_heat(self, painter: QPainter, heat: HeatMap, width: int) -> None:
        axis, row_height, rows = self._axis(), self.row_height, self._rows_on_screen()
        span = self._span
        levels = np.ascontiguousarray(heat.pixels(span.start, span.end, width=width, rows=rows))
        image = QImage(levels.data, levels.shape[1], levels.shape[0], levels.strides[0], INDEXED)
        image.setColorTable(colour_table(self._session.theme.name))
        height = row_height * len(levels)
        painter.drawImage(
            QRectF(axis.left(), self._top_of(rows.start), axis.width(), height), image
        )
        if row_height >= GLYPH_ROW:
            painter.setPen(QPen(self._session.theme.surface_raised, 1))
            for row in range(rows.start + 1, rows.stop):
                y = round(self._top_of(row))
                painter.drawLine(QPointF(axis.left(), y), QPointF(axis.right(), y))

    def _draw_flags(self, painter: QPainter, heat: HeatMap) -> None:
        if self._marks is None:
            self._marks = FlagMarks(self._session, heat)
        theme, row_height = self._session.theme, self.row_height
        left, start = self._axis().left(), self._span.start
        per_frame = self._axis().width() / self._span.length
        scroll = self.verticalScrollBar().value()
        shown = self._rows_on_screen()
        has_glyphs = row_height >= GLYPH_ROW
        marks = self._marks.visible(
            self._span.start,
            self._span.end,
            rows=(shown.start, shown.stop - 1),
            merge_frames=(GLYPH_ROW if has_glyphs else TICK_WIDTH) / per_frame,
        )
        judged = mixed(theme.surface_raised, theme.text_dim, 0.6)
        painter.save()
        painter.setClipRect(self._axis())
        for (kind, is_open), group in marks.items():
            colour = glyphs.colour_of(kind, theme) if is_open else judged
            xs = [left + (frame - start) * per_frame for frame in group.frames]
            tops = [row * row_height - scroll for row in group.rows]
            if has_glyphs:
                side = min(row_height, 16.0) - 3
                down = (row_height - side) / 2
                for x, top in zip(xs, tops, strict=True):
                    rect = QRectF(x - side / 2, top + down, side, side)
                    glyphs.paint(painter, kind, rect, colour, outline=theme.surface)
            else:
                size = QSizeF(TICK_WIDTH, max(row_height - 1, 2))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                corners = [QPointF(x - TICK_WIDTH / 2, y) for x, y in zip(xs, tops, strict=True)]
                painter.drawRects([QRectF(corner, size) for corner in corners])
        painter.restore()

    def _draw_names(self, painter: QPainter, heat: HeatMap) -> None:
        theme, labels = self._session.theme, self._session.labels
        row_height = self.row_height
        painter.setFont(font("small"))
        line = QFontMetrics(font("small")).height()
        selected = heat.row_of(self._session.track)
        shown = self._rows_on_screen()
        for row, track in enumerate(heat.tracks[shown], start=shown.start):
            if labels is None:
                break
            top = self._top_of(row)
            painter.fillRect(QRectF(8, top + 1, 4, row_height - 2), theme.track_colour(track))
            if row_height >= line - 2 and row != selected:
                painter.setPen(theme.text_dim)
                self._draw_name(painter, object_name(labels, track), top + row_height / 2)
        if selected is not None and labels is not None:
            self._draw_selected(painter, selected, object_name(labels, heat.tracks[selected]))

    def _draw_selected(self, painter: QPainter, row: int, name: str) -> None:
        theme = self._session.theme
        top, row_height = self._top_of(row), self.row_height
        band = QRectF(0, top, self.viewport().width() - 1, row_height)
        painter.setPen(QPen(theme.text, 1))
        painter.drawRect(band.adjusted(gutter(), 0, 0, 0))
        line = QFontMetrics(font("small")).height()
        middle = top + row_height / 2
        ground = QRectF(14, middle - line / 2, gutter() - 16, line)
        painter.fillRect(ground, theme.selection())
        painter.setPen(theme.text)
        self._draw_name(painter, name, middle)

    def _draw_name(self, painter: QPainter, name: str, middle: float) -> None:
        metrics = painter.fontMetrics()
        rect = QRectF(18, middle - metrics.height() / 2, gutter() - 26, metrics.height())
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)

    # -- keeping up

    def _on_span(self, *_values: object) -> None:
        self._drawn = None
        self.viewport().update()

    def _on_frame(self, frame: int) -> None:
        height = self.viewport().height()
        for x in (self._cursor_x, round(self._pixel(frame))):
            self.viewport().update(QRect(x - 2, 0, 5, height))

    def _reveal(self, track: int) -> None:
        row = self.heat.row_of(track)
        if row is None:
            return
        bar, top = self.verticalScrollBar(), row * self.row_height
        if top < bar.value():
            bar.setValue(math.floor(top))
        elif top + self.row_height > bar.value() + self.viewport().height():
            bar.setValue(math.ceil(top + self.row_height - self.viewport().height()))

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there and select the object, begin a range, or grab the axis."""
        place = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._scrubber.grab(place.x())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        track = self._track_at(place.y())
        if track is not None and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._session.select_track(track)
        if place.x() >= self._axis().left():
            self._scrubber.press(self._position(place.x()), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on, or tell what is under the mouse."""
        place = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrubber.move(self._position(place.x()))
        elif event.buttons() & Qt.MouseButton.MiddleButton:
            self._scrubber.drag(place.x(), self._axis().width())
        else:
            self._tell(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End."""
        self._scrubber.release()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show every frame."""
        self._scrubber.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom on the axis; scroll through the objects over their names or with Ctrl."""
        is_over_names = event.position().x() < self._axis().left()
        if is_over_names or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        delta = event.angleDelta().toPointF()
        self._scrubber.wheel(delta, self._position(event.position().x()), event.modifiers())
        event.accept()

    def _tell(self, event: QMouseEvent) -> None:
        track, labels = self._track_at(event.position().y()), self._session.labels
        if track is None or labels is None:
            QToolTip.hideText()
            return
        lines = [f"<b>{object_name(labels, track)}</b>"]
        if event.position().x() >= self._axis().left():
            frame = math.floor(self._position(event.position().x()) + 0.5)
            reach = max(math.ceil(self._span.length / self._axis().width() * 4), 1)
            lines[0] += f", frame {frame}"
            lines += [
                f"{glyphs.title_of(flag.kind)}, frame {flag.frame}: {flag.evidence}"
                for flag in self._session.flags
                if flag.track == track and abs(flag.frame - frame) <= reach
            ][:4]
        QToolTip.showText(event.globalPosition().toPoint(), "<br>".join(lines), self.viewport())


INDEXED = QImage.Format.Format_Indexed8


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
