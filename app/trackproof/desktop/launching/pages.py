"""The pages of the launch that gather: the package, the people, the task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.account import AccountFields
from trackproof.desktop.launching.draft import preset_of, wrong_of
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.theme import GRID
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.desktop.launching.board import JobsBoard
    from trackproof.desktop.launching.draft import Draft
    from trackproof.handoff.jobs import Workteam
    from trackproof.handoff.launching import JobKind
    from trackproof.handoff.launching_sources import Launchable
    from trackproof.progress import Progress

PACKAGE_LINE = "launch package"
TEAMS_LINE = "launch teams"
CLASSIFIERS = {
    "FreeOfPersonallyIdentifiableInformation": "no personal information",
    "FreeOfAdultContent": "no adult content",
}


class Page(QWidget):
    """One step; tells when it changed the draft."""

    title = ""
    changed = Signal()

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self.draft = draft
        self.wrong = QLabel()
        self.wrong.setWordWrap(True)
        self.wrong.setProperty("role", "danger")
        self.wrong.setAccessibleName("What is wrong here")

    def show_draft(self, draft: Draft) -> None:
        """Take the draft as the pages before left it."""
        self.draft = draft

    def forget(self) -> None:
        """Wait for no answer any more."""

    @property
    def can_go_on(self) -> bool:
        """Whether the next page makes sense."""
        return True

    def _say_wrong(self, *places: str) -> None:
        self.wrong.setText(wrong_of(self.draft.wrongs(), *places))


class PackagePage(Page):
    """What is launched, and in which account."""

    title = "Package"

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(board, draft, parent)
        self.account = AccountFields(board)
        self.package = QLineEdit(draft.package)
        self.package.setPlaceholderText("A package folder, or s3://bucket/folder/")
        self.choose = QPushButton("Choose …")
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._ask_folder)
        self.read = QPushButton("Read")
        self.read.setAutoDefault(False)
        self.read.clicked.connect(self.load)
        self.kind = QComboBox()
        self.words = QLabel("Export a focus package, upload it, then read it here.")
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What the package is ready for")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.package, 1)
        row.addWidget(self.choose)
        row.addWidget(self.read)
        self._kind_label = QLabel("Workers")
        self.account.form.addRow("Package", row)
        self.account.form.addRow(self._kind_label, self.kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.account)
        column.addWidget(self.words)
        column.addWidget(self.wrong)
        column.addStretch(1)
        self.package.textEdited.connect(self._unread)
        self.package.returnPressed.connect(self.load)
        self.account.changed.connect(self.account.take)
        self.kind.currentIndexChanged.connect(self._take_kind)
        self._show_kind(is_needed=False)

    @property
    def can_go_on(self) -> bool:
        """Whether jobs were found, and it is known what people do."""
        is_known = all(one.kind for one in self.draft.jobs) or self.draft.kind is not None
        return bool(self.draft.jobs) and is_known

    def load(self) -> None:
        """Look into the package."""
        source = self.package.text().strip()
        if not source:
            return
        self.account.take()
        connection = self.board.connection
        self.words.setText("Reading the package …")
        self.wrong.setText("")

        def work(_progress: Progress) -> tuple[list[Launchable], tuple[str, str]]:
            from trackproof.handoff.launching_sources import instructions_of, launchables

            return launchables(source, connection), instructions_of(source, connection)

        self.board.tasks.start(
            "Reading the package",
            work,
            succeeded=lambda answer: self._take(source, *answer),
            failed=self._fail,
            line=PACKAGE_LINE,
        )

    def forget(self) -> None:
        """Wait for no answer any more."""
        self.board.tasks.cancel(PACKAGE_LINE)
        self.account.forget()

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Folder of the package")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._choose)
        dialog.open()

    def _choose(self, folder: str) -> None:
        self.package.setText(folder)
        self.load()

    def _unread(self) -> None:
        self.draft = replace(self.draft, jobs=())
        self.changed.emit()

    def _take(self, source: str, jobs: list[Launchable], instructions: tuple[str, str]) -> None:
        draft = replace(self.draft, package=source, jobs=tuple(jobs), instructions=instructions)
        own = preset_of(dict(jobs[0].request))
        if own is not None:
            name = own.name.removesuffix("-1") if len(jobs) > 1 else own.name
            draft = replace(draft, preset=own).changed(name=name)
        self.draft = draft
        lines = sum(job.lines for job in jobs)
        kinds = " and ".join(sorted({str(job.kind) for job in jobs if job.kind}))
        what = "clip" if draft.is_clips else "sequence"
        many = counted(len(jobs), "job")
        said = f"Ready for {many}{f' ({kinds})' if kinds else ''} with {counted(lines, what)}."
        self.words.setText(said)
        self._show_kind(is_needed=not all(job.kind for job in jobs))
        self.changed.emit()

    def _fail(self, error: BaseException) -> None:
        self.words.setText("")
        self.wrong.setText(banner_of_error(error, doing="reading the package").text)
        self._unread()

    def _show_kind(self, *, is_needed: bool) -> None:
        from trackproof.handoff.launching import JobKind

        if is_needed and not self.kind.count():
            self.kind.addItem("choose what they do", None)
            self.kind.addItem("follow objects (tracking)", JobKind.TRACKING)
            self.kind.addItem("find objects (detection)", JobKind.DETECTION)
        self.kind.setVisible(is_needed)
        self._kind_label.setVisible(is_needed)

    def _take_kind(self) -> None:
        kind: JobKind | None = self.kind.currentData()
        self.draft = replace(self.draft, kind=kind)
        self.changed.emit()


class PeoplePage(Page):
    """Who works, as which role, and where results go."""

    title = "People and place"

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(board, draft, parent)
        self.preset = QComboBox()
        self.preset.setToolTip("Settings that were saved under a name")
        self.name = QLineEdit()
        self.name.setMaxLength(63)
        self.team = QComboBox()
        self.team.setEditable(True)
        self.team.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.team.setToolTip("Private teams of the account, then vendors'; or type an ARN")
        self.team_words = QLabel()
        self.team_words.setWordWrap(True)
        self.team_words.setProperty("dim", "true")
        self.role = QLineEdit()
        self.role.setPlaceholderText("arn:aws:iam::123456789012:role/…")
        self.output = QLineEdit()
        self.output.setPlaceholderText("s3://bucket/folder/")
        self.workers = QSpinBox()
        self.workers.setRange(1, 9)
        self.workers_label = QLabel("People per clip")
        form = QFormLayout()
        form.addRow("Saved settings", self.preset)
        form.addRow("Job name", self.name)
        form.addRow("Work team", self.team)
        form.addRow("", self.team_words)
        form.addRow("Role of the job", self.role)
        form.addRow("Results go to", self.output)
        form.addRow(self.workers_label, self.workers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.wrong)
        column.addStretch(1)
        for line in (self.name, self.role, self.output):
            line.textEdited.connect(self._take)
        self.team.currentTextChanged.connect(self._take)
        self.workers.valueChanged.connect(self._take)
        self.preset.activated.connect(self._load_preset)
        self._teams: list[Workteam] = []
        self._is_filling = False

    def show_draft(self, draft: Draft) -> None:
        """Show the settings and ask for the teams."""
        super().show_draft(draft)
        self._fill()
        self._list_presets()
        self._ask_teams()

    def forget(self) -> None:
        """Wait for no answer any more."""
        self.board.tasks.cancel(TEAMS_LINE)

    def _fill(self) -> None:
        self._is_filling = True
        preset = self.draft.preset
        self.name.setText(preset.name)
        self.role.setText(preset.role_arn)
        self.output.setText(preset.output_uri)
        self.workers.setValue(self.draft.workers)
        self.workers.setVisible(self.draft.is_clips)
        self.workers_label.setVisible(self.draft.is_clips)
        self._show_teams()
        self._is_filling = False
        self._tell()

    def _list_presets(self) -> None:
        from trackproof.handoff.launching_presets import preset_names

        self.preset.clear()
        self.preset.addItems(["choose …", *preset_names()])

    def _load_preset(self, index: int) -> None:
        from trackproof.errors import TrackproofError
        from trackproof.handoff.launching_presets import find_preset

        if index <= 0:
            return
        try:
            found = find_preset(self.preset.currentText())
        except TrackproofError as error:
            self.wrong.setText(str(error))
            return
        self.draft = replace(self.draft, preset=found)
        self._fill()
        self.changed.emit()

    def _ask_teams(self) -> None:
        service = self.board.service()
        self.team_words.setText("Asking for work teams …")
        self.board.tasks.start(
            "Asking for work teams",
            lambda _progress: service.workteams(),
            succeeded=self._take_teams,
            failed=self._teams_failed,
            line=TEAMS_LINE,
        )

    def _take_teams(self, teams: Sequence[Workteam]) -> None:
        self._teams = list(teams)
        self._is_filling = True
        self._show_teams()
        self._is_filling = False
        if len(teams) == 1 and not self.draft.preset.workteam_arn:
            self.team.setCurrentIndex(0)
        self._take()
        if not teams:
            self.team_words.setText("This account has no work team in this Region.")

    def _teams_failed(self, error: BaseException) -> None:
        said = banner_of_error(error, doing="asking for work teams").text
        self.team_words.setText(f"{said} You can type the ARN of a team.")

    def _show_teams(self) -> None:
        arn = self.draft.preset.workteam_arn
        self.team.clear()
        for team in self._teams:
            kind = " (vendor)" if team.is_vendor else ""
            self.team.addItem(f"{team.name}{kind}", team.arn)
        place = self.team.findData(arn)
        self.team.setCurrentIndex(place)
        if place < 0:
            self.team.setEditText(arn)

    def _team_arn(self) -> str:
        place = self.team.findText(self.team.currentText())
        return str(self.team.itemData(place)) if place >= 0 else self.team.currentText().strip()

    def _take(self, *_values: object) -> None:
        if self._is_filling:
            return
        arn = self._team_arn()
        parts = arn.split(":")
        self.draft = replace(
            self.draft.changed(
                name=self.name.text().strip(),
                workteam_arn=arn,
                region=parts[3] if len(parts) > 5 else self.board.account.region,
                role_arn=self.role.text().strip(),
                output_uri=self.output.text().strip(),
            ),
            workers=self.workers.value(),
        )
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        arn = self.draft.preset.workteam_arn
        team = next((one for one in self._teams if one.arn == arn), None)
        if team is not None:
            where = f"in {self.draft.preset.region}"
            self.team_words.setText(" · ".join(one for one in (team.description, where) if one))
        elif arn:
            self.team_words.setText("")
        self._say_wrong(
            "LabelingJobName",
            "RoleArn",
            "OutputConfig.S3OutputPath",
            "HumanTaskConfig.WorkteamArn",
            "region",
        )


class TaskPage(Page):
    """What workers read, how long they have, and what the account wants to know."""

    title = "Task"

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(board, draft, parent)
        self._is_filling = False
        self._make_fields()
        self._lay_out()
        for line in (self.task_title, self.description, self.keywords, self.key):
            line.textEdited.connect(self._take)
        for spin in (self.hours, self.days, self.concurrent, self.most, self.percent):
            spin.valueChanged.connect(self._take)
        for box in self.classifiers.values():
            box.toggled.connect(self._take)
        self.tags.textChanged.connect(self._take)

    def _make_fields(self) -> None:
        self.task_title = QLineEdit()
        self.task_title.setMaxLength(128)
        self.description = QLineEdit()
        self.description.setMaxLength(255)
        self.keywords = QLineEdit()
        self.keywords.setPlaceholderText("video, cars")
        self.keywords.setToolTip("1 to 5, with commas between")
        self.hours = QDoubleSpinBox()
        self.hours.setRange(0.01, 168.0)
        self.hours.setSuffix(" h")
        self.hours.setToolTip("Time for one task; 7 days at most, 8 hours for clips")
        self.days = QDoubleSpinBox()
        self.days.setRange(0.01, 30.0)
        self.days.setSuffix(" days")
        self.days.setToolTip("How long tasks wait for a worker")
        self.concurrent = QSpinBox()
        self.concurrent.setRange(1, 5_000)
        self.concurrent.setToolTip("Tasks that may be with workers at a time")
        self.most = QSpinBox()
        self.most.setRange(0, 100_000)
        self.most.setSpecialValueText("all")
        self.most.setToolTip("Stop when so many sequences or clips are labeled")
        self.percent = QSpinBox()
        self.percent.setRange(1, 100)
        self.percent.setSuffix(" %")
        self.percent.setToolTip("Stop when so much of the input is labeled")
        self.key = QLineEdit()
        self.key.setPlaceholderText("none: the bucket's own encryption")
        self.tags = QPlainTextEdit()
        self.tags.setPlaceholderText("project = yard")
        self.tags.setFixedHeight(52)
        self.tags.setTabChangesFocus(True)
        self.tags.setToolTip("One a line, with = between name and value")
        self.classifiers = {key: QCheckBox(words) for key, words in CLASSIFIERS.items()}
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("dim", "true")
        self.short = QLabel()
        self.short.setWordWrap(True)
        self.short.setAccessibleName("Short instruction")
        self.full = QTextBrowser()
        self.full.setOpenLinks(False)
        self.full.setAccessibleName("Full instruction")
        self.full.setMinimumHeight(72)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Title", self.task_title)
        form.addRow("Description", self.description)
        form.addRow("Keywords", self.keywords)
        form.addRow(
            "Time",
            _row(self.hours, QLabel("a task, waiting at most"), self.days),
        )
        form.addRow("", self.hint)
        form.addRow(
            "Stop after", _row(self.most, QLabel("labeled, or"), self.percent, QLabel("of all"))
        )
        form.addRow("At a time", _row(self.concurrent, QLabel("tasks")))
        form.addRow("Pictures have", _row(*self.classifiers.values()))
        form.addRow("KMS key", self.key)
        form.addRow("Tags", self.tags)
        form.addRow("Instructions", self.short)
        form.addRow("", self.full)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form, 1)
        column.addWidget(self.wrong)

    def show_draft(self, draft: Draft) -> None:
        """Show the settings, and what workers will read."""
        super().show_draft(draft)
        self._is_filling = True
        preset = draft.preset
        self.task_title.setText(preset.title)
        self.description.setText(preset.description)
        self.keywords.setText(", ".join(preset.keywords))
        self.hours.setMaximum(8.0 if draft.is_clips else 168.0)
        self.hours.setValue(preset.time_limit_s / 3_600)
        self.days.setValue(preset.availability_s / 86_400)
        self.concurrent.setValue(preset.concurrent_tasks)
        self.most.setValue(preset.stop_after_objects or 0)
        self.percent.setValue(preset.stop_after_percent or 100)
        self.key.setText(preset.kms_key_id)
        self.tags.setPlainText("\n".join(f"{k} = {v}" for k, v in preset.tags.items()))
        for key, box in self.classifiers.items():
            box.setChecked(key in preset.content_classifiers)
        short, full = draft.instructions
        self.short.setText(short or "The package's configuration holds none.")
        self.full.setHtml(full)
        self.full.setVisible(bool(full))
        self._is_filling = False
        self._take()

    def _take(self, *_values: object) -> None:
        if self._is_filling:
            return
        values: dict[str, Any] = {
            "title": self.task_title.text().strip(),
            "description": self.description.text().strip(),
            "keywords": tuple(
                one.strip() for one in self.keywords.text().split(",") if one.strip()
            ),
            "time_limit_s": round(self.hours.value() * 3_600),
            "availability_s": round(self.days.value() * 86_400),
            "concurrent_tasks": self.concurrent.value(),
            "stop_after_objects": self.most.value() or None,
            "stop_after_percent": self.percent.value(),
            "kms_key_id": self.key.text().strip(),
            "tags": _tags(self.tags.toPlainText()),
            "content_classifiers": tuple(
                key for key, box in self.classifiers.items() if box.isChecked()
            ),
        }
        self.draft = self.draft.changed(**values)
        self.hint.setText(self.draft.hint)
        self.hint.setVisible(bool(self.draft.hint))
        self._say_wrong(
            "HumanTaskConfig.Task",
            "HumanTaskConfig.MaxConcurrent",
            "OutputConfig.KmsKeyId",
            "Tags",
            "StoppingConditions",
            "InputConfig.DataAttributes",
        )
        self.changed.emit()


def _tags(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
