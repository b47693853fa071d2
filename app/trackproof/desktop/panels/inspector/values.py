"""Fields for attributes, with the choices and limits that the configuration states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from trackproof.desktop.panels.keys import TAKES_BACK

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

    from trackproof.labels import AttributeSet, AttributeSpec, AttributeValue

NO_VALUE = "–"
OUTSIDE = "not in the configuration"


class CalmSpin(QDoubleSpinBox):
    """A number that the wheel changes only when it has the keyboard: the wheel also scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless this field has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmCombo(QComboBox):
    """A choice that the wheel changes only when it has the keyboard."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel unless this field has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(CalmCombo):
    """One of the configuration's choices, or none; a value outside of them is kept and marked."""

    chosen = Signal(object)

    def __init__(self, spec: AttributeSpec, value: AttributeValue) -> None:
        super().__init__()
        self.addItem(NO_VALUE, None)
        for choice in spec.choices:
            self.addItem(choice, choice)
        place = 0 if value is None else self.findData(value)
        if place < 0:
            self.addItem(f"{value}  ({OUTSIDE})", value)
            place = self.count() - 1
        self.setCurrentIndex(place)
        problem = spec.why_not(value)
        self.setToolTip(problem or spec.description)
        self.setProperty("has_error", "true" if problem else "false")
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(self._on_activated)

    def _on_activated(self, place: int) -> None:
        self.chosen.emit(self.itemData(place))


class ValueField(QLineEdit):
    """A text or a number within the configuration's limits; what breaks them is not taken."""

    chosen = Signal(object)

    def __init__(self, spec: AttributeSpec, value: AttributeValue) -> None:
        super().__init__("" if value is None else str(value))
        self._spec = spec
        self._value = value
        self._mark(spec.why_not(value))
        self.setProperty(TAKES_BACK, True)
        if spec.kind == "number":
            low = "" if spec.minimum is None else f"{spec.minimum:g}"
            high = "" if spec.maximum is None else f"{spec.maximum:g}"
            self.setPlaceholderText(f"{low} to {high}" if low and high else "number")
        self.editingFinished.connect(self._on_finished)

    def _on_finished(self) -> None:
        value = read_value(self._spec, self.text())
        problem = self._spec.why_not(value)
        self._mark(problem)
        if problem is None and value != self._value:
            self._value = value
            self.chosen.emit(value)

    def _mark(self, problem: str | None) -> None:
        self.setProperty("has_error", "true" if problem else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setToolTip(problem or self._spec.description)


def read_value(spec: AttributeSpec, text: str) -> AttributeValue:
    """Return what a person wrote as a value: a number where the configuration asks for one."""
    text = text.strip()
    if not text:
        return None
    if spec.kind != "number":
        return text
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def field_of(spec: AttributeSpec, value: AttributeValue) -> ChoiceField | ValueField:
    """Return the field for an attribute."""
    return ChoiceField(spec, value) if spec.choices else ValueField(spec, value)


def unknown(values: AttributeSet, specs: tuple[AttributeSpec, ...]) -> AttributeSet:
    """Return the values that the configuration does not name."""
    names = {spec.name for spec in specs}
    return tuple(item for item in values if item[0] not in names)


def named(field: QWidget, name: str) -> QWidget:
    """Return a field with its name for screen readers."""
    field.setAccessibleName(name)
    return field
