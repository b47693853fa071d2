"""The last pages of the launch: what was looked at, and the request in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.pages import Page
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.theme import GRID
from trackproof.errors import TrackproofError
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QResizeEvent

    from trackproof.desktop.launching.board import JobsBoard
    from trackproof.desktop.launching.draft import Draft
    from trackproof.desktop.theme import Theme
    from trackproof.handoff.preflight import Check, Outcome
    from trackproof.progress import Progress

CHECK_LINE = "preflight"
NAME_WIDTH = 220
LINE_PADDING = 10
AS_JSON, AS_COMMAND, AS_PYTHON = "JSON", "AWS CLI", "Python"
COSTS = "Create {what} now. It costs money and reaches people."


class CheckPage(Page):
    """Everything that can be known before a launch."""

    title = "Checks"

    def __init__(
        self, board: JobsBoard, draft: Draft, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(board, draft, parent)
        self._theme = theme
        self.checks: tuple[Check, ...] = ()
        self._checked: list[dict[str, Any]] | None = None
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("How the checks ended")
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Looked at", "Outcome", "Found"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(False)
        self.list.setWordWrap(True)
        self.list.setAccessibleName("Checks")
        self.again = QPushButton("Look again")
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self.look)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.wrong)

    @property
    def can_go_on(self) -> bool:
        """Whether the looking has ended; what failed stops the launch, not the reading."""
        return bool(self.checks)

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands against the launch."""
        from trackproof.handoff.preflight import is_ready

        return bool(self.checks) and is_ready(list(self.checks))

    def show_draft(self, draft: Draft) -> None:
        """Look, unless the very same was looked at."""
        super().show_draft(draft)
        try:
            requests = draft.requests()
        except TrackproofError as error:
            self.wrong.setText(str(error))
            self.again.setEnabled(False)
            return
        if requests != self._checked or not self.checks:
            self.look()

    def look(self) -> None:
        """Make all checks, in the background."""
        from trackproof.handoff.preflight import Flight, preflight

        draft, connection = self.draft, self.board.connection
        requests = draft.requests()
        flights = [
            Flight(
                connection,
                request,
                draft.preset.region,
                job.manifest_bytes,
                job.pending,
                jobs=len(requests),
            )
            for request, job in zip(requests, draft.ready(), strict=True)
        ]
        self.checks, self._checked = (), requests
        self.list.clear()
        self.wrong.setText("")
        self.words.setText("Looking at everything that can be known before a launch …")
        self.again.setEnabled(False)

        def work(progress: Progress) -> list[Check]:
            found = [preflight(flight, progress=progress) for flight in flights]
            # What holds for all jobs alike is told once.
            return list(dict.fromkeys(check for checks in found for check in checks))

        self.board.tasks.start(
            "Looking before the launch",
            work,
            succeeded=self._take,
            failed=self._fail,
            line=CHECK_LINE,
        )
        self.changed.emit()

    def forget(self) -> None:
        """Wait for no answer any more."""
        self.board.tasks.cancel(CHECK_LINE)

    def _take(self, checks: list[Check]) -> None:
        from trackproof.handoff.preflight import Outcome

        self.checks = tuple(checks)
        self.again.setEnabled(True)
        for check in checks:
            item = QTreeWidgetItem([check.title, _sign(check.outcome), check.sentence])
            item.setForeground(1, self._ink(check.outcome))
            item.setToolTip(2, check.sentence)
            item.setTextAlignment(0, Qt.AlignmentFlag.AlignTop)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignTop)
            self.list.addTopLevelItem(item)
        self.list.resizeColumnToContents(0)
        self.list.resizeColumnToContents(1)
        self._wrap()
        failed = sum(one.outcome is Outcome.FAIL for one in checks)
        unknown = sum(one.outcome is Outcome.UNKNOWN for one in checks)
        passed = sum(one.outcome is Outcome.PASS for one in checks)
        said = [f"{counted(passed, 'check')} passed"]
        said += [f"{failed} failed: nothing can be launched until that is put right"] * bool(failed)
        said += [f"{unknown} could not be made: judge for yourself"] * bool(unknown)
        self.words.setText("; ".join(said) + ".")
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the sentences anew."""
        super().resizeEvent(event)
        self._wrap()

    def _wrap(self) -> None:
        """Give every row the height of its sentence: a view with a style sheet does not."""
        others = self.list.columnWidth(0) + self.list.columnWidth(1)
        width = max(self.list.viewport().width() - others, NAME_WIDTH)
        room = QRect(0, 0, width - 3 * LINE_PADDING, 10_000)
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                wrap = Qt.TextFlag.TextWordWrap
                text = self.list.fontMetrics().boundingRect(room, wrap, item.text(2))
                item.setSizeHint(2, QSize(width, text.height() + LINE_PADDING))

    def _fail(self, error: BaseException) -> None:
        self.again.setEnabled(True)
        self.words.setText("")
        self.wrong.setText(banner_of_error(error, doing="looking before the launch").text)
        self.changed.emit()

    def _ink(self, outcome: Outcome) -> QColor:
        theme = self._theme
        return {
            "pass": theme.ok,
            "look at this": theme.warn,
            "fail": theme.danger,
            "could not be checked": theme.text_dim,
        }[str(outcome)]


def _sign(outcome: Outcome) -> str:
    signs = {"pass": "✓", "look at this": "!", "fail": "✕", "could not be checked": "?"}
    return f"{signs[str(outcome)]}  {outcome}"


class RequestPage(Page):
    """The whole request, ways to take it elsewhere, and the one explicit yes."""

    title = "Request"

    def __init__(self, board: JobsBoard, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(board, draft, parent)
        self.is_ready = False
        self.which = QComboBox()
        self.which.setAccessibleName("Which job")
        self.form = QComboBox()
        self.form.addItems([AS_JSON, AS_COMMAND, AS_PYTHON])
        self.form.setAccessibleName("How the request is written")
        self.copy = QPushButton("Copy")
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self.copy_text)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("The request in full")
        self.preset_name = QLineEdit()
        self.preset_name.setPlaceholderText("a name for these settings")
        self.preset_name.setMinimumWidth(NAME_WIDTH)
        self.keep = QPushButton("Save settings")
        self.keep.setAutoDefault(False)
        self.keep.clicked.connect(self.save_preset)
        self.said = QLabel()
        self.said.setProperty("dim", "true")
        self.confirm = QCheckBox()
        self.confirm.setObjectName("confirm")
        self.confirm.toggled.connect(lambda _state: self.changed.emit())
        self._lay_out()
        self.which.currentIndexChanged.connect(self._show_text)
        self.form.currentIndexChanged.connect(self._show_text)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.which)
        top.addWidget(QLabel("as"))
        top.addWidget(self.form)
        top.addWidget(self.copy)
        top.addStretch(1)
        saving = QHBoxLayout()
        saving.addWidget(self.preset_name)
        saving.addWidget(self.keep)
        saving.addWidget(self.said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(top)
        column.addWidget(self.text, 1)
        column.addLayout(saving)
        column.addWidget(self.wrong)
        column.addWidget(self.confirm)

    @property
    def can_go_on(self) -> bool:
        """Whether a person said yes and nothing stands against it."""
        return self.is_ready and self.confirm.isChecked()

    def show_draft(self, draft: Draft) -> None:
        """Show the requests; a yes holds for what was shown, so it has to be said again."""
        super().show_draft(draft)
        self.confirm.setChecked(False)
        count = len(draft.jobs)
        what = "this labeling job" if count == 1 else f"these {count} labeling jobs"
        self.confirm.setText(COSTS.format(what=what))
        self.confirm.setEnabled(self.is_ready)
        self.wrong.setText("" if self.is_ready else "A check failed, so nothing can be launched.")
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItems([one["LabelingJobName"] for one in draft.requests()])
        self.which.setVisible(count > 1)
        self.which.blockSignals(False)
        self.said.setText("")
        self._show_text()

    def copy_text(self) -> None:
        """Put what is shown into the clipboard."""
        QApplication.clipboard().setText(self.text.toPlainText())
        self.said.setText(f"Copied as {self.form.currentText()}.")

    def save_preset(self) -> None:
        """Keep these settings under a name."""
        from trackproof.handoff.launching_presets import save_preset

        name = self.preset_name.text().strip()
        try:
            save_preset(name, self.draft.preset)
        except TrackproofError as error:
            self.said.setText(error.message)
        else:
            self.said.setText(f"Saved as {name}.")

    def _show_text(self) -> None:
        from trackproof.handoff.snippets import as_command, as_json, as_python

        requests = self.draft.requests()
        request = requests[max(self.which.currentIndex(), 0)]
        region, profile = self.draft.preset.region, self.board.account.profile
        form = self.form.currentText()
        if form == AS_COMMAND:
            text = as_command(request, region=region, profile=profile)
        elif form == AS_PYTHON:
            text = as_python(request, region=region, profile=profile)
        else:
            text = as_json(request)
        self.text.setPlainText(text)
