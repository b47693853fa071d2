"""Keeps keys that the window also uses for the field that has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QWidget,
)

from trackproof.desktop.panels.later import dock_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

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


TAKES_BACK = "takes_back"
"""Property of a field that is read when it is left: Escape puts back what stood in it."""


class WayBack(QObject):
    """Lets Escape lead from a field in a panel back to the picture, where the other keys work.

    Without it, Escape would select nothing in the picture and the next key would be typed.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._stood: dict[QLineEdit, str] = {}
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if not isinstance(new, QLineEdit | QAbstractSpinBox | QComboBox):
            return
        dock = dock_of(new)
        if dock is None or new.window() not in (self._window, dock):  # a dialog has its own Escape
            return
        new.installEventFilter(self)
        if isinstance(new, QLineEdit):
            self._stood = {new: new.text()}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim Escape before shortcuts see it, then go."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if is_escape and event.type() == QEvent.Type.KeyPress and isinstance(watched, QWidget):
            self._take_back(watched)
            back_to_picture(watched)
            return True
        return super().eventFilter(watched, event)

    def _take_back(self, field: QWidget) -> None:
        """Forget what was typed and not taken yet."""
        if isinstance(field, QDoubleSpinBox):
            field.setValue(field.value())
        elif isinstance(field, QLineEdit) and field.property(TAKES_BACK):
            field.setText(self._stood.get(field, field.text()))


def back_to_picture(widget: QWidget) -> None:
    """Give the keyboard to the picture of the window that a widget, or its floating dock, is of."""
    widget.clearFocus()
    dock = dock_of(widget)
    home = widget.window() if dock is None else dock.parentWidget()
    canvas = home.findChild(QWidget, "canvas") if home is not None else None
    if home is not None and canvas is not None:
        home.activateWindow()
        canvas.setFocus(Qt.FocusReason.OtherFocusReason)


def come_forward(widget: QWidget) -> None:
    """Show the dock of a widget, also from behind another one, and give the widget the keyboard."""
    dock = dock_of(widget)
    if dock is not None:
        dock.show()
        dock.raise_()
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)


class KeyWords:
    """The keys in force of the window's actions, for buttons and hints that name one.

    Parameters
    ----------
    widget : QWidget
        Somewhere in the window.
    """

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._actions: dict[str, QAction | None] = {}

    def of(self, action_id: str, usual: str) -> str:
        """Return a key of an action as people read it; empty when it has none.

        Parameters
        ----------
        usual : str
            The one to name while it is in force, and where there is no window around.
        """
        action = self._actions.get(action_id) or self._find(action_id)
        if action is None:
            return usual
        native = QKeySequence.SequenceFormat.NativeText
        keys = [key.toString(native) for key in action.shortcuts()]
        return usual if usual in keys else next(iter(keys), "")

    def trigger(self, action_id: str) -> None:
        """Do what the action does, where there is a window around."""
        action = self._actions.get(action_id) or self._find(action_id)
        if action is not None:
            action.trigger()

    def _find(self, action_id: str) -> QAction | None:
        dock = dock_of(self._widget)
        home = self._widget.window() if dock is None else dock.parentWidget()
        found = home.findChild(QAction, action_id) if home is not None else None
        self._actions[action_id] = found
        return found
