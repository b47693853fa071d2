"""Numbers and attributes of the selected box, to read and to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.inspector.panel import InspectorPanel

    return InspectorPanel(session)


PANEL = Panel(
    name="inspector",
    title="Inspector",
    area=Qt.DockWidgetArea.RightDockWidgetArea,
    order=20,
    make=_make,
    row_stretch=4,
    is_shown=False,
)
