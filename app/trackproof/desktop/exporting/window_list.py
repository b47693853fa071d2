"""The windows of an export as a list whose first and last frames can be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSpinBox,
    QStyledItemDelegate,
    QTreeWidget,
    QTreeWidgetItem,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent, QMouseEvent
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    Index = QModelIndex | QPersistentModelIndex

HEADINGS = ("Sequence", "First frame", "Last frame", "Frames", "Flags")
FIRST, LAST = 1, 2
EDITABLE = Qt.ItemFlag.ItemIsEditable
PLACE_ROLE = Qt.ItemDataRole.UserRole
MOST_ROLE = Qt.ItemDataRole.UserRole + 1


class Row(NamedTuple):
    """One window; ``lane`` and ``window`` say which, ``length`` is that of its sequence."""

    lane: int
    window: int
    sequence: str
    first: int
    last: int
    flags: int
    length: int


class WindowList(QTreeWidget):
    """One line per window; tells what a person typed and chose."""

    edge_typed = Signal(int, int, bool, int)
    """Lane, window, whether its first frame, and the frame."""
    selection_moved = Signal()
    looked_at = Signal(int, int)
    """Lane and frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._is_editable = True
        self._typed: set[int] = set()
        self.setHeaderLabels(list(HEADINGS))
        self.setRootIsDecorated(False)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(_FrameDelegate(self))
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(HEADINGS)):
            # Not to their contents: that measures every row again for every number that changes.
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName("Windows that workers will see")
        self.setToolTip(
            "Double-click a first or last frame to change it (F2, Shift+F2), any other place to "
            "look at the window"
        )
        self.itemChanged.connect(self._on_changed)
        self.itemSelectionChanged.connect(self.selection_moved)

    def show_rows(self, rows: Sequence[Row], *, is_editable: bool) -> None:
        """Show windows; lines stay the same objects, so that an editor that is open survives."""
        with QSignalBlocker(self):
            while self.topLevelItemCount() > len(rows):
                self.takeTopLevelItem(self.topLevelItemCount() - 1)
            is_other = is_editable != self._is_editable
            for number, row in enumerate(rows[: self.topLevelItemCount()]):
                item = self.topLevelItem(number)
                is_stale = row != self._rows[number] or is_other or number in self._typed
                if item is not None and is_stale:
                    _fill(item, row, is_editable=is_editable)
            fresh = [QTreeWidgetItem() for _ in rows[self.topLevelItemCount() :]]
            for item, row in zip(fresh, rows[self.topLevelItemCount() :], strict=True):
                _fill(item, row, is_editable=is_editable)
            self.addTopLevelItems(fresh)
        if fresh:
            for column in range(1, len(HEADINGS)):
                self.resizeColumnToContents(column)
        self._rows, self._is_editable = tuple(rows), is_editable
        self._typed.clear()

    def selected(self) -> list[tuple[int, int]]:
        """Return the chosen windows as (lane, window), in order."""
        return sorted(tuple(item.data(0, PLACE_ROLE)) for item in self.selectedItems())

    def choose(self, places: Collection[tuple[int, int]]) -> None:
        """Choose windows without telling anybody, and show the first of them."""
        with QSignalBlocker(self):
            self.clearSelection()
            chosen = [
                item
                for number in range(self.topLevelItemCount())
                if (item := self.topLevelItem(number)) is not None
                and tuple(item.data(0, PLACE_ROLE)) in places
            ]
            if chosen:
                self.setCurrentItem(chosen[0], max(self.currentColumn(), 0))
                self.clearSelection()
            for item in chosen:
                item.setSelected(True)
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change a frame, or look at the window."""
        item = self.itemAt(event.position().toPoint())
        column = self.columnAt(int(event.position().x()))
        if item is None:
            return
        if column in (FIRST, LAST) and item.flags() & EDITABLE:
            self.editItem(item, column)
            return
        lane, _ = item.data(0, PLACE_ROLE)
        frame = item.data(FIRST, Qt.ItemDataRole.EditRole)
        self.looked_at.emit(lane, frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change a frame, or leave the key to the editor around; never search by letters."""
        item = self.currentItem()
        if event.key() == Qt.Key.Key_F2 and item is not None and item.flags() & EDITABLE:
            is_last = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.editItem(item, LAST if is_last else FIRST)
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_changed(self, item: QTreeWidgetItem, column: int) -> None:
        if column in (FIRST, LAST):
            # What was typed may not be what is taken, and then it has to be written over.
            self._typed.add(self.indexOfTopLevelItem(item))
            lane, window = item.data(0, PLACE_ROLE)
            frame = item.data(column, Qt.ItemDataRole.EditRole)
            self.edge_typed.emit(lane, window, column == FIRST, int(frame))


def _fill(item: QTreeWidgetItem, row: Row, *, is_editable: bool) -> None:
    flags = item.flags() | EDITABLE if is_editable else item.flags() & ~EDITABLE
    if flags != item.flags():  # costs a view milliseconds each, changed or not
        item.setFlags(flags)
    item.setText(0, row.sequence)
    item.setData(0, PLACE_ROLE, (row.lane, row.window))
    item.setData(0, MOST_ROLE, row.length - 1)
    numbers = (row.first, row.last, row.last - row.first + 1, row.flags)
    for column, number in enumerate(numbers, start=1):
        item.setData(column, Qt.ItemDataRole.EditRole, number)
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _FrameDelegate(QStyledItemDelegate):
    """Lets first and last frames be typed, between the ends of the sequence."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a number field that ends with the sequence."""
        field = QSpinBox(parent)
        field.setFrame(False)
        field.setMaximum(int(index.sibling(index.row(), 0).data(MOST_ROLE)))
        return field
