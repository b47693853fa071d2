"""A round in numbers: flags by check, and time, by person only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from trackproof.handoff.outcomes_round import Round
    from trackproof.handoff.responses import Effort


def check_table(one: Round) -> QWidget:
    """Return how many flags of each check were real, in this round."""
    table = _table(["Check", "Real", "Not real", "Real share"])
    for name, count in one.checks.items():
        share = f"{count.precision:.0%}" if count.real + count.not_real else ""
        words = [name.replace("_", " "), f"{count.real:,}", f"{count.not_real:,}", share]
        _add(table, words)
    table.setAccessibleName("Flags by check")
    return table


def effort_table(effort: Effort) -> QWidget:
    """Return the time of all; who took how long is hidden until asked for."""
    page = QWidget()
    column = QVBoxLayout(page)
    total = QLabel(f"{counted(effort.answers, 'answer')} in {effort.time_s / 60:,.0f} min.")
    by_person = QCheckBox("Show it by person")
    by_person.setToolTip("Ids of workers are personal data; they are in no report")
    table = _table(["Worker", "Minutes"])
    for name, spent_s in effort.by_worker_s.items():
        _add(table, [name, f"{spent_s / 60:,.1f}"])
    table.hide()
    table.setAccessibleName("Time by person")
    by_person.toggled.connect(table.setVisible)
    column.addWidget(total)
    column.addWidget(by_person)
    column.addWidget(table, 1)
    column.addStretch(0)
    by_person.setObjectName("by_person")
    column.setAlignment(Qt.AlignmentFlag.AlignTop)
    return page


def _table(headings: list[str]) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(headings)
    table.setRootIsDecorated(False)
    header = table.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    for column in range(1, len(headings)):
        table.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
    return table


def _add(table: QTreeWidget, words: list[str]) -> None:
    item = QTreeWidgetItem(words)
    for column in range(1, len(words)):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
    table.addTopLevelItem(item)
