"""What the task is called, how long workers have, and what the account wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.pages import Page

if TYPE_CHECKING:
    from trackproof.desktop.launching.board import JobsBoard
    from trackproof.desktop.launching.draft import Draft

CLASSIFIERS = {
    "FreeOfPersonallyIdentifiableInformation": "no personal information",
    "FreeOfAdultContent": "no adult content",
}


class TaskPage(Page):
    """What the task is called, how long workers have, and what the account wants to know."""

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

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.wrong)
        column.addStretch(1)
        # The style gives numbers less height than text, and cuts letters that reach below the line.
        for spin in self.findChildren(QAbstractSpinBox):
            spin.setMinimumHeight(self.task_title.sizeHint().height())

    def show_draft(self, draft: Draft) -> None:
        """Show the settings."""
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
