"""Panels go and come back in turns, and nothing is lost when somebody is faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow

from trackproof.desktop.folding import Folding

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """A window with three panels on its right side and a closed one."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QLabel("picture"))
    for name in ("a", "b", "c", "closed"):
        dock = QDockWidget(name, window)
        dock.setObjectName(name)
        dock.setWidget(QLabel(name))
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        dock.setVisible(name != "closed")
    window.resize(600, 400)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def folding(window: QMainWindow) -> Folding:
    """Its folding."""
    return Folding(window, {dock.objectName(): dock for dock in window.findChildren(QDockWidget)})


def shown(window: QMainWindow) -> set[str]:
    return {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isVisible()}


def may_paint(window: QMainWindow) -> bool:
    return all(one.updatesEnabled() for one in (window, *window.findChildren(QDockWidget)))


def test_what_was_folded_comes_back_one_by_one_and_is_painted(
    window: QMainWindow, folding: Folding, qtbot: QtBot
) -> None:
    folding.fold()
    assert shown(window) == set()
    assert folding.is_folded
    assert folding.wants("a")
    assert folding.wants("closed") is False
    with qtbot.waitSignal(folding.unfolded):
        folding.unfold()
        assert shown(window) == set()
        assert folding.is_unfolding
        assert folding.wants("b")
    assert shown(window) == {"a", "b", "c"}
    assert folding.wants("a") is None
    qtbot.waitUntil(lambda: may_paint(window))


def test_folding_again_before_all_are_back_forgets_none(
    window: QMainWindow, folding: Folding, qtbot: QtBot
) -> None:
    folding.fold()
    folding.unfold()
    folding.fold()
    assert shown(window) == set()
    assert may_paint(window)
    folding.unfold()
    qtbot.waitUntil(lambda: shown(window) == {"a", "b", "c"})
    qtbot.waitUntil(lambda: may_paint(window))


def test_settling_shows_and_paints_all_at_once(window: QMainWindow, folding: Folding) -> None:
    folding.fold()
    folding.unfold()
    folding.settle()
    assert shown(window) == {"a", "b", "c"}
    assert may_paint(window)


def test_the_room_of_every_panel_comes_back(
    window: QMainWindow, folding: Folding, qtbot: QtBot
) -> None:
    dock = window.findChild(QDockWidget, "a")
    assert dock is not None
    window.resizeDocks([dock], [260], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock.width() == 260)
    folding.fold()
    folding.unfold()
    qtbot.waitUntil(lambda: dock.isVisible() and dock.width() == 260)


def test_widgets_are_painted_once_what_they_need_is_ready(
    window: QMainWindow, folding: Folding, qtbot: QtBot
) -> None:
    asked: list[bool] = []

    def get_ready() -> bool:
        asked.append(window.centralWidget().updatesEnabled())
        return len(asked) == 3

    folding.paint_in_turns([window.centralWidget()], get_ready=get_ready)
    qtbot.waitUntil(lambda: may_paint(window) and window.centralWidget().updatesEnabled())
    assert asked == [False] * 3
