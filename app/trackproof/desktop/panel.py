"""What a panel of the window is, and how panels are found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.discovery import RegistryError, by_name, stated_in

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
    loads : tuple of str
        Modules that take long to import; a worker does it before the widget is made.
    """

    name: str
    title: str
    area: Qt.DockWidgetArea
    order: int
    make: Callable[[Session], QWidget]
    row_stretch: int = 1
    actions: Callable[[Session], Sequence[Action]] | None = None
    is_shown: bool = True
    loads: tuple[str, ...] = ()


def discover_panels() -> tuple[Panel, ...]:
    """Return all panels by area order.

    Raises
    ------
    RegistryError
        When there is none, when a ``PANEL`` is something else, or when two share a name.
    """
    found = by_name(
        (_checked(value, where=where) for where, value in stated_in(PANELS_PACKAGE, "PANEL")),
        kind="panel",
    )
    return tuple(sorted(found.values(), key=lambda panel: (panel.order, panel.name)))


def _checked(value: object, *, where: str) -> Panel:
    if not isinstance(value, Panel):
        raise RegistryError(f"{where} must hold a Panel")
    return value
