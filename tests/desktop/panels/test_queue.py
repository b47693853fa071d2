"""The review queue, driven as a verifier drives it."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QProgressBar, QPushButton

from desktop.building import settle
from panel_scene import GAP_AT, JUMP_AT, open_scene, scene
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.queue.export import write_queue
from trackproof.desktop.panels.queue.panel import QueuePanel
from trackproof.desktop.panels.queue.rows import FlagRow, Grouping, Heading, Order
from trackproof.desktop.panels.sequences.board import SequenceBoard
from trackproof.errors import Severity
from trackproof.review import OwnFlag

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session

# popups and tooltips ask the offscreen platform for what only a real screen can do
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def queue(opened: Session, qtbot: QtBot) -> QueuePanel:
    """The queue on the scene."""
    panel = QueuePanel(opened)
    qtbot.addWidget(panel)
    panel.resize(320, 420)
    panel.show()
    return panel


def list_of(panel: QueuePanel) -> QListView:
    return panel.findChild(QListView)  # type: ignore[return-value]


def words_on(panel: QueuePanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_flags_stand_in_the_order_of_their_score(queue: QueuePanel, opened: Session) -> None:
    flags = queue.model.shown_flags
    assert flags == opened.flags
    assert {flag.frame for flag in flags} >= {GAP_AT}
    scores = [flag.score for flag in flags]
    assert scores == sorted(scores, reverse=True)


def test_a_click_takes_the_flag_under_review(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    view, flag = list_of(queue), queue.model.shown_flags[1]
    place = queue.model.place_of((0, flag.key))
    assert place is not None
    centre = view.visualRect(queue.model.index(place)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert opened.flag == flag
    assert opened.frame == flag.frame
    assert opened.track == flag.track


def test_typing_a_filter_narrows_the_list_and_the_walk(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    field = queue.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "kind:gap")
    qtbot.waitUntil(lambda: len(queue.model.shown_flags) == 1)
    assert queue.model.shown_flags[0].frame == GAP_AT
    assert opened.shown_flags == queue.model.shown_flags
    opened.next_flag()
    opened.next_flag()
    assert opened.flag == queue.model.shown_flags[0]
    assert "1 shown" in words_on(queue)


def test_a_filter_with_a_mistake_keeps_the_list_and_says_why(queue: QueuePanel) -> None:
    before = queue.model.shown_flags
    queue.ask("score>much")
    assert queue.model.shown_flags == before
    assert "needs a number" in words_on(queue)
    queue.ask("")
    assert "needs a number" not in words_on(queue)


def test_a_filter_that_hides_all_offers_to_clear_it(queue: QueuePanel, qtbot: QtBot) -> None:
    queue.ask("kind:unheard")
    assert "No flag matches the filter" in words_on(queue)
    button = next(b for b in queue.findChildren(QPushButton) if b.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert queue.model.shown_flags


def test_a_verdict_is_shown_and_the_next_open_flag_follows(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    opened.next_flag()
    first = opened.flag
    assert first is not None
    ReviewDesk.of(opened).judge("dismissed")
    assert opened.verdict(first) == "dismissed"
    assert opened.flag is not None
    assert opened.flag.key != first.key
    index = queue.model.index(queue.model.place_of((0, first.key)) or 0)
    assert "label is right" in queue.model.data(index)
    counts = f"{len(opened.flags) - 1} open of {len(opened.flags)}"
    qtbot.waitUntil(lambda: counts in words_on(queue))


def test_several_selected_flags_get_one_verdict(queue: QueuePanel, opened: Session) -> None:
    view = list_of(queue)
    select = QItemSelectionModel.SelectionFlag.Select
    for place in (0, 1):
        view.selectionModel().select(queue.model.index(place), select)
    ReviewDesk.of(opened).judge("unsure")
    judged = [opened.verdict(flag) for flag in queue.model.shown_flags]
    assert judged[:2] == ["unsure", "unsure"]
    assert judged.count("unsure") == 2


def test_groups_have_headings_that_cannot_be_selected(queue: QueuePanel) -> None:
    queue.group_by(Grouping.KIND)
    headings = [i for i, row in enumerate(queue.model.rows) if isinstance(row, Heading)]
    assert len(headings) >= 2
    assert headings[0] == 0
    index = queue.model.index(0)
    assert queue.model.flags(index) == Qt.ItemFlag.NoItemFlags
    counts = sum(row.count for row in queue.model.rows if isinstance(row, Heading))
    assert counts == len(queue.model.shown_flags)


def test_sorting_by_frame_follows_the_film(queue: QueuePanel, opened: Session) -> None:
    queue.sort_by(Order.FRAME)
    frames = [flag.frame for flag in queue.model.shown_flags]
    assert frames == sorted(frames)
    assert opened.shown_flags == queue.model.shown_flags


def test_the_empty_queue_teaches(session: Session, qtbot: QtBot) -> None:
    panel = QueuePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    assert "No labels yet" in words_on(panel)


def test_taking_the_expected_box_repairs_the_label_and_goes_on(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    flag = next(f for f in opened.flags if f.expected_xywh is not None and f.track == 1)
    assert abs(flag.frame - JUMP_AT) <= 1
    opened.select_flag(flag)
    desk = ReviewDesk.of(opened)
    settle(qtbot, opened)
    desk.accept()
    assert opened.can_undo
    assert opened.verdicts.status(flag.key) == "fixed"
    assert desk.done == 1
    assert opened.flag is None or opened.flag.key != flag.key


def test_without_a_proposal_nothing_is_repaired(opened: Session) -> None:
    desk = ReviewDesk.of(opened)
    assert desk.repair is None
    desk.accept()
    desk.judge("dismissed")
    assert not opened.can_undo
    assert desk.done == 0


def test_staying_on_a_flag_after_a_verdict_is_a_choice(opened: Session) -> None:
    desk = ReviewDesk.of(opened)
    desk.set_advances(advances=False)
    opened.next_flag()
    flag = opened.flag
    desk.judge("confirmed")
    assert opened.flag is flag


def test_several_flags_stay_chosen_when_the_panel_follows_late(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    view = list_of(queue)
    qtbot.waitUntil(lambda: queue.is_settled)

    def click(row: int, held: Qt.KeyboardModifier) -> None:
        place = view.visualRect(queue.model.index(row)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, place)

    click(0, Qt.KeyboardModifier.NoModifier)
    assert not queue.is_settled
    click(2, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: queue.is_settled)
    assert ReviewDesk.of(opened).selected == opened.flags[:3]
    opened.next_flag()
    qtbot.waitUntil(lambda: queue.is_settled)
    assert ReviewDesk.of(opened).selected == (opened.flag,)


def test_the_pace_counts_seconds_of_judged_flags_only(opened: Session, qtbot: QtBot) -> None:
    now = [0.0]
    desk = ReviewDesk(opened, clock=lambda: now[0])
    opened.next_flag()
    assert desk.pace_in_words() == ""
    now[0] += 4.0
    desk.judge("dismissed")
    now[0] += 8.0
    desk.judge("dismissed")
    now[0] += 3600.0
    desk.judge("dismissed")
    assert desk.seconds_per_flag == pytest.approx(6.0)
    assert desk.pace_in_words().startswith("6 s a flag")
    open_scene(opened, qtbot)
    assert desk.done == 0


def test_what_was_judged_on_another_day_counts_as_progress(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    """Without a pace yet, the foot says how far the list is."""
    count = len(opened.flags)
    opened.judge(opened.flags[:2], "dismissed")
    bar = queue.findChild(QProgressBar)
    assert bar is not None
    qtbot.waitUntil(lambda: (bar.value(), bar.maximum()) == (2, count))
    assert f"2 of {count} judged" in words_on(queue)


def test_a_note_stays_with_its_flag(opened: Session) -> None:
    opened.next_flag()
    flag = opened.flag
    assert flag is not None
    ReviewDesk.of(opened).note("ask the annotator")
    assert opened.verdicts.comment(flag.key) == "ask the annotator"
    assert opened.verdict(flag) == "open"


def test_the_queue_is_exported_as_it_is_shown(
    queue: QueuePanel, opened: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    queue.ask("kind:gap")
    opened.judge(opened.shown_flags, "confirmed", "the bus hides it")
    with qtbot.waitSignal(opened.message) as said:
        write_queue(opened, tmp_path / "queue.csv")
    assert "1 flag written" in said.args[0].text
    (row,) = csv.DictReader((tmp_path / "queue.csv").read_text("utf-8").splitlines())
    assert row["frame_index"] == str(GAP_AT)
    assert (row["kind"], row["status"]) == ("gap", "confirmed")
    assert row["comment"] == "the bus hides it"


def test_an_export_that_fails_is_told(opened: Session, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "queue.csv").mkdir()
    with qtbot.waitSignal(opened.message) as said:
        write_queue(opened, tmp_path / "queue.csv")
    assert said.args[0].severity == Severity.ERROR


def test_enter_in_the_filter_never_repairs_a_label(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    pressed: list[bool] = []
    shortcut = QShortcut(QKeySequence("Return"), queue)
    shortcut.activated.connect(lambda: pressed.append(True))
    queue.activateWindow()
    field = queue.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not pressed
    list_of(queue).setFocus()
    qtbot.waitUntil(list_of(queue).hasFocus)
    qtbot.keyClick(list_of(queue), Qt.Key.Key_Return)
    assert pressed


def test_enter_makes_the_first_proposed_repair_in_one_step(opened: Session, qtbot: QtBot) -> None:
    flag = next(f for f in opened.flags if f.track == 1 and abs(f.frame - JUMP_AT) <= 1)
    opened.select_flag(flag)
    desk = ReviewDesk.of(opened)
    settle(qtbot, opened)
    assert desk.proposals[0] is desk.repair
    desk.accept()
    assert opened.labels is not None
    block = opened.labels.table.blocks[1]
    assert block.xywh[JUMP_AT, 3] == 80.0
    assert opened.verdicts.status(flag.key) == "fixed"
    opened.undo()
    opened.undo()
    assert opened.labels.table.blocks[1].xywh[JUMP_AT, 3] == 50.0


def wide(opened: Session, queue: QueuePanel, qtbot: QtBot) -> None:
    """Two sequences in one queue, both checked."""
    made = opened.sequences[0]
    opened.show_sequences([made, replace(made, name="second")])
    board = SequenceBoard.of(opened)
    qtbot.waitUntil(lambda: all(board.flags_of(i) is not None for i in (0, 1)))
    queue.group_by(Grouping.SEQUENCE)
    qtbot.waitUntil(lambda: {row.index for row in queue.model.flag_rows} == {0, 1})


def test_flags_of_all_sequences_stand_under_their_names_and_a_click_goes_there(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    wide(opened, queue, qtbot)
    titles = [row.title for row in queue.model.rows if isinstance(row, Heading)]
    assert titles == [opened.sequences[0].name, "second"]
    view = list_of(queue)
    place = next(i for i, row in enumerate(queue.model.rows) if getattr(row, "index", 0) == 1)
    index = queue.model.index(place)
    view.scrollTo(index)
    wanted = queue.model.rows[place]
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
    )
    assert opened.index == 1
    assert isinstance(wanted, FlagRow)
    assert opened.flag is not None
    assert opened.flag.key == wanted.flag.key


def test_a_click_on_a_heading_selects_its_flags_and_a_verdict_goes_to_all_of_them(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    wide(opened, queue, qtbot)
    view = list_of(queue)
    place = [i for i, row in enumerate(queue.model.rows) if isinstance(row, Heading)][1]
    index = queue.model.index(place)
    view.scrollTo(index)
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
    )
    ReviewDesk.of(opened).judge("unsure")
    flags = SequenceBoard.of(opened).flags_of(1)
    assert flags
    verdicts = [opened.book.verdict("second", flag.key) for flag in flags]
    assert all(one is not None and one.status == "unsure" for one in verdicts)
    assert all(opened.verdict(flag) == "open" for flag in opened.flags)
    opened.undo()
    assert opened.index == 1
    assert all(opened.book.verdict("second", flag.key) is None for flag in flags)


def test_a_verdict_never_goes_to_flags_that_the_filter_hides(
    queue: QueuePanel, opened: Session
) -> None:
    list_of(queue).selectAll()
    desk = ReviewDesk.of(opened)
    assert len(desk.selected) == len(opened.flags) > 1
    queue.ask("kind:unheard")
    desk.judge("dismissed")
    assert desk.selected == ()
    assert opened.open_flags == opened.flags


def test_a_verdict_never_goes_to_flags_of_the_sequence_before(
    session: Session, qtbot: QtBot
) -> None:
    open_scene(session, qtbot, scene("first"), scene("second"))
    desk = ReviewDesk.of(session)
    desk.select(session.flags)
    assert desk.selected == session.flags
    session.open_sequence(1)
    desk.judge("dismissed")
    assert desk.selected == ()
    assert not session.book.verdicts("second")


def test_a_verdict_on_flags_of_several_sequences_is_undone_and_done_again_as_one_step(
    queue: QueuePanel, opened: Session, qtbot: QtBot
) -> None:
    wide(opened, queue, qtbot)
    here = opened.sequences[0].name
    opened.judge([opened.flags[-1]], "confirmed")
    rows = [row for row in queue.model.flag_rows if row.flag.key != opened.flags[-1].key]
    desk = ReviewDesk.of(opened)
    desk.select_rows([(row.index, row.flag) for row in rows])
    assert {row.index for row in rows} == {0, 1}
    desk.judge("unsure")

    def said(row: FlagRow) -> str:
        verdict = opened.book.verdict(opened.sequences[row.index].name, row.flag.key)
        return verdict.status if verdict is not None else "open"

    assert {said(row) for row in rows} == {"unsure"}
    opened.undo()
    assert {said(row) for row in rows} == {"open"}
    assert opened.verdict(opened.flags[-1]) == "confirmed"
    opened.redo()
    assert {said(row) for row in rows} == {"unsure"}
    opened.undo()
    opened.undo()
    assert opened.book.verdict(here, opened.flags[-1].key) is None


def test_all_flags_of_one_kind_on_one_object_are_dismissed_in_one_step(
    queue: QueuePanel, opened: Session
) -> None:
    desk, review, sequence = ReviewDesk.of(opened), opened.book.review, opened.sequence
    assert review is not None
    assert sequence is not None
    raised = [OwnFlag(track, at, at, at) for track, at in ((1, 3), (1, 9), (1, 20), (0, 9))]
    keys = review.add_flags(sequence.name, raised)
    made = {flag.key: flag for flag in opened.flags}
    opened.select_flag(made[keys[1]])
    assert {one.key for one in desk.alike} == set(keys[:3])
    desk.judge_alike("dismissed")
    assert [opened.verdict(made[key]) for key in keys] == ["dismissed"] * 3 + ["open"]
    assert desk.totals_in_words() == "3 judged in 0 s: 3 right."
    opened.undo()
    assert all(opened.verdict(made[key]) == "open" for key in keys)
