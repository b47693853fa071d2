"""Choose a format, see what it cannot hold of the labels as they are now, and write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.converting.gathering import (
    count_losses,
    gather,
    loss_lines,
    needs_size,
)
from trackproof.desktop.converting.sizes import SequenceSizes
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.theme import GRID
from trackproof.errors import Severity
from trackproof.formats import formats
from trackproof.handoff.words import counted
from trackproof.review.converting import Taken, folder_name

if TYPE_CHECKING:
    from trackproof.desktop.converting.gathering import Wanted
    from trackproof.desktop.session import Session
    from trackproof.formats import Format, Loss
    from trackproof.progress import Progress
    from trackproof.review.converting import Conversion

COUNT_AFTER_MS = 120
COUNT_LINE = "convert-losses"
WRITE_LINE = "convert"
LAST = "convert/format"
WIDTH, HEIGHT = 600, 460
SHOWN_LOSSES = 500


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written, and the copies of what was there before."""

    planned: tuple[Conversion, ...]
    copies: tuple[Path, ...]


class ConvertDialog(QDialog):
    """Not modal: labels can be edited meanwhile, and what is shown follows them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._formats = {one.name: one for one in formats() if one.can_write}
        self._is_counted = False
        self._is_writing = False
        self._taken: Path | None = None
        self._is_size_known = False
        self.setObjectName("convert")
        self.setWindowTitle("Save labels in another format")
        self.resize(WIDTH, HEIGHT)
        self._make_fields()
        self._lay_out()
        self._count_timer = QTimer(self)
        self._count_timer.setSingleShot(True)
        self._count_timer.setInterval(COUNT_AFTER_MS)
        self._count_timer.timeout.connect(self.count)
        self._listen()
        self._take_sequence()

    # -- building

    def _make_fields(self) -> None:
        self.format = QComboBox()
        for one in self._formats.values():
            self.format.addItem(one.title, one.name)
        source = self._session.sequence.source if self._session.sequence else None
        own = source.format_name if source is not None else ""
        others = [name for name in self._formats if name != own]
        last = self._session.settings.text(LAST)
        self.format.setCurrentIndex(self.format.findData(last if last in others else others[0]))
        self.description = QLabel()
        self.everything = QCheckBox("All open sequences, into a folder")
        self.sizes = SequenceSizes()
        self.size_words = QLabel()
        self.heading = QLabel()
        self.losses = QListWidget()
        self.losses.setWordWrap(True)
        self.losses.setAccessibleName("What is lost")
        self.losses.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.said = QLabel()
        self.said.setAccessibleName("What happened")
        self.replace_button = QPushButton("Replace, keep a copy")
        # Enter goes on writing to other names; what is there is replaced by a press of its own.
        self.replace_button.setAutoDefault(False)
        self.replace_button.setToolTip("What is there now stays beside it, with the ending .bak")
        for label in (self.description, self.heading, self.said, self.size_words):
            label.setWordWrap(True)
        for label in (self.description, self.size_words):
            label.setProperty("dim", True)

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(GRID)
        form.addRow("Format", _over(self.format, self.description))
        form.addRow("Image size", _over(self.sizes, self.size_words))
        form.addRow("", self.everything)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.write_button = QPushButton()
        self.write_button.setDefault(True)
        self.buttons.addButton(self.write_button, QDialogButtonBox.ButtonRole.ActionRole)
        said = QHBoxLayout()
        said.addWidget(self.said, 1)
        said.addWidget(self.replace_button)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(form)
        column.addSpacing(GRID)
        column.addWidget(self.heading)
        column.addWidget(self.losses, 100)
        column.addStretch(1)
        column.addLayout(said)
        column.addWidget(self.buttons)
        self._tell("")

    def _listen(self) -> None:
        session = self._session
        self.format.currentIndexChanged.connect(self._on_choice)
        self.everything.toggled.connect(self._on_choice)
        self.sizes.changed.connect(self._on_choice)
        session.labels_changed.connect(self._count_soon)
        session.sequence_changed.connect(self._take_sequence)
        session.frames_changed.connect(self._show_size)
        self.write_button.clicked.connect(self.ask_target)
        self.replace_button.clicked.connect(self._replace)
        self.buttons.rejected.connect(self.reject)

    # -- what is lost

    @property
    def chosen(self) -> Format:
        """The format that is chosen."""
        return self._formats[str(self.format.currentData())]

    @property
    def takes_all(self) -> bool:
        """Whether all open sequences are written."""
        return self.everything.isChecked() and len(self._session.sequences) > 1

    def count(self) -> None:
        """Count what gets lost of the labels as they are now, in the background."""
        wanted = self._wanted()
        chosen = self.chosen
        self._session.tasks.start(
            f"Counting what {chosen.title} cannot hold",
            lambda progress: count_losses(wanted, chosen, progress),
            succeeded=self._show_losses,
            failed=self._fail,
            line=COUNT_LINE,
        )

    def _show_losses(self, losses: tuple[tuple[str, tuple[Loss, ...]], ...]) -> None:
        lines = loss_lines(losses)
        title = self.chosen.title
        self.heading.setText(
            f"{title} cannot hold everything:" if lines else f"{title} holds everything."
        )
        self.losses.setVisible(bool(lines))
        self.losses.clear()
        self.losses.addItems(lines[:SHOWN_LOSSES])
        if len(lines) > SHOWN_LOSSES:
            self.losses.addItem(f"... and {len(lines) - SHOWN_LOSSES:,} more")
        self._is_counted = True
        self._show_ready()

    def _count_soon(self, *_: object) -> None:
        # What is counted right now is of the choice before.
        self._session.tasks.cancel(COUNT_LINE)
        self._is_counted = False
        self._count_timer.start()
        self._show_ready()

    def _on_choice(self, *_: object) -> None:
        self._tell("")
        self.description.setText(self.chosen.description)
        self.write_button.setText(
            "Write to a file …"
            if self.chosen.ending and not self.takes_all
            else "Write to a folder …"
        )
        self._show_size()

    def _take_sequence(self) -> None:
        """Show another sequence; without any there is nothing to write."""
        if self._session.sequence is None:
            self.close()
            return
        self._form.setRowVisible(self.everything, len(self._session.sequences) > 1)
        self.sizes.forget()
        self._on_choice()

    def _show_size(self) -> None:
        """Say where the size comes from, or let a person state it."""
        wanted = gather(self._session, takes_all=self.takes_all, sizes={})
        known = {(one.sequence.width or 0, one.sequence.height or 0) for one in wanted}
        lacking = _lacking(wanted)
        if wanted and not lacking:
            first = wanted[0].sequence
            self.sizes.show_known((first.width or 0, first.height or 0))
        else:
            if self._is_size_known:
                # What one sequence has says nothing about another one.
                self.sizes.forget()
            self.sizes.ask(lacking)
        self._is_size_known = not lacking
        left = _lacking(self._wanted())
        is_stated = bool(lacking) and not left
        words = self._words_of_size(len(left), is_one=len(known) == 1)
        self.size_words.setText("as stated here" if is_stated else words)
        self._count_soon()

    def _wanted(self) -> tuple[Wanted, ...]:
        """Return what is to be written, with the image sizes that a person stated."""
        return gather(self._session, takes_all=self.takes_all, sizes=self.sizes.stated)

    def _words_of_size(self, lacking: int, *, is_one: bool) -> str:
        sequence = self._session.sequence
        if not lacking:
            is_stated = sequence is not None and sequence.width and sequence.height
            words = "as the labels say" if is_stated else "as the pictures are"
            return words if is_one else "each sequence has its own"
        whose = f"not told for {counted(lacking, 'sequence')}" if self.takes_all else "not told"
        return f"needed here, and {whose}" if needs_size(self.chosen) else f"{whose}; may stay open"

    def _show_ready(self) -> None:
        wanted = self._wanted()
        lacks_size = needs_size(self.chosen) and bool(_lacking(wanted))
        self.write_button.setEnabled(
            self._is_counted and not self._is_writing and not lacks_size and bool(wanted)
        )
        self.write_button.setDefault(True)
        self.write_button.setToolTip("State the size of the images first" if lacks_size else "")

    # -- writing

    def ask_target(self) -> None:
        """Ask where to write, without waiting inside the dialog."""
        chosen = self.chosen
        proposed = self._proposed()
        dialog = QFileDialog(self, self.write_button.text().rstrip(" …"))
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Write")
        # What is there is asked about here, for files and folders alike.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        if chosen.ending and not self.takes_all:
            dialog.setDefaultSuffix(chosen.ending.removeprefix("."))
        dialog.setDirectory(str(proposed.parent))
        dialog.selectFile(proposed.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write_to)
        dialog.open()

    def write_to(self, target: str, *, overwrite: bool = False) -> None:
        """Write the labels as they are now, in the background; nothing is replaced unasked."""
        wanted = self._wanted()
        chosen, path, is_folder = self.chosen, Path(target), self.takes_all
        originals = [Path(one) for one in self._session.opener.opened if "://" not in one]

        def write(progress: Progress) -> Converted:
            from trackproof.review.converting import (
                check_targets,
                plan_conversion,
                write_conversion,
            )

            planned = plan_conversion(
                ((one.sequence, one.labels) for one in wanted),
                chosen,
                path,
                is_folder=is_folder,
                originals=originals,
            )
            if not overwrite:
                check_targets(planned)
            copies = write_conversion(planned, chosen, overwrite=overwrite, progress=progress)
            return Converted(planned, copies)

        self._taken = path
        self._is_writing = True
        self._tell("Writing …")
        self._show_ready()
        self._session.tasks.start(
            f"Writing {path.name}",
            write,
            succeeded=lambda done: self._written(done, path, chosen),
            failed=self._fail,
            cancelled=self._on_cancelled,
            line=WRITE_LINE,
        )

    def _replace(self) -> None:
        if self._taken is not None:
            self.write_to(str(self._taken), overwrite=True)

    def _written(self, done: Converted, path: Path, chosen: Format) -> None:
        self._session.settings.set_text(LAST, chosen.name)
        losses = tuple((one.sequence.name, one.losses) for one in done.planned)
        lines = loss_lines(losses)
        what = losses[0][0] if len(losses) == 1 else counted(len(losses), "sequence")
        text = f"The labels of {what} are in {path} ({chosen.title})."
        if lines:
            text += f" {chosen.title} cannot hold everything: see the details."
        if done.copies:
            text += f" What was there is now {', '.join(one.name for one in done.copies)}."
        severity = Severity.WARNING if lines else Severity.NOTE
        self._session.message.emit(Banner(text, "\n".join(lines), severity))
        self.accept()

    def _fail(self, error: BaseException) -> None:
        self._is_writing = False
        is_taken = isinstance(error, Taken)
        self._tell(banner_of_error(error, doing="writing labels").text, offers_replacing=is_taken)
        self._show_ready()

    def _on_cancelled(self) -> None:
        self._is_writing = False
        self._tell("Stopped. What was written by then is there.")
        self._show_ready()

    def reject(self) -> None:
        """Close; while labels are written, stop that first, so that its end is told here."""
        if self._is_writing:
            self._session.tasks.cancel(WRITE_LINE)
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Count nothing any more."""
        self._count_timer.stop()
        self._session.tasks.cancel(COUNT_LINE)
        super().done(result)

    def _tell(self, text: str, *, offers_replacing: bool = False) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.replace_button.setVisible(offers_replacing)

    def _proposed(self) -> Path:
        """Return a free name beside what was opened."""
        sequence, chosen = self._session.sequence, self.chosen
        recent = self._session.settings.recent
        folder = Path(recent[0]).parent if recent and "://" not in recent[0] else Path.home()
        name = "labels" if self.takes_all or sequence is None else folder_name(sequence.name)
        ending = "" if self.takes_all else chosen.ending
        path = folder / f"{name}-{chosen.name}{ending}"
        number = 1
        while path.exists():
            number += 1
            path = folder / f"{name}-{chosen.name}-{number}{ending}"
        return path


def _lacking(wanted: tuple[Wanted, ...]) -> list[str]:
    return [one.sequence.name for one in wanted if not one.is_sized]


def _over(field: QWidget, words: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GRID // 2)
    column.addWidget(field)
    column.addWidget(words)
    return column
