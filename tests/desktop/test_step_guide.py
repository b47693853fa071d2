"""Undo and redo say what they did, and show where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.building import moving_boxes, press, settle, sudden_jump
from trackproof.desktop.editing import EditDesk
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.labels import DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def said(open_window: MainWindow) -> list[str]:
    """What the top of the canvas says, as it is said."""
    words: list[str] = []
    EditDesk.of(open_window.session).said.connect(words.append)
    return words


def menu(window: MainWindow, action: str) -> str:
    return window.registry.qaction(action).text()


def test_the_menu_names_what_undo_and_redo_would_do(open_window: MainWindow, qtbot: QtBot) -> None:
    assert menu(open_window, "edit.undo") == "Undo"
    open_window.session.select_track(1)
    press(open_window, qtbot, Key.Key_Delete)
    assert menu(open_window, "edit.undo") == "Undo: delete Vehicle:2 at frame 0"
    press(open_window, qtbot, Key.Key_Z, Control)
    assert menu(open_window, "edit.undo") == "Undo"
    assert menu(open_window, "edit.redo") == "Redo: delete Vehicle:2 at frame 0"


def test_a_verdict_is_named_after_its_flag(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_N)
    frame = open_window.session.frame
    press(open_window, qtbot, Key.Key_X)
    assert menu(open_window, "edit.undo") == f"Undo: label is right: Vehicle:1, frame {frame}"


def test_undoing_a_verdict_brings_its_flag_back_under_review(
    open_window: MainWindow, qtbot: QtBot, said: list[str]
) -> None:
    session = open_window.session
    press(open_window, qtbot, Key.Key_N)
    judged = session.flag
    assert judged is not None
    press(open_window, qtbot, Key.Key_X)
    session.select_flag(None)
    press(open_window, qtbot, Key.Key_Home)
    press(open_window, qtbot, Key.Key_Z, Control)
    assert session.flag is not None
    assert session.flag.key == judged.key
    assert (session.frame, session.track) == (judged.frame, judged.track)
    assert said[-1].startswith("Undone: label is right: Vehicle:1")


def test_undo_and_redo_go_where_the_boxes_changed(
    open_window: MainWindow, qtbot: QtBot, said: list[str]
) -> None:
    session = open_window.session
    session.select_track(1)
    press(open_window, qtbot, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    for keys in ((Key.Key_Z, Control), (Key.Key_Z, Control, Shift)):
        press(open_window, qtbot, Key.Key_End)
        session.select_track(2)
        press(open_window, qtbot, *keys)
        assert (session.frame, session.track) == (0, 1)
    assert said[-2:] == [
        "Undone: move Vehicle:2 at frame 0",
        "Done again: move Vehicle:2 at frame 0",
    ]


def test_the_view_stays_when_the_change_is_in_sight(open_window: MainWindow) -> None:
    session = open_window.session
    session.select_track(1)
    session.go_to(12)
    session.apply(DeleteBoxes((1,), FrameRanges.span(10, 14)))
    session.go_to(11)
    session.undo()
    assert (session.frame, session.track) == (11, 1)


def test_a_step_over_many_objects_changes_the_frame_alone(open_window: MainWindow) -> None:
    session = open_window.session
    session.select_track(-1)
    session.apply(DeleteBoxes((0, 1, 2), FrameRanges.at(5)))
    session.go_to(30)
    session.undo()
    assert (session.frame, session.track) == (5, -1)


def test_a_flag_that_the_repair_removed_is_under_review_again_once_it_is_found(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    press(open_window, qtbot, Key.Key_N)
    settle(qtbot, session)
    judged = session.flag
    assert judged is not None
    ReviewDesk.of(session).accept()
    settle(qtbot, session)
    session.select_flag(None)
    press(open_window, qtbot, Key.Key_End)
    press(open_window, qtbot, Key.Key_Z, Control)
    settle(qtbot, session)
    assert session.flag is not None
    assert session.flag.key == judged.key


def test_a_jump_in_the_history_goes_there_too(open_window: MainWindow) -> None:
    session = open_window.session
    session.apply(DeleteBoxes((1,), FrameRanges.at(7)))
    session.go_to(30)
    session.go_to_step(0)
    assert session.frame == 7


def test_undo_in_another_sequence_opens_it_where_the_change_was(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sudden_jump(moving_boxes()), moving_boxes(name="yard")])
    session.apply(DeleteBoxes((1,), FrameRanges.at(7)))
    session.open_sequence(1)
    session.undo()
    assert session.index == 0
    assert (session.frame, session.track) == (7, 1)
