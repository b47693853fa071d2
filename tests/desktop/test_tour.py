"""The tour: three cards that never stand in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.links import DEMO
from trackproof.desktop.tour import SEEN

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.window import MainWindow

Key = Qt.Key


def test_tour_shows_three_cards_and_work_goes_on_meanwhile(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    tour, session = open_window.tour, open_window.session
    open_window.registry.refresh()
    open_window.registry.qaction("help.tour").trigger()
    seen = [tour.title.text()]
    qtbot.keyClick(open_window.area.canvas, Key.Key_Period)
    assert session.flag is not None
    for _ in range(2):
        qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
        seen.append(tour.title.text())
        assert open_window.rect().contains(tour.card.geometry())
    assert seen == ["Start with the queue", "See what is wrong", "Say what it is"]
    qtbot.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert not tour.is_running
    assert not tour.card.isVisible()
    assert session.settings.flag(SEEN, default=False)


def test_escape_ends_the_tour_and_keeps_the_selection(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    tour, session = open_window.tour, open_window.session
    session.select_track(1)
    tour.start()
    qtbot.keyClick(open_window.area.canvas, Key.Key_Escape)
    assert not tour.is_running
    assert session.track == 1
    qtbot.keyClick(open_window.area.canvas, Key.Key_Escape)
    assert session.track == -1


def test_tour_comes_by_itself_once_and_on_the_demo_only(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    tour, session = open_window.tour, open_window.session
    session.analysis_changed.emit()
    assert not tour.is_running
    session.opener.opened = (DEMO,)
    session.analysis_changed.emit()
    assert tour.card.isVisible()
    qtbot.mouseClick(tour.skip, Qt.MouseButton.LeftButton)
    session.analysis_changed.emit()
    assert not tour.is_running
