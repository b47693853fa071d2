"""All objects over all frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.overview.panel import OverviewPanel

    return OverviewPanel(session)


PANEL = Panel(
    name="overview",
    title="Overview",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=10,
    make=_make,
    loads=("trackproof.desktop.panels.overview.panel",),
    row_stretch=3,
)
