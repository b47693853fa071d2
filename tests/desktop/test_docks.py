"""The docks of the main window: what they show, remember and leave room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.building import moving_boxes, press, settle, shown_docks
from trackproof.desktop.app import make_window
from trackproof.desktop.panel import discover_panels
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.timelines.panel import TimelinesPanel
from trackproof.desktop.window import MainWindow
from trackproof.labels import DeleteBoxes, FrameRanges

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

Key = Qt.Key
Control = Qt.KeyboardModifier.ControlModifier
Shift = Qt.KeyboardModifier.ShiftModifier


BELOW = ("overview", "timelines")


def test_tab_folds_all_panels_and_brings_back_the_same(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    before = shown_docks(open_window)
    press(open_window, qtbot, Key.Key_Tab)
    assert shown_docks(open_window) == []
    press(open_window, qtbot, Key.Key_Tab)
    assert shown_docks(open_window) == before


def test_layout_is_remembered_and_can_be_reset(
    window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.session.analysis_changed):
        window.session.show_sequences([moving_boxes()])
    name = shown_docks(window)[0]
    window.docks[name].close()
    window.close()
    again = make_window(qapp)
    qtbot.addWidget(again)
    again.show()
    with qtbot.waitSignal(again.session.analysis_changed):
        again.session.show_sequences([moving_boxes()])
    assert name not in shown_docks(again)
    again.registry.qaction("window.reset_layout").trigger()
    assert name in shown_docks(again)
    again.close()


def test_making_a_panel_opens_no_window_of_its_own(
    session: Session, qapp: QApplication, qtbot: QtBot
) -> None:
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            is_window = isinstance(watched, QWidget) and watched.isWindow()
            if is_window and event.type() == QEvent.Type.Show:
                shown.append(type(watched).__name__)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    for panel in discover_panels():
        qtbot.addWidget(panel.make(session))
    qapp.removeEventFilter(watch)
    assert shown == []


def test_a_layout_from_a_larger_window_leaves_room_for_the_picture(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    window = open_window
    window.resize(1280, 720)
    below = [window.docks["overview"], window.docks["timelines"]]
    window.resizeDocks(below, [300, 300], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: window.area.height() < 0.34 * window.height())
    window._is_layout_chosen = True  # as after a start that restores a layout
    window.session.opened_changed.emit()
    qtbot.waitUntil(lambda: window.area.height() > 0.34 * window.height())


def test_tables_show_whole_columns_only(open_window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QTableView

    dock = open_window.docks["objects"]
    dock.raise_()
    [table] = dock.findChildren(QTableView)

    def widths() -> int:
        headings = table.horizontalHeader()
        return sum(headings.sectionSize(i) for i in range(headings.count()))

    qtbot.waitUntil(lambda: widths() <= table.viewport().width())
    narrow = sum(not table.isColumnHidden(i) for i in range(11))
    assert 2 <= narrow < 11
    open_window.resizeDocks([dock], [600], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: sum(not table.isColumnHidden(i) for i in range(11)) > narrow)


def heights(window: MainWindow) -> list[int]:
    return [window.docks[name].height() for name in BELOW]


def rearranged(window: MainWindow, qtbot: QtBot) -> list[int]:
    """Give the lower panels heights that they do not have by themselves."""
    window.resize(1500, 1000)
    qtbot.waitUntil(lambda: window.area.height() > 400)
    was = heights(window)
    docks = [window.docks[name] for name in BELOW]
    window.resizeDocks(docks, [110, was[0] + was[1] + 40], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: heights(window)[1] > 2.5 * heights(window)[0])
    return heights(window)


def test_a_remembered_layout_gives_every_panel_the_room_it_had(
    open_window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    had = rearranged(open_window, qtbot)
    open_window.close()
    again = make_window(qapp)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    with qtbot.waitSignal(again.session.analysis_changed):
        again.session.show_sequences([moving_boxes()])
    qtbot.waitUntil(lambda: heights(again) == pytest.approx(had, abs=12))
    again.close()


def test_folding_and_unfolding_gives_every_panel_the_room_it_had(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    had = rearranged(open_window, qtbot)
    open_window.fold_panels()
    open_window.fold_panels()
    qtbot.waitUntil(lambda: heights(open_window) == pytest.approx(had, abs=12))


def test_a_panel_that_cannot_be_made_is_told_of_and_the_others_work(
    session: Session, qtbot: QtBot
) -> None:
    def fail(_session: object) -> QWidget:
        raise RuntimeError("no room")

    window = MainWindow(
        session,
        [replace(one, make=fail) if one.name == "overview" else one for one in discover_panels()],
    )
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.session.analysis_changed):
        window.session.show_sequences([moving_boxes()])
    said = [banner.text for banner in window.area.banners.banners]
    assert any("while making the panel Overview" in text for text in said)
    assert {"overview", "timelines", "queue", "objects"} <= set(shown_docks(window))
    assert isinstance(window.docks["overview"].widget(), EmptyState)
    assert window.findChild(TimelinesPanel) is not None


def test_a_panel_that_is_closed_is_made_when_it_is_opened(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    dock = open_window.docks["history"]
    assert dock.widget() is None
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: dock.widget() is not None)


def test_a_panel_behind_another_does_nothing_until_it_is_shown(
    open_window: MainWindow, qtbot: QtBot
) -> None:
    session, dock = open_window.session, open_window.docks["history"]
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: dock.widget() is not None)
    panel = dock.widget()
    calls: list[str] = []
    later = Later(panel, lambda: calls.append("looked"))
    later.ask()
    qtbot.waitUntil(lambda: calls == ["looked"])
    dock.close()
    later.ask()
    session.apply(DeleteBoxes((0,), FrameRanges.at(7)))
    settle(qtbot, session)
    assert calls == ["looked"]
    dock.show()
    qtbot.waitUntil(lambda: calls == ["looked", "looked"])
