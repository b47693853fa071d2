"""Repairing like cases, as an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.batch.offer import ACTION, KEY, LikeOffer
from trackproof.desktop.editing import EditDesk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def batch_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the action that repairs what is like the last repair."""
    offer = LikeOffer(session)
    offer.changed.connect(EditDesk.of(session).chosen)

    def ask() -> None:
        from trackproof.desktop.batch.dialog import BatchDialog

        flags = offer.candidates()
        if offer.pattern is None or not flags:
            EditDesk.of(session).said.emit("No other open flag looks like the last repair")
            return
        for old in window.findChildren(BatchDialog):
            old.close()
        BatchDialog(session, offer.pattern, flags, window).show()

    return [
        Action(
            ACTION,
            "Repair like cases …",
            "Review/repair",
            ask,
            (KEY,),
            is_enabled=lambda: offer.pattern is not None,
            tip="After a repair: the same mistake elsewhere, looked at and repaired in one step",
        )
    ]
