"""Make the pictures of README and user guide again: the demo, opened and reviewed a little.

Run by `make screenshots`; needs no screen. Every picture is a grab of the real window.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TRACKPROOF_HOME"] = home = tempfile.mkdtemp(prefix="trackproof-pictures-")

from PySide6.QtWidgets import QApplication, QDockWidget

from trackproof.demo import ensure_demo
from trackproof.desktop.app import make_window
from trackproof.desktop.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.window import MainWindow

IMAGES = Path(__file__).parent / "images"
LONGEST_WAIT_S = 60.0


def main() -> int:
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    demo = ensure_demo()
    IMAGES.mkdir(exist_ok=True)
    for theme in ("dark", "light"):
        settings = Settings()
        settings.theme_name = theme
        window = make_window(application)
        window.resize(1600, 950)
        window.show()
        settle(application)
        save(window, f"welcome-{theme}")
        window.session.open([str(demo.labels_path)], frames=str(demo.frames_dir))
        wait(application, lambda w=window: bool(w.session.flags) and w.session.frames is not None)
        for _ in range(3):
            window.session.next_flag()
            settle(application, 1.0)
        save(window, f"window-{theme}")
        for dock in window.findChildren(QDockWidget):
            if dock.isVisible():
                dock.widget().grab().save(str(IMAGES / f"panel-{dock.objectName()}-{theme}.png"))
        window.close()
        settle(application)
    return 0


def save(window: MainWindow, name: str) -> None:
    window.grab().save(str(IMAGES / f"{name}.png"))


def wait(application: QApplication, done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_WAIT_S
    while not done():
        if time.monotonic() > end:
            raise SystemExit("the window did not get ready")
        application.processEvents()
        time.sleep(0.01)
    settle(application, 2.0)


def settle(application: QApplication, seconds: float = 0.5) -> None:
    """Let the window paint, and its background work arrive."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
