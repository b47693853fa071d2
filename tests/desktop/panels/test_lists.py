"""Objects, sequences, history: tables and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTableView

from desktop.building import settle
from panel_scene import JUMP_AT, open_scene, scene
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.history.panel import START, HistoryPanel
from trackproof.desktop.panels.objects.panel import ObjectsPanel
from trackproof.desktop.panels.objects.rows import summed
from trackproof.desktop.panels.queue.panel import QueuePanel
from trackproof.desktop.panels.sequences.board import State
from trackproof.desktop.panels.sequences.panel import SequencesPanel
from trackproof.labels.edits_boxes import PutBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def cells(panel: ObjectsPanel | SequencesPanel, row: int) -> list[str]:
    model = panel.model
    return [str(model.data(model.index(row, i))) for i in range(model.columnCount())]


def test_objects_are_summed_up(opened: Session, qtbot: QtBot) -> None:
    panel = ObjectsPanel(opened)
    qtbot.addWidget(panel)
    qtbot.waitUntil(lambda: panel.model.records[0].summary is not None)
    name, flags, category, boxes, first, mean = cells(panel, 1)[:6]
    assert (name, category, boxes, first) == ("Vehicle:2", "Person", "60", "0")
    assert int(flags) >= 1
    assert 0.5 < float(mean) < 1.0
    assert panel.model.records[1].worst in (JUMP_AT, JUMP_AT + 1)


def test_only_objects_that_an_edit_reached_are_summed_up_again(
    opened: Session, qtbot: QtBot
) -> None:
    assert opened.analysis is not None
    first = summed(opened.analysis, None)
    opened.apply(PutBox(1, 7, (10.0, 10.0, 30.0, 30.0)))
    settle(qtbot, opened)
    assert opened.analysis is not None
    second = summed(opened.analysis, first)
    assert second.tracks == opened.analysis.tracks
    assert second.tracks[1] != first.tracks[1]
    assert second.tracks[0] is first.tracks[0]


def test_the_colour_of_an_object_is_the_same_in_a_selected_row(
    opened: Session, qtbot: QtBot
) -> None:
    panel = ObjectsPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(320, 240)
    panel.show()
    table = panel.findChild(QTableView)
    assert isinstance(table, QTableView)
    colour = opened.theme.track_colour(0).name()

    def has_colour() -> bool:
        index = panel.model.index(0, 0)
        row = table.viewport().grab(table.visualRect(index)).toImage()
        places = ((x, y) for x in range(row.width()) for y in range(row.height()))
        return any(row.pixelColor(x, y).name() == colour for x, y in places)

    qtbot.waitUntil(has_colour)
    opened.select_track(0)
    qtbot.waitUntil(lambda: table.selectionModel().isSelected(panel.model.index(0, 0)))
    assert has_colour()


def test_objects_can_be_searched_and_sorted(opened: Session, qtbot: QtBot) -> None:
    panel = ObjectsPanel(opened)
    qtbot.addWidget(panel)
    field = panel.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "person")
    assert [row.name for row in panel.model.records] == ["Vehicle:2", "Vehicle:3"]
    field.clear()
    panel.model.sort(0, Qt.SortOrder.DescendingOrder)
    assert [row.track for row in panel.model.records] == [2, 1, 0]


def test_a_row_selects_its_object_and_enter_goes_to_the_worst_frame(
    opened: Session, qtbot: QtBot
) -> None:
    panel = ObjectsPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    panel.show()
    qtbot.waitUntil(lambda: panel.model.records[0].summary is not None)
    table = panel.findChild(QTableView)
    assert isinstance(table, QTableView)
    centre = table.visualRect(panel.model.index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert opened.track == 1
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.frame in (JUMP_AT, JUMP_AT + 1)


def test_names_are_sorted_as_people_count(session: Session, qtbot: QtBot) -> None:
    open_scene(session, qtbot, scene(tracks=11))
    panel = ObjectsPanel(session)
    qtbot.addWidget(panel)
    panel.model.sort(0, Qt.SortOrder.AscendingOrder)
    names = [row.name for row in panel.model.records]
    assert names[:2] == ["Vehicle:1", "Vehicle:2"]
    assert names[-1] == "Vehicle:11"


def test_the_other_sequences_are_checked_in_the_background(session: Session, qtbot: QtBot) -> None:
    panel = SequencesPanel(session)
    qtbot.addWidget(panel)
    open_scene(session, qtbot, scene("yard"), scene("street"), scene("gate"))
    qtbot.waitUntil(lambda: all(one.state is State.OPEN for one in panel.board.standings))
    assert panel.board.next_unfinished() == 1
    assert cells(panel, 2)[0].endswith("gate")


def test_a_judged_sequence_is_done_and_stays_done_when_another_opens(
    session: Session, qtbot: QtBot
) -> None:
    panel = SequencesPanel(session)
    qtbot.addWidget(panel)
    open_scene(session, qtbot, scene("yard"), scene("street"))
    session.judge(session.flags, "dismissed")
    with qtbot.waitSignal(session.analysis_changed):
        session.open_sequence(1)
    states = [one.state for one in panel.board.standings]
    assert states == [State.DONE, State.OPEN]
    assert panel.board.next_unfinished() is None


def test_background_checks_can_be_switched_off(session: Session, qtbot: QtBot) -> None:
    panel = SequencesPanel(session)
    qtbot.addWidget(panel)
    panel.board.set_checks_all(checks_all=False)
    open_scene(session, qtbot, scene("yard"), scene("street"))
    states = [one.state for one in panel.board.standings]
    assert states == [State.OPEN, State.UNCHECKED]


def test_enter_opens_a_sequence(session: Session, qtbot: QtBot) -> None:
    panel = SequencesPanel(session)
    qtbot.addWidget(panel)
    open_scene(session, qtbot, scene("yard"), scene("street"))
    panel.show()
    table = panel.findChild(QTableView)
    assert isinstance(table, QTableView)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert session.index == 1


def test_a_click_in_the_history_goes_back_and_on(opened: Session, qtbot: QtBot) -> None:
    panel = HistoryPanel(opened)
    qtbot.addWidget(panel)
    panel.resize(260, 200)
    panel.show()
    for frame in (1, 2, 3):
        opened.apply(PutBox(2, frame, (10.0 * frame, 10.0, 50.0, 60.0)))
    assert panel.model.rowCount() == 4

    def click(row: int) -> None:
        centre = panel.list.visualRect(panel.model.index(row)).center()
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=centre)

    click(1)
    assert panel.model.done == 1
    assert panel.model.rowCount() == 4
    click(3)
    assert panel.model.done == 3
    click(0)
    assert panel.model.data(panel.model.index(0)) == START
    assert opened.labels is not None
    block = opened.labels.table.block(2)
    assert block is not None
    assert block.equals(scene().labels.table.blocks[2])


def test_a_flag_of_ones_own_joins_the_queue(opened: Session, qtbot: QtBot) -> None:
    queue = QueuePanel(opened)
    qtbot.addWidget(queue)
    before = queue.model.rowCount()
    opened.select_track(2)
    opened.go_to(12)
    ReviewDesk.of(opened).flag_here()
    qtbot.waitUntil(lambda: queue.model.rowCount() == before + 1)
    assert opened.flag is not None
    assert (opened.flag.track, opened.flag.frame) == (2, 12)
    ReviewDesk.of(opened).note("the mirror is cut off")
    assert opened.verdicts.comment(opened.flag.key) == "the mirror is cut off"
    opened.undo()
    opened.undo()
    qtbot.waitUntil(lambda: queue.model.rowCount() == before)
