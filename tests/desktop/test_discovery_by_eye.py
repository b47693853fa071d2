"""What a person finds in the first hour: commands, panels, what is in memory, where to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QToolButton

from desktop.building import press, write_pictures
from trackproof.desktop.command_palette import found_actions
from trackproof.desktop.opening.s3_dialog import S3Dialog
from trackproof.desktop.status_bar import StatusBar

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


def test_the_search_of_commands_finds_every_panel(open_window: MainWindow) -> None:
    actions = open_window.registry.actions
    for name, dock in open_window.docks.items():
        found = found_actions(actions, f"{dock.windowTitle()} panel")
        assert f"view.panel_{name}" in [action.id for action in found]


def test_a_panel_is_opened_by_the_search_of_commands(open_window: MainWindow, qtbot: QtBot) -> None:
    dock = open_window.docks["history"]
    dock.hide()
    palette = open_window.palette_box
    press(open_window, qtbot, Key.Key_P, Control, Shift)
    qtbot.waitUntil(palette.isVisible)
    qtbot.keyClicks(palette.field, "history panel")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert not dock.isHidden()
    qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())
    assert open_window.registry.qaction("view.panel_history").isChecked()


def test_a_panel_behind_another_one_comes_forward_before_it_is_closed(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    front, behind = open_window.docks["inspector"], open_window.docks["evidence"]
    front.show()
    front.raise_()
    qtbot.waitUntil(lambda: behind.visibleRegion().isEmpty())
    action = open_window.registry.qaction("view.panel_evidence")
    action.trigger()
    assert not behind.isHidden()
    qtbot.waitUntil(lambda: not behind.visibleRegion().isEmpty())
    assert open_window.registry.qaction("view.panel_evidence").isChecked()
    action.trigger()
    assert behind.isHidden()


def test_the_menu_knows_of_a_panel_that_was_closed_by_its_title_bar(
    open_window: MainWindow,
) -> None:
    open_window.docks["queue"].close()
    view = next(entry.menu() for entry in open_window.menuBar().actions() if entry.text() == "View")
    view.aboutToShow.emit()
    action = open_window.registry.qaction("view.panel_queue")
    assert not action.isChecked()
    action.trigger()
    assert open_window.docks["queue"].isVisible()


def test_a_search_without_hits_says_so(open_window: MainWindow, qtbot: QtBot) -> None:
    palette = open_window.palette_box
    palette.open()
    qtbot.keyClicks(palette.field, "zzz")
    assert palette.list.topLevelItem(0).text(0) == "No command is called “zzz”"
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert palette.isVisible()


def test_the_menu_bar_offers_the_search_with_its_key(open_window: MainWindow, qtbot: QtBot) -> None:
    button = open_window.menuBar().cornerWidget()
    assert isinstance(button, QToolButton)
    assert button.text() == "Search commands  Ctrl+Shift+P"
    open_window.registry.set_shortcuts("help.palette", ("F3",))
    assert button.text() == "Search commands  F3"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert open_window.palette_box.isVisible()


def test_the_status_bar_says_how_many_frames_are_in_memory(
    open_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bar = open_window.statusBar()
    assert isinstance(bar, StatusBar)
    assert bar.cache.text() == ""
    open_window.session.attach_frames(write_pictures(tmp_path / "pictures"))
    qtbot.waitUntil(lambda: bar.cache.text() == "cache 40 / 40")


def test_the_welcome_page_has_the_keyboard_on_its_first_button(window: MainWindow) -> None:
    assert window.focusWidget() is window.area.welcome.open_file


def test_the_welcome_page_opens_labels_from_s3(window: MainWindow, qtbot: QtBot) -> None:
    window.area.welcome.open_s3.click()
    qtbot.waitUntil(lambda: window.findChild(S3Dialog) is not None)
    dialog = window.findChild(S3Dialog)
    assert isinstance(dialog, QDialog)
    dialog.reject()
