"""All objects of the sequence, with how steady their boxes are."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.objects.rows import ObjectRow, Summed, object_rows, summed
from trackproof.desktop.panels.search_table import SearchTable
from trackproof.desktop.panels.table import (
    RECORD_ROLE,
    Column,
    TableModel,
    fit_columns,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPoint

    from trackproof.desktop.session import Session

AFTER_MS = 150
"""An edit, its verdict, its check and the new sums are told in a row, and shown at once."""
SWATCH = 10
NAME_WIDTH = 110


class ObjectsPanel(QWidget):
    """Table of tracks; a click selects, Enter goes to the worst frame."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._summed: Summed | None = None
        self._rows: list[ObjectRow] = []
        self._is_following = False
        self._has_fitted = False
        self.setAccessibleName("Objects")
        self.model: TableModel[ObjectRow] = TableModel(self._columns(), self)
        self._list = SearchTable(self.model, "objects")
        self._table = self._list.view
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)
        self._list.field.textChanged.connect(self._on_search)
        self._table.selectionModel().currentRowChanged.connect(self._on_current)
        self._table.activated.connect(self._on_activated)
        self._table.customContextMenuRequested.connect(self._ask_menu)
        session.sequence_changed.connect(self._on_sequence)
        self._later = Later(self, self.refresh, after_ms=AFTER_MS)
        self._following = Later(self, self._follow_track)
        session.labels_changed.connect(self._later.ask)
        session.analysis_changed.connect(self._on_analysis)
        session.verdict_changed.connect(self._later.ask)
        session.track_changed.connect(self._following.ask)
        session.theme_changed.connect(self._on_theme)
        self.refresh()
        self._on_analysis()

    def _columns(self) -> list[Column[ObjectRow]]:
        return [
            Column("Object", lambda r: r.name, _natural, decoration=self._swatch),
            Column(
                "Flags",
                lambda r: f"{r.flags}" if r.flags else "",
                lambda r: r.flags,
                "Open flags",
                is_number=True,
            ),
            Column("Category", lambda r: r.category, lambda r: r.category.casefold()),
            Column(
                "Boxes",
                lambda r: f"{r.boxes:,}",
                lambda r: r.boxes,
                "Frames in which it has a box",
                is_number=True,
            ),
            Column(
                "From", lambda r: f"{r.first}", lambda r: r.first, "First frame", is_number=True
            ),
            _iou_column("Mean", "mean", "Mean overlap with the frame before"),
            _iou_column("Median", "median", "Median overlap with the frame before"),
            _iou_column("Mode", "mode", "Most frequent overlap with the frame before"),
            _iou_column("Min", "minimum", "Lowest overlap with the frame before"),
            Column(
                "Low",
                lambda r: f"{r.summary.share_under_limit:.0%}" if r.summary else "",
                lambda r: r.summary.share_under_limit if r.summary else 0.0,
                "Share of its frames in which the overlap is under the limit",
                is_number=True,
            ),
            Column(
                "Worst",
                lambda r: f"{r.worst}" if r.summary else "",
                lambda r: r.worst,
                "Frame of the lowest overlap; Enter or a double click goes there",
                is_number=True,
            ),
        ]

    def _swatch(self, row: ObjectRow) -> QIcon:
        return swatch(self._session.theme.track_colour(row.track))

    # -- keeping up

    def refresh(self, *_values: object) -> None:
        """Show the tracks that the session holds now."""
        self._later.settle()
        labels = self._session.labels
        if labels is None:
            self._show([], "No labels yet", "Open labels to list their objects.")
            return
        open_flags = Counter(flag.track for flag in self._session.open_flags)
        summaries = self._summed.tracks if self._summed is not None else {}
        rows = object_rows(labels, summaries, open_flags)
        self._show(rows, "No objects over time", "These labels do not say who is who.")

    def _show(self, rows: list[ObjectRow], title: str, hint: str) -> None:
        if rows == self._rows and rows:
            return
        self._rows = rows
        self._is_following = True
        self.model.show_records(rows)
        self._is_following = False
        if rows:
            self._list.show_table()
        else:
            self._list.say(title, hint)
        if rows and not self._has_fitted:
            self._has_fitted = True
            fit_columns(self._table, self.model, first=NAME_WIDTH)
            self._list.fit()
        self._follow(self._session.track)

    def _on_theme(self, _theme: object) -> None:
        self._rows = []
        self.refresh()

    def _on_sequence(self) -> None:
        self._summed = None
        self._has_fitted = False
        self._later.ask()

    def _on_analysis(self) -> None:
        self._later.ask()
        analysis, before = self._session.analysis, self._summed
        if analysis is not None:
            self._session.tasks.start(
                "Summing up objects",
                lambda _progress: summed(analysis, before),
                succeeded=self._take_summaries,
                failed=self._on_failed,
                line="objects",
                is_quiet=True,
            )

    def _take_summaries(self, found: Summed) -> None:
        if found.analysis is self._session.analysis:
            self._has_fitted = self._has_fitted and self._summed is not None
            self._summed = found
            self.refresh()

    def _on_failed(self, error: BaseException) -> None:
        self._session.message.emit(banner_of_error(error, doing="summing up objects"))

    def _on_search(self, words: str) -> None:
        self._is_following = True
        self.model.search(words)
        self._is_following = False
        self._follow(self._session.track)

    # -- selection

    def _follow_track(self) -> None:
        self._follow(self._session.track)

    def _follow(self, track: int) -> None:
        self._following.settle()
        self._is_following = True
        records = self.model.records
        place = next((i for i, row in enumerate(records) if row.track == track), None)
        self._list.mark(place, scrolls=True)
        self._is_following = False

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = current.data(RECORD_ROLE)
        if isinstance(row, ObjectRow) and not self._is_following:
            self._session.select_track(row.track)
            if not row.first <= self._session.frame <= row.last:
                self._session.go_to(row.first, origin=self)

    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(RECORD_ROLE)
        if isinstance(row, ObjectRow):
            self._session.select_track(row.track)
            self._session.go_to(row.worst, origin=self)

    def _ask_menu(self, place: QPoint) -> None:
        row = self._table.indexAt(place).data(RECORD_ROLE)
        if not isinstance(row, ObjectRow):
            return
        menu = QMenu(self)
        go = self._session.go_to
        menu.addAction("Go to the first frame", lambda: go(row.first, origin=self))
        menu.addAction("Go to the last frame", lambda: go(row.last, origin=self))
        menu.addAction("Go to the lowest overlap", lambda: go(row.worst, origin=self))
        menu.addSeparator()
        for action_id in ("view.isolate", "view.hide", "view.show_all"):
            action = self.window().findChild(QAction, action_id)
            if action is not None:
                menu.addAction(action)
        menu.exec(self._table.viewport().mapToGlobal(place))


def swatch(colour: QColor) -> QIcon:
    """Return a small square of a colour, the same one in a selected row."""
    return _swatch_of(colour.rgba())


@cache
def _swatch_of(rgba: int) -> QIcon:
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromRgba(rgba))
    painter.drawRoundedRect(pixmap.rect(), 2, 2)
    painter.end()
    icon = QIcon(pixmap)
    # Qt tints what is selected, and a track's colour would be another one there.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _natural(row: ObjectRow) -> tuple[str, int, str]:
    """Sort ``Vehicle:2`` before ``Vehicle:10``."""
    head, _, tail = row.name.rpartition(":")
    return (head.casefold(), int(tail), "") if tail.isdecimal() else (row.name.casefold(), -1, tail)


def _iou_column(title: str, field: str, tip: str) -> Column[ObjectRow]:
    def value(row: ObjectRow) -> float:
        return float(getattr(row.summary, field)) if row.summary else math.nan

    def text(row: ObjectRow) -> str:
        found = value(row)
        return "" if math.isnan(found) else f"{found:.2f}"

    def key(row: ObjectRow) -> float:
        found = value(row)
        return -1.0 if math.isnan(found) else found

    return Column(title, text, key, f"{tip} (IoU)", is_number=True)
