"""Table of labeling jobs, and below it the selected one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.panels.search_table import SearchTable
from trackproof.desktop.panels.table import RECORD_ROLE, Column, TableModel, fit_columns
from trackproof.desktop.theme import GRID, ROW_HEIGHT, font
from trackproof.handoff.jobs_words import age

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QHideEvent, QShowEvent

    from trackproof.desktop.session import Session
    from trackproof.handoff.jobs import Job

NAME_WIDTH = 180
LEAST_ROWS = 3
WANTED = "jobs/is_wanted"
"""Nobody is asked before a person asked once."""
SIGNS = {
    "Initializing": "…",
    "InProgress": "○",
    "Completed": "✓",
    "Failed": "!",
    "Stopping": "…",
    "Stopped": "■",
}
EVERYTHING, RUNNING, ENDED = "All jobs", "Running", "Ended"


class JobsPanel(QWidget):
    """Jobs with their state; buttons for the selected one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.board = JobsBoard.of(session)
        self._has_fitted = False
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Jobs")
        self.model: TableModel[Job] = TableModel(self._columns(), self)
        self.table = SearchTable(self.model, "jobs")
        self._make_bar()
        self._make_details()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._bar)
        column.addWidget(self.table, 1)
        column.addWidget(self._details)
        self.table.view.horizontalHeader().setStretchLastSection(True)
        self.table.view.setMinimumHeight((LEAST_ROWS + 1) * ROW_HEIGHT)
        self.table.field.textChanged.connect(self._search)
        self.table.view.selectionModel().selectionChanged.connect(self._show_selected)
        self.board.changed.connect(self.refresh)
        session.theme_changed.connect(self.refresh)
        self._ages = QTimer(self)
        self._ages.setInterval(30_000)
        self._ages.timeout.connect(self._tell_state)
        self.refresh()

    def _columns(self) -> list[Column[Job]]:
        return [
            Column(
                "Job",
                lambda j: f"{SIGNS[j.status]}  {j.name}",
                lambda j: j.name.casefold(),
                ink=self._ink,
            ),
            Column("State", lambda j: j.standing, lambda j: j.standing),
            Column(
                "Labeled",
                lambda j: f"{j.counters.labeled} / {j.counters.total}",
                lambda j: j.counters.labeled / max(j.counters.total, 1),
                "Sequences or clips with labels, of all",
                is_number=True,
            ),
            Column(
                "Age",
                lambda j: age(j.age_s(datetime.now(UTC))),
                lambda j: j.age_s(datetime.now(UTC)),
                "Time since it was created",
                is_number=True,
            ),
            Column("Work", lambda j: _work(j.function), lambda j: j.function),
            Column("Why", lambda j: j.failure, lambda j: j.failure, "Why it failed"),
        ]

    def _ink(self, job: Job) -> QColor:
        theme = self._session.theme
        if job.failure or job.has_gaps:
            return theme.danger if job.failure else theme.warn
        return theme.text_dim if job.is_final else theme.text

    def _make_bar(self) -> None:
        self.choice = QComboBox()
        self.choice.addItems([EVERYTHING, RUNNING, ENDED])
        self.choice.setAccessibleName("Which jobs")
        self.choice.currentIndexChanged.connect(self.refresh)
        self.ask = QPushButton("Ask now")
        self.ask.setToolTip("Ask the service how the jobs stand")
        self.ask.clicked.connect(self.ask_now)
        self.sign_in = QPushButton("Account …")
        self.sign_in.setToolTip("AWS profile, Region and endpoint that jobs are watched with")
        self.sign_in.clicked.connect(self.ask_account)
        self.state = QLabel()
        self.state.setFont(font("small"))
        self.state.setProperty("dim", "true")
        self.state.setAccessibleName("When it was asked")
        self._bar = QHBoxLayout()
        self._bar.setContentsMargins(GRID, 0, GRID, 0)
        # One row with the search field: the dock is low, and its rows count.
        for widget in (self.choice, self.table.field, self.ask, self.sign_in):
            self._bar.addWidget(widget)
        self._bar.addWidget(self.state, 1)

    def _make_details(self) -> None:
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("The selected job")
        self.fetch = QPushButton("Fetch results …")
        self.fetch.setToolTip("Bring the results here, look at every change, and take over")
        self.fetch.clicked.connect(self._fetch)
        self.open = QPushButton("Open its labels")
        self.open.setToolTip("Open the output manifest as labels of their own")
        self.open.clicked.connect(self._open)
        self.portal = QPushButton("Workers' page")
        self.portal.setToolTip("Open the page of its work team in the browser")
        self.portal.clicked.connect(self._open_portal)
        self.stop = QPushButton("Stop …")
        self.stop.clicked.connect(self.ask_stop)
        self._details = QWidget()
        row = QHBoxLayout(self._details)
        row.setContentsMargins(GRID, 0, GRID, GRID // 2)
        row.addWidget(self.words, 1)
        for button in (self.fetch, self.open, self.portal, self.stop):
            row.addWidget(button)

    # -- showing

    def showEvent(self, event: QShowEvent) -> None:
        """Watch while somebody looks."""
        super().showEvent(event)
        self._ages.start()
        if self._session.settings.flag(WANTED, default=False):
            self.board.watch()

    def hideEvent(self, event: QHideEvent) -> None:
        """Go on watching when jobs run, since the end of one is told."""
        super().hideEvent(event)
        self._ages.stop()

    @property
    def selected(self) -> Job | None:
        """The selected job."""
        rows = self.table.view.selectionModel().selectedRows()
        return rows[0].data(RECORD_ROLE) if rows else None

    def refresh(self, *_values: object) -> None:
        """Show the jobs as last heard of."""
        chosen = self.selected
        name = chosen.name if chosen else ""
        wanted = self.choice.currentText()
        shown = [
            job
            for job in self.board.jobs
            if wanted == EVERYTHING or job.is_final == (wanted == ENDED)
        ]
        self.model.show_records(shown)
        if shown:
            self.table.show_table(is_searchable=False)
        else:
            self.table.say(*self._nothing())
        if shown and not self._has_fitted:
            fit_columns(self.table.view, self.model, first=NAME_WIDTH, longest=320)
        self._has_fitted = bool(shown)
        names = [job.name for job in self.model.records]
        self.table.mark(names.index(name) if name in names else None)
        self._show_selected()
        self._tell_state()

    def _nothing(self) -> tuple[str, str]:
        if self.board.is_asking:
            return "Asking the service …", ""
        if self.board.problem:
            return "The jobs are not known", self.board.problem + "."
        if not self.board.was_heard:
            return "No account was asked yet", "“Ask now” lists the jobs of your AWS account."
        if self.board.jobs:
            return "No such job", "Choose “All jobs” to see the others."
        return "There are no labeling jobs", "Launch one from the Job menu."

    def _search(self, words: str) -> None:
        self.model.search(words)
        self._show_selected()

    def _tell_state(self) -> None:
        if self.board.is_asking:
            said = "asking …"
        elif self.board.problem and self.board.jobs:
            said = self.board.problem
        else:
            running = sum(not job.is_final for job in self.board.jobs)
            said = f"{running} running" if running else ""
        account = self.board.account
        who = " · ".join(one for one in (account.profile, account.region) if one)
        self.state.setText(" · ".join(one for one in (said, who) if one))
        self.state.setToolTip(self.board.problem)

    def _show_selected(self, *_values: object) -> None:
        job = self.selected
        self._details.setVisible(job is not None)
        if job is None:
            return
        counts = job.counters
        said = f"{job.name}: {job.standing}, {counts.labeled} of {counts.total} labeled"
        if counts.failed:
            said += f", {counts.failed} could not be labeled"
        self.words.setText(f"{said}. {job.failure}".strip())
        self.fetch.setEnabled(bool(counts.labeled))
        self.open.setEnabled(bool(counts.labeled and job.output_uri))
        self.portal.setEnabled("/private-crowd/" in job.workteam_arn)
        self.stop.setEnabled(not job.is_final and job.status != "Stopping")

    # -- doing

    def ask_now(self) -> None:
        """Ask the service, and go on asking from now on."""
        self._session.settings.set_flag(WANTED, value=True)
        self.board.watch()
        if not self.board.is_asking:
            self.board.refresh()

    def ask_account(self) -> None:
        """Choose how to sign in."""
        from trackproof.desktop.launching.account import AccountDialog

        dialog = AccountDialog(self.board, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def ask_stop(self) -> None:
        """Stop the selected job when a person says so again."""
        job = self.selected
        if job is None:
            return
        counts = job.counters
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Stop the job?",
            f"Stop {job.name}? {counts.labeled} of {counts.total} are labeled; that is kept, "
            "the rest will not be labeled.",
            parent=self,
        )
        box.setObjectName("ask_stop")
        stop = box.addButton("Stop the job", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Let it run", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        stop.clicked.connect(lambda: self.board.stop(job))
        box.open()

    def _fetch(self) -> None:
        from trackproof.desktop.home import HomeDesk

        job = self.selected
        if job is not None:
            HomeDesk.of(self._session).fetch(job, self.window())

    def _open(self) -> None:
        job = self.selected
        if job is not None:
            # The labels are opened as whoever sees the job.
            self._session.settings.set_account_of(job.output_uri, self.board.account)
            self._session.open([job.output_uri])

    def _open_portal(self) -> None:
        job = self.selected
        if job is not None:
            self.board.open_portal(job, lambda url: QDesktopServices.openUrl(QUrl(url)))


def _work(function: str) -> str:
    words = {
        "VideoObjectTracking": "tracking",
        "VideoObjectDetection": "detection",
        "AdjustmentVideoObjectTracking": "tracking, follow-up",
        "AdjustmentVideoObjectDetection": "detection, follow-up",
        "VideoMultiClass": "clips",
    }
    return words.get(function, function)
