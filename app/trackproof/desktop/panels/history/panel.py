"""The steps of this review: a click goes back to, or on to, any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QListView, QStackedLayout, QWidget

from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.keys import KeyKeeper
from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QShowEvent

    from trackproof.desktop.session import Session
    from trackproof.review import Entry

Index = QModelIndex | QPersistentModelIndex
START = "Labels as opened"


class HistoryModel(QAbstractListModel):
    """Steps done and undone, oldest first, below the state as opened."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._steps: tuple[Entry, ...] = ()
        self._done = 0

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of all steps, those taken back included."""
        return tuple(step.label for step in self._steps)

    @property
    def done(self) -> int:
        """How many steps are in force."""
        return self._done

    def entry_id(self, row: int) -> int:
        """Return what a row leads to: the number of a step, 0 for the beginning."""
        return self._steps[row - 1].id if row else 0

    def refresh(self) -> None:
        """Read the review; steps taken back stay until another step replaces them."""
        self.beginResetModel()
        self._steps = self._session.book.steps()
        self._done = len(self._session.history)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of steps and the state as opened."""
        return 0 if parent.isValid() else len(self._steps) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name of a step, dim when it was taken back."""
        if not index.isValid():
            return None
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return START if row == 0 else _capital(self._steps[row - 1].label)
        if role == Qt.ItemDataRole.ForegroundRole and row > self._done:
            return self._session.theme.text_dim
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Click to go back to here" if row < self._done else "Click to go on to here"
        return None


class HistoryPanel(QWidget):
    """List of steps."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_stale = True
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("History")
        self.model = HistoryModel(session, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName("Steps")
        self.list.installEventFilter(KeyKeeper(self))
        self._empty = EmptyState(
            "Nothing changed yet", "Every edit appears here, and can be taken back."
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        session.labels_changed.connect(self.refresh)
        session.sequence_changed.connect(self.refresh)
        session.theme_changed.connect(self.refresh)
        self._later = Later(self, self.refresh)
        session.verdict_changed.connect(self._later.ask)
        self.refresh()

    def refresh(self, *_values: object) -> None:
        """Show the steps that the session holds now, when somebody looks: a journal is long."""
        self._is_stale = True
        if self.isVisible():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._read()

    def _read(self) -> None:
        self._is_stale = False
        self.model.refresh()
        self._stack.setCurrentWidget(self.list if self.model.steps else self._empty)
        self.list.setCurrentIndex(self.model.index(self.model.done))

    def _go(self, index: QModelIndex) -> None:
        """Undo or redo until the clicked step is the last one in force."""
        if index.row() != self.model.done:
            self._session.go_to_step(self.model.entry_id(index.row()))
            self.refresh()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
