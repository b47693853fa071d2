"""Launching from the window: every step shown, nothing sent without the one explicit yes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handoff.launching_scene import Scene, preset, scene
from labeling_service import CUT_AFTER, EXPIRED, REGION, TEAM, LabelingService
from trackproof.desktop.launching.account import AccountDialog
from trackproof.desktop.launching.actions import LAUNCH_PACKAGE
from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.launching.wizard import LaunchWizard
from trackproof.desktop.launching.words_page import WordsPage
from trackproof.desktop.session import Session
from trackproof.desktop.window import MainWindow
from trackproof.handoff.launching_presets import find_preset, preset_names, save_preset
from trackproof.storage.s3 import Connection


@pytest.fixture
def here(labeling: LabelingService, tmp_path: Path) -> Scene:
    return scene(labeling, tmp_path / "focus")


@pytest.fixture
def wizard(session: Session, here: Scene, qtbot: QtBot) -> Iterator[LaunchWizard]:
    made = LaunchWizard(session, package=str(here.folder))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.page.can_go_on)
    yield made
    made.close()
    qtbot.waitUntil(lambda: not session.tasks.running)


def typed(field: Any, text: str, qtbot: QtBot) -> None:
    field.clear()
    qtbot.keyClicks(field, text)


def click(button: Any, qtbot: QtBot) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def to_checks(wizard: LaunchWizard, here: Scene, qtbot: QtBot) -> None:
    click(wizard.on, qtbot)
    people = wizard.people_page
    qtbot.waitUntil(lambda: people.team.count() == 1)
    people.team.setCurrentIndex(0)
    typed(people.name, "from-window", qtbot)
    typed(people.role, here.service.role, qtbot)
    typed(people.output, f"s3://{here.service.bucket}/out/", qtbot)
    click(wizard.on, qtbot)
    assert wizard.page is wizard.task_page
    assert wizard.task_page.wrong.text() == ""
    click(wizard.on, qtbot)
    assert wizard.page is wizard.words_page
    click(wizard.on, qtbot)
    qtbot.waitUntil(lambda: bool(wizard.check_page.checks))


def test_a_job_is_launched_through_all_steps(
    wizard: LaunchWizard, here: Scene, session: Session, qtbot: QtBot
) -> None:
    assert "1 job (tracking adjustment) with 2 sequences" in wizard.package_page.words.text()
    to_checks(wizard, here, qtbot)
    assert wizard.check_page.is_ready
    assert wizard.check_page.list.topLevelItemCount() == 15
    click(wizard.on, qtbot)
    request = json.loads(wizard.request_page.text.toPlainText())
    assert request["LabelingJobName"] == "from-window"
    assert request["HumanTaskConfig"]["WorkteamArn"] == TEAM
    assert not wizard.on.isEnabled()
    assert not here.service.jobs
    wizard.request_page.confirm.click()
    with qtbot.waitSignal(JobsBoard.of(session).launched):
        click(wizard.on, qtbot)
    (job,) = here.service.jobs.values()
    assert job.request == request
    assert wizard.isHidden()


def test_a_lost_answer_makes_one_job_and_the_wizard_says_so(
    wizard: LaunchWizard,
    here: Scene,
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trackproof.handoff.launching.WAIT_S", 0.0)
    to_checks(wizard, here, qtbot)
    click(wizard.on, qtbot)
    here.service.fail(CUT_AFTER, "CreateLabelingJob")
    wizard.request_page.confirm.click()
    said: list[Any] = []
    session.message.connect(said.append)
    with qtbot.waitSignal(JobsBoard.of(session).launched):
        click(wizard.on, qtbot)
        assert not wizard.cancel.isEnabled()
    assert len(here.service.jobs) == 1
    assert here.service.calls["CreateLabelingJob"] == 1
    assert said[0].text == "Job from-window is created."


def test_a_failed_check_keeps_the_launch_closed_and_the_request_readable(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    here.service.pass_role = "implicitDeny"
    to_checks(wizard, here, qtbot)
    assert "1 failed" in wizard.check_page.words.text()
    click(wizard.on, qtbot)
    page = wizard.request_page
    assert not page.confirm.isEnabled()
    assert "nothing can be launched" in page.wrong.text()
    page.form.setCurrentText("AWS CLI")
    click(page.copy, qtbot)
    assert "aws sagemaker create-labeling-job" in QApplication.clipboard().text()
    click(wizard.back, qtbot)
    here.service.pass_role = "allowed"
    click(wizard.check_page.again, qtbot)
    qtbot.waitUntil(lambda: wizard.check_page.is_ready)


def test_a_yes_has_to_be_said_again_after_going_back(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    to_checks(wizard, here, qtbot)
    click(wizard.on, qtbot)
    wizard.request_page.confirm.click()
    assert wizard.on.isEnabled()
    click(wizard.back, qtbot)
    click(wizard.on, qtbot)
    assert not wizard.on.isEnabled()


def test_settings_are_kept_and_loaded_by_name(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    save_preset("yard", preset(here.service, name="kept", keywords=("cars",)))
    click(wizard.on, qtbot)
    people = wizard.people_page
    qtbot.waitUntil(lambda: people.team.count() == 1)
    people.preset.setCurrentText("yard")
    people.preset.activated.emit(people.preset.currentIndex())
    assert (people.name.text(), people.wrong.text()) == ("kept", "")
    assert wizard.page.draft.preset.region == REGION
    click(wizard.on, qtbot)
    assert wizard.task_page.keywords.text() == "cars"
    click(wizard.on, qtbot)
    click(wizard.on, qtbot)
    qtbot.waitUntil(lambda: bool(wizard.check_page.checks))
    click(wizard.on, qtbot)
    wizard.request_page.preset_name.setText("yard two")
    click(wizard.request_page.keep, qtbot)
    assert preset_names() == ["yard", "yard two"]


def test_limits_are_told_while_typing(wizard: LaunchWizard, here: Scene, qtbot: QtBot) -> None:
    click(wizard.on, qtbot)
    qtbot.waitUntil(lambda: wizard.people_page.team.count() == 1)
    typed(wizard.people_page.name, "no_underscores", qtbot)
    assert "letters, digits and inner hyphens" in wizard.people_page.wrong.text()
    typed(wizard.people_page.name, "fine", qtbot)
    typed(wizard.people_page.role, here.service.role, qtbot)
    typed(wizard.people_page.output, "s3://bucket/out/", qtbot)
    assert wizard.people_page.wrong.text() == ""
    click(wizard.on, qtbot)
    task = wizard.task_page
    typed(task.keywords, "two-words", qtbot)
    assert "letters and digits" in task.wrong.text()
    task.hours.setValue(9)
    assert "at least 8 hours" in task.hint.text()


def to_words(wizard: LaunchWizard, qtbot: QtBot) -> WordsPage:
    wizard.go(wizard.pages.index(wizard.words_page))
    return wizard.words_page


def test_instructions_are_written_seen_sent_and_kept(
    wizard: LaunchWizard, here: Scene, session: Session, qtbot: QtBot
) -> None:
    page = to_words(wizard, qtbot)
    assert "{places}" in page.full.toPlainText()
    assert not page.own.isEnabled()
    page.short.setPlainText("Look at the wheels. {places}")
    assert "Look at the wheels. Check first" in page.preview.toPlainText()
    assert page.short_count.text().endswith("of 254")
    wizard.go(0)
    to_checks(wizard, here, qtbot)
    assert wizard.check_page.is_ready
    click(wizard.on, qtbot)
    before = set(here.service.objects())
    wizard.request_page.preset_name.setText("wheels")
    click(wizard.request_page.keep, qtbot)
    wizard.request_page.confirm.click()
    with qtbot.waitSignal(JobsBoard.of(session).launched):
        click(wizard.on, qtbot)
    (job,) = here.service.jobs.values()
    (written,) = set(here.service.objects()) - before
    assert job.request["LabelCategoryConfigS3Uri"] == f"s3://{here.service.bucket}/{written}"
    config = json.loads(here.service.read(job.request["LabelCategoryConfigS3Uri"]))
    assert config["instructions"]["shortInstruction"].startswith("Look at the wheels. Check")
    assert find_preset("wheels").short_instruction == "Look at the wheels. {places}"


def test_words_beyond_the_limit_stop_the_wizard_and_the_packages_own_come_back(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    page = to_words(wizard, qtbot)
    own = page.full.toPlainText()
    page.full.setPlainText("x" * 2_048)
    assert page.full_count.text() == "2,048 of 2,047"
    assert "The full instruction has 2,048 characters" in page.wrong.text()
    assert not wizard.on.isEnabled()
    click(page.own, qtbot)
    assert page.full.toPlainText() == own
    assert page.wrong.text() == ""
    assert wizard.on.isEnabled()


def test_flagged_places_can_be_put_into_the_text(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    page = to_words(wizard, qtbot)
    page.full.clear()
    click(page.insert, qtbot)
    assert page.full.toPlainText() == "{places}"
    assert "Car:1 in frames" in page.preview.toPlainText()


def test_unreadable_packages_are_told_in_words(session: Session, aws: str, qtbot: QtBot) -> None:
    wizard = LaunchWizard(session, package="/nowhere/at/all")
    qtbot.addWidget(wizard)
    qtbot.waitUntil(lambda: "no such folder" in wizard.package_page.wrong.text())
    assert not wizard.on.isEnabled()
    wizard.close()


def test_stopping_a_launch_says_that_the_job_may_exist(
    wizard: LaunchWizard, here: Scene, session: Session, qtbot: QtBot
) -> None:
    to_checks(wizard, here, qtbot)
    click(wizard.on, qtbot)
    wizard.request_page.confirm.click()
    board = JobsBoard.of(session)
    with qtbot.waitSignal(board.launched):
        click(wizard.on, qtbot)
        session.tasks.cancel("launch")
    assert "may exist" in wizard.request_page.wrong.text()
    assert wizard.cancel.isEnabled()
    assert wizard.isVisible()


def test_the_menu_opens_the_steps_with_the_package_made_last(
    window: MainWindow, aws: str, qtbot: QtBot
) -> None:
    window.session.settings.set_text(LAUNCH_PACKAGE, "/nowhere/at/all")
    window.registry.qaction("job.launch").trigger()
    wizard = window.findChild(LaunchWizard)
    assert isinstance(wizard, LaunchWizard)
    assert wizard.package_page.package.text() == "/nowhere/at/all"
    qtbot.waitUntil(lambda: "no such folder" in wizard.package_page.wrong.text())
    wizard.close()


def test_the_account_dialog_says_who_aws_takes_me_for(
    session: Session, labeling: LabelingService, qtbot: QtBot
) -> None:
    dialog = AccountDialog(JobsBoard.of(session))
    qtbot.addWidget(dialog)
    dialog.fields.region.setCurrentText(REGION)
    click(dialog.fields.ask, qtbot)
    qtbot.waitUntil(lambda: "in account 123456789012" in dialog.fields.who.text())
    labeling.fail(EXPIRED, "ListLabelingJobs")
    board = JobsBoard.of(session)
    with qtbot.waitSignal(board.asked):
        dialog.accept()
    assert "have expired" in board.problem
    assert board.account.region == REGION


@pytest.fixture
def large_type(qapp: QApplication) -> Iterator[None]:
    """Type of twice the size, as the application's font."""
    before, large = qapp.font(), qapp.font()
    large.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(large)
    yield
    qapp.setFont(before)


