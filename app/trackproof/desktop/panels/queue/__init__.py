"""The review queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.panel import Panel
from trackproof.desktop.panels.queue.actions import queue_actions

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.queue.panel import QueuePanel

    return QueuePanel(session)


PANEL = Panel(
    name="queue",
    title="Queue",
    area=Qt.DockWidgetArea.RightDockWidgetArea,
    order=10,
    make=_make,
    loads=("trackproof.desktop.panels.queue.panel",),
    row_stretch=4,
    actions=queue_actions,
)
