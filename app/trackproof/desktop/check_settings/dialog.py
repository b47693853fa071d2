"""All checks with their limits; the queue follows while they are changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.checks import Profile, all_checks, keep_profile, known_profiles
from trackproof.desktop.check_settings.actions import PROFILE
from trackproof.desktop.check_settings.form import CheckForm
from trackproof.desktop.notices import banner_of_error
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from trackproof.checks import Check
    from trackproof.desktop.session import Session

NAME_ROLE = Qt.ItemDataRole.UserRole
PAUSE_MS = 250
"""After the last change, before the labels are checked again."""


class CheckSettings(QDialog):
    """Profiles above, checks on the left, one check's fields on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._before = session.profile
        self._profile = session.profile or Profile()
        self._checks = all_checks()
        self._known = known_profiles()
        self.setWindowTitle("Settings of the checks")
        self.resize(760, 560)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._check_again)
        self._build()
        session.analysis_changed.connect(self._say_state)
        self._fill_profiles()
        self._fill_checks()
        self.list.setCurrentRow(0)
        self._say_state()

    @property
    def profile(self) -> Profile:
        """The parameters as they stand in the fields."""
        return self._profile

    # -- building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(self._make_head())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search checks")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search checks")
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setFixedWidth(250)
        self.list.setAccessibleName("Checks")
        self.list.currentItemChanged.connect(self._show_current)
        self.list.itemChanged.connect(self._on_ticked)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        self.form = CheckForm()
        self.form.switched.connect(self._switch)
        self.form.changed.connect(self._take_value)
        self.form.reset_asked.connect(self._reset_one)
        middle = QHBoxLayout()
        middle.addLayout(left)
        middle.addWidget(self.form, 1)
        layout.addLayout(middle, 1)
        self.state = QLabel()
        self.state.setProperty("dim", "true")
        layout.addWidget(self.state)
        layout.addWidget(self._make_buttons())

    def _make_head(self) -> QHBoxLayout:
        self.chooser = QComboBox()
        self.chooser.setMinimumWidth(190)
        self.chooser.setAccessibleName("Profile")
        self.chooser.activated.connect(self._choose)
        self._about = QLabel()
        self._about.setProperty("dim", "true")
        self._about.setWordWrap(True)
        save = QPushButton("Save as profile …")
        save.setToolTip("Keep these values under a name; the command line reads them by it, too")
        save.clicked.connect(self._ask_and_save)
        head = QHBoxLayout()
        head.addWidget(QLabel("Profile"))
        head.addWidget(self.chooser)
        head.addWidget(self._about, 1)
        head.addWidget(save)
        return head

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        keep = buttons.addButton("Keep", QDialogButtonBox.ButtonRole.AcceptRole)
        back = buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        self.reset_all = buttons.addButton("Reset all", QDialogButtonBox.ButtonRole.ResetRole)
        keep.setToolTip("Close, and check with these values from now on")
        back.setToolTip("Close, and check as before")
        self.reset_all.clicked.connect(lambda: self._use(self._named()))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _fill_profiles(self) -> None:
        self.chooser.clear()
        self.chooser.addItems(list(self._known))
        self._show_profile()

    def _show_profile(self) -> None:
        named = self._known.get(self._profile.name)
        self.chooser.setCurrentText(self._profile.name)
        is_changed = named is not None and not _same(named, self._profile)
        words = named.description if named is not None else self._profile.description
        self._about.setText(f"{words} Changed." if is_changed else words)
        self.reset_all.setEnabled(is_changed)

    def _fill_checks(self) -> None:
        self.list.blockSignals(True)
        for check in sorted(self._checks.values(), key=lambda one: one.title):
            item = QListWidgetItem(check.title)
            item.setData(NAME_ROLE, check.name)
            item.setToolTip(check.description)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._mark_all()

    def _mark_all(self) -> None:
        """Tick what runs, and print in bold what differs from how the check was made."""
        self.list.blockSignals(True)
        for place in range(self.list.count()):
            item = self.list.item(place)
            check = self._checks[item.data(NAME_ROLE)]
            is_on = check.name not in self._profile.switched_off
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
            face = item.font()
            face.setBold(dict(self._profile.parameters(check)) != check.defaults())
            item.setFont(face)
        self.list.blockSignals(False)

    # -- changing

    def _current(self) -> Check | None:
        item = self.list.currentItem()
        return self._checks[item.data(NAME_ROLE)] if item is not None else None

    def _show_current(self, *_items: object) -> None:
        check = self._current()
        if check is not None:
            self.form.show_check(check, self._profile)

    def _filter(self, words: str) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            check = self._checks[item.data(NAME_ROLE)]
            text = f"{check.title} {check.name} {check.description}".lower()
            item.setHidden(any(word not in text for word in words.lower().split()))

    def _on_ticked(self, item: QListWidgetItem) -> None:
        is_on = item.checkState() == Qt.CheckState.Checked
        self._use(self._profile.switched(item.data(NAME_ROLE), is_on=is_on))

    def _switch(self, is_on: bool) -> None:
        check = self._current()
        if check is not None:
            self._use(self._profile.switched(check.name, is_on=is_on))

    def _take_value(self, parameter: str, value: float) -> None:
        check = self._current()
        if check is not None:
            self._profile = self._profile.with_value(check.name, parameter, value)
            self._mark_all()
            self._show_profile()
            self.form.reset.setEnabled(True)
            self._timer.start()

    def _reset_one(self) -> None:
        check = self._current()
        if check is not None:
            self._use(self._profile.without(check.name))

    def _choose(self, place: int) -> None:
        self._use(self._known[self.chooser.itemText(place)])

    def _named(self) -> Profile:
        return self._known.get(self._profile.name, Profile())

    def _use(self, profile: Profile) -> None:
        self._profile = profile
        self._mark_all()
        self._show_profile()
        self._show_current()
        self._timer.start()

    # -- what follows

    def _check_again(self) -> None:
        analysis = self._session.analysis
        limit = _only_limit(analysis.profile, self._profile) if analysis is not None else None
        if analysis is not None and limit is not None and limit[0] in analysis.outcomes:
            self._session.set_limit(*limit)
        else:
            self._session.use_profile(self._profile)
        self.state.setText("Checking …")

    def _say_state(self) -> None:
        session = self._session
        if session.analysis is None:
            self.state.setText("Open labels, and the queue follows every change here.")
        else:
            count = len(session.flags)
            self.state.setText(f"{count:,} flag{'s' if count != 1 else ''} with these values.")

    def _ask_and_save(self) -> None:
        name, is_given = QInputDialog.getText(
            self, "Save as profile", "Name of the profile:", text=self._profile.name
        )
        if is_given and name.strip():
            self.save_as(name.strip())

    def save_as(self, name: str) -> None:
        """Keep the values under a name."""
        profile = replace(self._profile, name=name)
        try:
            keep_profile(profile)
        except (TrackproofError, OSError) as error:
            self._session.message.emit(banner_of_error(error, doing="saving the profile"))
            return
        self._profile = profile
        self._known = known_profiles()
        self._fill_profiles()
        self._timer.start()

    def accept(self) -> None:
        """Close and stay with these values."""
        if self._timer.isActive():
            self._timer.stop()
            self._check_again()
        self._session.settings.set_text(PROFILE, self._profile.name)
        super().accept()

    def reject(self) -> None:
        """Close and check as before."""
        self._timer.stop()
        before = self._before or Profile()
        if not _same(before, self._session.profile or Profile()):
            self._session.use_profile(before)
        super().reject()


def _same(one: Profile, other: Profile) -> bool:
    """Return whether two profiles mean the same, whatever they are called."""
    return _meaning(one) == _meaning(other)


def _meaning(profile: Profile) -> tuple[object, object]:
    checks = all_checks()
    values = {
        name: dict(profile.parameters(checks[name])) for name in profile.values if name in checks
    }
    changed = {name: own for name, own in values.items() if own != checks[name].defaults()}
    return changed, profile.switched_off


def _only_limit(before: Profile, after: Profile) -> tuple[str, float] | None:
    """Return check and limit when nothing else differs: that needs no new measurement."""
    if before.switched_off != after.switched_off:
        return None
    found = []
    for name in {*before.values, *after.values} & set(all_checks()):
        check = all_checks()[name]
        old, new = before.parameters(check), after.parameters(check)
        keys = [key for key in new if new[key] != old[key]]
        if keys and keys != ["limit"]:
            return None
        found += [(name, new["limit"]) for _ in keys]
    return found[0] if len(found) == 1 else None
