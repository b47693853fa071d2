"""Timelines, driven by mouse and by the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from desktop.building import settle
from panel_scene import FRAMES, GAP_AT, JUMP_AT
from trackproof.desktop.panels.overview.panel import OverviewPanel
from trackproof.desktop.panels.ruler import SCROLL_BAR, Ruler, gutter, tick_step
from trackproof.desktop.panels.span import SharedSpan
from trackproof.desktop.panels.timelines.panel import TimelinesPanel
from trackproof.desktop.panels.timelines.pins import PinnedTracks
from trackproof.labels.edits_boxes import PutBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.panels.timelines.plot import TimelinePlot
    from trackproof.desktop.session import Session

# popups and tooltips ask the offscreen platform for what only a real screen can do
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def timelines(opened: Session, qtbot: QtBot) -> TimelinesPanel:
    """Timelines of the object with a missing frame."""
    opened.select_track(0)
    panel = TimelinesPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(900, 260)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def pixel(plot: TimelinePlot, frame: float, value: float) -> QPoint:
    scene = plot.box.mapViewToScene(QPointF(frame, value))
    return plot.view.mapFromScene(scene)


def test_overlap_and_size_change_are_shown_at_first(timelines: TimelinesPanel) -> None:
    assert list(timelines.plots) == ["rolling_iou", "size_change"]


def test_a_missing_frame_breaks_every_curve(timelines: TimelinesPanel) -> None:
    (curve,) = timelines.plots["rolling_iou"].curves
    assert np.isnan(curve.at(GAP_AT))
    assert np.isfinite(curve.at(GAP_AT - 1))


def test_a_click_seeks(timelines: TimelinesPanel, opened: Session, qtbot: QtBot) -> None:
    plot = timelines.plots["rolling_iou"]
    place = pixel(plot, 20.0, 0.2)
    qtbot.mouseClick(plot.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: opened.frame == 20)


def test_the_ruler_seeks_and_shift_drag_loops(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    ruler = timelines.findChild(Ruler)
    assert isinstance(ruler, Ruler)
    span = SharedSpan.of(opened)
    width = ruler.width() - gutter() - SCROLL_BAR

    def at(frame: int) -> QPoint:
        return QPoint(gutter() + round(span.pixel_of(frame, width)), 4)

    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(ruler, left, pos=at(33))
    assert opened.frame == 33
    qtbot.mousePress(ruler, left, shift, pos=at(10))
    qtbot.mouseMove(ruler, at(19))
    qtbot.mouseRelease(ruler, left, shift, pos=at(19))
    assert opened.loop == (10, 19)


def test_the_value_at_the_cursor_is_told(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    header = timelines.plots["size_change"].header
    opened.go_to(10)
    qtbot.waitUntil(lambda: header.value == "0.0 %")
    opened.go_to(GAP_AT)
    qtbot.waitUntil(lambda: header.value == "–")


def test_dragging_the_limit_flags_again(
    timelines: TimelinesPanel,
    opened: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # pyqtgraph drops moves that follow each other faster than a hand's
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)
    opened.select_track(1)
    before = len(opened.flags)
    plot = timelines.plots["rolling_iou"]
    line = plot.limit_lines[0]
    start = pixel(plot, 10.0, float(line.value()))
    view = plot.view.viewport()
    with qtbot.waitSignal(opened.analysis_changed):
        qtbot.mouseMove(view, start)
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 9):
            qtbot.mouseMove(view, start - QPoint(0, 3 * step))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start - QPoint(0, 24))
    analysis = opened.analysis
    assert analysis is not None
    assert analysis.measurements["rolling_iou"].limit > 0.5
    assert len(opened.flags) >= before
    assert "limit 0.5 " not in timelines.plots["rolling_iou"].header.limit


def test_rows_come_and_go_and_are_remembered(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    timelines.show_plot("width", is_shown=True)
    mean, value = timelines.plots["width"].curves
    assert mean.is_reference
    assert not value.is_reference
    timelines.show_plot("rolling_iou", is_shown=False)
    assert list(timelines.plots) == ["size_change", "width"]
    again = TimelinesPanel(opened)
    qtbot.addWidget(again)
    assert set(again.plots) == {"size_change", "width"}


def test_an_edit_shows_as_soon_as_it_is_checked(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    opened.select_track(1)
    (before,) = timelines.plots["size_change"].curves
    assert abs(before.at(JUMP_AT)) > 20
    opened.apply(PutBox(1, JUMP_AT, (380.0, 130.0, 60.0, 80.0)))
    assert timelines.plots["size_change"].edited == (JUMP_AT,)
    settle(qtbot, opened)
    (after,) = timelines.plots["size_change"].curves
    assert after.at(JUMP_AT) == pytest.approx(0.0)
    assert timelines.plots["size_change"].edited == (JUMP_AT,)


def test_the_flag_under_review_is_brought_into_view(
    timelines: TimelinesPanel, opened: Session
) -> None:
    span = SharedSpan.of(opened)
    span.show(0, 10)
    flag = next(flag for flag in opened.flags if flag.frame == GAP_AT)
    opened.select_flag(flag)
    assert span.start <= GAP_AT <= span.end
    assert span.length < FRAMES


def test_nothing_selected_says_what_to_do(timelines: TimelinesPanel, opened: Session) -> None:
    opened.select_track(-1)
    assert "Select an object" in timelines.words


@pytest.mark.parametrize(
    ("length", "width", "step"), [(100, 1000, 10), (2000, 800, 200), (8, 800, 1), (60, 500, 10)]
)
def test_ticks_stand_apart(length: float, width: float, step: int) -> None:
    assert tick_step(length, width) == step


def test_zoom_keeps_the_frame_under_the_cursor(opened: Session) -> None:
    span = SharedSpan.of(opened)
    span.zoom(0.5, around=20.0)
    assert span.pixel_of(20.0, 1000) == pytest.approx((20.5 / 60) * 1000)
    span.zoom(100.0, around=20.0)
    assert (span.start, span.end) == (-0.5, FRAMES - 0.5)
    span.pan(1000)
    assert (span.start, span.end) == (-0.5, FRAMES - 0.5)


def test_overview_and_timelines_share_every_pixel_of_the_axis(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    overview = OverviewPanel(opened)
    qtbot.addWidget(overview)
    for height in (60, 260):
        overview.resize(900, height)
        overview.show()
        overview.grab()
        assert overview.lane.viewport().width() == 900 - SCROLL_BAR
    plot = timelines.plots["rolling_iou"]
    right = plot.mapTo(timelines, plot.rect().topRight()).x()
    assert right == 900 - SCROLL_BAR - 1
    at = plot.view.mapTo(timelines, pixel(plot, 30.0, 0.5)).x()
    span = SharedSpan.of(opened)
    wanted = gutter() + span.pixel_of(30.0, 900 - SCROLL_BAR - gutter())
    assert at == pytest.approx(wanted, abs=2)


def test_pinned_objects_stay_behind_the_selected_one(
    timelines: TimelinesPanel, opened: Session, qtbot: QtBot
) -> None:
    pins = PinnedTracks.of(opened)
    opened.select_track(0)
    pins.toggle(0)
    pins.toggle(2)
    opened.select_track(1)
    for plot in timelines.plots.values():
        assert plot.others == 2
    pins.toggle(2)
    assert [plot.others for plot in timelines.plots.values()] == [1, 1]
    opened.select_track(0)
    assert [plot.others for plot in timelines.plots.values()] == [0, 0]
    pins.clear()
    opened.select_track(1)
    qtbot.waitUntil(lambda: [plot.others for plot in timelines.plots.values()] == [0, 0])
