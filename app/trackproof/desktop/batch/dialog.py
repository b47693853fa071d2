"""Like cases in a list: look at each, leave out what is different, repair the rest at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.checks.like_cases import batch, in_words, like_cases
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.theme import font
from trackproof.errors import EditError

if TYPE_CHECKING:
    from trackproof.checks import Analysis, Flag
    from trackproof.checks.like_cases import LikeCase, Pattern
    from trackproof.desktop.session import Session
    from trackproof.progress import Progress

LINE = "like cases"
CASE_ROLE = Qt.ItemDataRole.UserRole
SIZE = (520, 420)
BESIDE = 24
"""Pixels beside a text: the tick of a row is not part of what Qt measures."""


class BatchDialog(QDialog):
    """Not modal: the picture shows the case that is chosen.

    Parameters
    ----------
    pattern : Pattern
        Of the repair that was made.
    flags : tuple of Flag
        Those that may follow it; their repairs are tried in the background.
    """

    def __init__(
        self,
        session: Session,
        pattern: Pattern,
        flags: tuple[Flag, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pattern = pattern
        self._cases: tuple[LikeCase, ...] = ()
        self.setObjectName("batch_dialog")
        self.setWindowTitle("Repair like cases")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        title = QLabel(f"Like the last repair: {in_words(pattern)}")
        title.setWordWrap(True)
        title.setFont(font("body", is_bold=True))
        self.same_category = QCheckBox(f"Only {pattern.category}")
        self.same_annotator = QCheckBox(f"Only by {pattern.annotator}")
        self.same_category.setChecked(True)
        self.same_annotator.setVisible(bool(pattern.annotator))
        choices = QHBoxLayout()
        choices.addWidget(self.same_category)
        choices.addWidget(self.same_annotator)
        choices.addStretch(1)
        self.tree = self._make_tree()
        self.words = QLabel("Trying the repairs …")
        self.words.setProperty("dim", "true")
        self.buttons = QDialogButtonBox()
        self.button = self.buttons.addButton("Repair", QDialogButtonBox.ButtonRole.AcceptRole)
        self.button.setEnabled(False)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(choices)
        column.addWidget(self.tree, 1)
        column.addWidget(self.words)
        column.addWidget(self.buttons)
        self.same_category.toggled.connect(self._fill)
        self.same_annotator.toggled.connect(self._fill)
        session.labels_changed.connect(self.reject)
        session.sequence_changed.connect(self.reject)
        analysis = session.analysis
        if analysis is not None:
            self._start(analysis, flags)

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderLabels(["Object", "Frame", "Repair"])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAccessibleName("Like cases")
        tree.currentItemChanged.connect(self._go)
        tree.itemChanged.connect(self._count)
        return tree

    def _start(self, analysis: Analysis, flags: tuple[Flag, ...]) -> None:
        def find(progress: Progress) -> tuple[LikeCase, ...]:
            return like_cases(analysis, self._pattern, flags, progress=progress)

        task = self._session.tasks.start(
            "Trying repairs of like cases",
            find,
            succeeded=self._take,
            failed=lambda error: self._session.message.emit(
                banner_of_error(error, doing="looking for like cases")
            ),
            line=LINE,
        )
        self.finished.connect(task.cancel)

    # -- showing

    def _take(self, cases: tuple[LikeCase, ...]) -> None:
        self._cases = cases
        self._fill()

    def _fill(self, *_: object) -> None:
        labels = self._session.labels
        if labels is None:
            return
        self.tree.blockSignals(True)
        self.tree.clear()
        for case in self._cases:
            if not self._is_wanted(case):
                continue
            words = case.edit.describe(labels)
            frame = str(case.flag.frame)
            item = QTreeWidgetItem([object_name(labels, case.flag.track), frame, words])
            item.setCheckState(0, Qt.CheckState.Checked)
            item.setData(0, CASE_ROLE, case)
            self.tree.addTopLevelItem(item)
        self.tree.blockSignals(False)
        for column in range(2):
            self.tree.setColumnWidth(column, self.tree.sizeHintForColumn(column) + BESIDE)
        self._count()

    def _is_wanted(self, case: LikeCase) -> bool:
        same, other = self._pattern, case.pattern
        if self.same_category.isChecked() and other.category != same.category:
            return False
        return not (
            self.same_annotator.isVisible()
            and self.same_annotator.isChecked()
            and other.annotator != same.annotator
        )

    @property
    def chosen(self) -> tuple[LikeCase, ...]:
        """Cases that are ticked."""
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return tuple(
            item.data(0, CASE_ROLE)
            for item in items
            if item is not None and item.checkState(0) is Qt.CheckState.Checked
        )

    def _count(self, *_: object) -> None:
        labels, chosen = self._session.labels, self.chosen
        self.button.setEnabled(bool(chosen))
        if labels is None or not chosen:
            found = self.tree.topLevelItemCount()
            self.words.setText("Nothing is ticked." if found else "No other flag has this repair.")
            self.button.setText("Repair")
            return
        taken = batch(labels, chosen)[1]
        places = "1 place" if len(taken) == 1 else f"{len(taken)} places"
        self.button.setText(f"Repair {places}")
        left = len(chosen) - len(taken)
        more = f" {left} more touch the same boxes and are left out." if left else ""
        self.words.setText(f"{places} in one step, which one undo takes back.{more}")

    def _go(self, item: QTreeWidgetItem | None, _old: object = None) -> None:
        if item is not None:
            self._session.select_flag(item.data(0, CASE_ROLE).flag)

    # -- doing

    def accept(self) -> None:
        """Repair what is ticked, as one step, and call the flags fixed."""
        session = self._session
        labels = session.labels
        if labels is None:
            return
        session.labels_changed.disconnect(self.reject)
        try:
            edit, taken = batch(labels, self.chosen)
            session.repair(edit, [case.flag for case in taken])
        except EditError as error:
            session.message.emit(banner_of_error(error, doing="repairing like cases"))
        super().accept()
