"""Which AWS account: a profile, a Region, an endpoint, and who that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from trackproof.desktop.tasks import TaskRunner
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Account

OWN_CHOICE = "(boto3's own choice)"
IDENTITY_LINE = "identity"
PROFILES_LINE = "profiles"


class AccountFields(QWidget):
    """Profile, Region and endpoint, nothing secret; "Who am I?" asks AWS.

    Parameters
    ----------
    tasks : TaskRunner
        Where questions run.
    account : Account
        What the fields say at first.
    """

    changed = Signal()

    def __init__(self, tasks: TaskRunner, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._make_fields()
        self._lay_out()
        self.show_account(account)
        self.profile.currentIndexChanged.connect(self._on_changed)
        self.region.currentTextChanged.connect(self._on_changed)
        self.endpoint.editingFinished.connect(self.changed)
        self.endpoint.textChanged.connect(self._forget_identity)
        # Reading the AWS configuration imports botocore, for which nobody shall wait.
        tasks.start(
            "Reading the AWS configuration",
            _profiles,
            succeeded=self._add_profiles,
            failed=self._fail,
            line=PROFILES_LINE,
        )

    def _make_fields(self) -> None:
        self.profile = QComboBox()
        self.profile.addItem(OWN_CHOICE, "")
        self.profile.setToolTip("Profiles of the AWS configuration; single sign-on and roles too")
        self.region = QComboBox()
        self.region.setEditable(True)
        self.region.addItems(["", *sorted(_regions())])
        field = self.region.lineEdit()
        if field is not None:
            field.setPlaceholderText("the profile's own")
        self.endpoint = QLineEdit()
        self.endpoint.setPlaceholderText("Amazon's own")
        self.endpoint.setToolTip("Address of another server, for all services")
        self.who = QLabel()
        self.who.setWordWrap(True)
        self.who.setProperty("dim", "true")
        self.who.setAccessibleName("Who AWS takes you for")
        self.who.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.ask = QPushButton("Who am I?")
        self.ask.setAutoDefault(False)
        self.ask.setToolTip("Ask AWS which identity this is; changes nothing")
        # A form gives a label no more height than the field beside it, which is one line of text.
        self.ask.setMinimumHeight(self.ask.sizeHint().height())
        self.ask.clicked.connect(self.ask_identity)

    def _lay_out(self) -> None:
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.addRow("AWS profile", self.profile)
        self.form.addRow("Region", self.region)
        self.form.addRow("Endpoint", self.endpoint)
        self.form.addRow(self.ask, self.who)

    def show_account(self, account: Account) -> None:
        """Show how somebody signs in."""
        self._add_profiles([account.profile] if account.profile else [])
        self.profile.setCurrentIndex(max(self.profile.findData(account.profile), 0))
        self.region.setCurrentText(account.region)
        self.endpoint.setText(account.endpoint_url)

    def account(self) -> Account:
        """Return what the fields say."""
        from trackproof.storage.s3 import Account

        return Account(
            str(self.profile.currentData() or ""),
            self.region.currentText().strip(),
            self.endpoint.text().strip(),
        )

    def ask_identity(self) -> None:
        """Ask AWS who this is, in the background."""
        account = self.account()

        def ask(_progress: Progress) -> str:
            from trackproof.storage.s3 import Connection

            return str(Connection(account).identity())

        self.who.setText("asking …")
        self._tasks.start(
            "Asking AWS who you are",
            ask,
            succeeded=self._show,
            failed=self._fail,
            line=IDENTITY_LINE,
        )

    def forget(self) -> None:
        """Stop waiting for answers."""
        for line in (IDENTITY_LINE, PROFILES_LINE):
            self._tasks.cancel(line)

    def _add_profiles(self, names: list[str]) -> None:
        for name in names:
            if self.profile.findData(name) < 0:
                self.profile.addItem(name, name)

    def _on_changed(self, *_values: object) -> None:
        self._forget_identity()
        self.changed.emit()

    def _forget_identity(self, *_values: object) -> None:
        # An answer on its way is about the account that the fields named before.
        self._tasks.cancel(IDENTITY_LINE)
        self.who.clear()

    def _show(self, identity: str) -> None:
        self.who.setText(f"You are {identity}.")

    def _fail(self, error: BaseException) -> None:
        self.who.setText(banner_of_error(error, doing="asking who you are").text)


def _profiles(_progress: Progress) -> list[str]:
    from trackproof.storage.s3 import Connection

    return Connection().profiles()


def _regions() -> list[str]:
    from trackproof.handoff.regions import known_regions

    return list(known_regions().function_accounts)
