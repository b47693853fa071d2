"""A list of categories, attributes and flags, each with a tick to show it and one to lock it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop import glyphs
from trackproof.desktop.canvas.options import UNFLAGGED, ObjectRule

if TYPE_CHECKING:
    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session
    from trackproof.labels.attributes import AttributeValue

SIZE = (420, 480)
WHAT, SHOWN, LOCKED = range(3)
MOST_VALUES = 60
"""Values of one attribute; free text can have thousands."""


class ShowingDialog(QDialog):
    """Ticks act at once; not modal, so that the picture can be looked at meanwhile."""

    def __init__(self, session: Session, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._items: list[tuple[QTreeWidgetItem, str, Any]] = []
        self.setObjectName("showing_dialog")
        self.setWindowTitle("What is shown and locked")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Categories, attributes and flags")
        self.tree.setHeaderLabels(["Objects", "Show", "Lock"])
        self.tree.setRootIsDecorated(False)
        headings = self.tree.header()
        headings.setStretchLastSection(False)
        headings.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        for column in (SHOWN, LOCKED):
            headings.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        hint = QLabel("The mouse neither selects nor changes what is locked. Labels stay the same.")
        hint.setWordWrap(True)
        hint.setProperty("dim", "true")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.reset = self.buttons.addButton("Show all", QDialogButtonBox.ButtonRole.ResetRole)
        self.reset.clicked.connect(self._show_all)
        self.buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        rows.addWidget(self.tree, 1)
        rows.addWidget(hint)
        rows.addWidget(self.buttons)
        self.tree.itemChanged.connect(self._on_changed)
        session.sequence_changed.connect(self.refresh)
        session.analysis_changed.connect(self.refresh)
        canvas.options_changed.connect(self._tick)
        self.refresh()

    def refresh(self) -> None:
        """List what the current labels hold."""
        self.tree.blockSignals(True)
        self.tree.clear()
        self._items = []
        labels = self._session.labels
        if labels is not None:
            names = [category.name for category in labels.categories]
            self._add_group("Categories", "categories", list(enumerate(names)))
            for key, values in self._attributes().items():
                entries = [((key, value), in_words(value)) for value in values[:MOST_VALUES]]
                self._add_group(key, "attributes", entries)
            kinds = sorted({str(flag.kind) for flag in self._session.flags})
            flagged = [(kind, glyphs.title_of(kind)) for kind in kinds]
            self._add_group("Open flags", "kinds", [*flagged, (UNFLAGGED, "Without a flag")])
        self.tree.blockSignals(False)
        self._tick()

    def _attributes(self) -> dict[str, list[AttributeValue]]:
        """Return the values in use of every attribute."""
        labels = self._session.labels
        if labels is None:
            return {}
        table = labels.table
        used = np.unique(table.flat.rows.attributes) if len(table) else ()
        values: dict[str, set[AttributeValue]] = {}
        for number in used:
            for key, value in table.attribute_sets[int(number)]:
                values.setdefault(key, set()).add(value)
        return {key: sorted(found, key=in_words) for key, found in sorted(values.items())}

    def _add_group(self, title: str, name: str, entries: list[tuple[Any, str]]) -> None:
        if not entries:
            return
        heading = QTreeWidgetItem([title])
        face = heading.font(WHAT)
        face.setBold(True)
        heading.setFont(WHAT, face)
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(heading)
        for value, words in entries:
            item = QTreeWidgetItem([f"    {words}"])
            self._items.append((item, name, value))
            item.setData(WHAT, Qt.ItemDataRole.AccessibleTextRole, f"{title}: {words}")
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
            )
            self.tree.addTopLevelItem(item)

    def _tick(self) -> None:
        """Show what is in force."""
        options = self._canvas.options
        self.tree.blockSignals(True)
        for item, name, value in self._items:
            is_hidden = value in getattr(options.hidden, name)
            is_locked = value in getattr(options.locked, name)
            item.setCheckState(SHOWN, _state(not is_hidden))
            item.setCheckState(LOCKED, _state(is_locked))
        self.tree.blockSignals(False)
        self.reset.setEnabled(bool(options.hidden or options.locked))

    def _on_changed(self, _item: QTreeWidgetItem, _column: int) -> None:
        """Take what the ticks say; tracks stay as the menu has them."""
        options = self._canvas.options
        hidden: dict[str, set[Any]] = {"categories": set(), "attributes": set(), "kinds": set()}
        locked: dict[str, set[Any]] = {name: set() for name in hidden}
        for item, name, value in self._items:
            if item.checkState(SHOWN) is Qt.CheckState.Unchecked:
                hidden[name].add(value)
            if item.checkState(LOCKED) is Qt.CheckState.Checked:
                locked[name].add(value)
        self._canvas.set_options(
            replace(
                options,
                hidden=_rule(options.hidden, hidden),
                locked=_rule(options.locked, locked),
            )
        )

    def _show_all(self) -> None:
        self._canvas.set_options(
            replace(self._canvas.options, hidden=ObjectRule(), locked=ObjectRule())
        )


def in_words(value: AttributeValue) -> str:
    """Return an attribute's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "empty" if value is None or value == "" else str(value)


def _state(is_on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked


def _rule(before: ObjectRule, sets: dict[str, set[Any]]) -> ObjectRule:
    return replace(before, **{name: frozenset(values) for name, values in sets.items()})
