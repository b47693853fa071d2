"""Predicting with pictures, replacing, and edits over ranges, by keys and dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox

from trackproof.desktop.editing.dialog import EditDialog
from trackproof.desktop.editing.fields import FramesField
from trackproof.frames.following import by_motion
from trackproof.labels import DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def boxes_of(session: Session, track: int = 1) -> np.ndarray:
    assert session.labels is not None
    return session.labels.table.blocks[track].xywh


def box_at(session: Session, track: int, frame: int) -> list[float] | None:
    assert session.labels is not None
    block = session.labels.table.blocks[track]
    row = block.row_at(frame)
    return None if row is None else block.xywh[row].tolist()


def dialog_of(window: MainWindow) -> EditDialog:
    [dialog] = [one for one in window.findChildren(EditDialog) if one.isVisible()]
    return dialog


@pytest.fixture
def filmed(session: Session, tmp_path: Path, qtbot: QtBot) -> Session:
    """The session with pictures on which object 1 climbs 3 px a frame after frame 10."""
    texture = np.random.default_rng(2).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    texture = cv2.resize(texture[::6, ::6], (40, 30), interpolation=cv2.INTER_NEAREST)
    for frame in range(40):
        picture = np.full((240, 320, 3), 80, dtype=np.uint8)
        top, left = 90 - 3 * min(max(frame - 10, 0), 25), 20 + 4 * frame
        picture[top : top + 30, left : left + 40] = texture
        cv2.imwrite(str(tmp_path / f"{frame + 1:06d}.png"), picture)
    session.attach_frames(tmp_path)
    qtbot.waitUntil(lambda: session.picture(11) is not None and not session.tasks.running)
    return session


def test_prediction_goes_on_with_the_motion_and_follows_the_picture_when_repeated(
    canvas: Canvas, filmed: Session, qtbot: QtBot
) -> None:
    filmed.apply(DeleteBoxes((1,), FrameRanges.starting(11)))
    filmed.go_to(10)
    for frame in range(11, 21):
        qtbot.keyClick(canvas, Qt.Key.Key_P)
        qtbot.waitUntil(lambda frame=frame: filmed.frame == frame)
    assert box_at(filmed, 1, 11) == [64.0, 90.0, 40.0, 30.0]
    last = box_at(filmed, 1, 20)
    assert last is not None
    # The object is at 60 there; the motion of the boxes that were drawn leads to 90.
    assert last[1] < 75.0
    assert last[0] == pytest.approx(100.0, abs=2.0)


def test_a_prediction_that_somebody_moved_is_a_box_that_was_seen(
    canvas: Canvas, filmed: Session, qtbot: QtBot
) -> None:
    filmed.apply(DeleteBoxes((1,), FrameRanges.starting(11)))
    filmed.go_to(10)
    for frame in (11, 12):
        qtbot.keyClick(canvas, Qt.Key.Key_P)
        qtbot.waitUntil(lambda frame=frame: filmed.frame == frame)
    qtbot.keyClick(canvas, Qt.Key.Key_Up, ALT)
    before = [box_at(filmed, 1, frame) for frame in range(8, 13)]
    qtbot.keyClick(canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: filmed.frame == 13)
    moved = by_motion(np.arange(8, 13, dtype=np.int32), np.array(before))
    assert box_at(filmed, 1, 13) == pytest.approx(np.round(moved).tolist())


def test_several_presses_wait_for_each_other(canvas: Canvas, filmed: Session, qtbot: QtBot) -> None:
    filmed.apply(DeleteBoxes((1,), FrameRanges.starting(11)))
    filmed.go_to(10)
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: filmed.frame == 13)
    assert box_at(filmed, 1, 13) is not None
    assert box_at(filmed, 1, 14) is None


def test_presses_that_wait_are_forgotten_where_the_person_goes_elsewhere(
    canvas: Canvas, filmed: Session, qtbot: QtBot
) -> None:
    filmed.apply(DeleteBoxes((1,), FrameRanges.starting(11)))
    filmed.go_to(10)
    steps = filmed.history
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_P)
    filmed.go_to(5)
    qtbot.waitUntil(lambda: not filmed.tasks.running)
    assert filmed.frame == 5
    assert filmed.history == steps


def test_prediction_of_all_leaves_what_is_there(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((0, 1), FrameRanges.at(11)))
    session.go_to(10)
    before = box_at(session, 2, 11)
    qtbot.keyClick(canvas, Qt.Key.Key_P, SHIFT)
    assert session.frame == 11
    assert box_at(session, 0, 11) == [64.0, 20.0, 40.0, 30.0]
    assert box_at(session, 2, 11) == before
    assert session.history[-1] == "predict 2 objects at frame 11"


def test_a_box_that_stayed_is_replaced_only_when_asked_and_only_there(
    canvas: Canvas, session: Session, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_D, CONTROL)
    assert box_at(session, 1, 11) == [64.0, 90.0, 40.0, 30.0]
    enabled("edit.replace")
    qtbot.keyClick(canvas, Qt.Key.Key_P, ALT)
    assert box_at(session, 1, 11) == [60.0, 90.0, 40.0, 30.0]
    session.go_to(15)
    qtbot.keyClick(canvas, Qt.Key.Key_P, ALT)
    assert len(session.history) == 1


def test_copy_goes_back_as_well(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.at(9)))
    qtbot.keyClick(canvas, Qt.Key.Key_D, CONTROL | ALT)
    assert session.frame == 9
    assert box_at(session, 1, 9) == box_at(session, 1, 10)


def test_an_object_is_extended_to_its_end(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.span(12, 20)))
    qtbot.keyClick(canvas, Qt.Key.Key_K, CONTROL | SHIFT)
    dialog = dialog_of(open_window)
    assert "9 boxes will be added" in dialog.words.text()
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert box_at(session, 1, 20) == box_at(session, 1, 10)
    assert box_at(session, 1, 21) == [104.0, 90.0, 40.0, 30.0]


def test_a_range_is_moved_and_scaled_as_written(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_R, CONTROL)
    dialog = dialog_of(open_window)
    dialog.findChildren(FramesField)[0].text.setText("2-3,8")
    dialog.findChildren(QDoubleSpinBox)[0].setValue(5.0)
    assert "3 frames (2-3, 8)" in dialog.words.text()
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [boxes_of(session)[frame, 0] for frame in (1, 2, 3, 4, 8)] == [24, 33, 37, 36, 57]
    qtbot.keyClick(canvas, Qt.Key.Key_R, CONTROL | SHIFT)
    dialog = dialog_of(open_window)
    dialog.findChildren(FramesField)[0].text.setText("5")
    dialog.findChildren(QDoubleSpinBox)[1].setValue(50.0)
    dialog.findChildren(QComboBox)[1].setCurrentText("The lower edge")
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert box_at(session, 1, 5) == [40.0, 105.0, 40.0, 15.0]


def test_the_expected_box_is_taken_by_key_or_over_the_flagged_frames(
    open_window: MainWindow,
    canvas: Canvas,
    session: Session,
    qtbot: QtBot,
    enabled: Callable[[str], None],
) -> None:
    flag = next(one for one in session.flags if one.track == 0 and one.frame == 20)
    session.select_flag(flag)
    enabled("edit.take_expected")
    qtbot.keyClick(canvas, Qt.Key.Key_G, SHIFT)
    assert box_at(session, 0, 20) == pytest.approx([100.0, 20.0, 40.0, 30.0], abs=1.0)
    session.undo()
    session.select_flag(flag)
    enabled("edit.expected_range")
    qtbot.keyClick(canvas, Qt.Key.Key_G, CONTROL | SHIFT)
    dialog = dialog_of(open_window)
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert box_at(session, 0, 20) == pytest.approx([100.0, 20.0, 40.0, 30.0], abs=1.0)
    assert session.history[-1].startswith("take the expected boxes of Vehicle:1")


def test_frames_of_an_object_become_a_new_object(
    open_window: MainWindow, canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_N, CONTROL | SHIFT)
    dialog = dialog_of(open_window)
    dialog.findChildren(FramesField)[0].text.setText("5-7")
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert session.labels is not None
    assert session.labels.table.blocks[3].frame.tolist() == [5, 6, 7]
    assert session.labels.table.tracks[3].object_name == "car:1"


def test_arrow_keys_in_a_row_are_one_step(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    for _ in range(4):
        qtbot.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert box_at(session, 1, 10) == [64.0, 90.0, 40.0, 30.0]
    qtbot.keyClick(canvas, Qt.Key.Key_Down, CONTROL | SHIFT)
    assert session.history == ("resize Vehicle:2 at frame 10",)
    session.undo()
    assert box_at(session, 1, 10) == [60.0, 90.0, 40.0, 30.0]
    qtbot.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert session.history == ("move Vehicle:2 at frame 10",)
