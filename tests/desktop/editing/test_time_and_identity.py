"""Edits over time and of identity, by the keys and dialogs of the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from trackproof.desktop.editing.dialog import EditDialog
from trackproof.desktop.editing.fields import FramesField
from trackproof.labels import Category, DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def box_of(session: Session, track: int, frame: int) -> tuple[float, ...] | None:
    assert session.labels is not None
    block = session.labels.table.block(track)
    row = None if block is None else block.row_at(frame)
    return None if block is None or row is None else tuple(block.xywh[row].tolist())


def dialog_of(window: MainWindow) -> EditDialog:
    [dialog] = [one for one in window.findChildren(EditDialog) if one.isVisible()]
    return dialog


def make(dialog: EditDialog, qtbot: QtBot) -> None:
    assert dialog.button.isEnabled(), dialog.words.text()
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)


def test_predict_goes_on_with_the_motion_and_can_be_repeated(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.starting(11)))
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_P)
    assert session.frame == 13
    assert [box_of(session, 1, frame) for frame in (11, 12, 13)] == [
        (64.0, 90.0, 40.0, 30.0),
        (68.0, 90.0, 40.0, 30.0),
        (72.0, 90.0, 40.0, 30.0),
    ]
    assert session.history[-1] == "predict Vehicle:2 at frame 13"


@pytest.mark.parametrize("key", ["P", "D"])
def test_a_box_in_the_next_frame_stays(
    canvas: Canvas, session: Session, qtbot: QtBot, key: str
) -> None:
    labels = session.labels
    modifier = CONTROL if key == "D" else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(canvas, key, modifier)
    assert session.labels is labels
    assert session.frame == 11
    assert "stays as it is" in canvas._words()[1]


def test_copy_puts_the_same_box_one_frame_on(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.at(11)))
    qtbot.keyClick(canvas, Qt.Key.Key_D, CONTROL)
    assert session.frame == 11
    assert box_of(session, 1, 11) == box_of(session, 1, 10)


def test_copy_to_all_following_says_how_many_boxes_it_adds(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.starting(15)))
    qtbot.keyClick(canvas, Qt.Key.Key_D, CONTROL | SHIFT)
    dialog = dialog_of(open_window)
    assert "25 boxes will be added" in dialog.words.text()
    make(dialog, qtbot)
    assert box_of(session, 1, 39) == box_of(session, 1, 10)
    assert box_of(session, 1, 14) == (76.0, 90.0, 40.0, 30.0)


def test_interpolation_fills_the_gap(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.span(9, 12)))
    qtbot.keyClick(canvas, Qt.Key.Key_I, CONTROL)
    assert box_of(session, 1, 10) == pytest.approx((60.0, 90.0, 40.0, 30.0))
    assert session.labels is not None
    assert len(session.labels.table.blocks[1]) == 40


def test_interpolation_replaces_what_the_flag_is_about(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    flag = next(one for one in session.flags if one.track == 0 and one.frame == 20)
    session.select_flag(flag)
    qtbot.keyClick(canvas, Qt.Key.Key_I, CONTROL)
    assert box_of(session, 0, 20) == pytest.approx((100.0, 20.0, 40.0, 30.0))


def test_interpolation_without_neighbours_says_so(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.go_to(0)
    qtbot.keyClick(canvas, Qt.Key.Key_I, CONTROL)
    assert "needs a box before and one after" in canvas._words()[1]
    assert session.history == ()


def test_deleting_a_range_says_how_many_boxes_go_before_they_do(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Delete, SHIFT)
    dialog = dialog_of(open_window)
    assert "30 boxes will be deleted" in dialog.words.text()
    field = dialog.findChild(FramesField)
    assert isinstance(field, FramesField)
    field.text.setText("2-5,x")
    assert not dialog.button.isEnabled()
    assert "'x' is not a frame" in dialog.words.text()
    field.text.setText("2-5,8")
    assert "5 boxes will be deleted" in dialog.words.text()
    make(dialog, qtbot)
    assert session.labels is not None
    assert len(session.labels.table.blocks[1]) == 35
    assert session.history == ("delete Vehicle:2 at frames 2-5,8",)


def test_split_shows_its_frames_makes_a_new_object_and_selects_it(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_K, CONTROL)
    dialog = dialog_of(open_window)
    assert "30 frames (10-39)" in dialog.words.text()
    assert box_of(session, 1, 10) is not None
    make(dialog, qtbot)
    assert session.track == 3
    assert box_of(session, 1, 10) is None
    assert box_of(session, 3, 10) == (60.0, 90.0, 40.0, 30.0)
    session.undo()
    assert box_of(session, 1, 10) is not None
    assert session.track == 1
    session.redo()
    assert session.track == 3


def test_swap_from_here_on_touches_no_frame_before(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_S)
    dialog = dialog_of(open_window)
    partner = dialog.findChildren(QComboBox)[0]
    assert partner.currentText().startswith("Vehicle:1 ")
    partner.setCurrentIndex(1)
    assert "30 frames (10-39)" in dialog.words.text()
    make(dialog, qtbot)
    assert box_of(session, 1, 9) == (56.0, 90.0, 40.0, 30.0)
    assert box_of(session, 1, 10) == (60.0, 160.0, 40.0, 30.0)
    assert box_of(session, 2, 10) == (60.0, 90.0, 40.0, 30.0)


def test_merge_asks_what_to_keep_where_both_are(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_M, CONTROL)
    dialog = dialog_of(open_window)
    assert not dialog.button.isEnabled()
    assert "Choose which one to keep" in dialog.words.text()
    dialog.findChildren(QComboBox)[1].setCurrentIndex(1)
    make(dialog, qtbot)
    assert session.labels is not None
    assert sorted(session.labels.table.blocks) == [1, 2]


def test_rename_refuses_a_name_that_is_taken(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_F2)
    dialog = dialog_of(open_window)
    field = dialog.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText("Vehicle:1")
    assert "name of another object" in dialog.words.text()
    assert not dialog.button.isEnabled()
    field.setText("Vehicle:9")
    make(dialog, qtbot)
    assert session.labels is not None
    assert session.labels.table.tracks[1].object_name == "Vehicle:9"


def test_change_of_category(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    object.__setattr__(session.labels, "categories", (Category("car"), Category("person")))
    qtbot.keyClick(canvas, Qt.Key.Key_F2, SHIFT)
    dialog = dialog_of(open_window)
    assert "changes nothing" in dialog.words.text()
    dialog.findChildren(QComboBox)[0].setCurrentIndex(1)
    make(dialog, qtbot)
    assert session.labels is not None
    assert np.all(session.labels.table.blocks[1].category == 1)


def test_one_dialog_is_open_at_a_time(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    open_window.registry.qaction("edit.swap").trigger()
    open_window.registry.qaction("edit.rename").trigger()
    assert dialog_of(open_window).windowTitle() == "Rename Vehicle:2"
    assert session.history == ()
