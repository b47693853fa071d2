"""Everything a person can do, as one table that feeds menus, palette and shortcut sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtWidgets import QWidget

MENUS = ("File", "Edit", "View", "Playback", "Review", "Job", "Tools", "Help")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    Parameters
    ----------
    id : str
        Stable: settings remember it (``"playback.toggle"``).
    text : str
        A verb phrase; the shortcut sheet and the palette search it.
    menu : str
        One of ``MENUS``, with an optional group after a slash (``"View/Overlay"``): groups are
        separated by hairlines. A title after a second slash makes it a menu of its own
        (``"Edit/box/By keys"``), below the group before.
    handler : callable
        Without parameters; for a checkable action it gets the new state.
    shortcuts : tuple of str
        Portable key names; the first is shown.
    is_checked : callable or None
        Makes the action checkable and tells its state.
    is_enabled : callable or None
        None: always.
    naming : callable or None
        Gives the words of the menu as things are; None: always ``text``.
    why_not : callable or None
        Says why it is disabled, in a sentence; empty where that needs no words.
    tip : str
        One sentence; empty uses the text.
    scope : QWidget or None
        Widget in which alone the shortcut works; None: the whole window.
    repeats : bool
        Whether holding the key repeats it.
    """

    id: str
    text: str
    menu: str
    handler: Callable[..., object]
    shortcuts: tuple[str, ...] = ()
    is_checked: Callable[[], bool] | None = None
    is_enabled: Callable[[], bool] | None = None
    why_not: Callable[[], str] | None = None
    naming: Callable[[], str] | None = None
    tip: str = ""
    scope: QWidget | None = None
    repeats: bool = False

    @property
    def group(self) -> str:
        """Group within the menu; empty for the first."""
        return self.menu.partition("/")[2]

    @property
    def menu_name(self) -> str:
        """Name of the menu alone."""
        return self.menu.partition("/")[0]


class ActionRegistry(QObject):
    """Turns the table into `QAction` objects of a window and keeps their state true."""

    shortcuts_changed = Signal()

    def __init__(
        self, window: QWidget, *, changed: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._table: dict[str, Action] = {}
        self._made: dict[str, QAction] = {}
        self._reasons: dict[str, str] = {}
        self._changed = dict(changed or {})
        self._refreshing = Later(window, self.refresh)

    def add(self, actions: Iterable[Action]) -> None:
        """Add actions to the table.

        Raises
        ------
        LookupError
            When an id is taken or a menu is unknown.
        """
        for action in actions:
            if action.id in self._table:
                raise LookupError(f"two actions are called {action.id}")
            if action.menu_name not in MENUS:
                raise LookupError(f"action {action.id} asks for the unknown menu {action.menu}")
            self._table[action.id] = action
            self._made[action.id] = self._make(action)

    @property
    def actions(self) -> tuple[Action, ...]:
        """The table in the order of adding."""
        return tuple(self._table.values())

    def qaction(self, action_id: str) -> QAction:
        """Return the Qt object of an action, as it is now."""
        self.catch_up()
        return self._made[action_id]

    def shortcuts(self, action_id: str) -> tuple[str, ...]:
        """Return the keys in force."""
        return self._changed.get(action_id, self._table[action_id].shortcuts)

    def changed_shortcuts(self) -> dict[str, tuple[str, ...]]:
        """Return the keys that differ from the table."""
        return dict(self._changed)

    def conflicts(self, action_id: str, shortcut: str) -> tuple[Action, ...]:
        """Return the other actions that a key would clash with."""
        wanted = QKeySequence(shortcut)
        return tuple(
            other
            for other in self._table.values()
            if other.id != action_id
            and any(QKeySequence(one) == wanted for one in self.shortcuts(other.id))
        )

    def set_shortcuts(self, action_id: str, shortcuts: tuple[str, ...]) -> None:
        """Give an action other keys; those of the table restore the default."""
        if shortcuts == self._table[action_id].shortcuts:
            self._changed.pop(action_id, None)
        else:
            self._changed[action_id] = shortcuts
        made = self._made[action_id]
        made.setShortcuts([QKeySequence(one) for one in shortcuts])
        self._describe(self._table[action_id], made)
        self.shortcuts_changed.emit()

    def hold_keys(self, action_id: str, *, is_held: bool) -> None:
        """Take the keys of an action away for a while, for a widget that needs them itself."""
        keys = () if is_held else self.shortcuts(action_id)
        self._made[action_id].setShortcuts([QKeySequence(one) for one in keys])

    def refresh_soon(self, *_values: object) -> None:
        """Bring states up to date once the picture is painted."""
        self._refreshing.ask()

    def catch_up(self) -> None:
        """Bring states up to date now, if that is due."""
        self._refreshing.hurry()

    def refresh(self) -> None:
        """Bring enabled and checked states up to date."""
        self._refreshing.settle()
        for action_id, action in self._table.items():
            made = self._made[action_id]
            if action.is_enabled is not None:
                made.setEnabled(action.is_enabled())
            if action.why_not is not None:
                reason = "" if made.isEnabled() else action.why_not()
                if self._reasons.get(action_id) != reason:
                    self._reasons[action_id] = reason
                    self._describe(action, made)
            if action.naming is not None and made.text() != (text := action.naming()):
                made.setText(text)
            if action.is_checked is not None and made.isChecked() != action.is_checked():
                made.blockSignals(True)
                made.setChecked(action.is_checked())
                made.blockSignals(False)

    def _make(self, action: Action) -> QAction:
        made = QAction(action.text, self._window)
        made.setObjectName(action.id)
        made.setShortcuts([QKeySequence(one) for one in self.shortcuts(action.id)])
        made.setAutoRepeat(action.repeats)
        if action.scope is not None:
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.scope.addAction(made)
        else:
            made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self._window.addAction(made)
        if action.is_checked is not None:
            made.setCheckable(True)
            made.toggled.connect(action.handler)
        else:
            made.triggered.connect(_without_state(action.handler))
        self._describe(action, made)
        return made

    def _describe(self, action: Action, made: QAction) -> None:
        keys = ", ".join(
            QKeySequence(one).toString(QKeySequence.SequenceFormat.NativeText)
            for one in self.shortcuts(action.id)
        )
        tip = action.tip or action.text.rstrip(".…")
        if action.why_not is not None and not made.isEnabled():
            tip = action.why_not() or tip
        made.setToolTip(f"{tip} ({keys})" if keys else tip)
        made.setStatusTip(tip)


def _without_state(handler: Callable[[], object]) -> Callable[[bool], None]:
    def call(_state: bool) -> None:
        handler()

    return call
