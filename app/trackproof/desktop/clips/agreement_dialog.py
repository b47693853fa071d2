"""How the workers of a job agree, as numbers with what they mean."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from trackproof.clips.words import agreement_words, number
from trackproof.desktop.theme import GRID

if TYPE_CHECKING:
    from trackproof.desktop.clips.session import ClipSession

NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AgreementDialog(QDialog):
    """Kappa and alpha over all clips, each pair of workers, and each worker's record."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        board = session.board
        self.setWindowTitle("How workers agree")
        self.resize(560, 560)
        self.summary = QLabel(agreement_words(board.agreement))
        self.summary.setWordWrap(True)
        self.pairs = self._table(["Workers", "Clips in common", "Same label", "Cohen's kappa"])
        for pair in board.agreement.pairs:
            self._add(
                self.pairs,
                f"{pair.first + 1} and {pair.second + 1}",
                f"{pair.items:,}",
                f"{pair.share:.0%}",
                number(pair.kappa),
            )
        self.workers = self._table(["Worker", "Answers", "Estimated share right"])
        answered = (board.answers.by_worker() >= 0).sum(axis=0)
        for worker, count in enumerate(answered.tolist()):
            share = board.estimate.reliability(worker)
            right = "–" if isnan(share) else f"{share:.0%}"
            self._add(self.workers, f"Worker {worker + 1}", f"{count:,}", right)
        hint = QLabel(
            "1 is full agreement, 0 what chance alone gives. The share right is estimated together "
            "with the labels (Dawid and Skene); it says little below some dozen answers. Worker "
            "ids are personal data and are not shown."
        )
        hint.setWordWrap(True)
        hint.setProperty("dim", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        for widget in (self.summary, self.pairs, self.workers, hint):
            column.addWidget(widget)

    def _table(self, headings: list[str]) -> QTreeWidget:
        table = QTreeWidget()
        table.setHeaderLabels(headings)
        table.setRootIsDecorated(False)
        table.setAccessibleName(headings[0])
        header = table.headerItem()
        for column in range(1, len(headings)):
            header.setTextAlignment(column, NUMBERS)
            table.setColumnWidth(column, 130)
        return table

    def _add(self, table: QTreeWidget, *texts: str) -> None:
        item = QTreeWidgetItem(list(texts))
        for column in range(1, len(texts)):
            item.setTextAlignment(column, NUMBERS)
        table.addTopLevelItem(item)
