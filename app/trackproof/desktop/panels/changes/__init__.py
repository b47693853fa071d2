"""What differs from the labels as opened, object by object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.changes.panel import ChangesPanel

    return ChangesPanel(session)


PANEL = Panel(
    name="changes",
    title="Changes",
    area=Qt.DockWidgetArea.LeftDockWidgetArea,
    order=30,
    make=_make,
    row_stretch=2,
    is_shown=False,
)
