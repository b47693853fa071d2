"""The heat map on screen: rows of tracks on the frame axis, with flags and the playhead."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from trackproof.desktop import glyphs
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.following import PlayheadFollower
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.panels.overview.drawing import MapDrawing, Places
from trackproof.desktop.panels.overview.heat import (
    ANY_CHECK,
    HeatMap,
    TrackOrder,
    heat_map,
)
from trackproof.desktop.panels.overview.marks import FlagMarks
from trackproof.desktop.panels.ruler import SCROLL_BAR, gutter
from trackproof.desktop.panels.scrubbing import HINT, Scrubber
from trackproof.desktop.panels.span import SharedSpan

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session

LOWEST_ROW, HIGHEST_ROW = 4.0, 22.0
LINE = "overview"
REDRAW_MS = 250
"""How long marks wait for the map of the edit that a verdict came with."""
UNCHECKED_MS = 250
"""How long the map waits for the checks of an edit before it shows the edit without them."""

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
        self._is_mapping = False
        self._cursor_x = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Overview of all objects over all frames")
        self.setAccessibleDescription(HINT)
        session.sequence_changed.connect(self._on_sequence)
        session.analysis_changed.connect(self.remap)
        # an edit is checked in a moment, and the map follows then
        self._unchecked = Later(self, self.remap, after_ms=UNCHECKED_MS)
        session.labels_changed.connect(self._unchecked.ask)
        session.theme_changed.connect(self.redraw)
        session.track_changed.connect(self._on_track)
        self._redrawing = Later(self, self.redraw, after_ms=REDRAW_MS)
        session.verdict_changed.connect(self._redrawing.ask)
        session.playback_changed.connect(self.viewport().update)
        PlayheadFollower.of(session).moved.connect(self._on_frame)
        # the map may have to be made for it: after the picture
        self._revealing = Later(self, self._reveal)
        session.track_changed.connect(self._revealing.ask)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        self.setViewportMargins(0, 0, SCROLL_BAR, 0)
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
    def is_mapping(self) -> bool:
        """Whether the map on screen is about to be replaced."""
        return self._is_stale or self._is_mapping

    @property
    def heat(self) -> HeatMap:
        """The map on screen; a new one is made in the background where it is out of date."""
        if self._is_stale:
            self._is_stale = False
            self.map_labels()
        return self._map

    def map_labels(self) -> None:
        """Make the map of what the session holds now."""
        labels, analysis = self._session.labels, self._session.analysis
        if labels is None:
            self.take_map(EMPTY_MAP)
            return
        make = partial(
            heat_map,
            labels,
            analysis,
            measurement=self._measurement,
            order=self._order,
            frames=self._session.frame_count,
            before=self._map,
        )
        self._is_mapping = True
        self._session.tasks.start(
            "Drawing the overview",
            lambda _progress: make(),
            succeeded=self.take_map,
            failed=self._on_failed,
            cancelled=self._on_cancelled,
            line=LINE,
            is_quiet=True,
        )

    def take_map(self, heat: HeatMap) -> None:
        """Show a map."""
        self._map, self._is_mapping = heat, False
        self._fit_scroll_bar()
        self.redraw()

    def _on_failed(self, error: BaseException) -> None:
        self._is_mapping = False
        self._session.message.emit(banner_of_error(error, doing="drawing the overview"))

    def _on_cancelled(self) -> None:
        """Wait for no map any more when a person stopped it, unless a newer one is on its way."""
        self._is_mapping = self._session.tasks.is_asked(LINE)

    def remap(self, *_values: object) -> None:
        """Read the session again before the next painting; the map on screen stays till then."""
        self._unchecked.settle()
        self._is_stale = True
        self.viewport().update()

    def _on_sequence(self) -> None:
        # Else the map of the sequence before may still come, with rows that are nobody's here.
        self._session.tasks.cancel(LINE)
        self.take_map(EMPTY_MAP)
        self.remap()

    def _on_track(self, _track: int) -> None:
        self.viewport().update()

    def redraw(self, *_values: object) -> None:
        """Draw the map again."""
        self._redrawing.settle()
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
        self._draw_over(painter, heat)
        painter.end()

    def _draw_over(self, painter: QPainter, heat: HeatMap) -> None:
        """Show what moves: the selected object, the loop, the playhead."""
        if heat.tracks and self._session.track >= 0:
            drawing = MapDrawing(painter, self._places(heat), self._session.theme)
            drawing.draw_selected(heat, self.name_of, selected=self._session.track)
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

    def _draw(self, heat: HeatMap) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.viewport().size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._session.theme.surface_raised)
        painter = QPainter(pixmap)
        if heat.tracks:
            drawing = MapDrawing(painter, self._places(heat), self._session.theme)
            drawing.draw_heat(heat, width=round(self._axis().width() * ratio))
            self.draw_marks(drawing, heat)
            if self._session.labels is not None:
                drawing.draw_names(heat, self.name_of)
        painter.end()
        return pixmap

    def _places(self, heat: HeatMap) -> Places:
        return Places(
            axis=self._axis(),
            start=self._span.start,
            end=self._span.end,
            row_height=self.row_height,
            scroll=self.verticalScrollBar().value(),
            rows=len(heat.tracks),
        )

    def draw_marks(self, drawing: MapDrawing, heat: HeatMap) -> None:
        """Draw what stands on the heat: flags."""
        if self._marks is None:
            self._marks = FlagMarks(self._session, heat)
        drawing.draw_flags(self._marks)

    # -- keeping up

    def _on_range(self, first: int, last: int) -> None:
        self.setViewportMargins(0, 0, 0 if last > first else SCROLL_BAR, 0)
        self.redraw()

    def _on_span(self, *_values: object) -> None:
        self._drawn = None
        self.viewport().update()

    def _on_frame(self, frame: int) -> None:
        height = self.viewport().height()
        for x in (self._cursor_x, round(self._pixel(frame))):
            self.viewport().update(QRect(x - 2, 0, 5, height))

    def _reveal(self) -> None:
        row = self.heat.row_of(self._session.track)
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
            self.pick(track)
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
        track = self._track_at(event.position().y())
        if track is None or self._session.labels is None:
            QToolTip.hideText()
            return
        lines = [f"<b>{self.name_of(track)}</b>"]
        if event.position().x() >= self._axis().left():
            frame = math.floor(self._position(event.position().x()) + 0.5)
            reach = max(math.ceil(self._span.length / self._axis().width() * 4), 1)
            lines[0] += f", frame {frame}"
            lines += self.words_at(track, frame, reach=reach)
        QToolTip.showText(event.globalPosition().toPoint(), "<br>".join(lines), self.viewport())

    def name_of(self, track: int) -> str:
        """Return what people call a row."""
        labels = self._session.labels
        return object_name(labels, track) if labels is not None else ""

    def pick(self, track: int) -> None:
        """Select the object of a row that was clicked."""
        self._session.select_track(track)

    def words_at(self, track: int, frame: int, *, reach: int) -> list[str]:
        """Return what there is to say about a place: the flags within ``reach`` frames."""
        return [
            f"{glyphs.title_of(flag.kind)}, frame {flag.frame}: {flag.evidence}"
            for flag in self._session.flags
            if flag.track == track and abs(flag.frame - frame) <= reach
        ][:4]
