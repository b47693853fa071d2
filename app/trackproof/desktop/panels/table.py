"""A table of records: columns are objects, words are made when a cell is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from trackproof.desktop.theme import ROW_HEIGHT, font

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject

Record = TypeVar("Record")
Index = QModelIndex | QPersistentModelIndex

RECORD_ROLE = Qt.ItemDataRole.UserRole

SAMPLE = 100
CELL_MARGIN = 18
DECORATION = 18


@dataclass(frozen=True, slots=True)
class Column(Generic[Record]):
    """One column.

    Parameters
    ----------
    title : str
        Heading.
    text : callable
        What a cell says.
    key : callable
        What it is sorted by.
    tip : str
        What the heading means.
    is_number : bool
        Numbers stand on the right and are sorted from large to small first.
    decoration : callable or None
        Colour or icon in front of the text.
    ink : callable or None
        Colour of the text; None for the ordinary one.
    """

    title: str
    text: Callable[[Record], str]
    key: Callable[[Record], Any]
    tip: str = ""
    is_number: bool = False
    decoration: Callable[[Record], Any] | None = None
    ink: Callable[[Record], Any] | None = None


class TableModel(QAbstractTableModel, Generic[Record]):
    """Records that can be sorted and searched."""

    def __init__(self, columns: Sequence[Column[Record]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._all: list[Record] = []
        self._shown: list[Record] = []
        self._words = ""
        self._sort: tuple[int, Qt.SortOrder] | None = None

    @property
    def columns(self) -> tuple[Column[Record], ...]:
        """Its columns."""
        return self._columns

    @property
    def records(self) -> tuple[Record, ...]:
        """Records on screen, in order."""
        return tuple(self._shown)

    def show_records(self, records: list[Record]) -> None:
        """Replace all records; search and order stay."""
        self._all = records
        self._arrange()

    def search(self, words: str) -> None:
        """Show the records in which all words occur."""
        self._words = words.casefold()
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 restores the order given."""
        self._sort = (column, order) if column >= 0 else None
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        words = self._words.split()
        shown = list(self._all)  # most tables are searched by their owner, and some are long
        if words:
            shown = [one for one in shown if all(word in self._spoken(one) for word in words)]
        if self._sort is not None:
            column, order = self._sort
            is_down = order == Qt.SortOrder.DescendingOrder
            shown.sort(key=self._columns[column].key, reverse=is_down)
        self._shown = shown
        self.endResetModel()

    def _spoken(self, record: Record) -> str:
        return " ".join(
            column.text(record) for column in self._columns if not column.is_number
        ).casefold()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of records shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says, or the record."""
        if not index.isValid():
            return None
        record, column = self._shown[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(record)
        if role == RECORD_ROLE:
            return record
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and column.decoration is not None:
            return column.decoration(record)
        if role == Qt.ItemDataRole.ForegroundRole and column.ink is not None:
            return column.ink(record)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def table_view(model: TableModel[Any], name: str) -> QTableView:
    """Return a calm table: whole rows, no grid, sorted by a click on a heading."""
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(name)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setBackgroundRole(QPalette.ColorRole.Base)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = view.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(max(ROW_HEIGHT - 4, view.fontMetrics().height() + 8))
    headings = view.horizontalHeader()
    headings.setFont(font("small"))
    headings.setHighlightSections(False)
    headings.setSortIndicatorClearable(True)
    headings.setMinimumSectionSize(28)
    view.setSortingEnabled(True)
    headings.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    return view


def fit_columns(
    view: QTableView, model: TableModel[Any], *, first: int, longest: int = 160
) -> None:
    """Give each column the width of its longest words, the first one at least ``first``.

    Only the longest of a sample is measured: asking the view to measure every cell took 30 ms.
    """
    metrics, headings = view.fontMetrics(), view.horizontalHeader().fontMetrics()
    for place, column in enumerate(model.columns):
        words = max((column.text(one) for one in model.records[:SAMPLE]), key=len, default="")
        width = metrics.horizontalAdvance(words) + (DECORATION if column.decoration else 0)
        width = max(width, headings.horizontalAdvance(column.title)) + CELL_MARGIN
        view.setColumnWidth(place, max(first, min(width, longest)) if place == 0 else width)
