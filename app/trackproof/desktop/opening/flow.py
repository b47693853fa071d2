"""Opening step by step: which labels, which frames, which rate."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from trackproof.desktop.framing import FramesState
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.opening.sizing import SizeFlow
from trackproof.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.desktop.session import Session
    from trackproof.formats import Loss
    from trackproof.progress import Progress

LABEL_FILES = "Labels (*.json *.jsonl *.manifest *.txt *.ini *.xml *.yaml);;All files (*)"
VIDEO_FILES = "Videos (*.mp4 *.m4v *.avi *.mov *.mkv *.webm *.mpg *.ts);;All files (*)"
USUAL_RATES = (10.0, 15.0, 25.0, 30.0)
RATE_TOPIC = "rate"


class OpenFlow(QObject):
    """Asks for paths with the system's dialogs, never waiting inside them."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._asked_rate_of = ""
        self.sizes = SizeFlow(session.opener, session.tasks, window, self.ask_frames_folder)
        session.framing.changed.connect(self._ask_rate_once)
        session.rate_changed.connect(self._ask_rate_once)
        session.playing_changed.connect(self._ask_rate_once)

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

    def ask_frames_address(self, take: Callable[[str], object], *, proposed: str = "") -> None:
        """Ask for a folder of pictures, or a video, in S3."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Pictures in S3")
        dialog.setLabelText("Folder of the pictures, or a video:")
        dialog.setTextValue(proposed or "s3://")
        dialog.resize(560, dialog.sizeHint().height())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(take)
        dialog.open()

    def ask_corrected(self) -> None:
        """Ask for a new file and write the labels as they are now."""
        from trackproof.review.saving import proposed_path

        sequence = self._session.sequence
        if sequence is None:
            return
        proposed = proposed_path(sequence)
        dialog = self._dialog("Save corrected labels", QFileDialog.FileMode.AnyFile, "")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if proposed is not None:
            dialog.setDirectory(str(proposed.parent))
            dialog.selectFile(proposed.name)
        dialog.fileSelected.connect(self.save_corrected)
        dialog.open()

    def ask_over_original(self) -> None:
        """Ask whether the labels that were opened are replaced by those on screen."""
        from trackproof.review.saving import replaceable_original
        from trackproof.storage.backups import free_backup

        sequence = self._session.sequence
        original = None if sequence is None else replaceable_original(sequence)
        if original is None:
            self._session.say("These labels did not come from this disk; save them to a new file.")
            return
        what = "folder" if original.is_dir() else "file"
        box = QMessageBox(self._window)
        box.setObjectName("over_original")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Write over the original labels")
        box.setText(f"Write the corrected labels over {original}?")
        box.setInformativeText(
            f"The {what} as it is now is kept beside as {free_backup(original).name}."
        )
        replace = box.addButton(f"Replace the {what}", QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(stay)
        replace.clicked.connect(partial(self.save_corrected, str(original)))
        box.open()

    def save_corrected(self, path: str, *_: object) -> None:
        """Write the current labels in the background; a file that they replace is kept beside."""
        session = self._session
        sequence, labels = session.sequence, session.labels
        if sequence is None or labels is None:
            return

        def write(_progress: Progress) -> tuple[Path | None, tuple[Loss, ...]]:
            from trackproof.review.saving import lost_edits, save_corrected

            backup = save_corrected(Path(path), sequence, labels, overwrite=True)
            return backup, lost_edits(sequence, labels)

        def tell(saved: tuple[Path | None, tuple[Loss, ...]]) -> None:
            backup, lost = saved
            text = f"The labels of {sequence.name} are in {path}."
            if backup:
                what = "folder" if backup.is_dir() else "file"
                text += f" The {what} that was there is now {backup.name}."
            if lost:
                text += f" Not all of your edits fit into this format: {lost[0]}."
            session.message.emit(
                Banner(
                    text,
                    "\n".join(map(str, lost)) if len(lost) > 1 else "",
                    Severity.WARNING if lost else Severity.NOTE,
                )
            )

        session.tasks.start(
            f"Saving {Path(path).name}",
            write,
            succeeded=tell,
            failed=lambda error: session.message.emit(banner_of_error(error, doing="saving")),
        )

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

    def ask_rate(self) -> None:
        """Ask how many frames a second the sequence has."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Frame rate")
        dialog.setLabelText("Frames per second:")
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleRange(0.1, 1000.0)
        dialog.setDoubleDecimals(3)
        dialog.setDoubleValue(self._session.rate_fps or 30.0)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.doubleValueSelected.connect(self._session.set_rate)
        dialog.open()

    def _ask_rate_once(self, *_: object) -> None:
        """Ask for the frame rate when no file states it, once it matters."""
        session = self._session
        if session.rate_fps is not None or session.sequence is None:
            session.banner_withdrawn.emit(RATE_TOPIC)
            return
        is_settled = session.framing.state in (FramesState.ATTACHED, FramesState.DECLINED)
        key = session.input_key
        if key == self._asked_rate_of or not (is_settled or session.is_playing):
            return
        self._asked_rate_of = key
        choices = [(f"{rate:g}", partial(session.set_rate, rate)) for rate in USUAL_RATES]
        session.message.emit(
            Banner(
                "No file states the frame rate. How many frames per second? Until then playback "
                "runs at 25 and times are not shown.",
                choices=(*choices, ("Other …", self.ask_rate)),
                topic=RATE_TOPIC,
            )
        )

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
