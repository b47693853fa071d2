"""The parameters of one check as fields."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from trackproof.checks import Check, Parameter, Profile

FIELD_WIDTH = 160

LARGEST = 1e6
"""Stands for a parameter without a greatest value."""


class CheckForm(QWidget):
    """Title, words and fields of one check."""

    switched = Signal(bool)
    changed = Signal(str, float)
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        self._title.setFont(font("title", is_bold=True))
        self._words = QLabel()
        self._words.setWordWrap(True)
        self.runs = QCheckBox("Run this check")
        self.runs.toggled.connect(self.switched)
        self._note = QLabel()
        self._note.setProperty("dim", "true")
        self._note.setWordWrap(True)
        self._fields = QWidget()
        self._rows = QFormLayout(self._fields)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setVerticalSpacing(6)
        self.reset = QPushButton("Reset this check")
        self.reset.clicked.connect(self.reset_asked)
        foot = QHBoxLayout()
        foot.addWidget(self.reset)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(10)
        for widget in (self._title, self._words, self.runs, self._note, self._fields):
            layout.addWidget(widget)
        layout.addLayout(foot)
        layout.addStretch(1)
        self.fields: dict[str, QDoubleSpinBox] = {}

    def show_check(self, check: Check, profile: Profile) -> None:
        """Show a check with the values of a profile."""
        self._title.setText(check.title)
        self._words.setText(check.description)
        self._note.setText(_note(check))
        self._note.setVisible(bool(self._note.text()))
        is_on = check.name not in profile.switched_off
        self.runs.blockSignals(True)
        self.runs.setChecked(is_on)
        self.runs.blockSignals(False)
        while self._rows.rowCount():
            self._rows.removeRow(0)
        self.fields = {}
        values = profile.parameters(check)
        for parameter in check.parameters:
            self._add(parameter, values[parameter.name], is_on=is_on)
        self.reset.setEnabled(not is_on or dict(values) != check.defaults())

    def _add(self, parameter: Parameter, value: float, *, is_on: bool) -> None:
        field = QDoubleSpinBox()
        is_whole = parameter.unit == "frames"
        field.setDecimals(0 if is_whole else 3)
        field.setRange(parameter.minimum, min(parameter.maximum, LARGEST))
        field.setSingleStep(1.0 if is_whole else _step(parameter.default))
        field.setSuffix(f" {parameter.unit}" if parameter.unit else "")
        field.setValue(value)
        field.setEnabled(is_on)
        field.setKeyboardTracking(False)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFixedWidth(FIELD_WIDTH)
        field.setAccessibleName(parameter.name)
        field.setToolTip(f"{parameter.description} Default: {parameter.default:g}")
        field.valueChanged.connect(lambda now: self.changed.emit(parameter.name, now))
        self.fields[parameter.name] = field
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(field)
        words = QLabel(f"{parameter.description} Default {parameter.default:g}.")
        words.setFont(font("small"))
        words.setProperty("dim", "true")
        words.setWordWrap(True)
        line.addWidget(words, 1)
        self._rows.addRow(parameter.name.replace("_", " ").capitalize(), row)


def _step(default: float) -> float:
    """Return a tenth of a value, rounded to one digit."""
    if default <= 0.0:
        return 0.1
    tenth = default / 10.0
    digit: float = 10.0 ** math.floor(math.log10(tenth))
    return max(round(tenth / digit) * digit, 0.001)


def _note(check: Check) -> str:
    notes = []
    if check.is_low_bad:
        notes.append("Values under the limit are suspicious.")
    if check.needs_frames:
        notes.append("Runs when the pictures are checked, too.")
    if not check.is_ranked:
        notes.append("Shown in the timelines; raises no flags.")
    return " ".join(notes)
