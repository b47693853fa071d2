"""A window is not closed over work that is in memory alone, unless somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.session import Session


class LeaveGuard(QObject):
    """Holds the window back while its review cannot be saved, and offers the way out."""

    def __init__(self, session: Session, window: QWidget, *, save_as: Callable[[], object]) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._save_as = save_as
        self._may_leave = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask before the window closes."""
        if watched is self._window and event.type() == QEvent.Type.Close and self._must_ask():
            event.ignore()
            self._ask()
            return True
        return super().eventFilter(watched, event)

    def _must_ask(self) -> bool:
        review = self._session.book.review
        if self._may_leave or review is None or not review.has_unsaved:
            return False
        # There may be room by now.
        return not review.retry()

    def _ask(self) -> None:
        if self._window.findChild(QMessageBox, "unsaved_work") is not None:
            return
        saved = self._session.book.review.saved if self._session.book.review else None
        steps = counted(saved.pending, "step") if saved else "Something"
        box = QMessageBox(self._window)
        box.setObjectName("unsaved_work")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Not saved yet")
        box.setText(f"{steps} of your work could not be saved.")
        box.setInformativeText(saved.problem if saved else "")
        save = box.addButton("Save the review as …", QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton("Close without saving", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        save.clicked.connect(self._save_as)
        leave.clicked.connect(self._leave)
        box.open()

    def _leave(self) -> None:
        self._may_leave = True
        # After the box, which is a child of the window, is gone.
        self._window.metaObject().invokeMethod(
            self._window, "close", Qt.ConnectionType.QueuedConnection
        )
