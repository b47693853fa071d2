"""One row of the timelines: its name and value on the left, its curve on the frame axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QWidget

from trackproof.desktop import glyphs
from trackproof.desktop.panels.ruler import gutter
from trackproof.desktop.panels.timelines.header import PlotHeader
from trackproof.desktop.panels.timelines.series import LONGEST_RANGE, usual_range
from trackproof.desktop.panels.timelines.viewbox import ScrubBox
from trackproof.desktop.theme import font, mixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from trackproof.checks import Flag
    from trackproof.desktop.panels.scrubbing import Scrubber
    from trackproof.desktop.panels.timelines.series import Curve, PlotSpec
    from trackproof.desktop.session import Session

ROW_HEIGHT = 46
AXIS_SHARE = 0.26
"""Share of the gutter that the numbers of the vertical axis take."""

MARK_SIZE = 13
EDIT_SIZE = 9
RANGE_ALPHA = 44
SPIKE_ROOM = 4.0
"""How far beyond the usual values the axis reaches, in their spreads or in limits."""
TICK_DENSITY = 0.6
"""Rows are low: half the usual ticks leave room for their numbers."""


class TimelinePlot(QWidget):
    """A plot with its header."""

    closed = Signal(str)
    limit_moved = Signal(str, float)

    def __init__(
        self, session: Session, spec: PlotSpec, scrubber: Scrubber, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self._session = session
        self._curves: tuple[Curve, ...] = ()
        self._lines: list[Any] = []
        self._range: Any = None
        self._marked: dict[int, list[Flag]] = {}
        self._spots: list[dict[str, Any]] = []
        self._others = 0
        self._others_drawn: tuple[tuple[Curve, QColor], ...] = ()
        self._colour = QColor()
        self._has_marks_to_place = True
        self._span = (0.0, 1.0)
        self._is_dragging = False
        self._edited = np.empty(0, dtype=np.int32)
        self.header = PlotHeader(spec, parent=self)
        self.header.close_asked.connect(lambda: self.closed.emit(spec.name))
        self.box = ScrubBox(scrubber)
        self.view = pg.PlotWidget(viewBox=self.box)
        self.view.hideButtons()
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self._item = self.view.getPlotItem()
        self._item.setContentsMargins(0, 0, 0, 0)
        self._item.layout.setContentsMargins(0, 0, 0, 0)
        self._item.hideAxis("bottom")
        self.view.setAccessibleName(f"{spec.title} over frames")
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._marks = pg.ScatterPlotItem(pxMode=True)
        self._edits = pg.ScatterPlotItem(pxMode=True, symbol="t1", size=EDIT_SIZE, pen=None)
        self.box.addItem(self._marks, ignoreBounds=True)
        self.box.addItem(self._edits, ignoreBounds=True)
        self.box.addItem(self._cursor, ignoreBounds=True)
        self.limit_lines = [self._limit_line(limit) for limit in spec.limits]
        self.view.scene().sigMouseMoved.connect(self._on_hover)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.view, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(ROW_HEIGHT)
        self.fit_to_font()
        self.restyle()

    # -- what it shows

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is drawn, references first."""
        return self._curves

    @property
    def edited(self) -> tuple[int, ...]:
        """Frames marked as edited."""
        return tuple(self._edited.tolist())

    def show_curves(self, curves: tuple[Curve, ...], colour: QColor) -> None:
        """Draw other curves; the last one is the value, in the object's colour."""
        if self._is_drawn(curves, colour):
            return
        self._curves, self._colour = curves, QColor(colour)
        for place, curve in enumerate(curves):
            self._draw(curve, colour, place=place)
        for item in self._lines[len(curves) :]:
            item.hide()
        self._others_drawn = ()
        self._draw_range()
        self._fit_axis()
        self._place_edits()
        self._has_marks_to_place = True
        self.show_cursor(self._session.frame)

    def _is_drawn(self, curves: tuple[Curve, ...], colour: QColor) -> bool:
        """Return whether these curves are on screen: most checks leave most objects alone."""
        return (
            colour == self._colour
            and len(curves) == len(self._curves)
            and all(one.is_like(two) for one, two in zip(curves, self._curves, strict=True))
        )

    @property
    def others(self) -> int:
        """How many objects are drawn behind the selected one."""
        return self._others

    def show_others(self, others: Sequence[tuple[tuple[Curve, ...], QColor]]) -> None:
        """Draw the values of other objects too, each in its colour, behind the selected one."""
        self._others = len(others)
        drawn = tuple(
            (curve, QColor(colour))
            for curves, colour in others
            for curve in curves
            if not curve.is_reference
        )
        if len(drawn) == len(self._others_drawn) and all(
            one.is_like(two) and colour == other
            for (one, colour), (two, other) in zip(drawn, self._others_drawn, strict=True)
        ):
            return
        self._others_drawn = drawn
        first = len(self._curves)
        for place, (curve, colour) in enumerate(drawn, start=first):
            self._draw(curve, colour, place=place, z=-1)
        for item in self._lines[first + len(drawn) :]:
            item.hide()

    def show_edits(self, frames: npt.NDArray[np.int32]) -> None:
        """Mark frames whose label differs from the one that was opened."""
        if not np.array_equal(frames, self._edited):
            self._edited = frames
            self._place_edits()

    def show_flags(self, flags: Iterable[Flag]) -> None:
        """Mark flags on the curve, each with the glyph of its kind."""
        theme = self._session.theme
        ground = theme.surface_raised
        self._marked = {}
        spots = []
        for flag in flags:
            value = self._curves[-1].near(flag.frame) if self._curves else float("nan")
            if not np.isfinite(value):
                continue
            self._marked.setdefault(flag.frame, []).append(flag)
            status = self._session.verdict(flag)
            colour = glyphs.colour_of(flag.kind, theme)
            if status != "open":
                colour = glyphs.status_colour(status, theme)
            ink = colour if self._concerns(flag) else mixed(ground, colour, 0.45)
            spots.append(
                {
                    "pos": (flag.frame, value),
                    "symbol": glyphs.path_of(flag.kind),
                    "size": MARK_SIZE,
                    "brush": None,
                    "pen": pg.mkPen(ink, width=2),
                    "look": (str(flag.kind), ink.rgba()),
                }
            )
        looks = [(*spot["pos"], spot["look"]) for spot in spots]
        if self._has_marks_to_place or looks != [(*one["pos"], one["look"]) for one in self._spots]:
            self._spots = spots
            self._place_marks()

    def _place_marks(self) -> None:
        """Keep the marks of extreme values at the edge of the plot, where they can be seen."""
        self._has_marks_to_place = False
        if not self._spots and not len(self._marks.data):
            return
        low, high = self.box.viewRange()[1]
        edge = (high - low) * 0.06
        self._marks.setData(
            [
                {
                    **{name: spot[name] for name in ("symbol", "size", "brush", "pen")},
                    "pos": (spot["pos"][0], min(max(spot["pos"][1], low + edge), high - edge)),
                }
                for spot in self._spots
            ]
        )

    def show_cursor(self, frame: int) -> None:
        """Move the cursor and tell the value under it."""
        self._cursor.setPos(frame)
        self.header.show_value(self._value_in_words(frame))

    def show_span(self, start: float, end: float) -> None:
        """Show a stretch of frames."""
        self._span = (start, end)
        self.box.setXRange(start, end, padding=0)
        self._fit_height()

    def show_limits(self, limits: Sequence[float]) -> None:
        """Put the limit lines where the check has them now, unless one is being dragged."""
        if not self._is_dragging:
            for line, limit in zip(self.limit_lines, limits, strict=True):
                line.blockSignals(True)
                line.setValue(limit)
                line.blockSignals(False)
        self.header.show_limit(limits)

    # -- looks

    def fit_to_font(self) -> None:
        """Take the widths that the font in force needs."""
        axis = round(gutter() * AXIS_SHARE)
        self.header.setFixedWidth(gutter() - axis)
        self._item.getAxis("left").setWidth(axis)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        theme = self._session.theme
        self._colour, self._has_marks_to_place = QColor(), True
        self.view.setBackground(theme.surface_raised)
        self._cursor.setPen(pg.mkPen(theme.accent, width=1))
        self._edits.setBrush(pg.mkBrush(theme.ok))
        axis = self._item.getAxis("left")
        axis.setPen(pg.mkPen(theme.line))
        axis.setTextPen(pg.mkPen(theme.text_dim))
        axis.setTickDensity(TICK_DENSITY)
        axis.setStyle(maxTickLevel=0, tickLength=-4, tickFont=font("small"))
        for line in self.limit_lines:
            line.setPen(pg.mkPen(theme.warn, width=1, style=Qt.PenStyle.DashLine))
            line.setHoverPen(pg.mkPen(theme.warn, width=2))

    # -- inside

    def _draw(self, curve: Curve, colour: QColor, *, place: int, z: int = 0) -> None:
        """Draw a curve with a line that is there already: a new one takes ten times as long."""
        pen = pg.mkPen(colour, width=1)
        if curve.is_reference:
            pen = QPen(pg.mkPen(self._session.theme.text_dim, width=1))
            pen.setStyle(Qt.PenStyle.DashLine)
        if place == len(self._lines):
            line = pg.PlotDataItem(connect="finite", antialias=True)
            self._item.addItem(line, ignoreBounds=True)
            line.setClipToView(True)
            line.setDownsampling(auto=True, method="peak")
            self._lines.append(line)
        line = self._lines[place]
        line.setZValue(z)
        line.setData(curve.frames, curve.values, pen=pen)
        line.show()

    def _draw_range(self) -> None:
        """Shade where the values around each frame usually lie."""
        curve = self._curves[-1] if self._curves and self.spec.check else None
        if curve is None or len(curve.values) > LONGEST_RANGE:
            if self._range is not None:
                self._range.hide()
            return
        if self._range is None:
            self._range = pg.FillBetweenItem(pg.PlotCurveItem(), pg.PlotCurveItem())
            self._range.setZValue(-2)
            self._item.addItem(self._range, ignoreBounds=True)
        shade = QColor(self._session.theme.text_dim)
        shade.setAlpha(RANGE_ALPHA)
        self._range.setBrush(pg.mkBrush(shade))
        low, high = usual_range(curve.values)
        known = np.isfinite(low)
        frames = curve.frames[known]
        # one of the two edges tells the item that both are new
        self._range.curves[0].blockSignals(True)
        self._range.curves[0].setData(frames, low[known])
        self._range.curves[0].blockSignals(False)
        self._range.curves[1].setData(frames, high[known])
        self._range.show()

    def _place_edits(self) -> None:
        """Keep the marks of edits at the lower edge, whatever range the axis shows."""
        if not len(self._edited) and not len(self._edits.data):
            return
        bottom = self.box.viewRange()[1][0]
        self._edits.setData(self._edited.astype(np.float64), np.full(len(self._edited), bottom))

    def _concerns(self, flag: Flag) -> bool:
        """Return whether a flag is about what this row shows; a gap is about every row."""
        return not self.spec.check or self.spec.check in flag.checks or flag.kind == "gap"

    def _limit_line(self, limit: float) -> Any:
        line = pg.InfiniteLine(pos=limit, angle=0, movable=bool(self.spec.check))
        line.sigDragged.connect(self._on_limit_dragged)
        line.sigPositionChangeFinished.connect(self._on_limit_left)
        self.box.addItem(line, ignoreBounds=True)
        return line

    def _on_limit_dragged(self, line: Any) -> None:
        self._is_dragging = True
        self.limit_moved.emit(self.spec.check, self.spec.limit_from(float(line.value())))

    def _on_limit_left(self, _line: Any) -> None:
        self._is_dragging = False

    def _fit_height(self) -> None:
        self._fit_axis()
        self._place_edits()
        self._place_marks()

    def _fit_axis(self) -> None:
        if self.spec.bounds is not None:
            self.box.setYRange(*self.spec.bounds, padding=0)
            return
        start, end = self._span
        lows, highs = list(self.spec.limits), list(self.spec.limits)
        for curve in self._curves:
            first = max(int(start) - curve.first, 0)
            shown = curve.values[first : max(int(end) + 2 - curve.first, 0)]
            shown = shown[np.isfinite(shown)]
            if len(shown):
                low, high = _shown_range(shown, self.spec.limits)
                lows.append(low)
                highs.append(high)
        if lows:
            low, high = min(lows), max(highs)
            margin = max((high - low) * 0.1, 1e-9 + abs(high) * 1e-3)
            self.box.setYRange(low - margin, high + margin, padding=0)

    def _value_in_words(self, frame: int) -> str:
        values = [curve for curve in self._curves if not curve.is_reference]
        return self.spec.in_words(values[-1].at(frame)) if values else "–"

    def _on_hover(self, place: Any) -> None:
        if not self._curves or not self.box.sceneBoundingRect().contains(place):
            return
        frame = int(np.floor(self.box.mapSceneToView(place).x() + 0.5))
        lines = [f"<b>frame {frame}</b>"]
        for curve in self._curves:
            lines.append(f"{curve.title}: {self.spec.in_words(curve.at(frame))}")
        if frame in self._edited:
            lines.append("edited")
        for near in range(frame - self._reach(), frame + self._reach() + 1):
            for flag in self._marked.get(near, ()):
                lines.append(f"{glyphs.title_of(flag.kind)}: {flag.evidence}")
        corner = self.view.mapToGlobal(self.view.mapFromScene(place)) + QPoint(14, 10)
        QToolTip.showText(corner, "<br>".join(lines), self.view)

    def _reach(self) -> int:
        frames_per_pixel = (self._span[1] - self._span[0]) / max(self.box.width(), 1.0)
        return min(int(frames_per_pixel * MARK_SIZE / 2), 50)


def _shown_range(values: npt.NDArray[np.float64], limits: Sequence[float]) -> tuple[float, float]:
    """Return the range of values to show: one wild value must not flatten all others.

    The middle 98 % are shown with room for spikes of a few times their spread or of the limits.
    """
    low, high = (float(value) for value in np.percentile(values, [1, 99]))
    reach = max(SPIKE_ROOM * (high - low), *(SPIKE_ROOM * abs(limit) for limit in limits), 0.0)
    return max(float(values.min()), low - reach), min(float(values.max()), high + reach)
