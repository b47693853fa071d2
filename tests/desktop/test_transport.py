"""The transport bar: entry, scrubbing, speed, loop, time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from trackproof.desktop.transport import TransportBar
from trackproof.desktop.transport.clock import clock_text, speed_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session


@pytest.fixture
def bar(open_session: Session, qtbot: QtBot) -> TransportBar:
    made = TransportBar(open_session)
    qtbot.addWidget(made)
    made.resize(800, 64)
    with qtbot.waitExposed(made):
        made.show()
    return made


def at_frame(bar: TransportBar, frame: int) -> QPoint:
    return QPoint(round(bar.scrubber.x_of(frame)), 13)


def test_typed_frame_is_gone_to(bar: TransportBar, open_session: Session, qtbot: QtBot) -> None:
    bar.ask_frame()
    qtbot.keyClicks(bar.entry, "17")
    qtbot.keyClick(bar.entry, Qt.Key.Key_Return)
    assert open_session.frame == 17
    assert bar.entry.text() == "17"


def test_typed_frame_beyond_the_end_is_the_last(
    bar: TransportBar, open_session: Session, qtbot: QtBot
) -> None:
    bar.ask_frame()
    qtbot.keyClicks(bar.entry, "4000")
    qtbot.keyClick(bar.entry, Qt.Key.Key_Return)
    assert open_session.frame == 39


def test_escape_gives_the_entry_up(bar: TransportBar, open_session: Session, qtbot: QtBot) -> None:
    bar.ask_frame()
    qtbot.keyClicks(bar.entry, "17")
    qtbot.keyClick(bar.entry, Qt.Key.Key_Escape)
    assert open_session.frame == 0
    assert bar.entry.text() == "0"


def test_click_on_the_line_goes_to_the_frame(
    bar: TransportBar, open_session: Session, qtbot: QtBot
) -> None:
    qtbot.mouseClick(bar.scrubber, Qt.MouseButton.LeftButton, pos=at_frame(bar, 25))
    assert open_session.frame == 25
    assert open_session.moved_by is bar.scrubber


def test_dragging_scrubs_and_pauses(bar: TransportBar, open_session: Session, qtbot: QtBot) -> None:
    open_session.play()
    qtbot.mousePress(bar.scrubber, Qt.MouseButton.LeftButton, pos=at_frame(bar, 5))
    assert not open_session.is_playing
    assert open_session.frame == 5
    there = QPointF(at_frame(bar, 30))
    held = Qt.MouseButton.LeftButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        there,
        bar.scrubber.mapToGlobal(there),
        Qt.MouseButton.NoButton,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(bar.scrubber, move)
    assert open_session.frame == 30
    qtbot.mouseRelease(bar.scrubber, held, pos=at_frame(bar, 30))


def test_play_button_plays_and_pauses(
    bar: TransportBar, open_session: Session, qtbot: QtBot
) -> None:
    # On a machine that stalls, playing would have reached the end by itself.
    open_session.set_loop(0, 39)
    qtbot.mouseClick(bar.play_button, Qt.MouseButton.LeftButton)
    assert open_session.is_playing
    qtbot.waitUntil(lambda: open_session.frame >= 2)
    qtbot.mouseClick(bar.play_button, Qt.MouseButton.LeftButton)
    assert not open_session.is_playing


def test_speed_menu_sets_the_speed(bar: TransportBar, open_session: Session) -> None:
    action = next(a for a in bar.speed_button.menu().actions() if a.text() == "0.25×")
    action.trigger()
    assert open_session.speed == 0.25
    assert bar.speed_button.text() == "0.25×"
    assert action.isChecked()


def test_loop_button_repeats_around_the_flag(
    bar: TransportBar, open_session: Session, qtbot: QtBot
) -> None:
    flag = open_session.flags[0]
    open_session.select_flag(flag)
    qtbot.mouseClick(bar.loop_button, Qt.MouseButton.LeftButton)
    assert open_session.loop is not None
    first, last = open_session.loop
    assert first < flag.frame_start
    assert last > flag.frame_end
    qtbot.mouseClick(bar.loop_button, Qt.MouseButton.LeftButton)
    assert open_session.loop is None


def test_line_knows_what_is_in_memory(
    bar: TransportBar, open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    open_session.attach_frames(pictures)
    qtbot.waitUntil(lambda: bar.scrubber._cached == ((0, 40),))


def test_time_needs_a_rate(bar: TransportBar, open_session: Session) -> None:
    open_session.go_to(30)
    assert bar.time.text() == "00:01.20"
    open_session.set_rate(10.0)
    assert bar.time.text() == "00:03.00"


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, 25.0, "00:00.00"),
        (102, 25.0, "00:04.08"),
        (90_000, 25.0, "1:00:00.00"),
        (5, None, "--:--.--"),
    ],
)
def test_clock_reads_like_a_clock(frame: int, rate: float | None, text: str) -> None:
    assert clock_text(frame, rate) == text


def test_speed_reads_with_its_direction() -> None:
    assert speed_text(0.5) == "0.5×"
    assert speed_text(2.0, -1) == "−2×"
