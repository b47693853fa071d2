"""The windows of an export on a timeline: bars whose edges can be dragged, sequence by sequence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFontMetrics, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from trackproof.desktop.exporting.lanes import Axis, Part, highest, part_at
from trackproof.desktop.panels.ruler import tick_step
from trackproof.desktop.theme import font, mixed
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from trackproof.desktop.exporting.lanes import Lane
    from trackproof.desktop.session import Session

MARGIN = 8
DENSITY_HEIGHT = 18
ZOOM_STEP = 1.5
MOST_PIXELS_PER_FRAME = 24.0

TIP = (
    "Drag the edge of a window to change it, drag across a free place to add one.\n"
    "Left and Right choose a window; with Shift they move its last frame, with Ctrl its first.\n"
    "Delete removes it, Insert adds one at the picture's frame, M merges it with the next.\n"
    "Ctrl+wheel, + and - zoom."
)


@dataclass(frozen=True, slots=True)
class Drag:
    """What the mouse holds; ``window`` is None while a new window is drawn."""

    lane: int
    window: int | None
    part: Part
    anchor: int


class WindowsTimeline(QWidget):
    """Density of objects, flags and windows of every sequence; tells what a person wants."""

    edge_moved = Signal(int, int, bool, int)
    """Lane, window, whether its first frame, and the frame; while the mouse drags."""
    drawn = Signal(int, int, int)
    """Lane, and the frames between which a new window is drawn; while the mouse drags."""
    released = Signal()
    cancelled = Signal()
    chosen = Signal(int, int, object)
    """Lane, window (-1 for none), and the keyboard's modifiers."""
    looked_at = Signal(int, int)
    """Lane and frame."""
    stepped = Signal(int, object)
    """By how much, and the keyboard's modifiers."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.lanes: tuple[Lane, ...] = ()
        self.selection: frozenset[tuple[int, int]] = frozenset()
        self.is_editable = True
        self._drag: Drag | None = None
        self._zoom = 1.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName("Timeline of the windows")
        self.setToolTip(TIP)
        session.frame_changed.connect(self._refresh)
        session.sequence_changed.connect(self._refresh)
        session.theme_changed.connect(self._refresh)

    # -- what is shown

    def show_lanes(self, lanes: Sequence[Lane], selection: Collection[tuple[int, int]]) -> None:
        """Show sequences with their windows; a selection holds (lane, window)."""
        is_other = len(lanes) != len(self.lanes)
        self.lanes = tuple(lanes)
        self.selection = frozenset(selection)
        if is_other:
            self._fit_height()
        self.update()

    def _refresh(self, *_values: object) -> None:
        self.update()

    def _fit_height(self) -> None:
        self.setMinimumHeight(self.height_of(len(self.lanes)))
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "lanes"):
            self._fit_height()

    def sizeHint(self) -> QSize:
        """Return the height of all lanes."""
        return QSize(320, self.minimumHeight())

    def height_of(self, lanes: float) -> int:
        """Return the height of some lanes, at least one, in pixels."""
        return round(max(lanes, 1) * self._lane_height()) + MARGIN

    def _line(self) -> int:
        return QFontMetrics(font("small")).height()

    def _lane_height(self) -> int:
        """Name, density, bars, frame numbers, and a gap."""
        return 2 * self._line() + DENSITY_HEIGHT + self._bar_height() + 2 * MARGIN

    def _bar_height(self) -> int:
        return self._line() + 4

    def axis(self, lane: int) -> Axis:
        """Return where the frames of a lane are."""
        return Axis(MARGIN, max(self.width() - 2 * MARGIN, 1), self.lanes[lane].frames)

    def bar_rect(self, lane: int, window: int) -> QRectF:
        """Return where a window is drawn."""
        left, right = self.axis(lane).bar(self.lanes[lane].windows[window])
        return QRectF(left, self._bars_top(lane), right - left, self._bar_height())

    def _top(self, lane: int) -> float:
        return lane * self._lane_height() + MARGIN / 2

    def _bars_top(self, lane: int) -> float:
        return self._top(lane) + self._line() + 2 + DENSITY_HEIGHT + 2

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lanes on screen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._session.theme.surface_raised)
        painter.setFont(font("small"))
        height = self._lane_height()
        first = max(int(event.rect().top() // height) - 1, 0)
        last = min(int(event.rect().bottom() // height) + 1, len(self.lanes))
        for lane in range(first, last):
            self._paint_name(painter, lane)
            self._paint_density(painter, lane)
            self._paint_flags(painter, lane)
            self._paint_bars(painter, lane)
            self._paint_ticks(painter, lane)
        self._paint_playhead(painter)
        if self.hasFocus():
            painter.setPen(QPen(self._session.theme.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.visibleRegion().boundingRect()).adjusted(0.5, 0.5, -1, -1))
        painter.end()

    def _paint_name(self, painter: QPainter, lane: int) -> None:
        theme, one = self._session.theme, self.lanes[lane]
        words = f"{one.name}  ·  {counted(one.frames, 'frame')}"
        if one.is_edited:
            words += "  ·  changed by hand"
        seen = self.visibleRegion().boundingRect()
        place = QRectF(seen.left() + MARGIN, self._top(lane), seen.width() - 2 * MARGIN, 0)
        place.setHeight(self._line())
        painter.setPen(theme.text if one.windows else theme.text_dim)
        short = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, short)

    def _paint_density(self, painter: QPainter, lane: int) -> None:
        """Draw how many objects there are, as a quiet silhouette."""
        theme, axis = self._session.theme, self.axis(lane)
        counts = highest(self.lanes[lane].objects, width=round(axis.width))
        most = max(int(counts.max(initial=0)), 1)
        base = self._top(lane) + self._line() + 2 + DENSITY_HEIGHT
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(mixed(theme.surface_raised, theme.text_dim, 0.35), 1))
        for x, count in enumerate(counts.tolist()):
            if count:
                height = max(count / most * DENSITY_HEIGHT, 1)
                painter.drawLine(
                    QPointF(axis.left + x, base - height), QPointF(axis.left + x, base)
                )
        painter.restore()

    def _paint_flags(self, painter: QPainter, lane: int) -> None:
        theme, axis = self._session.theme, self.axis(lane)
        top = self._top(lane) + self._line() + 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.warn)
        for start, end in self.lanes[lane].flagged:
            left = axis.x_of(start)
            width = max(axis.x_of(end + 1) - left, 2.0)
            painter.drawRect(QRectF(left, top, width, DENSITY_HEIGHT))

    def _paint_bars(self, painter: QPainter, lane: int) -> None:
        theme, axis = self._session.theme, self.axis(lane)
        track = QRectF(axis.left, self._bars_top(lane), axis.width, self._bar_height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.surface)
        painter.drawRect(track)
        metrics = painter.fontMetrics()
        for number, window in enumerate(self.lanes[lane].windows):
            bar = self.bar_rect(lane, number).adjusted(0.5, 0.5, -0.5, -0.5)
            is_selected = (lane, number) in self.selection
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(
                theme.accent if is_selected else mixed(theme.surface, theme.accent, 0.25)
            )
            painter.drawRoundedRect(bar, 2, 2)
            ink = theme.on_accent if is_selected else theme.text
            words = f"{window.frame_start}–{window.frame_end}"
            if metrics.horizontalAdvance(words) + 12 < bar.width():
                painter.setPen(ink)
                painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, words)
            if self.is_editable and bar.width() >= 14:
                painter.setPen(QPen(ink, 1))
                for x in (bar.left() + 3, bar.right() - 3):
                    painter.drawLine(QPointF(x, bar.top() + 4), QPointF(x, bar.bottom() - 4))

    def _paint_ticks(self, painter: QPainter, lane: int) -> None:
        theme, axis = self._session.theme, self.axis(lane)
        top = self._bars_top(lane) + self._bar_height()
        step = tick_step(axis.frames, axis.width)
        metrics = painter.fontMetrics()
        for frame in range(0, axis.frames, step):
            x = axis.x_of(frame + 0.5)
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(QPointF(x, top), QPointF(x, top + 3))
            painter.setPen(theme.text_dim)
            width = metrics.horizontalAdvance(f"{frame}")
            place = min(max(x - width / 2, axis.left), axis.left + axis.width - width)
            painter.drawText(QPointF(place, top + 2 + metrics.ascent()), f"{frame}")

    def _paint_playhead(self, painter: QPainter) -> None:
        """Mark the frame of the picture, where its sequence is among the lanes."""
        sequence = self._session.sequence
        names = [one.name for one in self.lanes]
        if sequence is None or sequence.name not in names:
            return
        lane = names.index(sequence.name)
        x = self.axis(lane).x_of(self._session.frame + 0.5)
        top = self._top(lane) + self._line()
        painter.setPen(QPen(self._session.theme.text, 1))
        painter.drawLine(QPointF(x, top), QPointF(x, self._bars_top(lane) - 1))

    # -- mouse

    def _lane_at(self, y: float) -> int | None:
        lane = math.floor((y - MARGIN / 2) / self._lane_height())
        return lane if 0 <= lane < len(self.lanes) else None

    def _part_at(self, place: QPointF) -> tuple[int, tuple[int, Part] | None] | None:
        """Return the lane under the mouse, and what is there when the mouse is over the bars."""
        lane = self._lane_at(place.y())
        if lane is None:
            return None
        top = self._bars_top(lane)
        if not top - 2 <= place.y() <= top + self._bar_height() + 2:
            return None
        return lane, part_at(self.axis(lane), self.lanes[lane].windows, place.x())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a window, hold its edge, or begin a new one."""
        found = self._part_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or found is None:
            return
        lane, hit = found
        frame = self.axis(lane).frame_at(event.position().x())
        if hit is None:
            self.chosen.emit(lane, -1, event.modifiers())
            if self.is_editable:
                self._drag = Drag(lane, None, Part.BODY, frame)
            return
        window, part = hit
        self.chosen.emit(lane, window, event.modifiers())
        if part is not Part.BODY and self.is_editable:
            self._drag = Drag(lane, window, part, frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held, or tell what is under the mouse."""
        drag = self._drag
        if drag is None:
            self._hover(event)
            return
        frame = self.axis(drag.lane).frame_at(event.position().x())
        if drag.window is None:
            if frame != drag.anchor:
                self.drawn.emit(drag.lane, drag.anchor, frame)
        else:
            self.edge_moved.emit(drag.lane, drag.window, drag.part is Part.FIRST, frame)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        if self._drag is not None:
            self._drag = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the frame in the picture."""
        lane = self._lane_at(event.position().y())
        if lane is not None:
            self.looked_at.emit(lane, self.axis(lane).frame_at(event.position().x()))

    def _hover(self, event: QMouseEvent) -> None:
        found = self._part_at(event.position())
        hit = found[1] if found is not None else None
        is_edge = hit is not None and hit[1] is not Part.BODY and self.is_editable
        self.setCursor(Qt.CursorShape.SizeHorCursor if is_edge else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Tell in the tip what a window holds; the keys where there is none."""
        if event.type() == QEvent.Type.ToolTip:
            place = self.mapFromGlobal(QCursor.pos())
            found = self._part_at(QPointF(place))
            if found is not None and found[1] is not None:
                QToolTip.showText(QCursor.pos(), self.words_of(found[0], found[1][0]), self)
                return True
        return super().event(event)

    def words_of(self, lane: int, window: int) -> str:
        """Return what a window holds."""
        one = self.lanes[lane].windows[window]
        flags = counted(len(one.flags), "flag") if one.flags else "no flag: all of it is looked at"
        return f"Frames {one.frame_start}–{one.frame_end} ({counted(len(one), 'frame')}), {flags}"

    # -- keys and zoom

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give up a drag, step, or zoom; the editor around it knows the other keys."""
        if event.key() == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = None
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Right else -1, event.modifiers())
        elif event.matches(QKeySequence.StandardKey.ZoomIn) or event.text() == "+":
            self.zoom(ZOOM_STEP)
        elif event.matches(QKeySequence.StandardKey.ZoomOut) or event.text() == "-":
            self.zoom(1 / ZOOM_STEP)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; scroll else."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        up = event.angleDelta().y() > 0
        self.zoom(ZOOM_STEP if up else 1 / ZOOM_STEP, around=event.position().x())
        event.accept()

    def zoom(self, factor: float, *, around: float | None = None) -> None:
        """Show frames wider or narrower, with a pixel staying where it is."""
        area = self._area()
        if area is None or not self.lanes:
            return
        seen = area.viewport().width()
        longest = max(one.frames for one in self.lanes)
        most = max(longest * MOST_PIXELS_PER_FRAME / seen, 1.0)
        bar = area.horizontalScrollBar()
        pixel = bar.value() + seen / 2 if around is None else around
        share = pixel / max(self.width(), 1)
        self._zoom = min(max(self._zoom * factor, 1.0), most)
        self.setMinimumWidth(round(seen * self._zoom) if self._zoom > 1 else 0)
        self.resize(max(self.minimumWidth(), seen), self.height())
        bar.setValue(round(share * self.width() - (pixel - bar.value())))
        self.update()

    def _area(self) -> QScrollArea | None:
        widget = self.parentWidget()
        while widget is not None and not isinstance(widget, QScrollArea):
            widget = widget.parentWidget()
        return widget

    def reveal(self, lane: int, window: int) -> None:
        """Scroll until a window is seen."""
        area = self._area()
        if area is not None:
            bar = self.bar_rect(lane, window).toRect()
            top = QRect(bar.left(), int(self._top(lane)), 1, self._lane_height())
            area.ensureVisible(top.center().x(), top.center().y(), 40, top.height() // 2)
