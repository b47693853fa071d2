"""The action that saves labels in another format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def convert_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the action that asks for a format and a place."""

    def ask() -> None:
        from trackproof.desktop.converting.dialog import ConvertDialog

        for shown in window.findChildren(ConvertDialog):
            if shown.isVisible():
                shown.activateWindow()
                return
        dialog = ConvertDialog(session, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    return [
        Action(
            "file.convert",
            "Save labels in another format …",
            "File/export",
            ask,
            ("Ctrl+Alt+S",),
            is_enabled=lambda: session.labels is not None,
            tip="Write the labels as they are now for another program, and see what it cannot hold",
        )
    ]
