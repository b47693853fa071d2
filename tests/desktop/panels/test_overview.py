"""The heat map: what it holds, what a pixel shows, what the mouse does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.building import settle
from panel_scene import FRAMES, GAP_AT, JUMP_AT, scene
from trackproof.desktop.panels.overview import heat as heats
from trackproof.desktop.panels.overview import lane as lanes
from trackproof.desktop.panels.overview.lane import OverviewLane
from trackproof.desktop.panels.ruler import gutter
from trackproof.desktop.panels.span import SharedSpan
from trackproof.labels.edits_boxes import PutBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def lane(opened: Session, qtbot: QtBot) -> OverviewLane:
    """The overview of the scene."""
    made = OverviewLane(opened)
    qtbot.addWidget(made)
    made.resize(gutter() + 600, 120)
    made.show()
    mapped(made, qtbot)
    return made


def mapped(lane: OverviewLane, qtbot: QtBot) -> None:
    """Wait until the map has been made for what is to be shown."""
    lane.grab()
    qtbot.waitUntil(lambda: bool(lane.heat.tracks) and not lane.is_mapping)


def place_of(lane: OverviewLane, session: Session, *, frame: int, row: int) -> QPoint:
    span = SharedSpan.of(session)
    across = gutter() + span.pixel_of(frame, lane.viewport().width() - gutter())
    return QPoint(round(across), round((row + 0.5) * lane.row_height))


def test_a_gap_is_a_level_of_its_own_and_absence_is_none(lane: OverviewLane) -> None:
    levels = lane.heat.levels
    assert levels.shape == (3, FRAMES)
    row = lane.heat.row_of(0)
    assert levels[row, GAP_AT] == heats.GAP
    assert np.count_nonzero(levels == heats.GAP) == 1
    assert np.all(levels[levels != heats.GAP] >= heats.CALM)


def test_a_mistake_is_hotter_than_the_rest(lane: OverviewLane, qtbot: QtBot) -> None:
    lane.show_measurement("size_change")
    mapped(lane, qtbot)
    row = lane.heat.levels[lane.heat.row_of(1)]
    assert set(np.flatnonzero(row > heats.CALM + 20)) == {JUMP_AT, JUMP_AT + 1}


def test_an_edit_cools_it(lane: OverviewLane, opened: Session, qtbot: QtBot) -> None:
    lane.show_measurement("size_change")
    opened.apply(PutBox(1, JUMP_AT, (380.0, 130.0, 60.0, 80.0)))
    settle(qtbot, opened)
    mapped(lane, qtbot)
    assert lane.heat.levels[lane.heat.row_of(1)].max() == heats.CALM


@given(
    rows=st.integers(1, 4),
    frames=st.integers(1, 50),
    start=st.floats(-0.5, 20),
    length=st.floats(0.5, 60),
    width=st.integers(1, 90),
)
def test_a_pixel_shows_the_worst_of_its_frames(
    rows: int, frames: int, start: float, length: float, width: int
) -> None:
    levels = (np.arange(rows * frames).reshape(rows, frames) * 37 % 256).astype(np.uint8)
    shown = heats.HeatMap(tuple(range(rows)), levels).pixels(start, start + length, width=width)
    assert shown.shape == (rows, width)
    for pixel in range(width):
        first = int(np.floor(start + 0.5 + length * pixel / width + 1e-6))
        last = int(np.ceil(start + 0.5 + length * (pixel + 1) / width - 1e-6))
        inside = levels[:, max(first, 0) : max(last, first + 1, 0)]
        if first >= frames or last <= 0:
            assert np.all(shown[:, pixel] == 0)
        elif inside.size:
            np.testing.assert_array_less(inside.max(axis=1) - 1.0, shown[:, pixel] + 0.5)


def test_a_click_goes_there_and_selects(lane: OverviewLane, opened: Session, qtbot: QtBot) -> None:
    place = place_of(lane, opened, frame=25, row=2)
    qtbot.mouseClick(lane.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.frame == 25
    assert opened.track == lane.heat.tracks[2]


def test_the_wheel_zooms_around_the_cursor(lane: OverviewLane, opened: Session) -> None:
    span = SharedSpan.of(opened)
    place = QPointF(place_of(lane, opened, frame=40, row=0))
    event = QWheelEvent(
        place,
        lane.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 360),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(lane.viewport(), event)
    assert span.length < FRAMES * 0.6
    assert span.start < 40 < span.end


def test_scores_of_objects_that_stayed_are_taken_from_the_map_before(
    opened: Session, qtbot: QtBot
) -> None:
    assert opened.labels is not None
    first = heats.heat_map(opened.labels, opened.analysis, frames=FRAMES)
    opened.apply(PutBox(1, JUMP_AT, (380.0, 130.0, 60.0, 80.0)))
    settle(qtbot, opened)
    second = heats.heat_map(opened.labels, opened.analysis, frames=FRAMES, before=first)
    opened.apply(PutBox(2, 12, (20.0, 20.0, 10.0, 10.0)))
    settle(qtbot, opened)
    third = heats.heat_map(opened.labels, opened.analysis, frames=FRAMES, before=second)
    whole = heats.heat_map(opened.labels, opened.analysis, frames=FRAMES)
    np.testing.assert_array_equal(third.levels, whole.levels)
    assert not np.array_equal(first.levels, third.levels)


def test_the_worst_object_can_stand_on_top(lane: OverviewLane, qtbot: QtBot) -> None:
    lane.show_measurement("size_change")
    lane.show_order(heats.TrackOrder.WORST)
    mapped(lane, qtbot)
    assert lane.heat.tracks[0] == 1


def test_colours_differ_between_calm_hot_and_gap(lane: OverviewLane) -> None:
    image = lane.grab().toImage()
    ground = image.pixelColor(gutter() + 300, lane.height() - 3)
    row = lane.heat.row_of(0) or 0
    calm = image.pixelColor(gutter() + 100, round((row + 0.9) * lane.row_height) - 2)
    assert calm != ground


def test_a_map_of_the_sequence_before_comes_too_late(
    lane: OverviewLane, opened: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_made, may_go = threading.Event(), threading.Event()
    real = lanes.heat_map

    def held(*args: Any, **more: Any) -> heats.HeatMap:
        made = real(*args, **more)
        is_made.set()
        may_go.wait(10)
        return made

    monkeypatch.setattr(lanes, "heat_map", held)
    lane.remap()
    lane.grab()
    assert is_made.wait(10)
    lane.hide()
    taken: list[heats.HeatMap] = []
    take_map = lane.take_map
    monkeypatch.setattr(lane, "take_map", lambda heat: (taken.append(heat), take_map(heat)))
    opened.show_sequences([scene("other", tracks=1)])
    may_go.set()
    qtbot.waitUntil(lambda: opened.is_checked and not opened.tasks.running)
    assert all(len(heat.tracks) <= 1 for heat in taken)
    assert len(lane._map.tracks) <= 1
