"""Start trackproof: the one place that knows both the command line and the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> int:
    """Run the command line and return its exit status."""
    from trackproof.cli import Outside, run

    return run(sys.argv[1:], outside=Outside(window=open_window, registries={"panels": panels}))


def open_window(paths: list[str], *, frames: str | None = None, root: str | None = None) -> int:
    """Open the window and return its exit status when it is closed."""
    from trackproof.desktop.app import run

    return run(paths, frames=frames, root=root)


def panels() -> Sequence[str]:
    """Return the names of the window's panels."""
    from trackproof.desktop.panel import discover_panels

    return [panel.name for panel in discover_panels()]


if __name__ == "__main__":
    sys.exit(main())
