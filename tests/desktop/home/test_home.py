"""What workers changed, in the window: chosen object by object, taken over as one step."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QTreeWidget, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from handoff.launching_scene import preset, upload
from handoff.test_package import flag, made_sequence
from labeling_service import LabelingService
from labeling_work import INITIALIZING_S, SECONDS_PER_LINE, Frames
from trackproof.desktop.home import HomeDesk
from trackproof.desktop.home.dialog import HomeDialog, problems_in_words
from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.session import Session
from trackproof.errors import Problem, Severity
from trackproof.handoff.jobs import LabelingService as Jobs
from trackproof.handoff.jobs_book import Noted, note_job
from trackproof.handoff.launching import launch
from trackproof.handoff.launching_sources import launchables
from trackproof.handoff.outcomes_round import read_rounds
from trackproof.handoff.package import make_package
from trackproof.handoff.selection import ExportOptions, Reviewed
from trackproof.handoff.writing import write_package
from trackproof.labels import PutBox
from trackproof.storage.s3 import Connection


def correct(line: int, frames: Frames) -> Frames:
    if line == 0:
        frames[6]["annotations"][0]["width"] += 7
        frames[0]["annotations"][0]["width"] += 9
        frames[9]["annotations"] = []
    else:
        new = {**frames[3]["annotations"][0], "object-id": "new-id", "left": 300}
        frames[3]["annotations"] = [new]
    return frames


@pytest.fixture
def base(qtbot: QtBot) -> QWidget:
    """Stands for the main window."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def home(
    session: Session,
    base: QWidget,
    labeling: LabelingService,
    connection: Connection,
    tmp_path: Path,
    qtbot: QtBot,
) -> HomeDialog:
    """The dialog after the whole way: send, launch, label, fetch."""
    sequence = made_sequence()
    with qtbot.waitSignal(session.analysis_changed):
        session.show_sequences([sequence])
    address = f"s3://{labeling.bucket}/review/"
    options = ExportOptions(destination=address, prefix="s3://frames/yard/", context=5)
    package = make_package(
        [Reviewed(sequence, sequence.labels, (flag(100, 102), flag(200)))], options
    )
    write_package(package, tmp_path / "focus")
    upload(labeling, tmp_path / "focus", address)
    (one,) = launchables(address, connection)
    made = launch(Jobs(connection), one.built(preset(labeling)))
    note_job(Noted(name=made.name, arn=made.arn, region="eu-central-1", package=address))
    labeling.workers.correct = correct
    labeling.clock.advance(INITIALIZING_S + 2 * SECONDS_PER_LINE)
    session.apply(PutBox(0, 101, (1.0, 2.0, 3.0, 4.0)))
    board, desk = JobsBoard.of(session), HomeDesk.of(session)
    with qtbot.waitSignal(board.asked):
        board.refresh()
    with qtbot.waitSignal(desk.opened) as opened:
        desk.fetch(board.jobs[0], base)
    assert opened.args is not None
    qtbot.waitUntil(lambda: not session.tasks.running)
    return opened.args[0]  # type: ignore[no-any-return]


def rows(dialog: HomeDialog) -> list[list[str]]:
    group = dialog.tree.topLevelItem(0)
    assert group is not None
    count = dialog.tree.columnCount()
    return [[group.child(n).text(c) for c in range(count)] for n in range(group.childCount())]


def test_every_change_is_a_row_and_nothing_is_deleted_unasked(home: HomeDialog) -> None:
    car, new, emptied = rows(home)
    assert car == ["Car:1", "2", "", "1", "", "2", "1", ""]
    assert new[:3] == ["Car:1 (new)", "", "1"]
    assert emptied[0] == "Delete all boxes in 1 frame that came back empty"
    group = home.tree.topLevelItem(0)
    assert group is not None
    checked = [group.child(n).checkState(0) == Qt.CheckState.Checked for n in range(3)]
    assert checked == [True, True, False]
    assert "3 frames that were shown as context" in home.context.text()
    assert "1 frame edited here and there" in home.conflicts.text()


def test_taking_over_is_one_step_and_keeps_my_edit(home: HomeDialog, session: Session) -> None:
    assert session.labels is not None
    before = session.labels
    steps = len(session.history)
    home.verdicts.setChecked(False)
    home.take_over()
    labels = session.labels
    block = labels.table.block(0)
    assert block is not None
    at = {int(frame): row for row, frame in enumerate(block.frame)}
    assert block.xywh[at[101]].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert block.xywh[at[95], 2] == 39
    assert 104 in at
    assert labels.table.tracks[1].object_name == "Car:2"
    assert len(session.history) == steps + 1
    session.undo()
    assert session.labels is not None
    assert len(session.labels.table) == len(before.table)
    assert read_rounds()[0].real == 1


def test_choices_decide_what_is_taken(home: HomeDialog, session: Session) -> None:
    group = home.tree.topLevelItem(0)
    assert group is not None
    home.context.click()
    home.conflicts.click()
    group.child(1).setCheckState(0, Qt.CheckState.Unchecked)
    group.child(2).setCheckState(0, Qt.CheckState.Checked)
    assert "2 of 3 changes chosen" in home.words.text()
    home.take_over()
    assert session.labels is not None
    block = session.labels.table.block(0)
    assert block is not None
    at = {int(frame): row for row, frame in enumerate(block.frame)}
    assert block.xywh[at[101], 2] == 37
    assert block.xywh[at[95], 2] == 30
    assert 104 not in at
    assert session.labels.table.block(1) is None


