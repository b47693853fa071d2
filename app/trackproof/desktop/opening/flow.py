"""Opening step by step: which labels, which frames, which rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.desktop.session import Session

LABEL_FILES = "Labels (*.json *.jsonl *.manifest *.txt *.ini);;All files (*)"
VIDEO_FILES = "Videos (*.mp4 *.m4v *.avi *.mov *.mkv *.webm *.mpg *.ts);;All files (*)"


class OpenFlow(QObject):
    """Asks for paths with the system's dialogs, never waiting inside them."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def ask_labels_file(self) -> None:
        """Ask for one or several label files and open them."""
        dialog = self._dialog("Open labels", QFileDialog.FileMode.ExistingFiles, LABEL_FILES)
        dialog.filesSelected.connect(self._session.open)
        dialog.open()

    def ask_labels_folder(self) -> None:
        """Ask for a job's output folder or a MOTChallenge folder and open it."""
        dialog = self._dialog("Open a folder", QFileDialog.FileMode.Directory, "")
        dialog.filesSelected.connect(self._session.open)
        dialog.open()

    def ask_frames_folder(self, take: Callable[[str], object]) -> None:
        """Ask for a folder of pictures."""
        dialog = self._dialog("Folder with the pictures", QFileDialog.FileMode.Directory, "")
        dialog.fileSelected.connect(take)
        dialog.open()

    def ask_video(self, take: Callable[[str], object]) -> None:
        """Ask for a video file."""
        dialog = self._dialog("Video", QFileDialog.FileMode.ExistingFile, VIDEO_FILES)
        dialog.fileSelected.connect(take)
        dialog.open()

    def open_demo(self) -> None:
        """Render the demo scene once, with progress, and open it."""
        self._session.open_demo()

    def drop(self, paths: Sequence[str]) -> None:
        """Open dropped paths: pictures go to the open sequence, everything else is labels."""
        from trackproof.frames.source import is_image, is_video

        first = Path(paths[0])
        if self._session.sequence is not None and (is_video(first) or is_image(first)):
            self._session.try_frames(first.parent if is_image(first) else first)
        else:
            self._session.open(paths)

    def _dialog(self, title: str, mode: QFileDialog.FileMode, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(mode)
        if kinds:
            dialog.setNameFilter(kinds)
        recent = self._session.settings.recent
        if recent:
            dialog.setDirectory(str(Path(recent[0]).parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
