"""What workers may do: change labels or only judge them, and what stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLineEdit,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
)

from trackproof.handoff.label_config import Follow
from trackproof.handoff.origin import result_attribute_for

if TYPE_CHECKING:
    from trackproof.handoff.lockable import Lockable

FOLLOWS = {
    "change the labels (adjustment)": Follow.ADJUSTMENT,
    "judge them, and change nothing (verification)": Follow.VERIFICATION,
}
assert set(FOLLOWS.values()) == set(Follow)
LIST_ROWS = 4


class WorkersFields:
    """Fields for the form of the export.

    Attributes
    ----------
    follow : QComboBox
        Adjustment or verification.
    locked : QTreeWidget
        Labels and attributes; ticked ones stay as they are.
    result : QLineEdit
        Label attribute name of the result; empty for one made from the labels' own.
    """

    def __init__(self) -> None:
        self.follow = QComboBox()
        self.follow.addItems(list(FOLLOWS))
        self.follow.setAccessibleName("Workers")
        self.locked = QTreeWidget()
        self.locked.setColumnCount(2)
        self.locked.setHeaderHidden(True)
        self.locked.setRootIsDecorated(False)
        self.locked.setAccessibleName("Stays as it is")
        self.locked.setToolTip("Tick what stays as it is; workers may change the rest")
        # Else the form hands the room below it to other rows.
        self.locked.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.locked.setFixedHeight(LIST_ROWS * self.locked.fontMetrics().lineSpacing() * 2)
        self.result = QLineEdit()
        self.result.setPlaceholderText("label attribute name (empty: made from the labels')")

    def add_to(self, form: QFormLayout) -> None:
        """Add a row for every field; a verification locks all, so nothing can be ticked then."""

        def show_locking(*_: object) -> None:
            form.setRowVisible(self.locked, self.chosen is Follow.ADJUSTMENT)

        self.follow.currentIndexChanged.connect(show_locking)
        form.addRow("Workers", self.follow)
        form.addRow("Stays as it is", self.locked)
        form.addRow("Result is called", self.result)

    def offer(self, names: Lockable, *, audited: str) -> None:
        """Show what can be kept, and what the result will be called."""
        ticked = set(self.locked_names)
        self.locked.clear()
        for name, what in (
            *((name, "label") for name in names.labels),
            *((name, "attribute") for name in names.attributes),
        ):
            item = QTreeWidgetItem([name, what])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_ticked = name in ticked
            item.setCheckState(0, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            self.locked.addTopLevelItem(item)
        self.locked.resizeColumnToContents(0)
        if audited:
            self.result.setPlaceholderText(f"{result_attribute_for(audited)}  (unless you say)")

    @property
    def chosen(self) -> Follow:
        """What workers may do."""
        return FOLLOWS[self.follow.currentText()]

    @property
    def locked_names(self) -> tuple[str, ...]:
        """Names of the labels and attributes that stay as they are."""
        items = [self.locked.topLevelItem(row) for row in range(self.locked.topLevelItemCount())]
        return tuple(
            item.text(0)
            for item in items
            if item is not None and item.checkState(0) == Qt.CheckState.Checked
        )
