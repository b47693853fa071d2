"""The queue as a list model: words are made when a row is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from trackproof.desktop import glyphs
from trackproof.desktop.panels.naming import frames_in_words, score_in_words
from trackproof.desktop.panels.queue.rows import FlagRow, Heading
from trackproof.desktop.verdicts import STATUS_WORDS

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from trackproof.checks import Flag
    from trackproof.desktop.panels.queue.rows import Row

ROW_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Rows of flags and headings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._place: dict[tuple[int, str], int] = {}

    def show_rows(self, rows: list[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = rows
        self._place = {row.key: place for place, row in enumerate(rows) if isinstance(row, FlagRow)}
        self.endResetModel()

    def replace_row(self, row: FlagRow) -> None:
        """Put another row in the place of the one with the same flag."""
        place = self._place.get(row.key)
        if place is not None:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, headings included."""
        return tuple(self._rows)

    @property
    def flag_rows(self) -> tuple[FlagRow, ...]:
        """Flags as shown, without headings."""
        return tuple(row for row in self._rows if isinstance(row, FlagRow))

    @property
    def shown_flags(self) -> tuple[Flag, ...]:
        """Flags as shown."""
        return tuple(row.flag for row in self.flag_rows)

    def shown_of(self, index: int) -> tuple[Flag, ...]:
        """Return the flags of one sequence as shown."""
        return tuple(row.flag for row in self.flag_rows if row.index == index)

    def members(self, place: int) -> range:
        """Return the rows below a heading, up to the next one."""
        end = next(
            (i for i in range(place + 1, len(self._rows)) if isinstance(self._rows[i], Heading)),
            len(self._rows),
        )
        return range(place + 1, end)

    def place_of(self, key: tuple[int, str]) -> int | None:
        """Return the row of a flag, None when it is filtered out."""
        return self._place.get(key)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself, or its words."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, Heading):
            title = f"{row.title}, {row.open} open of {row.count}; a click selects them all"
            return title if role in SPOKEN_ROLES else None
        if role in SPOKEN_ROLES:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row: headings cannot be selected."""
        if index.isValid() and isinstance(self._rows[index.row()], FlagRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags


SPOKEN_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def spoken(row: FlagRow) -> str:
    """Return a flag as one sentence for screen readers and copying."""
    entry = row.entry
    return (
        f"{glyphs.title_of(entry.kind)}, {' and '.join(entry.objects)}, "
        f"frame {frames_in_words(row.flag)}, {entry.evidence}, {STATUS_WORDS[entry.status]}"
    )


def tip(row: FlagRow) -> str:
    """Return a flag's whole evidence, and the keys that judge it."""
    entry = row.entry
    lines = [
        f"<b>{glyphs.title_of(entry.kind)}</b>, {' and '.join(entry.objects)}, "
        f"frame {frames_in_words(row.flag)}",
        entry.evidence,
        f"score {score_in_words(entry.score)}, found by {', '.join(entry.checks)}",
        f"<i>{entry.comment}</i>" if entry.comment else "",
        "Enter takes the expected box, X says the label is right",
    ]
    return "<br>".join(line for line in lines if line)
