"""Frames that a person chose on the timeline are those that edits over a range take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialogButtonBox

from desktop.building import press
from trackproof.desktop.editing.dialog import EditDialog
from trackproof.desktop.editing.fields import CHOSEN, FramesField
from trackproof.desktop.panels.inspector.panel import InspectorPanel
from trackproof.desktop.panels.overview.panel import OverviewPanel
from trackproof.desktop.panels.ruler import Ruler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def chosen(open_window: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with object 1 selected at frame 12, and frames 5 to 9 chosen by keys."""
    session = open_window.session
    session.select_track(1)
    session.go_to(5)
    press(open_window, qtbot, Key.Key_BracketLeft)
    session.go_to(9)
    press(open_window, qtbot, Key.Key_BracketRight)
    session.go_to(12)
    yield open_window
    for dialog in open_window.findChildren(EditDialog):
        dialog.close()


def frames_field(window: MainWindow) -> FramesField:
    [dialog] = [one for one in window.findChildren(EditDialog) if one.isVisible()]
    found = dialog.findChild(FramesField)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Key.Key_Delete, (SHIFT,)),
        (Key.Key_R, (CONTROL,)),
        (Key.Key_R, (CONTROL, SHIFT)),
        (Key.Key_I, (CONTROL, SHIFT)),
        (Key.Key_N, (CONTROL, SHIFT)),
    ],
)
def test_edits_over_a_range_begin_with_the_chosen_frames(
    chosen: MainWindow,
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: tuple[Qt.KeyboardModifier, ...],
) -> None:
    press(chosen, qtbot, key, *modifiers)
    field = frames_field(chosen)
    assert field.choice.currentText() == CHOSEN
    assert field.text.text() == "5-9"


@pytest.mark.parametrize(("key", "modifiers"), [(Key.Key_S, ()), (Key.Key_K, (CONTROL,))])
def test_edits_from_here_on_offer_the_chosen_frames_second(
    chosen: MainWindow,
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: tuple[Qt.KeyboardModifier, ...],
) -> None:
    press(chosen, qtbot, key, *modifiers)
    field = frames_field(chosen)
    assert field.choice.currentText() == "From here on"
    assert field.choice.itemText(1) == CHOSEN


def test_deleting_over_the_chosen_frames_leaves_all_others(
    chosen: MainWindow, qtbot: QtBot
) -> None:
    press(chosen, qtbot, Key.Key_Delete, SHIFT)
    [dialog] = [one for one in chosen.findChildren(EditDialog) if one.isVisible()]
    dialog.accept()
    assert chosen.session.labels is not None
    left = chosen.session.labels.table.blocks[1].frame.tolist()
    assert left == [*range(5), *range(10, 40)]


def test_a_loop_around_a_flag_is_no_choice(open_window: MainWindow, qtbot: QtBot) -> None:
    session = open_window.session
    press(open_window, qtbot, Key.Key_N)
    press(open_window, qtbot, Key.Key_L, CONTROL)
    assert session.loop is not None
    press(open_window, qtbot, Key.Key_Delete, SHIFT)
    field = frames_field(open_window)
    assert field.choice.findText(CHOSEN) < 0


def test_no_range_is_offered_once_nothing_repeats(chosen: MainWindow, qtbot: QtBot) -> None:
    press(chosen, qtbot, Key.Key_Backslash)
    press(chosen, qtbot, Key.Key_Delete, SHIFT)
    assert frames_field(chosen).choice.findText(CHOSEN) < 0


def test_attributes_offer_the_chosen_frames_as_soon_as_they_are(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    session.select_track(1)
    open_window.docks["inspector"].show()
    open_window.docks["inspector"].raise_()
    qtbot.waitUntil(lambda: open_window.findChild(InspectorPanel) is not None)
    inspector = open_window.findChild(InspectorPanel)
    assert isinstance(inspector, InspectorPanel)
    session.set_loop(3, 6)
    qtbot.waitUntil(lambda: inspector.frames.choice.findText(CHOSEN) == 1)
    assert inspector.frames.choice.currentText() == "This frame"


def test_shift_and_drag_on_the_ruler_chooses(open_window: MainWindow, qtbot: QtBot) -> None:
    session = open_window.session
    qtbot.waitUntil(lambda: open_window.docks["overview"].findChild(OverviewPanel) is not None)
    ruler = open_window.docks["overview"].findChild(Ruler)
    assert ruler is not None
    qtbot.waitUntil(ruler.isVisible)
    middle = ruler.rect().center()
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(ruler, left, SHIFT, middle)
    qtbot.mouseMove(ruler, middle + QPoint(60, 0))
    qtbot.mouseRelease(ruler, left, SHIFT, middle + QPoint(60, 0))
    assert session.player.chosen is not None
    assert session.player.chosen == session.loop


def test_buttons_of_dialogs_have_words_alone(chosen: MainWindow, qtbot: QtBot) -> None:
    press(chosen, qtbot, Key.Key_Delete, SHIFT)
    [dialog] = [one for one in chosen.findChildren(EditDialog) if one.isVisible()]
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    assert [button.icon().isNull() for button in box.buttons()] == [True, True]
