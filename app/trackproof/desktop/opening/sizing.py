"""Labels that keep places as fractions: a person, or the pictures, tell the size of the images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.theme import GRID
from trackproof.errors import FrameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.opening.opener import Opener, Request
    from trackproof.desktop.tasks import TaskRunner
    from trackproof.progress import Progress
    from trackproof.review.converting import Size

LARGEST = 100_000
LINE = "image-size"
FIELD_WIDTH = 80


class SizeFields(QWidget):
    """Width and height in pixels; either may be open."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.width_field, self.height_field = QLineEdit(), QLineEdit()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for field, name in ((self.width_field, "width"), (self.height_field, "height")):
            field.setValidator(QIntValidator(0, LARGEST, field))
            field.setPlaceholderText(name)
            field.setFixedWidth(FIELD_WIDTH)
            field.setAccessibleName(f"{name} of the images in pixels".capitalize())
            field.textChanged.connect(lambda _text: self.changed.emit())
        row.addWidget(self.width_field)
        row.addWidget(QLabel("×"))
        row.addWidget(self.height_field)
        row.addWidget(QLabel("pixels"))

    @property
    def stated(self) -> Size | None:
        """Width and height; None while one of them is open."""
        width, height = (int(field.text() or 0) for field in (self.width_field, self.height_field))
        return (width, height) if width and height else None

    def set_size(self, size: Size | None) -> None:
        """Show a size without telling anybody; None leaves it open."""
        fields = (self.width_field, self.height_field)
        for field, value in zip(fields, size or (0, 0), strict=True):
            field.blockSignals(True)
            field.setText(str(value) if value else "")
            field.blockSignals(False)


class SizeDialog(QDialog):
    """Asks for the size of the images of labels."""

    def __init__(self, request: Request, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image_size")
        self.setWindowTitle("Size of the images")
        self.fields = SizeFields()
        words = QLabel(
            f"{request.name} keeps places as fractions of the image. How large are its images?"
        )
        words.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.fields.changed.connect(self._on_changed)
        row = QHBoxLayout()
        row.addWidget(self.fields)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addWidget(words)
        column.addLayout(row)
        column.addStretch(1)
        column.addWidget(buttons)
        self.resize(440, self.sizeHint().height())
        self.fields.width_field.setFocus()

    def _on_changed(self) -> None:
        self.open_button.setEnabled(self.fields.stated is not None)


class SizeFlow(QObject):
    """Gets the size from a person or from pictures, and opens the labels with it."""

    def __init__(
        self,
        opener: Opener,
        tasks: TaskRunner,
        window: QWidget,
        ask_folder: Callable[[Callable[[str], object]], object],
    ) -> None:
        super().__init__(window)
        self._opener = opener
        self._tasks = tasks
        self._window = window
        self._ask_folder = ask_folder
        opener.size_asked.connect(self.ask)
        opener.size_sought.connect(self.seek)

    def ask(self, request: Request) -> None:
        """Let a person state the size."""
        dialog = SizeDialog(request, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._open(request, dialog.fields.stated, None))
        dialog.open()

    def seek(self, request: Request) -> None:
        """Let a person show the pictures, which then are the frames as well."""
        self._ask_folder(lambda folder: self.take_pictures(request, folder))

    def take_pictures(self, request: Request, folder: str) -> None:
        """Open labels with the size and the frames of a folder of pictures."""

        def measure(progress: Progress) -> Size:
            from trackproof.frames import open_frames

            source = open_frames(Path(folder), progress=progress)
            size = source.size
            source.close()
            if not all(size):
                raise FrameError("no picture in here tells its size", path=folder)
            return size

        self._tasks.start(
            f"Measuring {Path(folder).name}",
            measure,
            succeeded=lambda size: self._open(request, size, folder),
            failed=lambda error: self._opener.said.emit(
                banner_of_error(error, doing="measuring the pictures")
            ),
            line=LINE,
        )

    def _open(self, request: Request, size: Size | None, frames: str | None) -> None:
        if size is not None:
            self._opener.open_sized(request, size, frames=frames)
