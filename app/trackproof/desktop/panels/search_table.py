"""A table with a search field above it, and words where it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.keys import KeyKeeper
from trackproof.desktop.panels.table import table_view

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from trackproof.desktop.panels.table import TableModel


LEAST_COLUMNS = 2


class SearchTable(QWidget):
    """Search field, table, and what stands in its place while there is nothing to list.

    Parameters
    ----------
    name : str
        What is listed, for people: ``objects``.
    """

    def __init__(self, model: TableModel[Any], name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.field = QLineEdit()
        self.field.setPlaceholderText(f"Search {name}")
        self.field.setAccessibleName(f"Search {name}")
        self.field.setClearButtonEnabled(True)
        self.field.returnPressed.connect(self._enter_list)
        self.view = table_view(model, name.capitalize())
        self.view.installEventFilter(KeyKeeper(self))
        self._empty = EmptyState("")
        self._stack = QStackedLayout()
        self._above = QWidget()
        above = QVBoxLayout(self._above)
        above.setContentsMargins(8, 0, 8, 0)
        above.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._above)
        # First the parent: a stacked layout without one shows its first page as a window.
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many columns as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out the last columns that would be cut: a wider panel shows them."""
        headings = self.view.horizontalHeader()
        # Off while widths are asked for: a stretched column says what it has, not what it needs.
        headings.setStretchLastSection(False)
        room = self.view.viewport().width()
        for place in range(self._model.columnCount()):
            is_hidden = self.view.isColumnHidden(place)
            if is_hidden:
                self.view.showColumn(place)
            room -= headings.sectionSize(place)
            if room < 0 and place >= LEAST_COLUMNS:
                self.view.hideColumn(place)
        headings.setStretchLastSection(True)

    def _enter_list(self) -> None:
        """Go from the search field to the first row found."""
        if self._model.rowCount() and self._stack.currentWidget() is self.view:
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.mark(0, scrolls=True)

    def show_table(self, *, is_searchable: bool = True) -> None:
        """Show the table."""
        self._stack.setCurrentWidget(self.view)
        self.fit()
        self._above.setVisible(is_searchable)

    def say(self, title: str, hint: str) -> None:
        """Show words instead of the table."""
        self._empty.say(title, hint)
        self._stack.setCurrentWidget(self._empty)

    def mark(self, row: int | None, *, scrolls: bool = False) -> None:
        """Make a row the current one; None for no row."""
        if row is None:
            self.view.clearSelection()
            return
        index, chosen = self._model.index(row, 0), self.view.selectionModel()
        if chosen.currentIndex() == index and chosen.isSelected(index):
            return
        how = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
        if scrolls:
            self.view.scrollTo(index)
