"""All keys on one page, searchable; a click on a key changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.command_palette import found_actions
from trackproof.desktop.key_presets import key_presets, plan_of, preset_in_force, use_preset

if TYPE_CHECKING:
    from trackproof.desktop.actions import Action, ActionRegistry
    from trackproof.desktop.settings import Settings

ACTION_ROLE = Qt.ItemDataRole.UserRole


class ShortcutSheet(QDialog):
    """The action table with its keys."""

    def __init__(
        self, registry: ActionRegistry, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._settings = settings
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(560, 640)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search actions or keys")
        self.field.setAccessibleName("Search shortcuts")
        self.field.textChanged.connect(self._fill)
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Action", "Keys"])
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(12)
        self.list.setColumnWidth(0, 340)
        self.list.setAccessibleName("Shortcuts")
        self.list.currentItemChanged.connect(self._show_current)
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New key")
        self.edit.keySequenceChanged.connect(self._judge)
        self.word = QLabel()
        self.word.setWordWrap(True)
        self.word.setProperty("dim", True)
        self.use = QPushButton("Use this key")
        self.use.clicked.connect(self._use)
        self.restore = QPushButton("Restore default")
        self.restore.clicked.connect(self._restore)
        row = QHBoxLayout()
        row.addWidget(self.edit, 1)
        row.addWidget(self.use)
        row.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.addLayout(self._make_presets())
        column.addWidget(self.preset_word)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.word)
        self._fill("")

    def _make_presets(self) -> QHBoxLayout:
        self.preset = QComboBox()
        self.preset.setAccessibleName("Preset of keys")
        for one in key_presets():
            self.preset.addItem(one.name)
        self.preset.currentIndexChanged.connect(self._show_preset)
        self.use_preset = QPushButton("Use these keys")
        self.use_preset.clicked.connect(self._take_preset)
        self.preset_word = QLabel()
        self.preset_word.setWordWrap(True)
        self.preset_word.setProperty("dim", True)
        label = QLabel("Keys as in")
        label.setBuddy(self.preset)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.preset, 1)
        row.addWidget(self.use_preset)
        self._choose_preset_in_force()
        return row

    def _choose_preset_in_force(self) -> None:
        now = preset_in_force(self._registry)
        self.preset.setCurrentIndex(key_presets().index(now) if now is not None else -1)
        self._show_preset(self.preset.currentIndex())

    def _show_preset(self, place: int) -> None:
        """Say what a preset does, and which keys it takes from other actions, before it is used."""
        if place < 0:
            self.preset.setPlaceholderText("Your own")
            self.preset_word.setText("Some keys were changed by hand.")
            self.use_preset.setEnabled(False)
            return
        chosen, now = key_presets()[place], preset_in_force(self._registry)
        words = [chosen.description]
        if chosen is not now:
            words.append(plan_of(chosen, self._registry.actions).words)
        if now is None:
            words.append("Keys that you changed by hand are replaced.")
        self.preset_word.setText(" ".join(filter(None, words)))
        self.use_preset.setEnabled(chosen is not now)

    def _take_preset(self) -> None:
        use_preset(key_presets()[self.preset.currentIndex()], self._registry)
        self._save()

    def _fill(self, text: str) -> None:
        current = self._current_id()
        self.list.clear()
        wanted = found_actions(self._registry.actions, text)
        by_key = [
            a for a in self._registry.actions if text and text.lower() in self._keys(a).lower()
        ]
        menus: dict[str, QTreeWidgetItem] = {}
        for action in dict.fromkeys([*wanted, *by_key]):
            if action.menu_name not in menus:
                menus[action.menu_name] = QTreeWidgetItem([action.menu_name])
                menus[action.menu_name].setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.list.addTopLevelItem(menus[action.menu_name])
            item = QTreeWidgetItem([action.text.rstrip("…"), self._keys(action)])
            item.setData(0, ACTION_ROLE, action.id)
            menus[action.menu_name].addChild(item)
            if action.id == current:
                self.list.setCurrentItem(item)
        self.list.expandAll()
        self._show_current()

    def _keys(self, action: Action) -> str:
        return ", ".join(
            QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            for key in self._registry.shortcuts(action.id)
        )

    def _current_id(self) -> str | None:
        item = self.list.currentItem()
        value = item.data(0, ACTION_ROLE) if item is not None else None
        return value if isinstance(value, str) else None

    def _show_current(self, *_: object) -> None:
        action_id = self._current_id()
        for widget in (self.edit, self.use, self.restore):
            widget.setEnabled(action_id is not None)
        self.word.setText("" if action_id else "Choose an action to change its key.")
        if action_id is not None:
            keys = self._registry.shortcuts(action_id)
            self.edit.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())

    def _judge(self, sequence: QKeySequence) -> None:
        action_id = self._current_id()
        if action_id is None:
            return
        text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        clashes = self._registry.conflicts(action_id, text) if text else ()
        names = ", ".join(action.text.rstrip("…") for action in clashes)
        self.word.setText(
            f"This key already means: {names}. Using it takes it away there." if clashes else ""
        )

    def _use(self) -> None:
        action_id = self._current_id()
        text = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if action_id is None or not text:
            return
        for clash in self._registry.conflicts(action_id, text):
            kept = tuple(
                key
                for key in self._registry.shortcuts(clash.id)
                if QKeySequence(key) != QKeySequence(text)
            )
            self._registry.set_shortcuts(clash.id, kept)
        others = self._registry.shortcuts(action_id)[1:]
        self._registry.set_shortcuts(action_id, (text, *(key for key in others if key != text)))
        self._save()

    def _restore(self) -> None:
        action_id = self._current_id()
        if action_id is not None:
            defaults = next(a.shortcuts for a in self._registry.actions if a.id == action_id)
            self._registry.set_shortcuts(action_id, defaults)
            self._save()

    def _save(self) -> None:
        self._settings.set_shortcuts(self._registry.changed_shortcuts())
        self._choose_preset_in_force()
        self._fill(self.field.text())
