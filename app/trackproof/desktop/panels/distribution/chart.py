"""Histogram of one track against all, and a box for every category."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from trackproof.desktop.theme import font, mixed

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from trackproof.desktop.panels.distribution.statistics import Distribution, Spread
    from trackproof.desktop.panels.timelines.series import PlotSpec
    from trackproof.desktop.session import Session

MARGIN = 8
TICK_PIXELS = 70.0
MOST_BOXES = 8


class DistributionChart(QWidget):
    """Bars for all objects, a line for the selected one, one box per category."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Distribution | None = None
        self._spec: PlotSpec | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Distribution")
        session.theme_changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Return room for a histogram and three boxes."""
        return QSize(280, 200)

    @property
    def shown(self) -> Distribution | None:
        """What is drawn."""
        return self._shown

    def show_distribution(self, shown: Distribution | None, spec: PlotSpec | None) -> None:
        """Show another distribution."""
        self._shown, self._spec = shown, spec
        if shown is not None and spec is not None:
            self.setAccessibleDescription(
                f"{spec.title}: median of all {spec.in_words(shown.everything.median)}"
            )
        self.update()

    def _restyle(self, _theme: object) -> None:
        self.update()

    # -- geometry

    def _line(self) -> int:
        return QFontMetrics(font("small")).height() + 3

    def _boxes(self) -> tuple[Spread, ...]:
        if self._shown is None:
            return ()
        mine = (self._shown.track,) if self._shown.track is not None else ()
        return (*mine, self._shown.everything, *self._shown.categories)[:MOST_BOXES]

    def _names_width(self) -> float:
        metrics = QFontMetrics(font("small"))
        widest = max((metrics.horizontalAdvance(box.name) for box in self._boxes()), default=0)
        return min(widest + 10, self.width() * 0.35)

    def _bars(self) -> QRectF:
        boxes = self._line() * len(self._boxes())
        height = max(self.height() - boxes - self._line() - 2 * MARGIN, 24)
        left = MARGIN + self._names_width()
        return QRectF(left, MARGIN, max(self.width() - left - MARGIN, 10), height)

    def _x(self, value: float) -> float:
        shown, area = self._shown, self._bars()
        if shown is None:
            return area.left()
        low, high = float(shown.edges[0]), float(shown.edges[-1])
        return area.left() + (min(max(value, low), high) - low) / (high - low) * area.width()

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, line, axis and boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        if self._shown is not None and self._spec is not None:
            self._paint_bars(painter, self._shown)
            self._paint_limits(painter, self._spec)
            self._paint_axis(painter, self._shown)
            for place, box in enumerate(self._boxes()):
                self._paint_box(painter, box, place)
        painter.end()

    def _paint_bars(self, painter: QPainter, shown: Distribution) -> None:
        theme, area = self._session.theme, self._bars()
        top = max(float(shown.of_all.max()), float(shown.of_track.max()), 1e-9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.surface_raised, theme.text_dim, 0.45))
        wide = area.width() / len(shown.of_all)
        for place, share in enumerate(shown.of_all.tolist()):
            tall = _height(share, top) * area.height()
            left = area.left() + place * wide
            painter.drawRect(QRectF(left, area.bottom() - tall, max(wide - 1, 1), tall))
        if shown.track is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.track_colour(self._session.track), 1.6))
        corners = []
        for place, share in enumerate(shown.of_track.tolist()):
            y = area.bottom() - _height(share, top) * area.height()
            left = area.left() + place * wide
            corners += [QPointF(left, y), QPointF(left + wide, y)]
        painter.drawPolyline(corners)

    def _paint_limits(self, painter: QPainter, spec: PlotSpec) -> None:
        area = self._bars()
        painter.setPen(QPen(self._session.theme.warn, 1, Qt.PenStyle.DashLine))
        for limit in spec.limits:
            x = self._x(limit)
            if area.left() < x < area.right():
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _paint_axis(self, painter: QPainter, shown: Distribution) -> None:
        theme, area = self._session.theme, self._bars()
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(theme.text_dim)
        count = max(int(area.width() // TICK_PIXELS), 1)
        low, high = float(shown.edges[0]), float(shown.edges[-1])
        for place in range(count + 1):
            value = low + (high - low) * place / count
            x = area.left() + area.width() * place / count
            text = f"{value:.3g}"
            width = painter.fontMetrics().horizontalAdvance(text)
            left = min(max(x - width / 2, area.left()), area.right() - width)
            painter.drawText(QPointF(left, area.bottom() + self._line() - 4), text)

    def _paint_box(self, painter: QPainter, box: Spread, place: int) -> None:
        theme, area, line = self._session.theme, self._bars(), self._line()
        top = area.bottom() + line + place * line
        is_own = self._shown is not None and box is self._shown.track
        colour = theme.track_colour(self._session.track) if is_own else QColor(theme.text_dim)
        painter.setPen(theme.text if is_own else theme.text_dim)
        name = QRectF(MARGIN, top, self._names_width() - 8, line)
        words = painter.fontMetrics().elidedText(
            box.name, Qt.TextElideMode.ElideRight, int(name.width())
        )
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        if not box.count or math.isnan(box.median):
            return
        middle = top + line / 2
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(self._x(box.low), middle), QPointF(self._x(box.high), middle))
        painter.setBrush(mixed(theme.surface_raised, colour, 0.35))
        width = max(self._x(box.third) - self._x(box.first), 1.0)
        painter.drawRect(QRectF(self._x(box.first), middle - line / 4, width, line / 2))
        painter.setPen(QPen(theme.text, 2))
        x = self._x(box.median)
        painter.drawLine(QPointF(x, middle - line / 3), QPointF(x, middle + line / 3))
        painter.setBrush(theme.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(self._x(box.mean), middle), 2.2, 2.2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the numbers of a box."""
        place = math.floor((event.position().y() - self._bars().bottom()) / self._line()) - 1
        boxes = self._boxes()
        if not 0 <= place < len(boxes) or self._spec is None:
            QToolTip.hideText()
            return
        box, words = boxes[place], self._spec.in_words
        text = (
            f"<b>{box.name}</b>, {box.count:,} values<br>mean {words(box.mean)}, "
            f"median {words(box.median)}, mode {words(box.mode)}<br>"
            f"half of them {words(box.first)} to {words(box.third)}<br>"
            f"nine of ten {words(box.low)} to {words(box.high)}"
        )
        QToolTip.showText(event.globalPosition().toPoint(), text, self)


def _height(share: float, top: float) -> float:
    """Return the height of a bar, 0 to 1: a square root, so that rare values are still seen."""
    return math.sqrt(share / top)
