"""What was done, to be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.history.panel import HistoryPanel

    return HistoryPanel(session)


PANEL = Panel(
    name="history",
    title="History",
    area=Qt.DockWidgetArea.LeftDockWidgetArea,
    order=30,
    make=_make,
    row_stretch=2,
    is_shown=False,
)
