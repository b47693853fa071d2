"""All sequences of what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.keys import KeyKeeper
from trackproof.desktop.panels.sequences.board import SequenceBoard, Standing, State
from trackproof.desktop.panels.table import (
    RECORD_ROLE,
    Column,
    TableModel,
    fit_columns,
    table_view,
)
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex

    from trackproof.desktop.session import Session

NAME_WIDTH = 120
SIGNS = {
    State.UNCHECKED: "·",
    State.CHECKING: "…",
    State.OPEN: "○",
    State.DONE: "✓",
    State.CLEAN: "✓",
    State.FAILED: "!",
}
assert set(SIGNS) == set(State)


class SequencesPanel(QWidget):
    """Table of sequences; Enter or a double click opens one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.board = SequenceBoard.of(session)
        self._has_fitted = False
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Sequences")
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search sequences")
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName("Search sequences")
        self._totals = QLabel()
        self._totals.setFont(font("small"))
        self._totals.setProperty("dim", "true")
        self._totals.setContentsMargins(8, 0, 8, 4)
        self.model: TableModel[Standing] = TableModel(self._columns(), self)
        self._table = table_view(self.model, "Sequences")
        self._table.installEventFilter(KeyKeeper(self))
        self._empty = EmptyState("Nothing is open", "Open labels, or drop them on the window.")
        self._stack = QStackedLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        self._box = QWidget()
        box = QVBoxLayout(self._box)
        box.setContentsMargins(8, 0, 8, 0)
        box.addWidget(self._search)
        column.addWidget(self._box)
        column.addLayout(self._stack, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        column.addWidget(self._totals)
        self._search.textChanged.connect(self.model.search)
        self._table.activated.connect(self._on_activated)
        self.board.changed.connect(self.refresh)
        session.theme_changed.connect(self.refresh)
        self.refresh()

    def _columns(self) -> list[Column[Standing]]:
        return [
            Column(
                "Sequence",
                lambda s: f"{SIGNS[s.state]}  {s.name}",
                lambda s: s.name.casefold(),
                ink=self._ink,
            ),
            Column(
                "Left",
                lambda s: f"{s.left}" if s.flags else "",
                lambda s: s.left,
                "Flags without a verdict",
                is_number=True,
            ),
            Column(
                "Done",
                lambda s: f"{s.judged / s.flags:.0%}" if s.flags else "",
                lambda s: s.judged / s.flags if s.flags else 1.0,
                "Share of its flags with a verdict",
                is_number=True,
            ),
            Column("State", lambda s: s.state, lambda s: list(State).index(s.state)),
            Column("Frames", lambda s: f"{s.frames:,}", lambda s: s.frames, is_number=True),
            Column("Objects", lambda s: f"{s.objects:,}", lambda s: s.objects, is_number=True),
            Column("Boxes", lambda s: f"{s.boxes:,}", lambda s: s.boxes, is_number=True),
            Column("Size", lambda s: s.size, lambda s: s.size, "Width and height of its frames"),
        ]

    def _ink(self, standing: Standing) -> QColor:
        theme = self._session.theme
        if standing.state is State.FAILED:
            return theme.danger
        return theme.text_dim if standing.is_finished else theme.text

    def refresh(self, *_values: object) -> None:
        """Show how every sequence stands now."""
        standings = self.board.standings
        self.model.show_records(standings)
        self._stack.setCurrentWidget(self._table if standings else self._empty)
        self._box.setVisible(len(standings) > 1)
        self._totals.setVisible(len(standings) > 1)
        finished = sum(standing.is_finished for standing in standings)
        left = sum(standing.left for standing in standings)
        self._totals.setText(f"{finished} of {len(standings)} finished, {left:,} flags left")
        if standings and not self._has_fitted:
            fit_columns(self._table, self.model, first=NAME_WIDTH, longest=240)
        self._has_fitted = bool(standings)
        self._follow()

    def _follow(self) -> None:
        places = [s.index for s in self.model.records]
        if self._session.index in places:
            index = self.model.index(places.index(self._session.index), 0)
            how = QItemSelectionModel.SelectionFlag
            self._table.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)

    def _on_activated(self, index: QModelIndex) -> None:
        standing = index.data(RECORD_ROLE)
        if isinstance(standing, Standing):
            self._session.open_sequence(standing.index)
