"""Fields for one entry of a label category configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from trackproof.handoff import limits
from trackproof.handoff.config_draft import Kind
from trackproof.handoff.label_config import ANNOTATION_TYPES

if TYPE_CHECKING:
    from trackproof.handoff.config_draft import ConfigDraft, Place

EDITS = {"may be changed": None, "locked in follow-up jobs": "none"}
WIDEST_NUMBER = 2**31 - 1
ONE_TOO_MANY = 1
"""Fields take one character more than the limit, so that cut text is seen and told, not hidden."""


class EntryForm(QWidget):
    """Fields that read from and write to one place of a draft.

    Emits `changed` after every change by a person.
    """

    changed = Signal()

    def __init__(self, draft: ConfigDraft, place: Place) -> None:
        super().__init__()
        self._draft = draft
        self._place = place
        self.form = QFormLayout(self)
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)

    def add(self, title: str, field: QWidget) -> None:
        """Add a field under its title."""
        field.setAccessibleName(title)
        self.form.addRow(title, field)

    def put(self, key: str, value: object) -> None:
        """Write a value and tell."""
        self._draft.set(self._place, key, value)
        self.changed.emit()

    def text_field(self, key: str, title: str, *, most: int) -> QLineEdit:
        """Add a line of text that is left out of the file while empty."""
        field = QLineEdit(str(self._draft.entry(self._place).get(key, "")))
        field.setMaxLength(max(most + ONE_TOO_MANY, len(field.text())))
        field.setToolTip(f"At most {most} characters")
        field.textEdited.connect(lambda text: self.put(key, text or None))
        self.add(title, field)
        return field

    def edits_field(self) -> None:
        """Add what a later job may do with this."""
        entry = self._draft.entry(self._place)
        field = QComboBox()
        field.addItems(list(EDITS))
        field.setCurrentIndex(int(entry.get("editsAllowed") == "none"))
        field.activated.connect(lambda _: self.put("editsAllowed", EDITS[field.currentText()]))
        field.setToolTip("Only adjustment and verification jobs look at this")
        self.add("Later", field)


class LabelForm(EntryForm):
    """One category."""

    def __init__(self, draft: ConfigDraft, place: Place) -> None:
        super().__init__(draft, place)
        self.name = self.text_field("label", "Name", most=limits.LABEL_CHARACTERS)
        self.edits_field()


class AttributeForm(EntryForm):
    """One attribute of a category, of all categories, or of frames."""

    def __init__(self, draft: ConfigDraft, place: Place) -> None:
        super().__init__(draft, place)
        entry = draft.entry(place)
        self.name = self.text_field("name", "Name", most=limits.ATTRIBUTE_NAME_CHARACTERS)
        self.text_field("description", "Question", most=limits.ATTRIBUTE_DESCRIPTION_CHARACTERS)
        self.kind = QComboBox()
        self.kind.addItems([str(kind) for kind in Kind])
        self.kind.setCurrentText(str(draft.kind(place)))
        self.kind.activated.connect(self._choose_kind)
        self.add("Answer", self.kind)
        self.choices = QPlainTextEdit("\n".join(map(str, entry.get("enum", []))))
        self.choices.setPlaceholderText("one choice a line, at most 10")
        self.choices.setTabChangesFocus(True)
        self.choices.textChanged.connect(self._set_choices)
        self.add("Choices", self.choices)
        self.minimum, self.maximum = self._number("minimum"), self._number("maximum")
        self.add("Least", self.minimum)
        self.add("Most", self.maximum)
        self.required = QCheckBox("has to be answered")
        self.required.setChecked(entry.get("isRequired") is True)
        self.required.toggled.connect(lambda on: self.put("isRequired", on or None))
        self.add("", self.required)
        self.edits_field()
        self._show_kind()

    def _number(self, key: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(-WIDEST_NUMBER, WIDEST_NUMBER)
        value = self._draft.entry(self._place).get(key, 0)
        field.setValue(value if isinstance(value, int) else 0)
        field.valueChanged.connect(lambda number: self.put(key, number))
        return field

    def _choose_kind(self) -> None:
        self._draft.set_kind(self._place, Kind(self.kind.currentText()))
        entry = self._draft.entry(self._place)
        for field, value in ((self.minimum, "minimum"), (self.maximum, "maximum")):
            field.blockSignals(True)
            field.setValue(int(entry.get(value, 0)))
            field.blockSignals(False)
        self.choices.blockSignals(True)
        self.choices.setPlainText("\n".join(entry.get("enum", [])))
        self.choices.blockSignals(False)
        self._show_kind()
        self.changed.emit()

    def _show_kind(self) -> None:
        kind = self._draft.kind(self._place)
        self.form.setRowVisible(self.choices, kind is Kind.CHOICE)
        for field in (self.minimum, self.maximum):
            self.form.setRowVisible(field, kind is Kind.NUMBER)

    def _set_choices(self) -> None:
        lines = [line.strip() for line in self.choices.toPlainText().splitlines()]
        self.put("enum", [line for line in lines if line])


class JobForm(EntryForm):
    """What belongs to the job as a whole: the shape, and what workers read."""

    def __init__(self, draft: ConfigDraft) -> None:
        super().__init__(draft, ())
        self.shape = QComboBox()
        self.shape.addItems(list(ANNOTATION_TYPES.values()))
        self.shape.setCurrentText(str(draft.document.get("annotationType", "BoundingBox")))
        self.shape.activated.connect(lambda _: self.put("annotationType", self.shape.currentText()))
        self.add("Shape", self.shape)
        self.short = self._instruction(
            "shortInstruction", "Short instruction", limits.SHORT_INSTRUCTION_CHARACTERS
        )
        self.full = self._instruction(
            "fullInstruction", "Full instruction", limits.FULL_INSTRUCTION_CHARACTERS
        )

    def _instruction(self, key: str, title: str, most: int) -> QPlainTextEdit:
        field = QPlainTextEdit(self._draft.instruction(key))
        field.setPlaceholderText("Text or HTML that workers read")
        field.setTabChangesFocus(True)
        count = QLabel()

        def tell() -> None:
            count.setText(f"{len(field.toPlainText()):,} of {most:,} characters")

        def put() -> None:
            self._draft.set_instruction(key, field.toPlainText())
            tell()
            self.changed.emit()

        field.textChanged.connect(put)
        tell()
        self.add(title, field)
        self.form.addRow("", count)
        return field
