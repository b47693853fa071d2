"""The frames before, at and after, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.compare.panel import ComparePanel

    return ComparePanel(session)


PANEL = Panel(
    name="compare",
    title="Compare",
    area=Qt.DockWidgetArea.RightDockWidgetArea,
    order=30,
    make=_make,
    row_stretch=3,
    is_shown=False,
)
