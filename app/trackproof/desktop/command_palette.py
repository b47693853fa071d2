"""Every action by a few letters of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from trackproof.desktop.panels.keys import back_to_picture

if TYPE_CHECKING:
    from trackproof.desktop.actions import Action, ActionRegistry

WIDTH = 560
HEIGHT = 380
ACTION_ROLE = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """A field and a list over the window; Enter runs, Escape goes away."""

    def __init__(self, registry: ActionRegistry, parent: QWidget) -> None:
        super().__init__(parent)
        self._registry = registry
        self.setObjectName("palette")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Search commands")
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Commands")
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()

    def open(self) -> None:
        """Appear at the top of the window, empty, with the cursor in the field."""
        window = self.window()
        width = min(WIDTH, window.width() - 32)
        self.setGeometry(
            (window.width() - width) // 2, 40, width, min(HEIGHT, window.height() - 80)
        )
        self.field.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.field.setFocus()

    def _fill(self, text: str) -> None:
        self.list.clear()
        for action in found_actions(self._registry.actions, text):
            made = self._registry.qaction(action.id)
            keys = ", ".join(
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                for key in self._registry.shortcuts(action.id)
            )
            item = QTreeWidgetItem([action.text.rstrip("…"), action.menu_name, keys])
            item.setData(0, ACTION_ROLE, action.id)
            item.setDisabled(not made.isEnabled())
            item.setToolTip(0, made.toolTip())
            self.list.addTopLevelItem(item)
        if not self.list.topLevelItemCount():
            nothing = QTreeWidgetItem([f"No command is called “{text.strip()}”", "", ""])
            nothing.setDisabled(True)
            self.list.addTopLevelItem(nothing)
        self.list.setColumnWidth(0, int(self.width() * 0.58))
        self.list.setColumnWidth(1, int(self.width() * 0.16))
        self._choose(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys, Enter and Escape work from the field."""
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        current = self.list.currentItem()
        row = self.list.indexOfTopLevelItem(current) if current is not None else -1
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            row += 1 if event.key() == Qt.Key.Key_Down else -1
            self._choose(row)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(current)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _leave(self) -> None:
        self.hide()
        back_to_picture(self.field)

    def _run(self, item: QTreeWidgetItem | None, _column: int = 0) -> None:
        if item is None or item.isDisabled():
            return
        self._leave()
        self._registry.qaction(item.data(0, ACTION_ROLE)).trigger()


def found_actions(actions: tuple[Action, ...], text: str) -> list[Action]:
    """Return the actions that a text means: all its words occur; names that start so come first."""
    words = text.lower().split()
    hits = [
        action
        for action in actions
        if all(word in f"{action.text} {action.menu_name} {action.tip}".lower() for word in words)
    ]
    start = " ".join(words)
    return sorted(hits, key=lambda action: not action.text.lower().startswith(start))
