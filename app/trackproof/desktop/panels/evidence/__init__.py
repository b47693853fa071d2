"""Why a flag was raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.evidence.panel import EvidencePanel

    return EvidencePanel(session)


PANEL = Panel(
    name="evidence",
    title="Evidence",
    area=Qt.DockWidgetArea.RightDockWidgetArea,
    order=20,
    make=_make,
    loads=("trackproof.desktop.panels.evidence.panel",),
    row_stretch=5,
)
