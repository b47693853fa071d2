"""Frames run around flags and along objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def ready(open_window: MainWindow, pictures: Path, qtbot: QtBot) -> MainWindow:
    """The window with pictures, and flags that play."""
    session = open_window.session
    session.attach_frames(pictures)
    qtbot.waitUntil(lambda: session.frames is not None)
    action = open_window.registry.qaction("playback.flags")
    assert not action.isChecked()
    action.trigger()
    return open_window


def test_a_flag_plays_after_a_rest_and_the_next_one_anew(ready: MainWindow, qtbot: QtBot) -> None:
    session, canvas = ready.session, ready.area.canvas
    qtbot.waitUntil(ready.registry.qaction("review.next").isEnabled)
    qtbot.keyClick(canvas, Qt.Key.Key_Period)
    flag = session.flag
    assert flag is not None
    assert not session.is_playing
    assert session.frame == flag.frame
    qtbot.waitUntil(lambda: session.is_playing)
    first, last = session.loop or (0, 0)
    assert first < flag.frame_start
    assert last > flag.frame_end
    qtbot.keyClick(canvas, Qt.Key.Key_BraceRight)
    wider = session.loop or (0, 0)
    assert wider[0] <= first
    assert wider[1] - wider[0] > last - first
    session.judge([flag], "dismissed")
    session.select_flag(None)
    assert session.loop is None


def test_whoever_steps_during_the_rest_is_left_alone(ready: MainWindow, qtbot: QtBot) -> None:
    session = ready.session
    session.next_flag()
    session.step(1)
    frame = session.frame
    with qtbot.assertNotEmitted(session.playing_changed, wait=700):
        pass
    assert session.frame == frame
    assert session.loop is None


def test_an_object_is_played_alone_over_its_frames_and_followed(
    ready: MainWindow, qtbot: QtBot
) -> None:
    session, canvas = ready.session, ready.area.canvas
    session.select_track(1)
    qtbot.waitUntil(ready.registry.qaction("playback.object").isEnabled)
    qtbot.keyClick(canvas, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert session.is_playing
    assert session.loop == (0, 39)
    assert {mark.track for mark in canvas.marks.marks} == {1}
    assert canvas.options.follows_track
    qtbot.keyClick(canvas, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert not session.is_playing
    assert {mark.track for mark in canvas.marks.marks} == {0, 1, 2}
