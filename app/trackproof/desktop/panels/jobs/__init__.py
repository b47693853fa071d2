"""Labeling jobs of the account: how they stand, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.jobs.panel import JobsPanel

    return JobsPanel(session)


PANEL = Panel(
    name="jobs",
    title="Jobs",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=40,
    make=_make,
    row_stretch=2,
    is_shown=False,
)
