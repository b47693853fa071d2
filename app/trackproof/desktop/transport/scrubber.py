"""The line of all frames: playhead, flags as ticks, loop range, and what is in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from trackproof.desktop import glyphs
from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from trackproof.desktop.session import Session

HEIGHT = 26
MARGIN = 10.0
GROOVE_TOP, GROOVE_BOTTOM = 10.0, 16.0
CACHE_TOP, CACHE_BOTTOM = 19.0, 22.0
RETICK_MS = 250
"""How long ticks wait: a verdict, and the check of the edit it came with, change them once."""
STRIPE_EVERY_MS = 150


class Scrubber(QWidget):
    """Shows and takes the frame index along a line."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._cached: tuple[tuple[int, int], ...] = ()
        self._ticks: QPixmap | None = None
        self._ticked: list[tuple[str, int]] = []
        self._is_stale = False
        self.setAccessibleName("Frames of the sequence")
        self.setToolTip("Click or drag to go to a frame. Ticks are open flags.")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._stripe_timer = QTimer(self)
        self._stripe_timer.setSingleShot(True)
        self._stripe_timer.setInterval(STRIPE_EVERY_MS)
        self._stripe_timer.timeout.connect(self._refresh_stripe)
        session.frame_ready.connect(self._want_stripe)
        session.frames_changed.connect(self._want_stripe)
        self._reticking = Later(self, self._retick, after_ms=RETICK_MS)
        for signal in (session.frame_changed, session.playback_changed, session.flag_changed):
            signal.connect(self._repaint)
        for signal in (
            session.analysis_changed,
            session.verdict_changed,
            session.flags_shown_changed,
        ):
            signal.connect(self._reticking.ask)
        for signal in (session.sequence_changed, session.theme_changed):
            signal.connect(self._forget_ticks)

    def sizeHint(self) -> QSize:
        """Return a width that grows and a fixed height."""
        return QSize(400, HEIGHT)

    def x_of(self, frame: float) -> float:
        """Return the widget position of a frame index."""
        last = max(self._session.frame_count - 1, 1)
        return MARGIN + (self.width() - 2 * MARGIN) * frame / last

    def frame_at(self, x: float) -> int:
        """Return the frame index at a widget position."""
        last = max(self._session.frame_count - 1, 0)
        share = (x - MARGIN) / max(self.width() - 2 * MARGIN, 1.0)
        return round(min(max(share, 0.0), 1.0) * last)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the cursor."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._session.pause()
            self._session.go_to(self.frame_at(event.position().x()), origin=self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the cursor while the button is down."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._session.go_to(self.frame_at(event.position().x()), origin=self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint groove, loop, memory, ticks and playhead, in this order."""
        session, theme = self._session, self._session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(MARGIN, GROOVE_TOP, self.width() - 2 * MARGIN, GROOVE_BOTTOM - GROOVE_TOP)
        painter.setBrush(theme.line)
        painter.drawRoundedRect(groove, 3.0, 3.0)
        if not session.frame_count:
            return
        passed = QRectF(groove)
        passed.setRight(self.x_of(session.frame))
        painter.setBrush(_faded(theme.accent, 0.55))
        painter.drawRoundedRect(passed, 3.0, 3.0)
        self._paint_loop(painter)
        self._paint_memory(painter)
        self._paint_ticks(painter)
        x = self.x_of(session.frame)
        painter.setBrush(theme.text)
        painter.drawRoundedRect(QRectF(x - 2.0, 5.0, 4.0, 16.0), 2.0, 2.0)

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self._session.loop
        if loop is None:
            return
        left, right = self.x_of(loop[0]), self.x_of(loop[1])
        colour = self._session.theme.accent
        painter.setBrush(_faded(colour, 0.3))
        painter.drawRect(QRectF(left, 3.0, max(right - left, 2.0), 20.0))
        painter.setBrush(colour)
        for x in (left, right):
            painter.drawRect(QRectF(x - 1.0, 3.0, 2.0, 20.0))

    def _paint_memory(self, painter: QPainter) -> None:
        painter.setBrush(_faded(self._session.theme.ok, 0.8))
        for first, end in self._cached:
            left, right = self.x_of(first - 0.5), self.x_of(end - 0.5)
            stripe = QRectF(left, CACHE_TOP, right - left, CACHE_BOTTOM - CACHE_TOP)
            painter.drawRect(stripe)

    def _paint_ticks(self, painter: QPainter) -> None:
        if self._ticks is None or self._ticks.devicePixelRatioF() != self.devicePixelRatioF():
            self._ticks = self._draw_ticks()
            self._is_stale = False
        elif self._is_stale:
            self._is_stale = False
            if self._open_flags() != self._ticked:
                self._ticks = self._draw_ticks()
        painter.drawPixmap(0, 0, self._ticks)
        flag = self._session.flag
        if flag is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            self._paint_tick(painter, str(flag.kind), flag.frame, size=5.0)

    def _open_flags(self) -> list[tuple[str, int]]:
        """Return kind and frame of the flags to mark, which tell whether ticks look different."""
        waiting = self._session.verdicts.open_of(self._session.shown_flags)
        return list(dict.fromkeys((str(flag.kind), flag.frame) for flag in waiting))

    def _draw_ticks(self) -> QPixmap:
        """Return the ticks of all open flags: hundreds, and the playhead moves over them."""
        ratio = self.devicePixelRatioF()
        ticks = QPixmap(self.size() * ratio)
        ticks.setDevicePixelRatio(ratio)
        ticks.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ticks)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._ticked = self._open_flags()
        frames: dict[str, list[int]] = {}
        for kind, frame in self._ticked:
            frames.setdefault(kind, []).append(frame)
        tick = QPainterPath()
        tick.addPolygon(self._tick(0, size=3.5))
        step = self.x_of(1) - self.x_of(0)
        for kind, placed in frames.items():
            # One path for all of a kind: hundreds of small polygons took longer than the picture.
            path = QPainterPath()
            for frame in placed:
                path.addPath(tick.translated(step * frame, 0.0))
            path.setFillRule(Qt.FillRule.WindingFill)
            painter.fillPath(path, glyphs.colour_of(kind, self._session.theme))
        painter.end()
        return ticks

    def _tick(self, frame: int, *, size: float) -> QPolygonF:
        x, bottom = self.x_of(frame), GROOVE_TOP - 1.0
        top = bottom - 1.7 * size
        return QPolygonF([QPointF(x, bottom), QPointF(x - size, top), QPointF(x + size, top)])

    def _paint_tick(self, painter: QPainter, kind: str, frame: int, *, size: float) -> None:
        painter.setBrush(glyphs.colour_of(kind, self._session.theme))
        painter.drawPolygon(self._tick(frame, size=size))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the ticks anew."""
        super().resizeEvent(event)
        self._ticks = None

    def _want_stripe(self, *_: object) -> None:
        if not self._stripe_timer.isActive():
            self._stripe_timer.start()

    def _refresh_stripe(self) -> None:
        cached = self._session.pictures.cached()
        if cached != self._cached:
            self._cached = cached
            self.update()

    def _repaint(self, *_: object) -> None:
        self.update()

    def _retick(self, *_: object) -> None:
        self._is_stale = True
        self.update()

    def _forget_ticks(self, *_: object) -> None:
        self._ticks = None
        self.update()


def _faded(colour: QColor, alpha: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(alpha)
    return faded
