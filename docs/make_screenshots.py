"""Make the pictures of README and user guide and the table of keys again.

Run by `make screenshots`; needs no screen. Every picture is a grab of the real window with the
demo open, and the keys are those of its action table.
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

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from trackproof.demo import ensure_demo
from trackproof.desktop.app import make_window
from trackproof.desktop.flag_loop import SETTING as PLAYS_FLAGS
from trackproof.desktop.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.window import MainWindow

IMAGES = Path(__file__).parent / "images"
LONGEST_WAIT_S = 600.0
DIALOGS = {
    "review.sample": "dialog-sample",
    "view.choose_shown": "dialog-showing",
    "help.shortcuts": "dialog-shortcuts",
}


def main() -> int:
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    demo = ensure_demo()
    IMAGES.mkdir(exist_ok=True)
    for theme in ("dark", "light"):
        settings = Settings()
        settings.theme_name = theme
        settings.set_flag(PLAYS_FLAGS, value=False)
        settings.save()
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
        save_panels(application, window, theme)
        save_dialogs(application, window, theme)
        save_tour(application, window, theme)
        save_agreement(application, window, demo.truth_path, theme)
        write_keys(window)
        window.close()
        settle(application)
    return 0


def save(window: MainWindow, name: str) -> None:
    window.grab().save(str(IMAGES / f"{name}.png"))


def save_panels(application: QApplication, window: MainWindow, theme: str) -> None:
    """Picture every panel with the flag under review, also those that are closed at first."""
    for name, dock in window.docks.items():
        was_shown = dock.isVisible()
        dock.show()
        dock.raise_()
        settle(application, 1.0)
        dock.widget().grab().save(str(IMAGES / f"panel-{name}-{theme}.png"))
        dock.setVisible(was_shown)
    window.reset_layout()
    settle(application)


def save_dialogs(application: QApplication, window: MainWindow, theme: str) -> None:
    """Picture the dialogs that stand beside the window."""
    for action, name in DIALOGS.items():
        window.registry.refresh()
        window.registry.qaction(action).trigger()
        settle(application)
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.grab().save(str(IMAGES / f"{name}-{theme}.png"))
                dialog.close()


def save_tour(application: QApplication, window: MainWindow, theme: str) -> None:
    """Picture the first card of the tour."""
    window.tour.start()
    settle(application)
    save(window, f"tour-{theme}")
    window.tour.end()


def save_agreement(application: QApplication, window: MainWindow, truth: Path, theme: str) -> None:
    """Picture the demo against its exact labels."""
    from trackproof.desktop.panels.agreement.second_set import SecondSet

    dock = window.docks["agreement"]
    dock.show()
    dock.raise_()
    second = SecondSet.of(window.session)
    second.open(truth)
    wait(application, lambda: second.agreement is not None and not second.is_comparing)
    dock.widget().grab().save(str(IMAGES / f"panel-agreement-{theme}.png"))
    dock.close()  # the next theme starts with the layout that this one leaves


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
    loop = QEventLoop(application)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def write_keys(window: MainWindow) -> None:
    """Write all actions with their keys as a table."""
    lines = ["# Keys", "", "Every key can be changed: press `?` in the window.", ""]
    for menu in dict.fromkeys(action.menu_name for action in window.registry.actions):
        lines += [f"## {menu}", "", "| action | keys |", "|---|---|"]
        for action in window.registry.actions:
            if action.menu_name == menu:
                keys = ", ".join(f"`{key}`" for key in action.shortcuts)
                lines.append(f"| {action.text} | {keys} |")
        lines.append("")
    (IMAGES.parent / "keys.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
