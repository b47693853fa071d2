"""How a measurement is spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.distribution.panel import DistributionPanel

    return DistributionPanel(session)


PANEL = Panel(
    name="distribution",
    title="Distribution",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=40,
    make=_make,
    row_stretch=3,
    is_shown=False,
)
