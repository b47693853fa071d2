"""Start trackproof: the one place that knows both the command line and the window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def main() -> int:
    """Run the command line and return its exit status."""
    from trackproof.cli import Outside, run

    return run(sys.argv[1:], outside=Outside(window=open_window, registries={"panels": panels}))


def open_window(paths: list[str], *, frames: str | None = None, root: str | None = None) -> int:
    """Open the window and return its exit status when it is closed.

    Raises
    ------
    TrackproofError
        When this machine cannot show a window.
    """
    from trackproof.errors import TrackproofError

    if not has_screen(sys.platform, os.environ):
        # Qt would abort the process, and a core dump explains nothing.
        raise TrackproofError(
            "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "the commands check, export, validate and merge work without one"
        )
    try:
        from trackproof.desktop.app import run
    except ImportError as error:
        raise TrackproofError(f"the window cannot start, a part is missing: {error}") from error
    return run(paths, frames=frames, root=root)


def has_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Return whether a window could be shown."""
    if not platform.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def panels() -> Sequence[str]:
    """Return the names of the window's panels."""
    from trackproof.desktop.panel import discover_panels

    return [panel.name for panel in discover_panels()]


if __name__ == "__main__":
    sys.exit(main())
