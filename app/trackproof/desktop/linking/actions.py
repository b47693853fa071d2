"""What can be done with detections without identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action
from trackproof.desktop.linking.chip import LinkChip
from trackproof.desktop.linking.desk import LinkingDesk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from trackproof.desktop.session import Session


def linking_actions(session: Session, window: QMainWindow) -> list[Action]:
    """Return linking and unlinking as actions, and put the sign into the window's status bar."""
    desk = LinkingDesk.of(session)
    desk.asked.connect(lambda: _ask(desk, window))
    window.statusBar().addPermanentWidget(LinkChip(session, desk))
    return [
        Action(
            "linking.link",
            "Link detections …",
            "Tools/linking",
            desk.asked.emit,
            is_enabled=lambda: desk.can_link,
            tip="Match boxes without identity by position, so that checks over time see them",
        ),
        Action(
            "linking.unlink",
            "Unlink detections",
            "Tools/linking",
            desk.unlink,
            is_enabled=lambda: desk.provisional > 0,
            tip="Take the provisional tracks away; edited boxes stay edited",
        ),
    ]


def _ask(desk: LinkingDesk, window: QMainWindow) -> None:
    from trackproof.desktop.linking.dialog import LinkDialog

    dialog = LinkDialog(desk, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
