"""What a panel of the window is, and how panels are found."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.actions import Action
    from trackproof.desktop.session import Session

PANELS_PACKAGE = "trackproof.desktop.panels"


@dataclass(frozen=True, slots=True)
class Panel:
    """One dock of the window, stated by ``panels/<name>/__init__.py`` as ``PANEL``.

    Parameters
    ----------
    name : str
        Stable id; layouts remember it.
    title : str
        What people see.
    area : Qt.DockWidgetArea
        Where it stands before anybody moved it.
    order : int
        Place within its area; panels with the same area and order share tabs.
    make : callable
        Builds the widget; called once, when the window is built.
    row_stretch : int
        Share of the area's height (or width) compared with its neighbours.
    actions : callable or None
        Actions that the panel adds to the menus, the palette and the shortcut sheet.
    is_shown : bool
        Whether it is open before anybody closed or opened it.
    """

    name: str
    title: str
    area: Qt.DockWidgetArea
    order: int
    make: Callable[[Session], QWidget]
    row_stretch: int = 1
    actions: Callable[[Session], Sequence[Action]] | None = None
    is_shown: bool = True


def discover_panels() -> tuple[Panel, ...]:
    """Return all panels by area order.

    Raises
    ------
    LookupError
        When there is none, when a folder states no ``PANEL``, or when two share a name.
    """
    package = importlib.import_module(PANELS_PACKAGE)
    found: dict[str, Panel] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg:
            continue
        panel = getattr(importlib.import_module(f"{PANELS_PACKAGE}.{module.name}"), "PANEL", None)
        if not isinstance(panel, Panel):
            raise LookupError(f"panel folder {module.name} states no PANEL")  # noqa: TRY004 - a missing panel, not a wrong argument
        if panel.name in found:
            raise LookupError(f"two panels are called {panel.name}")
        found[panel.name] = panel
    if not found:
        raise LookupError("no panel was found; the installation is incomplete")
    return tuple(sorted(found.values(), key=lambda panel: (panel.order, panel.name)))
