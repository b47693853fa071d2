"""One dialog for every edit that asks something: fields, what will change, and a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.editing.fields import FramesField
from trackproof.errors import EditError
from trackproof.handoff.words import counted
from trackproof.labels import FrameRanges
from trackproof.labels.edits import track_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.labels import Change, Labels
    from trackproof.labels.edits import Edit

WIDTH = 440
RANGES_SHOWN = 6


class EditDialog(QDialog):
    """Gathers the values of an edit; not modal, so that the picture can be looked at meanwhile.

    Parameters
    ----------
    verb : str
        What the button says.
    fields : sequence of (str, QWidget)
        Names and fields, in order.
    build : callable
        Returns the edit for what the fields say now.
    """

    def __init__(
        self,
        desk: EditDesk,
        title: str,
        *,
        verb: str,
        fields: Sequence[tuple[str, QWidget]],
        build: Callable[[], Edit],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._build = build
        self.setObjectName("edit_dialog")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for name, field in fields:
            field.setAccessibleName(name)
            if isinstance(field, QCheckBox):
                form.addRow("", field)
            else:
                form.addRow(name, field)
            _listen(field, self.preview)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(3 * self.words.fontMetrics().height())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.buttons = QDialogButtonBox()
        self.button = self.buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.words)
        column.addWidget(self.buttons)
        desk.session.labels_changed.connect(self.preview)
        desk.session.sequence_changed.connect(self.reject)
        self.preview()

    def preview(self, *_: object) -> None:
        """Say what the edit would change, or why it cannot be made."""
        labels = self._desk.session.labels
        if labels is None:
            return
        try:
            after, change = self._build().apply(labels)
        except EditError as error:
            self._show(str(error), is_possible=False)
            return
        self._show(in_words(after, change), is_possible=not change.is_empty)

    def accept(self) -> None:
        """Make the edit."""
        try:
            edit = self._build()
        except EditError as error:
            self._show(str(error), is_possible=False)
            return
        # What is previewed must not be what was just done.
        self._desk.session.labels_changed.disconnect(self.preview)
        labels = self._desk.session.labels
        name = edit.describe(labels) if labels is not None else ""
        self._desk.do(edit, saying=f"Done: {name}. Ctrl+Z takes it back")
        super().accept()

    def _show(self, text: str, *, is_possible: bool) -> None:
        self.words.setText(text)
        self.button.setEnabled(is_possible)


def in_words(labels: Labels, change: Change) -> str:
    """Return what a change touches: frames, objects, boxes that go or come."""
    if change.is_empty:
        return "This changes nothing."
    before = sum(len(delta.before) for delta in change.deltas.values() if delta.before)
    after = sum(len(delta.after) for delta in change.deltas.values() if delta.after)
    frames = FrameRanges.of(change.frames)
    shown = ", ".join(str(FrameRanges((one,))) for one in frames.ranges[:RANGES_SHOWN])
    more = ", …" if len(frames.ranges) > RANGES_SHOWN else ""
    names = track_names(labels, sorted(change.tracks))
    said = f"{names}: {counted(len(change.frames), 'frame')} ({shown}{more})."
    if after < before:
        return f"{said}\n{_boxes(before - after)} will be deleted."
    if after > before:
        return f"{said}\n{_boxes(after - before)} will be added."
    return f"{said}\nNo box is added or deleted."


def _boxes(number: int) -> str:
    return "1 box" if number == 1 else f"{number:,} boxes"


def _listen(field: QWidget, changed: Callable[..., None]) -> None:
    if isinstance(field, QLineEdit):
        field.textChanged.connect(changed)
    elif isinstance(field, QComboBox):
        field.currentIndexChanged.connect(changed)
    elif isinstance(field, QCheckBox):
        field.toggled.connect(changed)
    elif isinstance(field, QDoubleSpinBox):
        field.valueChanged.connect(changed)
    elif isinstance(field, FramesField):
        field.changed.connect(changed)
