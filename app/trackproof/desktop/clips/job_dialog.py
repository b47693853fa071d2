"""Make a classification job: labels, words, the worker page at a glance, and the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from trackproof.clips import Want
from trackproof.clips.model import DEFAULT_ATTRIBUTE
from trackproof.clips.template import Words, preview_page, worker_template
from trackproof.desktop.clips.list_panel import TITLES
from trackproof.desktop.clips.page_preview import PagePreview
from trackproof.desktop.notices import banner_of_problems
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.desktop.clips.session import ClipSession
    from trackproof.handoff.clip_job import ClipJob
    from trackproof.progress import Progress

PREVIEW_AFTER_MS = 120
SENDABLE = (Want.ALL, Want.UNLABELLED, Want.LOW, Want.DISPUTED, Want.CHANGED)
PREVIEW_FILE = "clip-job-preview.html"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the fields say.

    Parameters
    ----------
    keys : frozenset of str
        Clips to send.
    """

    labels: tuple[str, ...]
    words: Words
    attribute: str
    keys: frozenset[str]
    address: str
    preset: str
    workers: int


class ClipJobDialog(QDialog):
    """Fields on the left, the worker page on the right; nothing is sent from here."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Make a job for workers")
        self.resize(980, 640)
        self._make_fields()
        self.preview = PagePreview(session)
        self.word = QLabel()
        self.word.setWordWrap(True)
        self.word.setProperty("dim", True)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_AFTER_MS)
        self._timer.timeout.connect(self.show_preview)
        for field in (self.labels, self.short, self.full):
            field.textChanged.connect(self._timer.start)
        for line in (self.question, self.attribute):
            line.textChanged.connect(self._timer.start)
        self.which.currentIndexChanged.connect(lambda _place: self._timer.start())
        self.workers.valueChanged.connect(lambda _value: self._timer.start())
        self.show_preview()

    # -- building

    def _make_fields(self) -> None:
        session, words = self._session, Words()
        self.labels = _text("\n".join(session.categories.names), lines=5, name="Labels")
        self.labels.setToolTip("One label per line, at most 30; workers see them in this order")
        self.question = QLineEdit(words.question)
        self.short = _text(words.short, lines=3, name="Short instructions")
        self.full = _text(words.full, lines=5, name="Full instructions")
        self.which = QComboBox()
        board = session.board
        for want in SENDABLE:
            self.which.addItem(f"{TITLES[want]} ({len(board.places(want)):,})", want)
        self.workers = QSpinBox()
        self.workers.setRange(1, 9)
        self.workers.setValue(3)
        self.workers.setSuffix(" people per clip")
        taken = session.board.clips.attributes
        self.attribute = QLineEdit(_free_name(DEFAULT_ATTRIBUTE, taken))
        self.attribute.setToolTip("Key of the result in the manifest: letters, digits, hyphens")
        self.address = QLineEdit()
        self.address.setPlaceholderText("s3://bucket/folder/  where you will copy the package")
        self.preset = QLineEdit()
        self.preset.setPlaceholderText("Job settings (TOML); without them no request is written")
        for field, name in (
            (self.question, "Question"),
            (self.which, "Clips"),
            (self.workers, "People per clip"),
            (self.attribute, "Label attribute"),
            (self.address, "S3 folder"),
            (self.preset, "Job settings"),
        ):
            field.setAccessibleName(name)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        choose = QPushButton("Choose …")
        choose.setAutoDefault(False)
        choose.clicked.connect(lambda _checked: self._ask_preset())
        preset = QHBoxLayout()
        preset.addWidget(self.preset, 1)
        preset.addWidget(choose)
        form.addRow("Clips", self.which)
        form.addRow("Answers", self.workers)
        form.addRow("Labels", self.labels)
        form.addRow("Question", self.question)
        form.addRow("In short", self.short)
        form.addRow("In full", self.full)
        form.addRow("Label attribute", self.attribute)
        form.addRow("S3 folder", self.address)
        form.addRow("Job settings", preset)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        sides.addLayout(form, 5)
        sides.addWidget(self.preview, 6)
        self.browse = QPushButton("Open the page in the browser")
        self.browse.setToolTip("The page as workers get it, with the clip on screen")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(lambda _checked: self.open_in_browser())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.write = QPushButton("Write the package …")
        self.write.setDefault(True)
        self.write.clicked.connect(lambda _checked: self._ask_folder())
        self.buttons.addButton(self.write, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.browse)
        foot.addWidget(self.word, 1)
        foot.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(sides, 1)
        column.addLayout(foot)

    # -- what the fields say

    def wishes(self) -> Wishes:
        """Return what the fields say."""
        board, want = self._session.board, Want(self.which.currentData())
        keys = (board.clip(place).key for place in board.places(want))
        return Wishes(
            labels=tuple(filter(None, map(str.strip, self.labels.toPlainText().splitlines()))),
            words=Words(
                question=self.question.text(),
                short=self.short.toPlainText(),
                full=self.full.toPlainText(),
            ),
            attribute=self.attribute.text().strip(),
            keys=frozenset(keys),
            address=self.address.text().strip(),
            preset=self.preset.text().strip(),
            workers=self.workers.value(),
        )

    def show_preview(self) -> None:
        """Bring the page at a glance up to date."""
        if not self._session.is_open:
            return
        wishes = self.wishes()
        self.preview.show_page(wishes.words, wishes.labels)
        answers = len(wishes.keys) * wishes.workers
        self.word.setText(f"{len(wishes.keys):,} clips, {answers:,} answers")

    # -- the page

    def open_in_browser(self) -> Path | None:
        """Write the page with the clip on screen to the cache and open it; return the file."""
        from trackproof.paths import cache_dir
        from trackproof.storage import write_atomic

        wishes, session = self.wishes(), self._session
        try:
            clip = session.board.clips.find(session.clip.source_ref)
            address = clip.absolute().as_uri() if clip is not None else session.clip.source_ref
            page = preview_page(worker_template(wishes.words), labels=wishes.labels, clip=address)
            folder = cache_dir()
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / PREVIEW_FILE
            write_atomic(file, page.encode("utf-8"), overwrite=True)
        except (TrackproofError, OSError) as error:
            session.fail(error, doing="making the preview")
            return None
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
        return file

    # -- the package

    def _ask_preset(self) -> None:
        dialog = self._dialog("Job settings", QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Job settings (*.toml)")
        dialog.fileSelected.connect(self.preset.setText)
        dialog.open()

    def _ask_folder(self) -> None:
        dialog = self._dialog("New folder for the package", QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        manifest = self._session.board.clips.path
        dialog.setDirectory(str(manifest.parent))
        dialog.selectFile(f"{manifest.stem}-job")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.fileSelected.connect(lambda folder: self.write_to(Path(folder)))
        dialog.open()

    def write_to(self, folder: Path) -> None:
        """Write the package to a new folder, in the background."""
        if self._timer.isActive():
            # A preview that comes later would write over how this ends.
            self._timer.stop()
            self.show_preview()
        wishes, session = self.wishes(), self._session
        clips = session.board.clips

        def write(progress: Progress) -> ClipJob:
            from trackproof.handoff.clip_job import make_clip_job
            from trackproof.handoff.presets import load_preset
            from trackproof.handoff.writing import write_package

            job = make_clip_job(
                clips,
                labels=wishes.labels,
                template=worker_template(wishes.words),
                attribute=wishes.attribute,
                keys=wishes.keys,
                address=wishes.address,
                preset=load_preset(Path(wishes.preset)) if wishes.preset else None,
                workers=wishes.workers,
            )
            write_package(job, folder, progress=progress)
            return job

        self.write.setEnabled(False)
        session.tasks.start(
            f"Writing {folder.name}",
            write,
            succeeded=lambda job: self._tell(job, folder),
            failed=self._fail,
            cancelled=self._stopped,
        )

    def _stopped(self) -> None:
        self.write.setEnabled(True)

    def _tell(self, job: ClipJob, folder: Path) -> None:
        wrong = f" Look at this first: {job.problems[0]}." if job.problems else ""
        words = f"Written to {folder}. {job.summary()}.{wrong}"
        if isValid(self):
            self.write.setEnabled(True)
            self.word.setText(words)
        else:
            # The dialog was closed meanwhile.
            self._session.say(words)
        banner = banner_of_problems(job.problems, what=folder.name)
        if banner is not None:
            self._session.message.emit(banner)

    def _fail(self, error: BaseException) -> None:
        self.write.setEnabled(True)
        self.word.setText(str(error))

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _text(text: str, *, lines: int, name: str) -> QPlainTextEdit:
    field = QPlainTextEdit(text)
    field.setAccessibleName(name)
    field.setTabChangesFocus(True)
    field.setMinimumHeight(field.fontMetrics().lineSpacing() * lines + 20)
    field.setMaximumHeight(field.fontMetrics().lineSpacing() * (lines + 4) + 20)
    return field


def _free_name(name: str, taken: Sequence[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
