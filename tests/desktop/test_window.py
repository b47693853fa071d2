"""The main window by key and mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.building import moving_boxes, press, shown_docks
from trackproof.desktop.actions import MENUS
from trackproof.desktop.command_palette import found_actions
from trackproof.desktop.notices import Banner
from trackproof.desktop.shortcut_sheet import ShortcutSheet
from trackproof.desktop.window import MainWindow
from trackproof.errors import Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


def test_empty_window_shows_the_welcome_page_and_no_panels(window: MainWindow) -> None:
    assert window.area.welcome.isVisible()
    assert not window.area.canvas.isVisible()
    assert shown_docks(window) == []


def test_opening_shows_picture_and_panels(open_window: MainWindow) -> None:
    assert open_window.area.canvas.isVisible()
    assert shown_docks(open_window)
    assert "street" in open_window.windowTitle()


@pytest.mark.parametrize(
    ("key", "modifiers", "frame"),
    [
        (Key.Key_Right, (), 11),
        (Key.Key_F, (), 11),
        (Key.Key_Left, (), 9),
        (Key.Key_D, (), 9),
        (Key.Key_V, (), 20),
        (Key.Key_C, (), 0),
        (Key.Key_Right, (Shift,), 20),
        (Key.Key_Left, (Shift,), 0),
        (Key.Key_Home, (), 0),
        (Key.Key_End, (), 39),
    ],
)
def test_keys_move_the_playhead(
    open_window: MainWindow,
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: tuple[Qt.KeyboardModifier, ...],
    frame: int,
) -> None:
    open_window.session.go_to(10)
    press(open_window, qtbot, key, *modifiers)
    assert open_window.session.frame == frame


def test_space_plays_and_pauses(open_window: MainWindow, qtbot: QtBot) -> None:
    # On a machine that stalls, playing would have reached the end by itself.
    open_window.session.set_loop(0, 39)
    press(open_window, qtbot, Key.Key_Space)
    assert open_window.session.is_playing
    qtbot.waitUntil(lambda: open_window.session.frame >= 3)
    press(open_window, qtbot, Key.Key_Space)
    assert not open_window.session.is_playing


def test_shuttle_keys(open_window: MainWindow, qtbot: QtBot) -> None:
    session = open_window.session
    session.set_loop(0, 39)
    session.go_to(20)
    press(open_window, qtbot, Key.Key_L)
    press(open_window, qtbot, Key.Key_L)
    assert session.is_playing
    assert session.speed == 2.0
    press(open_window, qtbot, Key.Key_K)
    assert not session.is_playing
    press(open_window, qtbot, Key.Key_J)
    assert session.player.direction == -1
    session.pause()


def test_flag_keys_walk_open_flags(open_window: MainWindow, qtbot: QtBot) -> None:
    session = open_window.session
    press(open_window, qtbot, Key.Key_Period)
    first = session.flag
    assert first is not None
    assert first.key == session.flags[0].key
    assert session.frame == first.frame
    assert session.track == first.track
    if len(session.flags) > 1:
        press(open_window, qtbot, Key.Key_N)
        assert session.flag is not None
        assert session.flag.key == session.flags[1].key
        press(open_window, qtbot, Key.Key_Comma)
        assert session.flag.key == first.key


def test_change_keys_walk_the_ends_of_the_selected_object(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session = open_window.session
    session.select_track(1)
    press(open_window, qtbot, Key.Key_R)
    assert session.frame == 39
    press(open_window, qtbot, Key.Key_E)
    assert session.frame == 0


def test_range_keys_set_the_loop(open_window: MainWindow, qtbot: QtBot) -> None:
    session = open_window.session
    session.go_to(5)
    press(open_window, qtbot, Key.Key_BracketLeft)
    session.go_to(15)
    press(open_window, qtbot, Key.Key_BracketRight)
    assert session.loop == (5, 15)
    press(open_window, qtbot, Key.Key_Backslash)
    assert session.loop is None


def test_go_to_frame_by_key(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_G, Control)
    entry = open_window.area.transport.entry
    qtbot.waitUntil(entry.hasFocus)
    qtbot.keyClicks(entry, "33")
    qtbot.keyClick(entry, Key.Key_Return)
    assert open_window.session.frame == 33


def test_palette_finds_and_runs_a_command(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_P, Control, Shift)
    palette = open_window.palette_box
    qtbot.waitUntil(palette.isVisible)
    qtbot.keyClicks(palette.field, "last frame")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert open_window.session.frame == 39
    assert not palette.isVisible()


def test_palette_leaves_with_escape(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_P, Control, Shift)
    qtbot.waitUntil(open_window.palette_box.field.hasFocus)
    qtbot.keyClick(open_window.palette_box.field, Key.Key_Escape)
    assert not open_window.palette_box.isVisible()
    assert open_window.area.canvas.hasFocus()


def test_letters_typed_into_a_field_are_no_shortcuts(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_P, Control, Shift)
    qtbot.keyClicks(open_window.palette_box.field, "fdvc .,n")
    assert open_window.session.frame == 0
    assert open_window.palette_box.field.text() == "fdvc .,n"


def test_every_action_is_reachable_and_described(open_window: MainWindow) -> None:
    registry = open_window.registry
    assert len(registry.actions) > 40
    menus = [entry.menu() for entry in open_window.menuBar().actions()]
    in_menus = {action for menu in menus for action in menu.actions()}
    in_menus |= {one for entry in in_menus if entry.menu() for one in entry.menu().actions()}
    for action in registry.actions:
        assert action.menu_name in MENUS
        assert registry.qaction(action.id) in in_menus
        assert registry.qaction(action.id).toolTip()


def test_no_two_actions_share_a_key(open_window: MainWindow) -> None:
    registry = open_window.registry
    clashes = {
        (action.id, other.id, key)
        for action in registry.actions
        for key in action.shortcuts
        for other in registry.conflicts(action.id, key)
    }
    assert clashes == set()


def test_command_search_wants_all_words_and_prefers_beginnings(open_window: MainWindow) -> None:
    found = found_actions(open_window.registry.actions, "next fl")
    assert found[0].id == "review.next"
    assert found_actions(open_window.registry.actions, "zzz") == []


def test_changed_key_works_is_remembered_and_takes_the_key_away(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    registry, settings = open_window.registry, open_window.session.settings
    sheet = ShortcutSheet(registry, settings, open_window)
    qtbot.addWidget(sheet)
    sheet.field.setText("last frame")
    sheet.list.setCurrentItem(sheet.list.topLevelItem(0).child(0))
    sheet.edit.setKeySequence("F")
    assert "One frame on" in sheet.word.text()
    qtbot.mouseClick(sheet.use, Qt.MouseButton.LeftButton)
    assert registry.shortcuts("playback.last") == ("F",)
    assert registry.shortcuts("playback.step_on") == ("Right",)
    press(open_window, qtbot, Key.Key_F)
    assert open_window.session.frame == 39
    assert settings.shortcuts()["playback.last"] == ("F",)
    sheet.field.setText("last frame")
    sheet.list.setCurrentItem(sheet.list.topLevelItem(0).child(0))
    qtbot.mouseClick(sheet.restore, Qt.MouseButton.LeftButton)
    assert registry.shortcuts("playback.last") == ("End",)


def test_status_bar_says_where_the_eye_is(
    open_window: MainWindow, pictures: Path, qtbot: QtBot
) -> None:
    status = open_window.statusBar()
    open_window.session.go_to(12)
    assert status.frame.text() == "frame 12"
    assert status.number.text() == 'no "13"'
    assert status.file.text() == "000013.jpg"
    assert "labels only" in status.size_and_rate.text()
    open_window.session.attach_frames(pictures)
    qtbot.waitUntil(lambda: status.size_and_rate.text() == "320×240 @ 25 fps")
    assert status.checks.text() == "checks up to date"
    point = open_window.area.canvas.view.to_widget(QPointF(50.5, 60.5)).toPoint()
    qtbot.mouseMove(open_window.area.canvas, point)
    assert status.pixel.text() == "(50, 60)"


def test_banner_folds_copies_and_closes(window: MainWindow, qtbot: QtBot) -> None:
    window.session.message.emit(Banner("It broke.", "line one\nline two", Severity.ERROR))
    area = window.area.banners
    row = area._rows[0]
    qtbot.waitUntil(row.isVisible)
    assert not row._details.isVisible()
    qtbot.mouseClick(row._fold, Qt.MouseButton.LeftButton)
    assert row._details.isVisible()
    row._copy()
    assert QApplication.clipboard().text() == "It broke.\n\nline one\nline two"
    qtbot.mouseClick(row._close, Qt.MouseButton.LeftButton)
    assert area.banners == ()


def test_newer_banner_of_a_topic_replaces_and_few_stay(window: MainWindow) -> None:
    area = window.area.banners
    for i in range(3):
        window.session.message.emit(Banner(f"try {i}", topic="frames"))
    assert [banner.text for banner in area.banners] == ["try 2"]
    window.session.message.emit(Banner("bad", severity=Severity.ERROR))
    for i in range(5):
        window.session.message.emit(Banner(f"note {i}"))
    assert len(area.banners) == 3
    assert any(banner.text == "bad" for banner in area.banners)


def test_problems_of_a_sequence_are_said_with_details(window: MainWindow, qtbot: QtBot) -> None:
    problems = tuple(Problem(f"box {i} has no size", path="a.json") for i in range(4))
    with qtbot.waitSignal(window.session.analysis_changed):
        window.session.show_sequences([replace(moving_boxes(), problems=problems)])
    [banner] = [b for b in window.area.banners.banners if b.topic == "sequence"]
    assert "4 problems in street" in banner.text
    assert banner.details.count("\n") == 3


def test_dropped_pictures_are_offered_with_their_match(
    open_window: MainWindow, pictures: Path, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pictures / "000001.png"))])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    open_window.dropEvent(event)
    card = open_window.area.stage.card
    qtbot.waitUntil(lambda: "match" in card.title.text())
    assert card.title.text() == "40 of 40 frames match (100%)"
    assert open_window.session.frames is None
    qtbot.mouseClick(card.accept, Qt.MouseButton.LeftButton)
    assert open_window.session.frames is not None
    assert not card.isVisible()


def test_second_window_shows_the_same_picture(open_window: MainWindow, qtbot: QtBot) -> None:
    open_window.registry.qaction("window.second").trigger()
    second = open_window._second
    assert second is not None
    qtbot.addWidget(second)
    open_window.session.go_to(9)
    assert second.marks.frame == 9
    open_window.registry.qaction("window.second").trigger()
    assert open_window._second is None


def test_full_screen_by_key(open_window: MainWindow, qtbot: QtBot) -> None:
    press(open_window, qtbot, Key.Key_F11)
    assert open_window.windowState() & Qt.WindowState.WindowFullScreen
    press(open_window, qtbot, Key.Key_F11)
    assert not open_window.windowState() & Qt.WindowState.WindowFullScreen


def test_theme_is_chosen_and_remembered(open_window: MainWindow) -> None:
    open_window.registry.qaction("window.theme_light").trigger()
    assert open_window.session.theme.name == "light"
    assert open_window.session.settings.theme_name == "light"
    open_window.registry.refresh()
    assert open_window.registry.qaction("window.theme_light").isChecked()
    assert not open_window.registry.qaction("window.theme_dark").isChecked()
    open_window.session.choose_theme("dark")


def test_focus_key_reaches_every_visible_panel(open_window: MainWindow, qtbot: QtBot) -> None:
    reached: set[str] = set()
    for _ in range(2 * len(open_window.docks) + 2):
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, Key.Key_F6)
        now = QApplication.focusWidget()
        reached |= {name for name, dock in open_window.docks.items() if dock.isAncestorOf(now)}
    assert reached <= set(shown_docks(open_window))
    assert reached


def test_controls_have_accessible_names(open_window: MainWindow) -> None:
    area = open_window.area
    focusable = [
        widget
        for widget in area.transport.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert focusable
    for widget in focusable:
        assert widget.accessibleName(), widget


def test_space_presses_the_button_that_has_the_keyboard(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    button = open_window.area.transport.loop_button
    button.setFocus()
    qtbot.keyClick(button, Key.Key_Space)
    assert open_window.session.loop is not None
    assert not open_window.session.is_playing
