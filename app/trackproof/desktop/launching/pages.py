"""The pages of the launch that gather: the package, the people, the task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.account import BoardAccount
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
        self.account = BoardAccount(board)
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

        def work(_progress: Progress) -> list[Launchable]:
            from trackproof.handoff.launching_sources import launchables

            return launchables(source, connection)

        self.board.tasks.start(
            "Reading the package",
            work,
            succeeded=lambda jobs: self._take(source, jobs),
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

    def _take(self, source: str, jobs: list[Launchable]) -> None:
        if source != self.package.text().strip():
            # Another name was typed since.
            self.words.setText("")
            return
        draft = replace(self.draft, package=source, jobs=tuple(jobs))
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
