"""Keys that come one straight after the other are all taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop.building import settle

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow


def test_a_key_is_taken_before_the_window_has_caught_up_with_the_one_before(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = open_window, open_window.session
    settle(qtbot, session)
    dismiss = window.registry.qaction("review.dismiss")
    qtbot.waitUntil(lambda: window.isActiveWindow() and not dismiss.isEnabled())
    flag = session.flags[0]
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_N)
    assert session.flag is flag
    assert not dismiss.isEnabled()
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_X)
    assert session.verdict(flag) == "dismissed"
    qtbot.keyClick(window.area.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.verdict(flag) == "open"


def test_an_action_that_is_asked_for_is_as_it_is_now(open_window: MainWindow, qtbot: QtBot) -> None:
    """The palette and tests trigger actions without a key."""
    settle(qtbot, open_window.session)
    dismiss = open_window.registry.qaction("review.dismiss")
    assert not dismiss.isEnabled()
    open_window.session.next_flag()
    assert not dismiss.isEnabled()
    assert open_window.registry.qaction("review.dismiss").isEnabled()
