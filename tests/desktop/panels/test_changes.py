"""The panel of changes: what differs, going there, reverting, accepting."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.building import moving_boxes
from trackproof.desktop.panels.changes.panel import ChangesPanel
from trackproof.labels import (
    DeleteBoxes,
    FrameRanges,
    Merge,
    NewTrack,
    PutBox,
    Rename,
    SetFrameAttribute,
)
from trackproof.labels.changes import ChangedTrack, changed_tracks

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session
    from trackproof.labels import Labels


@pytest.fixture
def panel(open_session: Session, qtbot: QtBot) -> ChangesPanel:
    """The panel after a box moved, two went, one object was renamed and one made."""
    open_session.apply(PutBox(0, 5, (1.0, 2.0, 30.0, 30.0)))
    open_session.apply(DeleteBoxes((0,), FrameRanges.span(8, 9)))
    open_session.apply(Rename(1, "Bus:1"))
    open_session.apply(NewTrack(0, 12, (5.0, 5.0, 20.0, 20.0)))
    panel = ChangesPanel(open_session)
    qtbot.addWidget(panel)
    panel.resize(340, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def rows(panel: ChangesPanel) -> list[tuple[str, str, str]]:
    items = [panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items if item]


def click(panel: ChangesPanel, qtbot: QtBot, row: int, child: int | None = None) -> None:
    item = panel.tree.topLevelItem(row)
    assert item is not None
    if child is not None:
        item.setExpanded(True)
        item = item.child(child)
    place = panel.tree.visualItemRect(item).center()
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_changed_object_is_listed_with_what_became_of_it(panel: ChangesPanel) -> None:
    assert rows(panel) == [
        ("Vehicle:1", "1 changed, 2 removed", "5–9"),
        ("Bus:1", "renamed", ""),
        ("car:1", "1 added", "12"),
    ]


def test_a_click_goes_to_the_frames_of_a_change(
    panel: ChangesPanel, open_session: Session, qtbot: QtBot
) -> None:
    click(panel, qtbot, 0, 1)
    assert (open_session.frame, open_session.track) == (8, 0)


def test_frames_of_an_object_are_reverted_then_all_of_it(
    panel: ChangesPanel, open_session: Session, qtbot: QtBot
) -> None:
    click(panel, qtbot, 0, 1)
    qtbot.mouseClick(panel.revert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows(panel)[0] == ("Vehicle:1", "1 changed", "5"))
    click(panel, qtbot, 0)
    qtbot.mouseClick(panel.revert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows(panel)[0][0] == "Bus:1")
    assert open_session.history[-1] == "revert Vehicle:1 in all frames"
    open_session.undo()
    qtbot.waitUntil(lambda: rows(panel)[0][0] == "Vehicle:1")


def test_an_accepted_object_leaves_the_list_until_it_changes_again(
    panel: ChangesPanel, open_session: Session, qtbot: QtBot
) -> None:
    click(panel, qtbot, 0)
    qtbot.mouseClick(panel.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(rows(panel)) == 2)
    assert open_session.history[-1] == "accept the changes of Vehicle:1"
    panel.shows_accepted.setChecked(True)
    assert len(rows(panel)) == 3
    panel.shows_accepted.setChecked(False)
    open_session.apply(PutBox(0, 20, (1.0, 2.0, 30.0, 30.0)))
    qtbot.waitUntil(lambda: len(rows(panel)) == 3)
    open_session.undo()
    qtbot.waitUntil(lambda: len(rows(panel)) == 2)
    open_session.undo()
    qtbot.waitUntil(lambda: len(rows(panel)) == 3)


def test_merged_away_objects_and_frame_attributes_can_be_reverted(
    panel: ChangesPanel, open_session: Session, qtbot: QtBot
) -> None:
    open_session.apply(Merge(1, 2, "keep first"))
    open_session.apply(SetFrameAttribute(FrameRanges.span(2, 3), "weather", "rain"))
    qtbot.waitUntil(lambda: len(rows(panel)) == 5)
    assert rows(panel)[2][1] == "40 removed"
    assert rows(panel)[4] == ("Frame attributes", "2 changed", "2–3")
    panel.tree.selectAll()
    qtbot.mouseClick(panel.revert_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.changes)
    assert open_session.sequence is not None
    assert open_session.labels is not None
    now, then = open_session.labels.table, open_session.sequence.labels.table
    assert [now.blocks[track].equals(block) for track, block in then.blocks.items()] == [True] * 3
    open_session.undo()
    qtbot.waitUntil(lambda: len(rows(panel)) == 5)


def test_many_changed_rows_are_compared_in_the_background(
    panel: ChangesPanel,
    open_session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    def compare(before: Labels, after: Labels) -> tuple[ChangedTrack, ...]:
        threads.append(threading.current_thread())
        return changed_tracks(before, after)

    monkeypatch.setattr("trackproof.desktop.panels.changes.panel.changed_tracks", compare)
    monkeypatch.setattr("trackproof.desktop.panels.changes.panel.MANY_ROWS", 0)
    open_session.apply(DeleteBoxes((0,), FrameRanges.at(3)))
    open_session.apply(DeleteBoxes((0,), FrameRanges.at(4)))
    qtbot.waitUntil(lambda: rows(panel)[0] == ("Vehicle:1", "1 changed, 4 removed", "3–9"))
    open_session.undo()
    qtbot.waitUntil(lambda: rows(panel)[0] == ("Vehicle:1", "1 changed, 3 removed", "3–9"))
    assert threading.main_thread() not in threads


def test_another_sequence_shows_no_changes_of_the_former_one(
    panel: ChangesPanel, open_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.desktop.panels.changes.panel.MANY_ROWS", -1)
    assert len(rows(panel)) == 3
    open_session.show_sequences([moving_boxes()])
    qtbot.waitUntil(lambda: not rows(panel))
    assert panel.changes == ()
