"""Choose what workers shall see, look at it and change it, and write the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from trackproof.desktop.exporting.gathering import gather, looked_at
from trackproof.desktop.exporting.windows_editor import WindowsEditor
from trackproof.desktop.exporting.workers import WorkersFields
from trackproof.desktop.launching.actions import LAUNCH_PACKAGE, open_wizard
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.desktop.shown_windows import ShownWindows
from trackproof.desktop.theme import GRID
from trackproof.errors import Severity, StorageError
from trackproof.handoff.choosing import Which, reviewed
from trackproof.handoff.words import counted
from trackproof.storage import S3Address

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.exporting.gathering import LookedAt
    from trackproof.desktop.exporting.sending import SentPackage
    from trackproof.desktop.session import Session
    from trackproof.handoff.choosing import Gathered
    from trackproof.handoff.package import Package
    from trackproof.handoff.plan import Sending
    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.progress import Progress

PREVIEW_AFTER_MS = 120
LINE = "export"
PREVIEW_LINE = "export preview"
MANY_FLAGS = 500
"""Flags from which a budget is filled in 15 ms; more are chosen from by a task."""
WIDEST_FIELDS = 440
"""Pixels that the fields may take from the windows; with large type they scroll."""
WAYS: dict[str, Sending] = {
    "Short windows, frames stay where they are": "windows",
    "Short windows, each with its own frame folder": "copies",
    "Whole sequences, flags named in the instructions": "whole",
}
S3_HINT = "s3://bucket/folder/"


@dataclass(frozen=True, slots=True)
class Written:
    """A package on disk, and the folder that it replaced."""

    package: Package
    folder: Path
    moved: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The flags that fit the fields, and those of them that fit a budget."""

    everything: tuple[Reviewed, ...]
    suggested: list[Reviewed]
    options: ExportOptions


