"""The one stylesheet of the window, filled from theme tokens."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from trackproof import paths

if TYPE_CHECKING:
    from trackproof.desktop.theme import Theme


def stylesheet(theme: Theme) -> str:
    """Return the stylesheet of a theme."""
    template = Template(paths.resource("themes", "window.qss").read_text("utf-8"))
    selection = theme.selection()
    return template.substitute(
        surface=theme.surface.name(),
        raised=theme.surface_raised.name(),
        line=theme.line.name(),
        text=theme.text.name(),
        dim=theme.text_dim.name(),
        accent=theme.accent.name(),
        on_accent=theme.on_accent.name(),
        danger=theme.danger.name(),
        selection=selection.name(),
        down=_icon(f"down-{theme.name}.svg"),
        tick=_icon(f"tick-{theme.name}.svg"),
    )


def _icon(name: str) -> str:
    """Return where an icon is, with the slashes that stylesheets want everywhere."""
    return str(paths.resource("icons", name)).replace("\\", "/")
