"""Starting the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from trackproof.desktop.clips import ClipWindows
from trackproof.desktop.collecting import Collector
from trackproof.desktop.session import Session
from trackproof.desktop.theme import apply_theme
from trackproof.desktop.window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

SWITCH_S = 0.0005
"""Every call into Qt lets go of the interpreter; a busy worker gives it back after this time.

With Python's own 5 ms, opening 100,000 boxes stops the window for a second.
"""


def run(
    paths: Sequence[str],
    *,
    frames: str | None = None,
    root: str | None = None,
    argv: Sequence[str] | None = None,
) -> int:
    """Show the window and return the exit status when it closes.

    Parameters
    ----------
    paths : sequence of str
        Labels to open; empty shows the welcome page. ``demo:`` opens the demo scene.
    frames : str or None
        Folder or video with the frames of the first sequence.
    root : str or None
        Local folder that stands for the S3 prefix of a manifest.
    argv : sequence of str or None
        For Qt; the program's own arguments when left out.
    """
    application = QApplication(list(argv if argv is not None else sys.argv[:1]))
    window = make_window(application)
    window.show()
    if list(paths) == ["demo:"]:
        window.session.open_demo()
    elif paths:
        window.session.open(paths, frames=frames, root=root)
    collector = Collector(application)
    try:
        return application.exec()
    finally:
        collector.stop()


def make_window(application: QApplication) -> MainWindow:
    """Return the main window of an application, themed and not yet shown."""
    application.setApplicationName("trackproof")
    application.setApplicationDisplayName("trackproof")
    sys.setswitchinterval(SWITCH_S)
    session = Session()
    apply_theme(session.theme)
    window = MainWindow(session)
    session.setParent(window)
    ClipWindows(window)
    return window
