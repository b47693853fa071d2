"""Objects that met, and whether they left with each other's identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.identity.panel import IdentityPanel

    return IdentityPanel(session)


PANEL = Panel(
    name="identity",
    title="Identity",
    area=Qt.DockWidgetArea.RightDockWidgetArea,
    order=30,
    make=_make,
    row_stretch=3,
    is_shown=False,
)
