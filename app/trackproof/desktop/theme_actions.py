"""The choice of a theme as actions, for every window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.settings import Settings

THEMES = ("system", "dark", "light", "contrast")


def theme_actions(prefix: str, settings: Settings, choose: Callable[[str], None]) -> list[Action]:
    """Return one action per theme.

    Parameters
    ----------
    prefix : str
        What the ids of the window's actions begin with.
    """

    def action(name: str) -> Action:
        return Action(
            f"{prefix}.theme_{name}",
            f"Theme: {name}",
            "View/theme",
            lambda _state: choose(name),
            is_checked=lambda: settings.theme_name == name,
        )

    return [action(name) for name in THEMES]
