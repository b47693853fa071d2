"""Showing and hiding panels, as actions, so that keys and the search of commands reach them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.panels.later import is_behind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtWidgets import QDockWidget

    from trackproof.desktop.actions import ActionRegistry
    from trackproof.desktop.panel import Panel


def panel_actions(
    panels: Iterable[Panel], docks: Mapping[str, QDockWidget], registry: ActionRegistry
) -> list[Action]:
    """Return one action for every panel."""
    return [
        Action(
            f"view.panel_{panel.name}",
            f"{panel.title} panel",
            "View/panels/Panels",
            partial(_show_or_hide, docks[panel.name], registry),
            is_checked=partial(_is_open, docks[panel.name]),
            tip=f"Show or hide the {panel.title} panel",
        )
        for panel in panels
    ]


def _show_or_hide(dock: QDockWidget, registry: ActionRegistry, _state: bool) -> None:
    """Close a panel that is seen, and bring every other one to the front."""
    is_wanted = is_behind(dock)
    dock.setVisible(is_wanted)
    if is_wanted:
        dock.raise_()
    registry.refresh_soon()


def _is_open(dock: QDockWidget) -> bool:
    return not dock.isHidden()
