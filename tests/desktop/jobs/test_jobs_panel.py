"""The Jobs panel and the board behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from handoff.launching_scene import Scene, scene
from labeling_service import EXPIRED, PORTAL, REGION, LabelingService
from labeling_work import INITIALIZING_S, SECONDS_PER_LINE
from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.panels.jobs.panel import JobsPanel
from trackproof.desktop.session import Session
from trackproof.handoff.jobs import LabelingService as Jobs
from trackproof.handoff.jobs_watching import Moment
from trackproof.handoff.launching import launch
from trackproof.storage.s3 import Connection


class Hands:
    """Clocks that a test moves."""

    def __init__(self) -> None:
        self.moment = Moment(1_000.0, 1_000_000.0)

    def __call__(self) -> Moment:
        return self.moment

    def pass_(self, seconds: float, *, wall: float | None = None) -> None:
        more = seconds if wall is None else wall
        self.moment = Moment(self.moment.monotonic_s + seconds, self.moment.wall_s + more)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def here(labeling: LabelingService, connection: Connection, tmp_path: Path) -> Scene:
    made = scene(labeling, tmp_path / "focus")
    launch(Jobs(connection), made.request(connection))
    return made


@pytest.fixture
def panel(session: Session, here: Scene, hands: Hands, qtbot: QtBot) -> Iterator[JobsPanel]:
    JobsBoard(session, clock=hands, chance=lambda: 0.5)
    made = JobsPanel(session)
    qtbot.addWidget(made)
    made.resize(720, 320)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.board.watch(is_wanted=False)
    qtbot.waitUntil(lambda: not session.tasks.running)


def asked(panel: JobsPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.board.asked):
        panel.ask_now()


def test_nobody_is_asked_before_a_person_asks(panel: JobsPanel, here: Scene) -> None:
    assert not here.service.calls["ListLabelingJobs"]
    assert panel.model.rowCount() == 0


def test_jobs_are_listed_with_state_and_counters(
    panel: JobsPanel, here: Scene, qtbot: QtBot
) -> None:
    here.service.clock.advance(INITIALIZING_S + SECONDS_PER_LINE)
    asked(panel, qtbot)
    cells = [panel.model.index(0, column).data() for column in range(3)]
    assert cells == ["○  yard-adjust", "with the workers", "1 / 2"]
    panel.table.mark(0)
    assert "1 of 2 labeled" in panel.words.text()
    assert panel.stop.isEnabled()


def test_the_end_of_a_job_is_told_once(
    panel: JobsPanel, here: Scene, session: Session, hands: Hands, qtbot: QtBot
) -> None:
    said: list[Any] = []
    session.message.connect(said.append)
    asked(panel, qtbot)
    here.service.clock.advance(INITIALIZING_S + 2 * SECONDS_PER_LINE)
    with qtbot.waitSignal(panel.board.asked):
        hands.pass_(16)
        panel.board.watch()
    with qtbot.waitSignal(panel.board.asked):
        hands.pass_(400)
        panel.board.watch()
    assert [one.text for one in said] == ["Job yard-adjust is completed: 2 of 2 labeled."]


def test_expired_credentials_and_a_sleep_leave_the_list_and_say_so(
    panel: JobsPanel, here: Scene, hands: Hands, qtbot: QtBot
) -> None:
    asked(panel, qtbot)
    here.service.fail(EXPIRED, "ListLabelingJobs")
    asked(panel, qtbot)
    assert panel.model.rowCount() == 1
    assert "credentials have expired" in panel.state.text()
    hands.pass_(5, wall=9_000)
    panel.board.watch()
    assert not panel.board.is_asking
    assert "computer slept" in panel.board.problem
    with qtbot.waitSignal(panel.board.asked):
        hands.pass_(3, wall=3)
        panel.board.watch()
    assert panel.board.problem == ""


def test_a_job_is_stopped_after_a_second_yes_only(
    panel: JobsPanel, here: Scene, session: Session, qtbot: QtBot
) -> None:
    asked(panel, qtbot)
    panel.table.mark(0)
    for words, stops in (("Let it run", 0), ("Stop the job", 1)):
        panel.ask_stop()
        box = panel.findChild(QMessageBox, "ask_stop")
        assert isinstance(box, QMessageBox)
        (button,) = [one for one in box.findChildren(QPushButton) if one.text() == words]
        button.click()
        qtbot.waitUntil(lambda: not session.tasks.running)
        assert here.service.calls["StopLabelingJob"] == stops
        qtbot.waitUntil(lambda: panel.findChild(QMessageBox, "ask_stop") is None)
    qtbot.waitUntil(lambda: panel.board.jobs[0].status == "Stopping")


def test_the_workers_page_is_the_one_of_the_team(
    panel: JobsPanel, session: Session, qtbot: QtBot
) -> None:
    asked(panel, qtbot)
    opened: list[str] = []
    panel.board.open_portal(panel.board.jobs[0], opened.append)
    qtbot.waitUntil(lambda: bool(opened))
    assert opened == [f"https://{PORTAL}"]


def test_another_account_forgets_the_jobs_of_the_first(panel: JobsPanel, qtbot: QtBot) -> None:
    from trackproof.storage.s3 import Account

    asked(panel, qtbot)
    with qtbot.waitSignal(panel.board.asked):
        panel.board.set_account(Account(region=REGION))
        assert panel.board.jobs == ()
    assert panel.state.text().endswith(REGION)


def test_a_jobs_labels_open_from_where_the_service_put_them(
    panel: JobsPanel, here: Scene, session: Session, qtbot: QtBot
) -> None:
    here.service.clock.advance(INITIALIZING_S + 2 * SECONDS_PER_LINE)
    asked(panel, qtbot)
    panel.table.mark(0)
    with qtbot.waitSignal(session.sequence_changed):
        panel.open.click()
    assert [len(one) for one in session.sequences] == [7, 5]
    qtbot.waitUntil(lambda: not session.tasks.running)
