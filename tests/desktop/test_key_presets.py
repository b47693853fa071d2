"""Sets of keys after other tools."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from trackproof.desktop.key_presets import KeyPreset, key_presets, plan_of
from trackproof.desktop.shortcut_sheet import ShortcutSheet

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

NAMES = [preset.name for preset in key_presets()]


def choose(sheet: ShortcutSheet, name: str, qtbot: QtBot) -> None:
    """Take a preset as a hand does: by arrow keys, then the button."""
    way = NAMES.index(name) - sheet.preset.currentIndex()
    for _ in range(abs(way)):
        qtbot.keyClick(sheet.preset, Qt.Key.Key_Down if way > 0 else Qt.Key.Key_Up)
    assert sheet.preset.currentText() == name
    qtbot.mouseClick(sheet.use_preset, Qt.MouseButton.LeftButton)


def test_sets_follow_the_tools_that_verifiers_know() -> None:
    assert NAMES == ["trackproof", "CVAT", "DIVE", "labelme", "SLEAP"]


def test_sets_know_their_actions_give_no_key_two_meanings_and_delete_this_frame_only(
    open_window: MainWindow,
) -> None:
    actions = open_window.registry.actions
    for preset in key_presets():
        assert set(preset.keys) <= {action.id for action in actions}
        keys = plan_of(preset, actions).keys
        for (one, ours), (other, theirs) in combinations(keys.items(), 2):
            shared = {QKeySequence(key) for key in ours} & {QKeySequence(key) for key in theirs}
            assert not shared, (preset.name, one, other)
        assert [action for action, its in keys.items() if "Del" in its] == ["edit.delete"]


def test_plan_says_which_action_loses_which_key(open_window: MainWindow) -> None:
    preset = KeyPreset("own", "", {"playback.first": ("End", "F")})
    plan = plan_of(preset, open_window.registry.actions)
    assert plan.keys["playback.last"] == ()
    assert plan.keys["playback.step_on"] == ("Right",)
    assert (
        plan.words == "Takes F from “One frame on”; End from “Last frame”, which has no key then."
    )


def test_chosen_set_works_is_remembered_and_can_be_left(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session, registry = open_window.session, open_window.registry
    sheet = ShortcutSheet(registry, session.settings, open_window)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.preset.currentText() == "trackproof"
    assert not sheet.use_preset.isEnabled()
    choose(sheet, "labelme", qtbot)
    assert not sheet.use_preset.isEnabled()
    canvas = open_window.area.canvas
    session.go_to(10)
    qtbot.keyClick(canvas, Qt.Key.Key_D)
    assert session.frame == 11
    qtbot.keyClick(canvas, Qt.Key.Key_A)
    assert session.frame == 10
    assert session.settings.shortcuts()["playback.step_on"] == ("D", "Right")
    choose(sheet, "trackproof", qtbot)
    qtbot.keyClick(canvas, Qt.Key.Key_D)
    assert session.frame == 9
    assert session.settings.shortcuts() == {}


def test_key_changed_by_hand_is_named_your_own_and_replaced_with_a_word(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    registry = open_window.registry
    registry.set_shortcuts("playback.last", ("Ctrl+Shift+End",))
    sheet = ShortcutSheet(registry, open_window.session.settings, open_window)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.preset.currentIndex() == -1
    assert "changed by hand" in sheet.preset_word.text()
    sheet.preset.setCurrentText("CVAT")
    assert "are replaced" in sheet.preset_word.text()
    qtbot.mouseClick(sheet.use_preset, Qt.MouseButton.LeftButton)
    assert registry.shortcuts("playback.last") == ("End",)
