"""Open labels from S3: an address, and which AWS identity asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
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

from trackproof.desktop.actions import Action
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.theme import GRID
from trackproof.errors import StorageError
from trackproof.storage import S3Address

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Account

DEFAULT_PROFILE = "default of this computer"
IDENTITY_LINE = "s3-identity"
PROFILES_LINE = "s3-profiles"
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
        self.profile = QComboBox()
        self.profile.addItem(DEFAULT_PROFILE, "")
        self.profile.setToolTip("From the AWS configuration; roles and single sign-on included")
        self.region = QLineEdit()
        self.region.setPlaceholderText("the profile's own")
        self.endpoint = QLineEdit()
        self.endpoint.setPlaceholderText("Amazon's own")
        self.endpoint.setToolTip("Address of another server that speaks S3")
        self.who = QPushButton("Who am I?")
        self.who.setAutoDefault(False)
        self.who.setToolTip("Ask AWS which identity this is; changes nothing")
        self.identity = QLabel()
        self.identity.setWordWrap(True)
        self.identity.setAccessibleName("Who AWS takes you for")
        self.identity.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("dim", True)
        self.problem.setAccessibleName("What is wrong with the address")

    def _lay_out(self) -> None:
        hint = QLabel(HINT)
        hint.setWordWrap(True)
        hint.setProperty("dim", True)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Address", self.address)
        form.addRow("AWS profile", self.profile)
        form.addRow("Region", self.region)
        form.addRow("Endpoint", self.endpoint)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = QPushButton("Open")
        self.open_button.setDefault(True)
        self.buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.who, QDialogButtonBox.ButtonRole.HelpRole)
        # Room for what is said, so that the dialog does not jump while somebody types.
        for label in (self.problem, self.identity):
            label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addWidget(hint)
        column.addLayout(form)
        column.addWidget(self.identity)
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _listen(self) -> None:
        self.address.currentTextChanged.connect(self._take_address)
        for field in (self.region, self.endpoint):
            field.textChanged.connect(lambda _text: self.identity.clear())
        self.profile.currentIndexChanged.connect(lambda _index: self.identity.clear())
        self.who.clicked.connect(self.ask_identity)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        # Reading the AWS configuration imports botocore, for which nobody shall wait.
        self._session.tasks.start(
            "Reading the AWS profiles",
            _profiles,
            succeeded=self._show_profiles,
            failed=self._show_failure,
            line=PROFILES_LINE,
        )

    def account(self) -> Account:
        """Return what the fields say."""
        from trackproof.storage.s3 import Account

        return Account(
            str(self.profile.currentData() or ""),
            self.region.text().strip(),
            self.endpoint.text().strip(),
        )

    def ask_identity(self) -> None:
        """Ask AWS who this is, in the background."""
        account = self.account()

        def ask(_progress: Progress) -> str:
            from trackproof.storage.s3 import Connection

            return str(Connection(account).identity())

        self.identity.setText("asking …")
        self._session.tasks.start(
            "Asking AWS who you are",
            ask,
            succeeded=self._show_identity,
            failed=self._show_failure,
            line=IDENTITY_LINE,
        )

    def accept(self) -> None:
        """Remember how the address is opened, and open it."""
        address = self._parsed(self.address.currentText())
        if address is None:
            return
        self._session.settings.set_account_of(str(address), self.account())
        super().accept()
        self._session.open([str(address)])

    def done(self, result: int) -> None:
        """Wait for no answer any more."""
        self._session.tasks.cancel(IDENTITY_LINE)
        self._session.tasks.cancel(PROFILES_LINE)
        super().done(result)

    def _show_identity(self, identity: str) -> None:
        self.identity.setText(identity)

    def _show_failure(self, error: BaseException) -> None:
        self.identity.setText(banner_of_error(error, doing="asking AWS who you are").text)

    def _show_profiles(self, names: list[str]) -> None:
        for name in names:
            if self.profile.findData(name) < 0:
                self.profile.addItem(name, name)

    def _take_address(self, text: str) -> None:
        address = self._parsed(text)
        self.open_button.setEnabled(address is not None)
        account = self._session.settings.account_of(str(address)) if address else None
        if account is None:
            return
        if account.profile and self.profile.findData(account.profile) < 0:
            self.profile.addItem(account.profile, account.profile)
        self.profile.setCurrentIndex(max(self.profile.findData(account.profile), 0))
        self.region.setText(account.region)
        self.endpoint.setText(account.endpoint_url)

    def _parsed(self, text: str) -> S3Address | None:
        """Return the address, or say what is wrong with it."""
        self.problem.clear()
        wanted = text.strip()
        try:
            return S3Address.parse(wanted) if wanted else None
        except StorageError as error:
            self.problem.setText(f"{error.message}." if len(wanted) > len("s3://") else "")
            return None


def _profiles(_progress: Progress) -> list[str]:
    from trackproof.storage.s3 import Connection

    return Connection().profiles()


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
