"""Keeps keys that the window also uses for the field that has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyKeeper(QObject):
    """Lets a widget have keys to which the window has bound actions."""

    def __init__(self, parent: QObject, keys: tuple[Qt.Key, ...] = ENTER_KEYS) -> None:
        super().__init__(parent)
        self._keys = keys

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Claim the keys before shortcuts see them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            has_modifier = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in self._keys and not has_modifier:
                event.accept()
                return True
        return False


class EnterGuard(QObject):
    """Gives Enter to whatever field a person types in, so that it never repairs a label there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._keeper = KeyKeeper(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, QLineEdit | QAbstractSpinBox | QComboBox):
            # installing twice moves the filter to the front and does not add a second one
            new.installEventFilter(self._keeper)
