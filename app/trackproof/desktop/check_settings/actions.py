"""What a person can do with the checks as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session

PROFILE = "checks/profile"
"""Setting: name of the profile that was chosen last; empty for the default one."""


def check_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the settings of the checks, and checking with pictures."""
    session.sequence_changed.connect(lambda: _take_remembered(session))

    def settings() -> None:
        from trackproof.desktop.check_settings.dialog import CheckSettings

        dialog = CheckSettings(session, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    return [
        Action(
            "review.check_settings",
            "Settings of the checks …",
            "Review/checks",
            settings,
            tip="Limits, checks on and off, profiles; the queue follows at once",
        ),
        Action(
            "review.check_pictures",
            "Check the pictures, too",
            "Review/checks",
            session.check_pictures,
            is_enabled=lambda: session.labels is not None and session.pictures.source is not None,
            tip="Look at every frame once for drift, frozen boxes and exchanged objects",
        ),
    ]


def _take_remembered(session: Session) -> None:
    """Take the profile of last time, before the first sequence is checked."""
    name = session.settings.text(PROFILE)
    if not name or session.profile is not None:
        return
    from trackproof.checks import known_profiles

    profile = known_profiles().get(name)
    if profile is not None:
        session.use_profile(profile)
