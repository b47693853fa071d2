"""Repairs come from the background: for the flag under review, then for the next one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop.building import moving_boxes, settle
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.evidence.panel import EvidencePanel
from trackproof.labels.edits_boxes import PutBox

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session

CUTS = {0: 10, 1: 90, 2: 170}
"""One box of each object is cut short, far from each other in time."""


@pytest.fixture
def cut(session: Session, qtbot: QtBot) -> Session:
    """A session with a mistake per object, checked."""
    made = moving_boxes(frames=200)
    table = made.labels.table
    for track, frame in CUTS.items():
        boxes = table.blocks[track].xywh.copy()
        boxes[frame, 3] = 12.0
        table = table.with_blocks({track: replace(table.blocks[track], xywh=boxes)})
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([replace(made, labels=replace(made.labels, table=table))])
    qtbot.waitUntil(lambda: not session.tasks.running)
    session.show_flags(tuple(flag_at(session, track) for track in CUTS))
    return session


def look_ahead(qtbot: QtBot, session: Session) -> None:
    """Wait until the repairs of the flag under review and of the next one are known."""
    desk = ReviewDesk.of(session)
    qtbot.waitUntil(lambda: not desk.is_looking and desk._finder.of(desk._next_open()) is not None)


def flag_at(session: Session, track: int) -> Flag:
    return next(f for f in session.flags if f.track == track and f.frame == CUTS[track])


def test_a_flag_is_shown_before_its_repairs_are_known(cut: Session, qtbot: QtBot) -> None:
    panel = EvidencePanel(cut)
    qtbot.addWidget(panel)
    panel.resize(320, 480)
    panel.show()
    cut.select_flag(flag_at(cut, 0))
    panel.refresh()
    desk = ReviewDesk.of(cut)
    assert desk.is_looking
    assert desk.may_accept
    assert panel.offer == "Looking for repairs …"
    assert panel.repairs == ()
    settle(qtbot, cut)
    assert panel.repairs
    assert panel.offer == f"Enter: {panel.repairs[0].removesuffix('  Enter')}"


def test_the_repairs_of_the_next_flag_are_known_ahead(cut: Session, qtbot: QtBot) -> None:
    desk = ReviewDesk.of(cut)
    cut.select_flag(flag_at(cut, 0))
    look_ahead(qtbot, cut)
    desk.judge("dismissed")
    assert cut.flag is not None
    assert cut.flag.track == 1
    assert not desk.is_looking
    assert desk.proposals


def test_what_was_found_ahead_outlives_an_edit_elsewhere(cut: Session, qtbot: QtBot) -> None:
    desk = ReviewDesk.of(cut)
    cut.select_flag(flag_at(cut, 0))
    look_ahead(qtbot, cut)
    desk.accept()
    assert cut.flag is not None
    assert cut.flag.track == 1
    assert not cut.is_checked
    assert not desk.is_looking
    assert desk.proposals


def test_an_edit_of_the_rows_near_a_flag_makes_its_repairs_unknown(
    cut: Session, qtbot: QtBot
) -> None:
    desk = ReviewDesk.of(cut)
    cut.select_flag(flag_at(cut, 0))
    settle(qtbot, cut)
    box = cut.labels.table.blocks[0].xywh[CUTS[0] + 3] if cut.labels is not None else None
    assert box is not None
    cut.apply(PutBox(0, CUTS[0] + 3, (box[0] + 1.0, box[1], box[2], box[3])))
    assert desk.is_looking
    settle(qtbot, cut)
    assert desk.proposals


def test_enter_before_the_repair_is_found_makes_it_when_it_is(cut: Session, qtbot: QtBot) -> None:
    desk, flag = ReviewDesk.of(cut), flag_at(cut, 0)
    said: list[str] = []
    desk.said.connect(said.append)
    cut.select_flag(flag)
    desk.accept()
    assert said == ["Looking for the repair; it is made as soon as it is found"]
    assert cut.verdict(flag) == "open"
    qtbot.waitUntil(lambda: cut.verdict(flag) == "fixed")
    assert cut.labels is not None
    assert cut.labels.table.blocks[0].xywh[CUTS[0], 3] == pytest.approx(30.0, abs=1.0)
    assert cut.flag is not None
    assert cut.flag.key != flag.key


def test_a_repair_that_was_asked_for_is_not_made_after_the_person_went_on(
    cut: Session, qtbot: QtBot
) -> None:
    desk, flag = ReviewDesk.of(cut), flag_at(cut, 0)
    cut.select_flag(flag)
    desk.accept()
    cut.select_flag(flag_at(cut, 1))
    settle(qtbot, cut)
    cut.select_flag(flag)
    settle(qtbot, cut)
    assert cut.verdict(flag) == "open"
    assert not cut.can_undo


def test_a_flag_that_the_repair_before_it_answers_too_is_passed_over(
    cut: Session, qtbot: QtBot
) -> None:
    """Two flags at one place: the second is gone once the edit is checked."""
    desk = ReviewDesk.of(cut)
    first = flag_at(cut, 0)
    twin = replace(first, key=f"{first.key}-twin")
    analysis = cut.analysis
    assert analysis is not None
    doubled = replace(analysis, flags_by_track={**analysis.flags_by_track, 0: (first, twin)})
    cut._checking.analysis = doubled
    cut.analysis_changed.emit()
    cut.show_flags((first, twin, flag_at(cut, 1)))
    cut.select_flag(first)
    settle(qtbot, cut)
    said: list[str] = []
    desk.said.connect(said.append)
    desk.accept()
    assert cut.flag is not None
    assert cut.flag.key == twin.key
    settle(qtbot, cut)
    assert cut.flag is not None
    assert cut.flag.key == flag_at(cut, 1).key
    assert cut.verdict(cut.flag) == "open"
    assert said[-1] == "The repair has answered the flag after it as well"
