"""A scripted reviewer resolves 50 flags of the demo, one key each: Enter for a repair, else X.

What counts is the program's own time for a flag: from the key to the next flag on screen, with its
evidence and curves. Wanted: at most 150 ms. The second figure goes on until the edit is checked and
the next flag's repairs are known, which happens while a person looks. On a machine that does other
work, look at the window's processor time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from making import open_window, wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trackproof.demo import ensure_demo
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.timelines.panel import TimelinesPanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from trackproof.desktop.window import MainWindow

FLAGS = 50
TURNS = 4
"""Turns of the event loop after which everything that a key asked for has been done."""


def resolve(application: QApplication, window: MainWindow) -> dict[str, float]:
    """Judge the flag under review; return milliseconds by the clock and of the window's thread."""
    session, canvas, desk = window.session, window.area.canvas, ReviewDesk.of(window.session)
    timelines = window.findChild(TimelinesPanel)
    assert timelines is not None
    flag = session.flag
    assert flag is not None
    start, own = time.perf_counter(), time.thread_time()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_X) if desk.may_accept else (Qt.Key.Key_X,):
        # A repair that no longer fits is refused in words; the second key says what it is then.
        if session.verdict(flag) == "open":
            QTest.keyClick(canvas, key)
            canvas.repaint()
            for _ in range(TURNS):
                application.processEvents()
            # curves wait a moment for the picture: they belong to the flag, so they count
            _ = timelines.plots
            for _ in range(TURNS):
                application.processEvents()
    shown = 1e3 * (time.perf_counter() - start), 1e3 * (time.thread_time() - own)
    assert session.verdict(flag) != "open", "the key was not taken"
    wait(application, lambda: session.is_checked and not desk.is_looking)
    settled = 1e3 * (time.perf_counter() - start), 1e3 * (time.thread_time() - own)
    return {
        "next flag shown, clock": shown[0],
        "next flag shown, processor": shown[1],
        "checked and repairs known, clock": settled[0],
        "checked and repairs known, processor": settled[1],
    }


def main() -> None:
    demo = ensure_demo()
    application, window = open_window()
    session = window.session
    session.open([demo.labels_path], frames=demo.frames_dir)
    wait(application, lambda: session.analysis is not None and session.frames is not None)
    wait(application, lambda: not session.tasks.running, limit_s=600)
    session.next_flag()
    window.activateWindow()
    wait(application, window.isActiveWindow)
    window.area.canvas.setFocus()
    wait(application, window.registry.qaction("review.dismiss").isEnabled)
    times = []
    for _ in range(FLAGS):
        times.append(resolve(application, window))
        wait(application, lambda: session.picture(session.frame) is not None)
        wait(application, lambda: session.is_checked and not session.tasks.running)
    for name in times[0]:
        ordered = sorted(one[name] for one in times)
        print(
            f"{name:37} median {ordered[FLAGS // 2]:4.0f} ms a flag, "
            f"95 of 100 within {ordered[int(0.95 * FLAGS)]:4.0f} ms (wanted: <= 150)"
        )
    print(f"{ReviewDesk.of(session).totals_in_words()}")
    window.close()


if __name__ == "__main__":
    main()