def part(home: HomeDialog, place: int, words: str) -> QTreeWidgetItem:
    """Return the row under an object that tells of some frames apart."""
    group = home.tree.topLevelItem(0)
    assert group is not None
    item = group.child(place)
    (found,) = (item.child(n) for n in range(item.childCount()) if words in item.child(n).text(0))
    return found


def test_context_and_conflicts_are_listed_apart_and_chosen_object_by_object(
    home: HomeDialog, session: Session
) -> None:
    own, new = part(home, 0, "Shown as context"), part(home, 1, "Shown as context")
    assert own.text(0) == "Shown as context only: frames 95, 198"
    assert part(home, 0, "Edited here").text(0) == "Edited here, too: frame 101. Workers win"
    assert home.context.checkState() == Qt.CheckState.Checked
    own.setCheckState(0, Qt.CheckState.Unchecked)
    assert home.context.checkState() == Qt.CheckState.PartiallyChecked
    assert home.conflicts.checkState() == Qt.CheckState.Unchecked
    home.take_over()
    assert session.labels is not None
    block, other = session.labels.table.block(0), session.labels.table.block(1)
    assert block is not None
    at = {int(frame): row for row, frame in enumerate(block.frame)}
    assert block.xywh[at[95], 2] == 30
    assert other is not None
    assert new.checkState(0) == Qt.CheckState.Checked


def test_one_switch_takes_or_leaves_the_context_of_all(home: HomeDialog) -> None:
    rows = [part(home, place, "Shown as context") for place in (0, 1)]
    rows[0].setCheckState(0, Qt.CheckState.Unchecked)
    home.context.click()
    assert [row.checkState(0) for row in rows] == [Qt.CheckState.Checked] * 2
    home.context.click()
    assert [row.checkState(0) for row in rows] == [Qt.CheckState.Unchecked] * 2


def test_parts_of_a_change_that_is_left_cannot_be_chosen(home: HomeDialog) -> None:
    group = home.tree.topLevelItem(0)
    assert group is not None
    group.child(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert part(home, 0, "Shown as context").isDisabled()
    assert not part(home, 1, "Shown as context").isDisabled()


def test_flags_are_judged_by_what_workers_did(home: HomeDialog, session: Session) -> None:
    assert "2 flags" in home.verdicts.text()
    home.take_over()
    assert session.verdicts.status("0-100") == "fixed"
    assert session.verdicts.status("0-200") == "dismissed"


def test_new_object_can_be_linked_to_the_one_it_continues(
    home: HomeDialog, session: Session
) -> None:
    (box,) = home.tree.findChildren(QComboBox)
    box.setCurrentIndex(1)
    assert box.currentText() == "part of Car:1"
    home.take_over()
    assert session.labels is not None
    assert session.labels.table.tracks[0].object_name == "Car:1"
    (choice,) = [one for one in home.choices["yard"] if one.target is not None]
    assert choice.target == 0


def test_time_by_person_is_hidden_until_asked_for(home: HomeDialog, qtbot: QtBot) -> None:
    home.tabs.setCurrentIndex(home.tabs.count() - 1)
    page = home.tabs.currentWidget()
    (table,) = page.findChildren(QTreeWidget)
    assert table.isHidden()
    assert "worker0" not in home.summary.text()
    page.findChild(QCheckBox, "by_person").click()
    assert not table.isHidden()


def test_labels_that_changed_meanwhile_are_compared_again(
    home: HomeDialog, session: Session
) -> None:
    session.apply(PutBox(0, 5, (1.0, 2.0, 3.0, 4.0)))
    home.take_over()
    assert "compare again" in home.words.text()
    assert home.isVisible()


def test_package_and_results_in_s3_say_the_same(
    home: HomeDialog, session: Session, base: QWidget, labeling: LabelingService, qtbot: QtBot
) -> None:
    desk = HomeDesk.of(session)
    with qtbot.waitSignal(desk.opened) as opened:
        desk.bring(f"s3://{labeling.bucket}/review/", f"s3://{labeling.bucket}/out/", base)
    assert opened.args is not None
    assert rows(opened.args[0]) == rows(home)
    qtbot.waitUntil(lambda: not session.tasks.running)


def test_dialog_leaves_with_the_labels_that_it_is_about(
    home: HomeDialog, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(home.rejected):
        session.show_sequences([made_sequence()])


def test_results_compared_with_labels_that_were_left_are_not_shown(
    home: HomeDialog, session: Session, base: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    desk, shown, said = HomeDesk.of(session), [], []
    desk.opened.connect(shown.append)
    session.message.connect(said.append)
    settings = session.settings
    desk.bring(settings.text("home/package"), settings.text("home/results"), base)
    session.show_sequences([made_sequence()])
    qtbot.waitUntil(lambda: not session.tasks.running)
    assert shown == []
    assert [one for one in said if one.text.startswith("Other labels were opened meanwhile")]


def test_what_could_not_be_used_is_told_before_what_is_only_doubted() -> None:
    doubt = Problem("may be of another round", "out.manifest", "line 1")
    lost = Problem("is no label file", "SeqLabel.json", severity=Severity.ERROR)
    assert problems_in_words([]) == ""
    assert problems_in_words([doubt]).startswith("Look at this first: out.manifest, line 1: may be")
    told = problems_in_words([doubt, lost, doubt])
    assert told == "Not used: SeqLabel.json: is no label file (and 2 more remarks)"
