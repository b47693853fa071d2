"""Open labels from S3: an address, and which AWS identity asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.account_fields import AccountFields
from trackproof.desktop.actions import Action
from trackproof.desktop.theme import GRID
from trackproof.errors import StorageError
from trackproof.storage import S3Address

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

HINT = (
    "The output.manifest or output folder of a labeling job, a SeqLabel.json, or a sequence file. "
    "Frames are fetched as you look at them, and kept on this disk."
)


class S3Dialog(QDialog):
    """Asks for an address in S3, a profile, a Region and an endpoint; nothing secret."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("open_s3")
        self.setWindowTitle("Open from S3")
        self.setMinimumWidth(680)
        self._make_fields()
        self._lay_out()
        self._listen()
        self._take_address(self.address.currentText())

    def _make_fields(self) -> None:
        self.address = QComboBox()
        self.address.setEditable(True)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address.addItems(list(self._session.settings.recent_addresses))
        self.address.setAccessibleName("Address in S3")
        field = self.address.lineEdit()
        if field is not None:
            field.setPlaceholderText("s3://bucket/folder/output.manifest")
            field.setClearButtonEnabled(True)
        self.account_fields = AccountFields(self._session.tasks, self._session.settings.account)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("dim", True)
        self.problem.setAccessibleName("What is wrong with the address")

    def _lay_out(self) -> None:
        hint = QLabel(HINT)
        hint.setWordWrap(True)
        hint.setProperty("dim", True)
        self.account_fields.form.insertRow(0, "Address", self.address)
        self.setTabOrder(self.address, self.account_fields.profile)
        self.address.setFocus()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = QPushButton("Open")
        self.open_button.setDefault(True)
        self.buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        # Room for what is said, so that the dialog does not jump while somebody types.
        self.problem.setMinimumHeight(2 * self.problem.fontMetrics().lineSpacing())
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addWidget(hint)
        column.addWidget(self.account_fields)
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _listen(self) -> None:
        self.address.currentTextChanged.connect(self._take_address)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def accept(self) -> None:
        """Remember how the address is opened, and open it."""
        address = self._parsed(self.address.currentText())
        if address is None:
            return
        self._session.settings.set_account_of(str(address), self.account_fields.account())
        super().accept()
        self._session.open([str(address)])

    def done(self, result: int) -> None:
        """Wait for no answer any more."""
        self.account_fields.forget()
        super().done(result)

    def _take_address(self, text: str) -> None:
        address = self._parsed(text)
        self.open_button.setEnabled(address is not None)
        account = self._session.settings.account_of(str(address)) if address else None
        if account is not None:
            self.account_fields.show_account(account)

    def _parsed(self, text: str) -> S3Address | None:
        """Return the address, or say what is wrong with it."""
        self.problem.clear()
        wanted = text.strip()
        try:
            return S3Address.parse(wanted) if wanted else None
        except StorageError as error:
            self.problem.setText(f"{error.message}." if len(wanted) > len("s3://") else "")
            return None


def s3_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the opening of labels in S3."""

    def ask() -> None:
        dialog = S3Dialog(session, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    return [
        Action(
            "file.open_s3",
            "Open from S3 …",
            "File",
            ask,
            tip="Labels of a job in S3; frames stream in, and stay on this disk",
        )
    ]
