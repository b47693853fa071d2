"""Making the panels of the window: what they need on a worker, then one panel in each turn."""

from __future__ import annotations

import sys
import traceback
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from trackproof.desktop.checking import import_checks
from trackproof.desktop.folding import BETWEEN_MS
from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.panels.later import is_behind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QDockWidget, QMainWindow

    from trackproof.desktop.folding import Folding
    from trackproof.desktop.panel import Panel
    from trackproof.desktop.session import Session

CHECKS_AFTER_MS = 300


class DockFiller(QObject):
    """Makes panels when they are first seen; those that are closed or behind others wait.

    Parameters
    ----------
    docks : mapping
        Docks by name of their panel; all are there already.
    folding : Folding
        Knows which docks come back when something is opened.
    """

    def __init__(
        self,
        window: QMainWindow,
        panels: Sequence[Panel],
        docks: Mapping[str, QDockWidget],
        *,
        folding: Folding,
        session: Session,
    ) -> None:
        super().__init__(window)
        self._window, self._panels, self._docks = window, panels, docks
        self._folding, self._session = folding, session
        self._is_loading = False
        for panel in panels:
            docks[panel.name].visibilityChanged.connect(partial(self._on_shown, panel))

    def begin(self) -> None:
        """Import in the background what panels need, and make them."""
        names = {name for one in self._panels if self._is_wanted(one) for name in one.loads}
        missing = sorted(names - sys.modules.keys())
        if not missing:
            self.fill()
            return
        self._is_loading = True
        self._session.tasks.start(
            "Getting panels ready",
            lambda _progress: list(map(import_module, missing)),
            succeeded=self._on_loaded,
            failed=self._on_loaded,
            cancelled=self._on_stopped,
            is_quiet=True,
        )

    def fill(self) -> None:
        """Make the wanted panels, one in each turn, so that the window answers in between."""
        waiting = (one for one in self._panels if self._docks[one.name].widget() is None)
        panel = next(filter(self._is_wanted, waiting), None)
        if panel is not None and not self._is_loading:
            self._make(panel)
            QTimer.singleShot(BETWEEN_MS, self, self.fill)

    def _is_wanted(self, panel: Panel) -> bool:
        is_coming = self._folding.wants(panel.name)
        if is_coming is not None:
            return is_coming
        dock = self._docks[panel.name]
        return not dock.isHidden() and not is_behind(dock)

    def _make(self, panel: Panel) -> None:
        """Make one panel; one that cannot be made is told of, and the others work."""
        dock = self._docks[panel.name]
        if dock.widget() is not None or (self._is_loading and panel.loads):
            return
        try:
            widget = panel.make(self._session)
        except Exception as error:  # noqa: BLE001 - the edge: a window without one panel still works
            error.add_note(traceback.format_exc())
            self._session.message.emit(
                banner_of_error(error, doing=f"making the panel {panel.title}")
            )
            widget = EmptyState("This panel could not be made", "The message above says why.")
        dock.setWidget(widget)
        _polish(widget)

    def _on_shown(self, panel: Panel, is_visible: bool) -> None:
        if is_visible and self._window.isVisible():
            self._make(panel)

    def _on_loaded(self, _answer: object) -> None:
        self._is_loading = False
        self.fill()
        QTimer.singleShot(CHECKS_AFTER_MS, self, self._get_checks_ready)

    def _on_stopped(self) -> None:
        """Make panels all the same when a person stopped the import; not when the window closes."""
        self._is_loading = False
        if self._window.isVisible():
            self.fill()

    def _get_checks_ready(self) -> None:
        """Import the checks while nobody waits: after opening they would hold painting up."""
        self._session.tasks.start(
            "Getting checks ready",
            lambda _progress: import_checks(),
            succeeded=lambda _checks: None,
            failed=lambda _error: None,
            is_quiet=True,
        )


def _polish(widget: QWidget) -> None:
    """Style a widget and everything inside before it is shown for the first time."""
    for one in (widget, *widget.findChildren(QWidget)):
        one.ensurePolished()
