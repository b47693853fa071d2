"""Curves of the selected object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel
from trackproof.desktop.panels.timelines.pins import pin_actions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.timelines.panel import TimelinesPanel

    return TimelinesPanel(session)


PANEL = Panel(
    name="timelines",
    title="Timelines",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=20,
    make=_make,
    loads=(
        "trackproof.desktop.panels.timelines.panel",
        "trackproof.desktop.panels.timelines.plot",
    ),
    actions=pin_actions,
    row_stretch=5,
)
