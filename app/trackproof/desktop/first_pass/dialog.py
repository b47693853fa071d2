"""Choose footage, how much of it, and where it will be; then make the pictures and the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.opening.flow import VIDEO_FILES
from trackproof.desktop.progress_bar import ProgressBar
from trackproof.errors import Severity
from trackproof.labels import Task

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task as Work
    from trackproof.handoff.footage import Made
    from trackproof.progress import Progress

LINE = "first-pass"
PICTURES = {"JPEG, small": ".jpg", "PNG, exact": ".png"}
TASKS = {"Follow objects (tracking)": Task.TRACKING, "Find objects (detection)": Task.DETECTION}
SOURCES_HINT = "Add videos or folders of images, or drop them here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the fields say."""

    sources: tuple[Path, ...]
    every: int
    rate_fps: float | None
    suffix: str
    destination: str
    categories: Path | None
    task: Task
    overwrite: bool


class FirstPassDialog(QDialog):
    """Footage to a folder that is ready for a labeling job and opens here at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._work: Work | None = None
        self.setObjectName("first_pass")
        self.setWindowTitle("Prepare footage for labelling")
        self.setAcceptDrops(True)
        self.resize(QSize(640, 560))
        self._make_sources()
        self._make_fields()
        self._lay_out()
        self._refresh()

    # -- building

    def _make_sources(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Videos and folders")
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.add_videos = QPushButton("Add videos …")
        self.add_videos.clicked.connect(self._ask_videos)
        self.add_folder = QPushButton("Add a folder …")
        self.add_folder.clicked.connect(self._ask_folder)
        self.remove = QPushButton("Remove")
        self.remove.clicked.connect(self._remove)

    def _make_fields(self) -> None:
        self.by_count = QRadioButton("One in")
        self.by_rate = QRadioButton("At")
        self.by_count.setChecked(True)
        self._ways = QButtonGroup(self)
        for button in (self.by_count, self.by_rate):
            self._ways.addButton(button)
            button.toggled.connect(self._refresh)
        self.every = QSpinBox()
        self.every.setRange(1, 100_000)
        self.every.setSuffix(" frames")
        self.every.setSpecialValueText("1, all frames")
        self.every.setAccessibleName("One in so many frames")
        self.rate = QDoubleSpinBox()
        self.rate.setRange(0.001, 1000.0)
        self.rate.setValue(5.0)
        self.rate.setSuffix(" frames a second")
        self.rate.setAccessibleName("Frames a second")
        self.pictures = QComboBox()
        self.pictures.addItems(list(PICTURES))
        self.task = QComboBox()
        self.task.addItems(list(TASKS))
        self.categories = QLineEdit()
        self.categories.setPlaceholderText("label-categories.json (may follow later)")
        self.choose_categories = QPushButton("Choose …")
        self.choose_categories.clicked.connect(self._ask_categories)
        self.edit_categories = QPushButton("New …")
        self.edit_categories.setToolTip("Write label categories in an editor")
        self.edit_categories.clicked.connect(self._new_categories)
        self.destination = QLineEdit()
        self.destination.setPlaceholderText("s3://bucket/folder/  where the folder will be")
        self.destination.setToolTip("Nothing is sent there; the files only name it")
        self.replace = QCheckBox("Replace manifests of an earlier run in the same folder")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("State")
        self.progress = ProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()

    def _lay_out(self) -> None:
        adding = QHBoxLayout()
        for button in (self.add_videos, self.add_folder, self.remove):
            adding.addWidget(button)
        adding.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow("Frames", _row(self.by_count, self.every, self.by_rate, self.rate))
        form.addRow("Pictures", self.pictures)
        form.addRow("Workers", self.task)
        categories = _row(self.categories, self.choose_categories, self.edit_categories)
        form.addRow("Label categories", categories)
        form.addRow("Will be at", self.destination)
        form.addRow("", self.replace)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.make_button = QPushButton("Make in a folder …")
        self.make_button.setDefault(True)
        self.make_button.clicked.connect(self._ask_target)
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("What is written stays; the same folder goes on from there")
        self.stop_button.clicked.connect(self._stop)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.buttons.addButton(self.stop_button, role)
        self.buttons.addButton(self.make_button, role)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addLayout(adding)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addWidget(self.progress)
        column.addWidget(self.buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(button is self.make_button)

    # -- sources

    def add_sources(self, paths: Iterable[str]) -> None:
        """Add videos and folders that are not listed yet."""
        for path in paths:
            if path not in self.sources():
                self.list.addItem(path)
        self._refresh()

    def sources(self) -> list[str]:
        """Return what is listed."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self._refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        urls = event.mimeData().urls()
        self.add_sources(url.toLocalFile() for url in urls if url.isLocalFile())

    def _dialog(self, title: str, mode: QFileDialog.FileMode, kinds: str = "") -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        if kinds:
            dialog.setNameFilter(kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _ask_videos(self) -> None:
        dialog = self._dialog("Videos", QFileDialog.FileMode.ExistingFiles, VIDEO_FILES)
        dialog.filesSelected.connect(self.add_sources)
        dialog.open()

    def _ask_folder(self) -> None:
        dialog = self._dialog("Folder of images", QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self.add_sources)
        dialog.open()

    def _ask_categories(self) -> None:
        from trackproof.desktop.first_pass.config_editor import KINDS

        dialog = self._dialog("Label categories", QFileDialog.FileMode.ExistingFile, KINDS)
        dialog.fileSelected.connect(self.categories.setText)
        dialog.open()

    def _new_categories(self) -> None:
        from trackproof.desktop.first_pass.config_editor import ConfigEditor

        editor = ConfigEditor(self._session, self)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.saved.connect(self.categories.setText)
        editor.show()

    # -- making

    def _refresh(self, *_: object) -> None:
        is_busy = self._work is not None
        self.every.setEnabled(self.by_count.isChecked())
        self.rate.setEnabled(self.by_rate.isChecked())
        self.make_button.setEnabled(bool(self.sources()) and not is_busy)
        self.stop_button.setVisible(is_busy)
        self.progress.setVisible(is_busy)
        if not self.sources():
            self.words.setText(SOURCES_HINT)
        elif self.words.text() == SOURCES_HINT:
            self.words.clear()

    def wanted(self) -> Wanted:
        """Return what the fields say."""
        categories = self.categories.text().strip()
        return Wanted(
            sources=tuple(Path(path) for path in self.sources()),
            every=self.every.value() if self.by_count.isChecked() else 1,
            rate_fps=self.rate.value() if self.by_rate.isChecked() else None,
            suffix=PICTURES[self.pictures.currentText()],
            destination=self.destination.text().strip(),
            categories=Path(categories) if categories else None,
            task=TASKS[self.task.currentText()],
            overwrite=self.replace.isChecked(),
        )

    def _ask_target(self) -> None:
        dialog = self._dialog("Folder for the pictures", QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Make")
        dialog.selectFile("footage")
        dialog.fileSelected.connect(self.make_in)
        dialog.open()

    def make_in(self, folder: str) -> None:
        """Make pictures and files in a folder, in the background."""
        wanted = self.wanted()
        self.words.setText("Writing pictures …")
        self._work = self._session.tasks.start(
            f"Writing pictures to {Path(folder).name}",
            lambda progress: _make(wanted, Path(folder), progress),
            succeeded=self._made,
            failed=self._fail,
            cancelled=self._stopped,
            line=LINE,
        )
        self._work.progressed.connect(self._show_progress)
        self._refresh()

    def _show_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _stopped(self) -> None:
        self._end("Stopped. Make it again in the same folder to go on from there.")

    def _fail(self, error: BaseException) -> None:
        self._end(banner_of_error(error, doing="preparing footage").text)

    def _end(self, text: str) -> None:
        self._work = None
        self.words.setText(text)
        self._refresh()

    def _made(self, made: Made) -> None:
        from trackproof.handoff.first_pass import summary

        self._end("")
        severity = Severity.WARNING if made.problems else Severity.NOTE
        details = "\n".join(str(problem) for problem in made.problems)
        text = f"{summary(made.package)} are in {made.folder}."
        self._session.open([made.folder])
        self._session.say(text, details=details, severity=severity)
        self.accept()


def _make(wanted: Wanted, folder: Path, progress: Progress) -> Made:
    from trackproof.frames import Choice
    from trackproof.handoff.first_pass import FirstPassOptions
    from trackproof.handoff.footage import make_first_pass, read_categories

    options = FirstPassOptions(
        destination=wanted.destination,
        task=wanted.task,
        config=read_categories(wanted.categories) if wanted.categories else None,
    )
    return make_first_pass(
        wanted.sources,
        folder,
        options=options,
        choice=Choice(every=wanted.every, rate_fps=wanted.rate_fps),
        suffix=wanted.suffix,
        overwrite=wanted.overwrite,
        progress=progress,
    )


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, int(isinstance(widget, QLineEdit)))
    if not any(isinstance(widget, QLineEdit) for widget in widgets):
        row.addStretch(1)
    return row
