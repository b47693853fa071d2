"""A package folder to S3: with progress, stopped and taken up again, nothing replaced unasked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.launching.account import BoardAccount
from trackproof.desktop.launching.actions import LAUNCH_PACKAGE, open_wizard
from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.progress_bar import ProgressBar
from trackproof.desktop.theme import GRID
from trackproof.errors import StorageError
from trackproof.handoff.words import counted
from trackproof.storage import S3Address

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Sent

LINE = "upload"
READ_LINE = "upload package"
HINT = "Manifests go last, so a broken upload is never launched. Nothing there is replaced unasked."
STOPPED = "Stopped. Upload again to go on: what has arrived is not sent a second time."
MEGABYTE = 1_000_000


class UploadDialog(QDialog):
    """Asks what goes where, sends it, and stays out of the way while it does."""

    def __init__(
        self, session: Session, *, folder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._board = JobsBoard.of(session)
        self._work: Task | None = None
        self._bytes = 0
        self.setObjectName("upload")
        self.setWindowTitle("Upload a package folder")
        self.setMinimumWidth(640)
        self._make_fields(folder)
        self._lay_out()
        self._listen()
        self.folder.setFocus()
        if folder:
            self.read_folder()
        self._refresh()

    def _make_fields(self, folder: str) -> None:
        self.account = BoardAccount(self._board)
        self.folder = QLineEdit(folder)
        self.folder.setPlaceholderText("A folder that was exported or prepared here")
        self.choose = QPushButton("Choose …")
        self.choose.setAutoDefault(False)
        self.target = QLineEdit()
        self.target.setPlaceholderText("s3://bucket/folder/  as the package names it")
        self.replace = QCheckBox("Replace what is there")
        self.replace.setToolTip("Other objects of the same names; nothing else is touched")
        self.progress = ProgressBar()
        self.progress.setAccessibleName("Upload")
        self.words = QLabel(HINT)
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(3 * self.words.fontMetrics().lineSpacing())
        self.words.setAccessibleName("State")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose)
        form = self.account.form
        form.insertRow(0, "Package folder", row)
        form.insertRow(1, "Goes to", self.target)
        form.addRow("", self.replace)
        order = (self.folder, self.choose, self.target, self.account.profile)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.send = QPushButton("Upload")
        self.send.setDefault(True)
        self.stop = QPushButton("Stop")
        self.stop.setAutoDefault(False)
        self.buttons.addButton(self.send, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.stop, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addWidget(self.account)
        column.addWidget(self.progress)
        column.addWidget(self.words)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _listen(self) -> None:
        self.choose.clicked.connect(self._ask_folder)
        self.folder.editingFinished.connect(self.read_folder)
        for field in (self.folder, self.target):
            field.textChanged.connect(self._refresh)
        self.send.clicked.connect(self.upload)
        self.stop.clicked.connect(self.cancel)
        self.buttons.rejected.connect(self.reject)

    # -- what goes where

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Folder of the package")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self.folder.setText(folder)
        self.read_folder()

    def read_folder(self) -> None:
        """Look which place the package names, in the background."""
        folder = self.folder.text().strip()
        if not folder or self._work is not None:
            return

        def work(_progress: Progress) -> str:
            from trackproof.handoff.uploading_folder import named_place

            return named_place(Path(folder))

        self._session.tasks.start(
            "Reading the package",
            work,
            succeeded=lambda place: self._take_place(folder, place),
            failed=self._cannot_read,
            line=READ_LINE,
        )

    def _take_place(self, folder: str, place: str) -> None:
        if folder != self.folder.text().strip():
            return
        if place:
            self.target.setText(place)
            self.words.setText(HINT)
        else:
            self.words.setText("The package does not say where it belongs; say it.")

    def _cannot_read(self, error: BaseException) -> None:
        self.words.setText(banner_of_error(error, doing="reading the package").text)

    def _place(self) -> S3Address | None:
        try:
            return S3Address.parse(self.target.text().strip())
        except StorageError:
            return None

    # -- sending

    @property
    def is_busy(self) -> bool:
        """Whether an upload is on its way."""
        return self._work is not None

    def upload(self) -> None:
        """Send the folder, in the background; what is there already is not sent again."""
        place = self._place()
        if place is None or self.is_busy:
            return
        # What a package names is of no use once it is on its way.
        self._session.tasks.cancel(READ_LINE)
        self.account.take()
        folder, connection = Path(self.folder.text().strip()), self._board.connection
        overwrite = self.replace.isChecked()

        def work(progress: Progress) -> Sent:
            from trackproof.handoff.uploading_folder import upload_folder

            return upload_folder(folder, place, connection, overwrite=overwrite, progress=progress)

        self.words.setText("Looking what is there already …")
        self._work = self._session.tasks.start(
            f"Uploading {folder.name}",
            work,
            succeeded=lambda sent: self._sent(place, sent),
            failed=self._failed,
            cancelled=self._stopped,
            line=LINE,
        )
        self._work.progressed.connect(self._show_progress)
        self.progress.setRange(0, 0)
        self._refresh()

    def cancel(self) -> None:
        """Stop; what has arrived stays."""
        if self._work is not None:
            self._work.cancel()
            self.words.setText("Stopping …")

    def _show_progress(self, done: int, total: int) -> None:
        if self._work is None or total <= 0:
            return
        # A bar counts in whole numbers of 32 bits; packages are larger.
        self.progress.setRange(0, 1_000)
        self.progress.setValue(round(1_000 * done / total))
        self.words.setText(f"{done / MEGABYTE:,.1f} of {total / MEGABYTE:,.1f} MB")

    def _sent(self, place: S3Address, sent: Sent) -> None:
        text = f"{counted(sent.objects, 'file')} sent to {place.as_folder}"
        if sent.already:
            text += f"; {sent.already:,} were there already"
        self._end(f"{text}.")
        self._session.settings.set_text(LAUNCH_PACKAGE, str(place.as_folder))
        session, window, package = self._session, self.parentWidget(), str(place.as_folder)

        def launch() -> None:
            open_wizard(session, package=package, parent=window)

        session.message.emit(Banner(f"{text}.", choices=(("Launch …", launch),)))
        self.accept()

    def _failed(self, error: BaseException) -> None:
        banner = banner_of_error(error, doing="uploading the package")
        self._end(f"{banner.text} What has arrived is not sent again.")
        if self.isHidden():
            self._session.message.emit(banner)
            self.deleteLater()

    def _stopped(self) -> None:
        self._end(STOPPED)
        if self.isHidden():
            self.deleteLater()

    def _end(self, text: str) -> None:
        self._work = None
        self.words.setText(text)
        self._refresh()

    # -- screen

    def _refresh(self, *_values: object) -> None:
        is_busy = self.is_busy
        for widget in (self.account, self.folder, self.choose, self.target, self.replace):
            widget.setEnabled(not is_busy)
        self.progress.setVisible(is_busy)
        self.stop.setEnabled(is_busy)
        has_all = bool(self.folder.text().strip()) and self._place() is not None
        self.send.setEnabled(has_all and not is_busy)
        close = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText("Go on in the background" if is_busy else "Close")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go on in the background while something is sent."""
        event.accept()
        self.reject()

    def done(self, result: int) -> None:
        """Leave; the status bar shows an upload that goes on, and a message tells its end."""
        self.account.forget()
        self._session.tasks.cancel(READ_LINE)
        super().done(result)
        if not self.is_busy:
            self.deleteLater()
