"""The frame numbers above overview and timelines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget

from trackproof.desktop.panels import scrubbing
from trackproof.desktop.panels.following import PlayheadFollower
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.shown_windows import ShownWindows
from trackproof.desktop.theme import font, mixed

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
    from PySide6.QtWidgets import QLayout

    from trackproof.desktop.session import Session

GUTTER_DIGITS = 26
TICK_PIXELS = 76.0
HANDLE = 5.0
WINDOW_MARK = 3.0
SCROLL_BAR = 10
"""Width of a scroll bar in the stylesheet: every axis ends before it, whether it shows or not."""


def gutter() -> int:
    """Return the width in pixels of the column of names left of every frame axis."""
    return _gutter_of(QApplication.font().key())


@lru_cache(maxsize=8)
def _gutter_of(_font_key: str) -> int:
    """Measure once per font; painting asks thousands of times."""
    return QFontMetrics(font("body")).horizontalAdvance("0") * GUTTER_DIGITS


def tick_step(length: float, width: float) -> int:
    """Return the distance between ticks: 1, 2 or 5 times a power of ten, at least 76 px apart."""
    wanted = max(length * TICK_PIXELS / max(width, 1.0), 1.0)
    power = 10 ** math.floor(math.log10(wanted))
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= wanted - 1e-9))


class AlignedScrollArea(QScrollArea):
    """A scroll area whose inside is as wide without its scroll bar as with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewportMargins(0, 0, SCROLL_BAR, 0)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def _on_range(self, first: int, last: int) -> None:
        self.setViewportMargins(0, 0, 0 if last > first else SCROLL_BAR, 0)


class Ruler(QWidget):
    """Frame numbers, the playhead and the looped range; drag to seek."""

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._beside = QWidget(self)
        self._span = SharedSpan.of(session)
        self._scrubber = scrubbing.Scrubber(session, self._span, self)
        self._windows = ShownWindows.of(session)
        self._drawn: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frame numbers")
        self.setToolTip(scrubbing.HINT)
        for signal in (
            self._span.changed,
            self._windows.changed,
            session.sequence_changed,
            session.playback_changed,
            session.theme_changed,
        ):
            signal.connect(self._redraw)
        PlayheadFollower.of(session).moved.connect(self._refresh)

    def sizeHint(self) -> QSize:
        """Return one line of small text and the ticks, or what stands beside."""
        own = QFontMetrics(font("small")).height() + 9
        return QSize(320, max(own, self._beside.sizeHint().height()))

    def put_beside(self, layout: QLayout) -> None:
        """Put controls left of the axis."""
        self._beside.setLayout(layout)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the controls left of the axis."""
        super().resizeEvent(event)
        self._beside.setGeometry(0, 0, gutter(), self.height())
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the font."""
        super().changeEvent(event)
        if event.type() == event.Type.FontChange and hasattr(self, "_drawn"):
            self._redraw()

    def _redraw(self, *_values: object) -> None:
        self._drawn = None
        self.update()

    def _refresh(self, *_values: object) -> None:
        self.update()

    def _axis(self) -> QRectF:
        left = gutter()
        return QRectF(left, 0, max(self.width() - left - SCROLL_BAR, 1), self.height())

    def _position(self, x: float) -> float:
        axis = self._axis()
        return self._span.position_at(x - axis.left(), axis.width())

    def _pixel(self, position: float) -> float:
        axis = self._axis()
        return axis.left() + self._span.pixel_of(position, axis.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ticks, the looped range and the playhead."""
        if self._drawn is None or self._drawn.devicePixelRatioF() != self.devicePixelRatioF():
            self._drawn = self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        painter.setFont(font("small"))
        painter.setClipRect(self._axis())
        self._paint_playhead(painter)
        painter.end()

    def _draw(self) -> QPixmap:
        """Return everything but the playhead, which alone moves all the time."""
        ratio = self.devicePixelRatioF()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(self._session.theme.surface_raised)
        painter = QPainter(drawn)
        painter.setFont(font("small"))
        painter.setClipRect(self._axis())
        self._paint_loop(painter)
        self._paint_ticks(painter)
        self._paint_windows(painter)
        painter.end()
        return drawn

    def _paint_windows(self, painter: QPainter) -> None:
        """Underline the frames that workers would see by the export that is being prepared."""
        for first, last in self._windows.spans:
            left, right = self._pixel(first - 0.5), self._pixel(last + 0.5)
            mark = QRectF(left, self.height() - WINDOW_MARK, right - left, WINDOW_MARK)
            painter.fillRect(mark, self._session.theme.accent)

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self._session.loop
        if loop is None:
            return
        theme = self._session.theme
        left, right = self._pixel(loop[0] - 0.5), self._pixel(loop[1] + 0.5)
        band = QRectF(left, 0, right - left, self.height())
        painter.fillRect(band, mixed(theme.surface_raised, theme.accent, 0.28))

    def _paint_ticks(self, painter: QPainter) -> None:
        theme = self._session.theme
        axis = self._axis()
        if not self._session.frame_count:
            return
        step = tick_step(self._span.length, axis.width())
        first = max(math.ceil(self._span.start / step) * step, 0)
        height = self.height()
        metrics = painter.fontMetrics()
        for frame in range(first, math.floor(self._span.end) + 1, step):
            x = round(self._pixel(frame)) + 0.5
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(QPointF(x, height - 5), QPointF(x, height))
            painter.setPen(theme.text_dim)
            text = f"{frame}"
            width = metrics.horizontalAdvance(text)
            place = min(max(x - width / 2, axis.left()), axis.right() - width)
            painter.drawText(QPointF(place, metrics.ascent() + 1), text)

    def _paint_playhead(self, painter: QPainter) -> None:
        frame = self._session.frame
        if not self._session.frame_count or not self._span.start <= frame <= self._span.end:
            return
        theme = self._session.theme
        x = self._pixel(frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        text = f"{frame}"
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(text) + 10
        axis = self._axis()
        left = min(max(x - width / 2, axis.left()), axis.right() - width)
        bubble = QRectF(left, 0, width, metrics.height() + 1)
        painter.setBrush(theme.accent)
        painter.drawRoundedRect(bubble, 3, 3)
        tip = [QPointF(x - HANDLE, bubble.bottom() - 1), QPointF(x + HANDLE, bubble.bottom() - 1)]
        painter.drawPolygon(QPolygonF([*tip, QPointF(x, self.height())]))
        painter.setPen(theme.on_accent)
        painter.drawText(bubble, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek, begin a range, or grab the axis."""
        x = event.position().x()
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrubber.press(self._position(x), event.modifiers())
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._scrubber.grab(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on."""
        x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrubber.move(self._position(x))
        elif event.buttons() & Qt.MouseButton.MiddleButton:
            self._scrubber.drag(x, self._axis().width())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End."""
        self._scrubber.release()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show every frame."""
        self._scrubber.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or move."""
        delta = event.angleDelta().toPointF()
        self._scrubber.wheel(delta, self._position(event.position().x()), event.modifiers())
        event.accept()
