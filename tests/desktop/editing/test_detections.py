"""Annotations without identity, by mouse and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QComboBox

from desktop.building import moving_boxes
from trackproof.desktop.editing.dialog import EditDialog
from trackproof.desktop.panels.inspector.panel import InspectorPanel
from trackproof.desktop.panels.inspector.values import ChoiceField
from trackproof.labels import (
    NO_IDENTITY,
    AttributeSpec,
    Block,
    Category,
    DeleteBoxes,
    FrameRanges,
    Labels,
    LabelTable,
    PutBox,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.desktop.window import MainWindow

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def detected(open_window: MainWindow, qtbot: QtBot) -> Canvas:
    """The canvas on two detections a frame, at frame 3."""
    frames = np.repeat(np.arange(10), 2)
    boxes = np.tile([[20.0, 30.0, 60.0, 50.0], [150.0, 40.0, 50.0, 60.0]], (10, 1))
    table = LabelTable([], {NO_IDENTITY: Block.of_boxes(frames, boxes)}, names=[""])
    labels = Labels(table, (Category("car"),), np.ones(10, dtype=bool))
    made = replace(moving_boxes(frames=10), labels=labels, task=Task.DETECTION)
    session = open_window.session
    session.show_sequences([made])
    # The work begins a moment after: nothing runs yet.
    qtbot.waitUntil(lambda: session.is_checked and not session.tasks.running)
    session.go_to(3)
    canvas = open_window.area.canvas
    canvas.setFocus()
    return canvas


def point(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.view.to_widget(QPointF(x, y)).toPoint()


def boxes(session: Session, frame: int = 3) -> list[list[float]]:
    assert session.labels is not None
    block = session.labels.table.blocks[NO_IDENTITY]
    return block.xywh[block.frame == frame].tolist()


def test_a_clicked_detection_moves_by_mouse_and_keys_and_its_neighbours_stay(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session, start = open_window.session, point(detected, 175.0, 70.0)
    qtbot.mouseClick(detected, LEFT, pos=start)
    qtbot.mousePress(detected, LEFT, pos=start)
    qtbot.mouseMove(detected, point(detected, 180.0, 75.0))
    qtbot.mouseMove(detected, point(detected, 185.0, 80.0))
    qtbot.mouseRelease(detected, LEFT, pos=point(detected, 185.0, 80.0))
    assert boxes(session) == [[20.0, 30.0, 60.0, 50.0], [160.0, 50.0, 50.0, 60.0]]
    enabled("edit.move_left_1")
    qtbot.keyClick(detected, Qt.Key.Key_Left, ALT)
    assert boxes(session)[1][0] == 159.0
    assert boxes(session, 4) == [[20.0, 30.0, 60.0, 50.0], [150.0, 40.0, 50.0, 60.0]]


def test_only_the_clicked_detection_is_deleted(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    qtbot.mouseClick(detected, LEFT, pos=point(detected, 50.0, 55.0))
    enabled("edit.delete")
    qtbot.keyClick(detected, Qt.Key.Key_Delete)
    assert boxes(session) == [[150.0, 40.0, 50.0, 60.0]]
    session.undo()
    assert len(boxes(session)) == 2


def test_a_drawn_box_becomes_one_detection_more(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    qtbot.keyClick(detected, Qt.Key.Key_B)
    qtbot.mousePress(detected, LEFT, pos=point(detected, 230.0, 100.0))
    qtbot.mouseMove(detected, point(detected, 250.0, 120.0))
    qtbot.mouseMove(detected, point(detected, 280.0, 150.0))
    qtbot.mouseRelease(detected, LEFT, pos=point(detected, 280.0, 150.0))
    assert boxes(session)[2] == [230.0, 100.0, 50.0, 50.0]
    assert session.labels is not None
    assert session.labels.table.tracks == ()
    enabled("edit.move_right_1")
    qtbot.keyClick(detected, Qt.Key.Key_Right, ALT)
    assert boxes(session)[2][0] == 231.0


def test_escape_lets_go_of_a_detection(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    qtbot.mouseClick(detected, LEFT, pos=point(detected, 50.0, 55.0))
    enabled("edit.delete")
    qtbot.keyClick(detected, Qt.Key.Key_Escape)
    qtbot.keyClick(detected, Qt.Key.Key_Delete)
    assert len(boxes(session)) == 2


def test_numbers_and_category_of_one_detection_are_typed(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    object.__setattr__(session.labels, "categories", (Category("car"), Category("bus")))
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.mouseClick(detected, LEFT, pos=point(detected, 175.0, 70.0))
    qtbot.waitUntil(lambda: panel.sides[0].value() == 150.0)
    panel.sides[2].setValue(44.0)
    assert boxes(session) == [[20.0, 30.0, 60.0, 50.0], [150.0, 40.0, 44.0, 60.0]]
    panel.category.setCurrentIndex(1)
    panel.category.activated.emit(1)
    assert session.labels is not None
    block = session.labels.table.blocks[NO_IDENTITY]
    assert block.category[block.frame == 3].tolist() == [0, 1]
    assert block.category.sum() == 1


def choose_the_second(canvas: Canvas, qtbot: QtBot) -> None:
    qtbot.mouseClick(canvas, LEFT, pos=point(canvas, 175.0, 70.0))


def asked(window: MainWindow, qtbot: QtBot) -> EditDialog:
    """The dialog that just opened."""
    dialog = window.findChildren(EditDialog)[-1]
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def which(dialog: EditDialog) -> QComboBox:
    return next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "Which")


def test_a_detection_is_copied_to_the_next_frame_where_nothing_lies(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    session.apply(DeleteBoxes((NO_IDENTITY,), FrameRanges.at(4), 1))
    choose_the_second(detected, qtbot)
    enabled("edit.copy_next")
    qtbot.keyClick(detected, Qt.Key.Key_D, CTRL)
    assert session.frame == 4
    assert boxes(session, 4) == [[20.0, 30.0, 60.0, 50.0], [150.0, 40.0, 50.0, 60.0]]
    enabled("edit.move_right_1")
    qtbot.keyClick(detected, Qt.Key.Key_Right, ALT)
    assert boxes(session, 4)[1][0] == 151.0


def test_what_lies_in_the_place_of_a_copy_stays_until_it_is_replaced(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    session.apply(PutBox(NO_IDENTITY, 4, (155.0, 42.0, 50.0, 60.0), 1))
    choose_the_second(detected, qtbot)
    enabled("edit.copy_next")
    qtbot.keyClick(detected, Qt.Key.Key_D, CTRL)
    assert session.frame == 4
    assert boxes(session, 4)[1] == [155.0, 42.0, 50.0, 60.0]
    assert "Alt+P replaces it" in detected._words()[1]
    enabled("edit.replace")
    qtbot.keyClick(detected, Qt.Key.Key_P, ALT)
    assert boxes(session, 4)[1] == [150.0, 40.0, 50.0, 60.0]
    assert len(boxes(session, 4)) == 2


def test_a_detection_is_predicted_into_a_frame_without_it(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    session.apply(DeleteBoxes((NO_IDENTITY,), FrameRanges.span(4, 5)))
    choose_the_second(detected, qtbot)
    enabled("edit.predict_next")
    qtbot.keyClick(detected, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: session.frame == 4)
    assert len(boxes(session, 4)) == 1
    session.go_to(3)
    qtbot.keyClick(detected, Qt.Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: session.frame == 4)
    assert len(boxes(session, 4)) == 2
    assert len(boxes(session, 5)) == 0


def test_deleting_over_a_range_is_about_the_place_the_category_or_all(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    session = open_window.session
    choose_the_second(detected, qtbot)
    enabled("edit.delete_range")
    qtbot.keyClick(detected, Qt.Key.Key_Delete, SHIFT)
    dialog = asked(open_window, qtbot)
    choice = which(dialog)
    assert [choice.itemText(row) for row in range(choice.count())] == [
        "car in this place",
        "Every car",
        "Every box",
    ]
    assert "7 boxes will be deleted" in dialog.words.text()
    choice.setCurrentIndex(1)
    assert "14 boxes will be deleted" in dialog.words.text()
    choice.setCurrentIndex(0)
    qtbot.mouseClick(dialog.button, LEFT)
    assert boxes(session, 2) == [[20.0, 30.0, 60.0, 50.0], [150.0, 40.0, 50.0, 60.0]]
    assert boxes(session, 9) == [[20.0, 30.0, 60.0, 50.0]]


@pytest.mark.parametrize(
    "action", ["edit.copy_range", "edit.shift_range", "edit.scale_range", "edit.category"]
)
def test_dialogs_over_a_range_open_for_a_detection(
    detected: Canvas,
    open_window: MainWindow,
    qtbot: QtBot,
    enabled: Callable[[str], None],
    action: str,
) -> None:
    choose_the_second(detected, qtbot)
    enabled(action)
    open_window.registry.qaction(action).trigger()
    dialog = asked(open_window, qtbot)
    assert "car" in dialog.windowTitle()
    assert dialog.words.text() == "This changes nothing."


@pytest.mark.parametrize(
    "action",
    [
        *("edit.interpolate", "edit.interpolate_range", "edit.extend", "edit.split"),
        *("edit.merge", "edit.swap", "edit.rename", "edit.new_object"),
    ],
)
def test_what_needs_an_identity_says_why_it_is_disabled(
    detected: Canvas,
    open_window: MainWindow,
    qtbot: QtBot,
    enabled: Callable[[str], None],
    action: str,
) -> None:
    choose_the_second(detected, qtbot)
    enabled("edit.copy_next")
    made = open_window.registry.qaction(action)
    assert not made.isEnabled()
    assert "cannot be told apart over time" in made.toolTip()


def test_an_attribute_is_set_for_what_lies_in_a_place_over_frames_and_for_one_box_alone(
    detected: Canvas, open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    made = session.sequence
    assert made is not None
    session.show_sequences([replace(made, specs=(AttributeSpec("side", choices=("near", "far")),))])
    qtbot.waitUntil(lambda: session.is_checked and not session.tasks.running)
    session.go_to(3)
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.mouseClick(detected, LEFT, pos=point(detected, 50.0, 55.0))
    qtbot.waitUntil(panel.which.isVisible)

    def shown() -> list[ChoiceField]:
        return [one for one in panel.findChildren(ChoiceField) if one.isVisible()]

    def pick(text: str) -> None:
        qtbot.waitUntil(lambda: len(shown()) == 1)
        [side] = shown()
        side.setCurrentText(text)
        side.activated.emit(side.currentIndex())

    def sides() -> list[list[object]]:
        assert session.labels is not None
        table = session.labels.table
        block = table.blocks[NO_IDENTITY]
        said = [dict(table.attribute_sets[int(one)]).get("side") for one in block.attributes]
        return [said[0::2], said[1::2]]

    pick("near")
    assert sides() == [[None] * 3 + ["near"] + [None] * 6, [None] * 10]
    panel.frames.text.setText("2-5,8")
    pick("far")
    assert [at for at, one in enumerate(sides()[0]) if one == "far"] == [2, 3, 4, 5, 8]
    assert sides()[1] == [None] * 10
    panel.which.setCurrentIndex(1)
    pick("near")
    assert [at for at, one in enumerate(sides()[1]) if one == "near"] == [2, 3, 4, 5, 8]
    assert session.history[-1].startswith("set side to near of ")
