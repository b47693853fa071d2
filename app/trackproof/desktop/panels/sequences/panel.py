"""All sequences of what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from trackproof.desktop.panels.search_table import SearchTable
from trackproof.desktop.panels.sequences.board import SequenceBoard, Standing, State
from trackproof.desktop.panels.table import (
    RECORD_ROLE,
    Column,
    TableModel,
    fit_columns,
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
        self._totals = QLabel()
        self._totals.setFont(font("small"))
        self._totals.setProperty("dim", "true")
        self._totals.setContentsMargins(8, 0, 8, 4)
        self.model: TableModel[Standing] = TableModel(self._columns(), self)
        self._list = SearchTable(self.model, "sequences")
        self._table = self._list.view
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._list, 1)
        column.addWidget(self._totals)
        self._list.field.textChanged.connect(self.model.search)
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
        if standings:
            self._list.show_table(is_searchable=len(standings) > 1)
        else:
            self._list.say("Nothing is open", "Open labels, or drop them on the window.")
        self._totals.setVisible(len(standings) > 1)
        finished = sum(standing.is_finished for standing in standings)
        left = sum(standing.left for standing in standings)
        self._totals.setText(f"{finished} of {len(standings)} finished, {left:,} flags left")
        if standings and not self._has_fitted:
            fit_columns(self._table, self.model, first=NAME_WIDTH, longest=240)
            self._list.fit()
        self._has_fitted = bool(standings)
        self._follow()

    def _follow(self) -> None:
        places = [s.index for s in self.model.records]
        index = self._session.index
        self._list.mark(places.index(index) if index in places else None)

    def _on_activated(self, index: QModelIndex) -> None:
        standing = index.data(RECORD_ROLE)
        if isinstance(standing, Standing):
            self._session.open_sequence(standing.index)