@pytest.mark.parametrize("width", [720, 900, 1100])
def test_with_large_type_no_step_scrolls_sideways_and_the_steps_fold_away(
    large_type: None, session: Session, qapp: QApplication, qtbot: QtBot, width: int
) -> None:
    wizard = LaunchWizard(session)
    qtbot.addWidget(wizard)
    wizard.show()
    wizard.resize(width, 680)
    for place in range(wizard.stack.count()):
        wizard.stack.setCurrentIndex(place)
        wizard._refresh()
        qapp.processEvents()
        area = wizard.stack.widget(place)
        assert area.horizontalScrollBar().maximum() == 0, wizard.page.title
        says_step = wizard.heading.text().startswith(f"{place + 1} of 6")
        assert says_step is not wizard.steps.isVisible()
    wizard.close()


def test_a_package_that_is_not_named_any_more_comes_too_late(
    wizard: LaunchWizard, here: Scene, qtbot: QtBot
) -> None:
    page = wizard.package_page
    jobs = list(page.draft.jobs)
    page.load()
    typed(page.package, "elsewhere", qtbot)
    page._take(str(here.folder), jobs)
    assert page.draft.jobs == ()
    assert not page.can_go_on


def test_an_answer_about_another_account_is_not_shown(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked, may_go = threading.Event(), threading.Event()

    def identity(_connection: Connection) -> str:
        is_asked.set()
        may_go.wait(10)
        return "user/anna in account 123456789012"

    monkeypatch.setattr(Connection, "identity", identity)
    dialog = AccountDialog(JobsBoard.of(session))
    qtbot.addWidget(dialog)
    click(dialog.fields.ask, qtbot)
    assert is_asked.wait(10)
    dialog.fields.region.setCurrentText(REGION)
    may_go.set()
    qtbot.waitUntil(lambda: not session.tasks.running)
    assert dialog.fields.who.text() == ""
