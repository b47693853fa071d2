"""Which AWS account: a profile, a Region, an endpoint, and who that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.theme import GRID

if TYPE_CHECKING:
    from trackproof.desktop.launching.board import JobsBoard
    from trackproof.storage.s3 import Account, Identity

OWN_CHOICE = "(boto3's own choice)"
IDENTITY_LINE = "identity"
PROFILES_LINE = "profiles"


class AccountFields(QWidget):
    """Profile, Region and endpoint; "Who am I?" asks AWS."""

    changed = Signal()

    def __init__(self, board: JobsBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        account = board.account
        self.profile = QComboBox()
        self.profile.setEditable(False)
        self.profile.addItem(OWN_CHOICE, "")
        if account.profile and self.profile.findData(account.profile) < 0:
            self.profile.addItem(account.profile, account.profile)
        self.profile.setCurrentIndex(max(self.profile.findData(account.profile), 0))
        self.profile.setToolTip("Profiles of the AWS configuration; single sign-on and roles too")
        self.region = QComboBox()
        self.region.setEditable(True)
        self.region.addItems(["", *sorted(_regions())])
        self.region.setCurrentText(account.region)
        field = self.region.lineEdit()
        if field is not None:
            field.setPlaceholderText("the profile's own")
        self.endpoint = QLineEdit(account.endpoint_url)
        self.endpoint.setPlaceholderText("Amazon's own")
        self.endpoint.setToolTip("Address of another server, for all services")
        self.who = QLabel()
        self.who.setWordWrap(True)
        self.who.setProperty("dim", "true")
        self.who.setAccessibleName("Who AWS takes you for")
        self.ask = QPushButton("Who am I?")
        self.ask.setAutoDefault(False)
        # A form gives a label no more height than the field beside it, which is one line of text.
        self.ask.setMinimumHeight(self.ask.sizeHint().height())
        self.ask.clicked.connect(self.ask_identity)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.addRow("AWS profile", self.profile)
        self.form.addRow("Region", self.region)
        self.form.addRow("Endpoint", self.endpoint)
        self.form.addRow(self.ask, self.who)
        self.profile.currentIndexChanged.connect(self.changed)
        connection = board.connection
        board.tasks.start(
            "Reading the AWS configuration",
            lambda _progress: connection.profiles(),
            succeeded=self._add_profiles,
            failed=self._fail,
            line=PROFILES_LINE,
        )
        self.region.currentTextChanged.connect(self.changed)
        self.endpoint.editingFinished.connect(self.changed)

    def account(self) -> Account:
        """Return what the fields say."""
        from trackproof.storage.s3 import Account

        return Account(
            str(self.profile.currentData() or ""),
            self.region.currentText().strip(),
            self.endpoint.text().strip(),
        )

    def take(self) -> None:
        """Let the window sign in so."""
        self._board.set_account(self.account())

    def ask_identity(self) -> None:
        """Ask AWS who this is."""
        self.take()
        connection = self._board.connection
        self.who.setText("asking …")
        self._board.tasks.start(
            "Asking AWS who you are",
            lambda _progress: connection.identity(),
            succeeded=self._show,
            failed=self._fail,
            line=IDENTITY_LINE,
        )

    def forget(self) -> None:
        """Stop waiting for answers."""
        for line in (IDENTITY_LINE, PROFILES_LINE):
            self._board.tasks.cancel(line)

    def _add_profiles(self, names: list[str]) -> None:
        for name in names:
            if self.profile.findData(name) < 0:
                self.profile.addItem(name, name)

    def _show(self, identity: Identity) -> None:
        self.who.setText(f"You are {identity}.")

    def _fail(self, error: BaseException) -> None:
        self.who.setText(banner_of_error(error, doing="asking who you are").text)


class AccountDialog(QDialog):
    """The fields alone, for watching jobs."""

    def __init__(self, board: JobsBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self.setObjectName("account")
        self.setWindowTitle("AWS account")
        self.setMinimumWidth(480)
        self.fields = AccountFields(board)
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


def _regions() -> list[str]:
    from trackproof.handoff.requests import known_regions

    return list(known_regions().function_accounts)
