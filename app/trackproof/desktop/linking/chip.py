"""The sign that stays while provisional tracks are on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from trackproof.desktop.linking.desk import LinkingDesk
    from trackproof.desktop.session import Session


class LinkChip(QToolButton):
    """``87 provisional tracks: matched by position, not written``; a click offers what to do."""

    def __init__(self, session: Session, desk: LinkingDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self.setFont(font("small"))
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addAction("Link anew …", desk.asked.emit)
        menu.addAction("Unlink", desk.unlink)
        self.setMenu(menu)
        self.setToolTip(
            "These tracks were made here, by the positions of detections. Saved and exported "
            "labels hold the boxes without them."
        )
        desk.changed.connect(self.refresh)
        session.theme_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_values: object) -> None:
        """Say how many provisional tracks there are; hidden while there are none."""
        count = self._desk.provisional
        text = f"{count:,} provisional tracks: matched by position, not written"
        self.setText(text)
        self.setAccessibleName(text)
        theme = self._session.theme
        self.setStyleSheet(
            f"QToolButton {{ color: {theme.warn.name()}; border: 1px solid {theme.warn.name()};"
            " border-radius: 4px; padding: 1px 8px; }"
            "QToolButton::menu-indicator { image: none; }"
        )
        self.setVisible(count > 0)
