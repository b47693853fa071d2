"""All objects of the sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.objects.panel import ObjectsPanel

    return ObjectsPanel(session)


PANEL = Panel(
    name="objects",
    title="Objects",
    area=Qt.DockWidgetArea.LeftDockWidgetArea,
    order=20,
    make=_make,
    loads=("trackproof.desktop.panels.objects.panel",),
    row_stretch=2,
)
