from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from desktop.building import moving_boxes, write_pictures
from trackproof.desktop.panels.identity.panel import IdentityPanel
from trackproof.labels import FrameRanges, Rename, Sequence, Swap

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

SWAPPED_AT = 21


def crossing_pair() -> Sequence:
    """Two objects of other sizes that pass each other, and exchange their identities as they do."""
    made = moving_boxes(tracks=2)
    first, second = (made.labels.table.blocks[track] for track in (0, 1))
    at = np.arange(len(first))
    one, two = first.xywh.copy(), second.xywh.copy()
    one[:, 0], one[:, 1] = 40 + 4 * at, 60.0
    two[:] = np.column_stack(
        [200 - 4 * at, np.full(40, 70.0), np.full(40, 30.0), np.full(40, 44.0)]
    )
    table = made.labels.table.with_blocks(
        {0: replace(first, xywh=one), 1: replace(second, xywh=two)}
    )
    labels = Swap(0, 1, FrameRanges.starting(SWAPPED_AT)).result(replace(made.labels, table=table))
    return replace(made, labels=labels)


@pytest.fixture
def board(session: Session, qtbot: QtBot) -> IdentityPanel:
    """The identity board on two objects that were exchanged."""
    panel = IdentityPanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 420)
    panel.show()
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([crossing_pair()])
    qtbot.waitUntil(lambda: panel.list.topLevelItemCount() > 0)
    qtbot.waitUntil(lambda: not session.tasks.running)
    return panel


def test_the_exchanged_pair_stands_first_and_a_click_goes_there(
    board: IdentityPanel, session: Session
) -> None:
    first = board.current
    assert first is not None
    assert {first.track, first.other_track} == {0, 1}
    assert abs(first.frame - SWAPPED_AT) <= 1
    assert first.probability > 0.5
    item = board.list.topLevelItem(0)
    assert item is not None
    board.list.itemClicked.emit(item, 0)
    assert session.frame == first.frame
    assert session.track == first.track


def test_the_swap_sets_it_right_and_the_meeting_leaves_the_list(
    board: IdentityPanel, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.labels_changed):
        board.swap.click()
    assert session.labels is not None
    left = session.labels.table.blocks[0].xywh[:, 0]
    assert np.all(np.diff(left) > 0)
    qtbot.waitUntil(lambda: not session.tasks.running)
    qtbot.waitUntil(lambda: board.current is None or board.current.probability < 0.5)
    session.undo()
    assert session.labels.table.blocks[0].xywh[39, 0] < 60.0


def test_names_are_those_of_now(board: IdentityPanel, session: Session, qtbot: QtBot) -> None:
    def first() -> str:
        item = board.list.topLevelItem(0)
        return item.text(0) if item is not None else ""

    assert first() == "Vehicle:1 ⇄ Vehicle:2"
    session.apply(Rename(0, "Vehicle:77"))
    qtbot.waitUntil(lambda: first() == "Vehicle:77 ⇄ Vehicle:2")


def test_without_labels_the_board_says_what_it_is_for(session: Session, qtbot: QtBot) -> None:
    panel = IdentityPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    assert "cross" in panel._empty.accessibleDescription()


def test_pictures_of_what_was_left_are_not_shown_for_another_meeting(
    board: IdentityPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "one")
    write_pictures(tmp_path / "two")
    crops, crossing = board.board, board.current
    frame = crops.frames()[0]
    with qtbot.waitSignal(session.frames_changed):
        session.attach_frames(tmp_path / "one")
    before = session.pictures.source
    assert before is not None
    crops.show_crossing(crossing)
    crops._take_pictures(before, {frame: before.read(frame)})
    with qtbot.waitSignal(session.frames_changed):
        session.attach_frames(tmp_path / "two")
    crops.show_crossing(crossing)
    assert frame not in crops._read
    crops._take_pictures(before, {frame: before.read(frame)})
    assert frame not in crops._read
