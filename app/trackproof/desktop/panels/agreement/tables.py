"""Tables of a comparison: objects of both sets, and categories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from trackproof.agreement import Scores, TrackRow
from trackproof.agreement.tables import SCORE_COLUMNS, TRACK_COLUMNS
from trackproof.desktop.panels.objects.panel import swatch
from trackproof.desktop.panels.search_table import SearchTable
from trackproof.desktop.panels.table import RECORD_ROLE, Column, TableModel, fit_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QColor, QIcon

    from trackproof.agreement.tables import Column as Number
    from trackproof.desktop.panels.agreement.shown import Shown
    from trackproof.desktop.session import Session

Subject = TypeVar("Subject")
NAME_WIDTH = 110
EVERYTHING = "all"
MANY = 30
"""More rows than this can be searched; fewer have more room without the field."""


class Subjects(StrEnum):
    """What the rows of the table are."""

    OBJECTS = "Objects on screen"
    OTHERS = "Objects of the other set"
    CATEGORIES = "Categories"


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category with its scores."""

    name: str
    scores: Scores


class AgreementTables(QStackedWidget):
    """Three tables, one shown; a click goes to the object, Enter to its worst frame."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_following = False
        self._objects = TableModel(self._track_columns(has_colour=True), self)
        self._others = TableModel(self._track_columns(has_colour=False), self)
        self._categories = TableModel(_category_columns(), self)
        self._lists = {
            Subjects.OBJECTS: SearchTable(self._objects, "objects"),
            Subjects.OTHERS: SearchTable(self._others, "objects of the other set"),
            Subjects.CATEGORIES: SearchTable(self._categories, "categories"),
        }
        for subjects, table in self._lists.items():
            self.addWidget(table)
            model: TableModel[Any] = table.view.model()  # type: ignore[assignment]
            table.field.textChanged.connect(model.search)
            if subjects is not Subjects.CATEGORIES:
                table.view.clicked.connect(self._on_clicked)
                table.view.activated.connect(self._on_activated)
        session.track_changed.connect(self._follow)

    @property
    def records(self) -> Sequence[Any]:
        """Rows of the table on screen."""
        model: TableModel[Any] = self._shown().view.model()  # type: ignore[assignment]
        return model.records

    def show_subjects(self, subjects: Subjects) -> None:
        """Show another table."""
        self.setCurrentWidget(self._lists[subjects])

    def show_comparison(self, shown: Shown) -> None:
        """Fill all tables."""
        self._objects.show_records(list(shown.objects))
        self._others.show_records(list(shown.others))
        scores = {EVERYTHING: shown.agreement.overall, **shown.agreement.by_category}
        self._categories.show_records([CategoryRow(*item) for item in scores.items()])
        for table in self._lists.values():
            model: TableModel[Any] = table.view.model()  # type: ignore[assignment]
            if model.records:
                table.show_table(is_searchable=len(model.records) > MANY)
                fit_columns(table.view, model, first=NAME_WIDTH)
            else:
                table.say("Nothing here", "This set has no annotation in the compared frames.")
        self._follow(self._session.track)

    def _shown(self) -> SearchTable:
        shown = self.currentWidget()
        return shown if isinstance(shown, SearchTable) else self._lists[Subjects.OBJECTS]

    def _follow(self, track: int) -> None:
        places = (i for i, row in enumerate(self._objects.records) if row.track == track)
        self._lists[Subjects.OBJECTS].mark(next(places, None), scrolls=True)

    def _on_clicked(self, index: QModelIndex) -> None:
        row = index.data(RECORD_ROLE)
        if isinstance(row, TrackRow):
            self._select(row, is_own=index.model() is self._objects)

    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(RECORD_ROLE)
        if isinstance(row, TrackRow):
            self._session.go_to(row.worst_frame, origin=self)
            self._select(row, is_own=index.model() is self._objects)

    def _select(self, row: TrackRow, *, is_own: bool) -> None:
        """Select the object on screen, or the partner of one of the other set, and go to it."""
        track = row.track if is_own else row.partner_track
        if track >= 0:
            self._session.select_track(track)
        if not row.first <= self._session.frame <= row.last:
            self._session.go_to(row.worst_frame, origin=self)

    def _track_columns(self, *, has_colour: bool) -> list[Column[TrackRow]]:
        columns = [_shown_as(number) for number in TRACK_COLUMNS]
        if has_colour:
            first = columns[0]
            columns[0] = Column(
                first.title, first.text, first.key, first.tip, decoration=self._swatch
            )
        columns.append(
            Column(
                "Worst",
                lambda row: f"{row.worst_frame}",
                lambda row: row.worst_frame,
                "Frame where it is alone or agrees least; Enter or a double click goes there",
                is_number=True,
            )
        )
        return columns

    def _swatch(self, row: TrackRow) -> QIcon:
        colour: QColor = self._session.theme.track_colour(row.track)
        return swatch(colour)


def _category_columns() -> list[Column[CategoryRow]]:
    columns: list[Column[CategoryRow]] = [
        Column("Category", lambda row: row.name, lambda row: row.name.casefold())
    ]
    for number in SCORE_COLUMNS:
        columns.append(_of_scores(number))
    return columns


def _of_scores(number: Number[Scores]) -> Column[CategoryRow]:
    shown = _shown_as(number)
    return Column(
        shown.title,
        lambda row: shown.text(row.scores),
        lambda row: shown.key(row.scores),
        shown.tip,
        is_number=True,
    )


def _shown_as(number: Number[Subject]) -> Column[Subject]:
    """Return a number of a comparison as a column of a table."""

    def key(subject: Subject) -> float | str:
        value = number.value(subject)
        if isinstance(value, str):
            return value.casefold()
        return -1.0 if math.isnan(value) else float(value)

    is_number = number.key not in ("object", "category", "partners")
    return Column(number.title, number.text, key, number.tip, is_number=is_number)
