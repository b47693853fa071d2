"""Crops of the selected object over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.film_strip.strip import FilmStrip

    return FilmStrip(session, cell_width=96)


PANEL = Panel(
    name="film_strip",
    title="Film strip",
    area=Qt.DockWidgetArea.BottomDockWidgetArea,
    order=30,
    make=_make,
    row_stretch=2,
    is_shown=False,
)