class ExportDialog(QDialog):
    """Flags to a focus package, with the windows and the work shown before anything is written."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gathered: tuple[Gathered, ...] = ()
        self._everything: tuple[Reviewed, ...] = ()
        self._has_work = False
        self.setWindowTitle("Export a focus package")
        self.resize(QSize(1160, 640))
        self._make_fields()
        self._lay_out()
        self._preview_timer = QTimer(self)
        self._preview_timer.setSingleShot(True)
        self._preview_timer.setInterval(PREVIEW_AFTER_MS)
        self._preview_timer.timeout.connect(self.preview)
        self._is_writing = False
        self._listen()
        self._say("Checking the sequences …")
        self._set_ready(is_ready=False)
        gathered = gather(session)
        self._gathering = session.tasks.start(
            "Checking all sequences for the export",
            lambda progress: looked_at(gathered, progress),
            succeeded=self._take,
            failed=self._fail,
            cancelled=lambda: self._stopped("Close this and export again to check the sequences."),
            line=LINE,
        )

    # -- building

    def _make_fields(self) -> None:
        settings = self._session.settings
        self.which = QComboBox()
        self.which.addItems([str(one) for one in Which])
        self.which.setToolTip("Flags that you dismissed or fixed need no worker")
        self.least_score = QDoubleSpinBox()
        self.least_score.setRange(0.0, 1000.0)
        self.least_score.setValue(settings.number("export/least_score", 1.0))
        self.least_score.setToolTip("1 = as likely wrong as right; what you confirmed always goes")
        self.top = QSpinBox()
        self.top.setRange(0, 100_000)
        self.top.setSpecialValueText("no limit")
        self.most_frames = QSpinBox()
        self.most_frames.setRange(0, 100_000_000)
        self.most_frames.setSpecialValueText("any number of")
        self.most_frames.setSingleStep(100)
        self.most_frames.setToolTip("Frames that workers may see in all; the best flags fill them")
        self.most_cost = QDoubleSpinBox()
        self.most_cost.setRange(0.0, 100_000_000.0)
        self.most_cost.setSpecialValueText("any sum")
        self.most_cost.setToolTip("What the windows may cost at your prices")
        self.context = QSpinBox()
        self.context.setRange(0, 1000)
        self.context.setSuffix(" frames")
        self.context.setValue(int(settings.number("export/context", 15)))
        self.way = QComboBox()
        self.way.addItems(list(WAYS))
        self.per_task = QDoubleSpinBox()
        self.per_frame = QDoubleSpinBox()
        for price, key in ((self.per_task, "per_task"), (self.per_frame, "per_frame")):
            price.setRange(0.0, 10_000.0)
            price.setDecimals(3)
            price.setValue(settings.number(f"export/{key}", 0.0))
        self.workers = WorkersFields()
        self.prefix = QLineEdit()
        self.prefix.setPlaceholderText(S3_HINT + "  (empty: what the labels say)")
        self.destination = QLineEdit()
        self.destination.setPlaceholderText(S3_HINT + "  where the package will be")
        self.replace = QCheckBox("Replace an existing package (a folder is kept beside)")
        self.windows = WindowsEditor(self._session)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName("Summary")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow("Flags", _row(self.which, QLabel("score at least"), self.least_score))
        form.addRow("At most", _row(self.top, QLabel("flags, the highest scores")))
        form.addRow("Budget", _row(self.most_frames, QLabel("frames, for"), self.most_cost))
        form.addRow("Context around a flag", _row(self.context))
        form.addRow("Send", self.way)
        self.workers.add_to(form)
        form.addRow(
            "Price", _row(self.per_task, QLabel("a task and"), self.per_frame, QLabel("a frame"))
        )
        form.addRow("Frames are in", self.prefix)
        form.addRow("Package goes to", self.destination)
        form.addRow("", self.replace)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.write_button = QPushButton("Write to a folder …")
        self.write_button.setDefault(True)
        self.buttons.addButton(self.write_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.send_button = QPushButton("Send to S3")
        self.send_button.setToolTip("Manifests last; nothing there is replaced unasked")
        self.buttons.addButton(self.send_button, QDialogButtonBox.ButtonRole.ActionRole)
        fields = QWidget()
        fields.setLayout(form)
        area = QScrollArea()
        area.setWidget(fields)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setMinimumWidth(min(fields.minimumSizeHint().width() + 2 * GRID, WIDEST_FIELDS))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(area)
        row.addWidget(self.windows, 1)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(row, 1)
        column.addWidget(self.summary)
        column.addWidget(self.buttons)
        # The style gives numbers less height than text, and cuts letters that reach below the line.
        for spin in fields.findChildren(QAbstractSpinBox):
            spin.setMinimumHeight(self.destination.sizeHint().height())

    def _listen(self) -> None:
        for combo in (self.which, self.way):
            combo.currentIndexChanged.connect(self._preview_soon)
        for spin in (
            self.least_score,
            self.top,
            self.most_frames,
            self.most_cost,
            self.context,
            self.per_task,
            self.per_frame,
        ):
            spin.valueChanged.connect(self._preview_soon)
        self.windows.changed.connect(self._tell_work)
        self.write_button.clicked.connect(self.ask_folder)
        self.send_button.clicked.connect(self.send_to_s3)
        self.destination.textChanged.connect(self._show_sending)
        self.buttons.rejected.connect(self.reject)

    # -- preview

    def _preview_soon(self, *_: object) -> None:
        self._preview_timer.start()

    def _take(self, found: LookedAt) -> None:
        self._gathered = found.gathered
        self.workers.offer(found.lockable, audited=found.audited)
        self.preview()

    def _fail(self, error: BaseException) -> None:
        self._is_writing = False
        self._say(banner_of_error(error, doing="preparing the export").text)
        self._set_ready(is_ready=self._has_work)

    def _stopped(self, what_now: str) -> None:
        """Say that a person stopped it, and leave the choice open."""
        if isValid(self):
            self._is_writing = False
            self._say(f"Stopped. {what_now}")
            self._set_ready(is_ready=self._has_work)

    def options(self) -> ExportOptions:
        """Return what the fields say."""
        from trackproof.handoff.selection import ExportOptions
        from trackproof.handoff.windows import Prices

        return ExportOptions(
            destination=self.destination.text().strip(),
            prefix=self.prefix.text().strip(),
            context=self.context.value(),
            prices=Prices(per_task=self.per_task.value(), per_frame=self.per_frame.value()),
            sending=WAYS[self.way.currentText()],
            follow=self.workers.chosen,
            locked=self.workers.locked_names,
            result_attribute=self.workers.result.text().strip(),
        )

    def preview(self) -> None:
        """Show the windows and the work for the fields as they are; not while a package is made.

        Many flags are chosen from by a task.
        """
        if self._is_writing:
            return
        choose = self._choice()
        if sum(len(one.analysis.flags) for one in self._gathered if one.analysis) <= MANY_FLAGS:
            self._take_choice(choose())
            return
        self._say("Choosing the windows …")
        self._set_ready(is_ready=False)
        self._session.tasks.start(
            "Choosing the windows",
            lambda _progress: choose(),
            succeeded=self._take_choice,
            failed=self._fail,
            line=PREVIEW_LINE,
            is_quiet=True,
        )

    def _choice(self) -> Callable[[], Choice]:
        """Return what finds the flags for the fields as they are now, on any thread."""
        from trackproof.handoff.selection import best_of

        gathered, options = self._gathered, self.options()
        which, least_score = Which(self.which.currentText()), self.least_score.value()
        top, frames = self.top.value() or None, self.most_frames.value() or None
        money = self.most_cost.value() or None

        def choose() -> Choice:
            everything = reviewed(gathered, which=which, least_score=least_score)
            suggested = best_of(
                everything, options, top=top, frame_budget=frames, money_budget=money
            )
            return Choice(everything, suggested, options)

        return choose

    def _take_choice(self, choice: Choice) -> None:
        if self._is_writing:
            return
        self._everything = choice.everything
        self.windows.suggest(choice.suggested, choice.options)
        self._tell_work()

    def _tell_work(self) -> None:
        """Say how much work the windows are, as they are now."""
        from trackproof.handoff.selection import work_of_everything
        from trackproof.handoff.windows import estimate

        options = self.options()
        focus = estimate(self.windows.lengths, prices=options.prices)
        everything = work_of_everything(self._everything, options)
        if not focus.tasks:
            self._say("Nothing to send: no flag fits this choice, and no window was added.")
        else:
            share = focus.frames / max(everything.frames, 1)
            cost = f" for {focus.cost:,.2f} instead of {everything.cost:,.2f}" if focus.cost else ""
            self._say(
                f"{counted(self.windows.flags, 'flag')} in {counted(focus.tasks, 'window')} and "
                f"{counted(focus.jobs, 'job')}. Workers see {focus.frames:,} of "
                f"{everything.frames:,} frames ({share:.0%}){cost}."
            )
        self._has_work = bool(focus.tasks)
        self._set_ready(is_ready=self._has_work)

    def done(self, result: int) -> None:
        """Close, and mark no windows any more."""
        self._preview_timer.stop()
        self._session.tasks.cancel(PREVIEW_LINE)
        self._gathering.cancel()
        ShownWindows.of(self._session).show({})
        super().done(result)

    # -- writing

    def ask_folder(self) -> None:
        """Ask where the package goes, without waiting inside the dialog."""
        dialog = QFileDialog(self, "New folder for the package")
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Write")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.selectFile("focus-package")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write_to)
        dialog.open()

    def write_to(self, folder: str) -> None:
        """Make the package and write it to a folder, in the background."""
        options, chosen, overwrite = self.options(), self.windows.reviewed, self.replace.isChecked()

        def write(progress: Progress) -> Written:
            from trackproof.handoff.package import make_package
            from trackproof.handoff.writing import write_package

            package = make_package(chosen, options, progress=progress)
            target = Path(folder)
            moved = write_package(package, target, overwrite=overwrite, progress=progress)
            return Written(package, target, moved)

        self._begin("Writing the package …")
        self._session.tasks.start(
            "Writing the package",
            write,
            succeeded=self._written,
            failed=self._fail,
            cancelled=lambda: self._stopped("Nothing was written."),
            line=LINE,
        )

    def send_to_s3(self) -> None:
        """Make the package and send it to its place in S3, in the background."""
        from trackproof.desktop.exporting.sending import account_for, send

        options, chosen, overwrite = self.options(), self.windows.reviewed, self.replace.isChecked()
        account = account_for(self._session)
        self._begin("Sending the package …")
        self._session.tasks.start(
            "Sending the package",
            lambda progress: send(chosen, options, account, overwrite=overwrite, progress=progress),
            succeeded=self._sent,
            failed=self._fail,
            cancelled=lambda: self._stopped("What was sent by then is not sent again."),
            line=LINE,
        )

    def _begin(self, text: str) -> None:
        """Say what is being done, and let no late preview write over how it ends."""
        self._is_writing = True
        self._preview_timer.stop()
        self._session.tasks.cancel(PREVIEW_LINE)
        self._set_ready(is_ready=False)
        self._say(text)

    def _sent(self, sent: SentPackage) -> None:
        place = str(sent.uploaded.folder)
        self._session.settings.set_text(LAUNCH_PACKAGE, place)
        session, window = self._session, self.parentWidget()

        def launch() -> None:
            open_wizard(session, package=place, parent=window)

        text = f"The package is in {sent.uploaded}."
        self._tell(sent.package, text, choices=(("Launch …", launch),))

    def _written(self, written: Written) -> None:
        text = f"The package is in {written.folder}."
        if written.moved is not None:
            text += f" The folder that was there is now {written.moved.name}."
        self._session.settings.set_text(LAUNCH_PACKAGE, str(written.folder))
        self._tell(written.package, text)

    def _tell(
        self,
        package: Package,
        text: str,
        *,
        choices: tuple[tuple[str, Callable[[], object]], ...] = (),
    ) -> None:
        self._remember()
        focus, everything = package.focus, package.everything
        text += f" Workers see {focus.frames:,} of {everything.frames:,} frames."
        problems = package.problems
        severity = Severity.WARNING if problems else Severity.NOTE
        details = "\n".join(str(problem) for problem in problems)
        self._session.message.emit(Banner(text, details, severity, choices))
        self.accept()

    def _remember(self) -> None:
        settings = self._session.settings
        settings.set_number("export/least_score", self.least_score.value())
        settings.set_number("export/context", self.context.value())
        settings.set_number("export/per_task", self.per_task.value())
        settings.set_number("export/per_frame", self.per_frame.value())

    def _say(self, text: str) -> None:
        self.summary.setText(text)

    def _set_ready(self, *, is_ready: bool) -> None:
        self.write_button.setEnabled(is_ready)
        self._show_sending()

    def _show_sending(self, *_: object) -> None:
        """Let a person send once there is a place: an address, not only its beginning."""
        try:
            S3Address.parse(self.destination.text().strip())
        except StorageError:
            is_place = False
        else:
            is_place = True
        self.send_button.setEnabled(is_place and self.write_button.isEnabled())


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
