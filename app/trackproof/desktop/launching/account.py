"""Which AWS account jobs are launched and watched in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from trackproof.desktop.account_fields import AccountFields
from trackproof.desktop.theme import GRID

if TYPE_CHECKING:
    from trackproof.desktop.launching.board import JobsBoard


class BoardAccount(AccountFields):
    """The account of the jobs that the window knows."""

    def __init__(self, board: JobsBoard, parent: QWidget | None = None) -> None:
        super().__init__(board.tasks, board.account, parent)
        self._board = board

    def take(self) -> None:
        """Let the window sign in so."""
        self._board.set_account(self.account())

    def ask_identity(self) -> None:
        """Sign in so, and ask AWS who this is."""
        self.take()
        super().ask_identity()


class AccountDialog(QDialog):
    """The fields alone, for watching jobs."""

    def __init__(self, board: JobsBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self.setObjectName("account")
        self.setWindowTitle("AWS account")
        self.setMinimumWidth(480)
        self.fields = BoardAccount(board)
        note = QLabel("Nothing secret is kept here: boto3 finds and renews credentials itself.")
        note.setWordWrap(True)
        note.setProperty("dim", "true")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addWidget(self.fields)
        column.addWidget(note)
        column.addWidget(self.buttons)

    def accept(self) -> None:
        """Sign in so from now on."""
        self.fields.take()
        super().accept()
        self._board.refresh()

    def done(self, result: int) -> None:
        """Wait for no answer any more."""
        self.fields.forget()
        super().done(result)
