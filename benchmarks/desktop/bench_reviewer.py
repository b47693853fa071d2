"""A scripted reviewer resolves 50 flags of the demo, one key each: Enter for a repair, else X.

What counts is the program's own time for a flag: from the key until everything of the next flag is
on screen, which is its frame with its picture and boxes, its evidence, its film strip and its
curves. Wanted: at most 150 ms. The other figures go on until the edit is checked and the next
flag's repairs are known, which happens while a person looks. On a machine that does other work,
look at the processor time of the window's thread.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from making import open_window, wait
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest

from trackproof.demo import ensure_demo
from trackproof.desktop.panels.desk import ReviewDesk
from trackproof.desktop.panels.evidence.panel import EvidencePanel
from trackproof.desktop.panels.film_strip.strip import FilmStrip
from trackproof.desktop.panels.timelines.panel import TimelinesPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication, QWidget

    from trackproof.checks import Flag
    from trackproof.desktop.window import MainWindow

FLAGS = 50
LONGEST_S = 30


class Painted(QObject):
    """Remembers whether a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.since = False
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look at every event and let it pass."""
        self.since = self.since or event.type() == QEvent.Type.Paint
        return False


class Reviewer:
    """Presses keys and sees what a person sees."""

    def __init__(self, application: QApplication, window: MainWindow) -> None:
        self._application, self._window = application, window
        self._session = window.session
        self._desk = ReviewDesk.of(window.session)
        evidence, timelines = window.findChild(EvidencePanel), window.findChild(TimelinesPanel)
        assert evidence is not None
        assert timelines is not None
        strip = evidence.findChild(FilmStrip)
        assert strip is not None
        self._evidence, self._timelines = evidence, timelines
        views = [plot.view.viewport() for plot in timelines.plots.values()]
        self._painted = [Painted(one) for one in (strip, *views)]
        self._shown: set[int] = set()
        window.area.canvas.painted.connect(self._note_frame)

    def _note_frame(self, frame: int) -> None:
        """Remember a frame of which the canvas has painted the picture."""
        token = self._window.area.canvas.token
        if token.is_exact and token.picture is not None:
            self._shown.add(frame)

    def sees(self, judged: Flag) -> bool:
        """Return whether everything of another flag than the judged one is on screen."""
        session = self._session
        return (
            session.verdict(judged) != "open"
            and session.flag is not None
            and session.flag.key != judged.key
            and session.flag.frame in self._shown
            and self._evidence.is_settled
            and self._timelines.is_settled
            and all(one.since for one in self._painted)
        )

    def run_until(self, is_over: Callable[[], bool]) -> None:
        """Run the event loop as the program does: it sleeps while there is nothing to do."""
        end_s = time.monotonic() + LONGEST_S
        while not is_over():
            assert time.monotonic() < end_s, "the next flag never came"
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def judge(self) -> dict[str, float]:
        """Judge the flag under review; return milliseconds by the clock and of the thread."""
        session, desk, canvas = self._session, self._desk, self._window.area.canvas
        flag = session.flag
        assert flag is not None
        self._shown.clear()
        for one in self._painted:
            one.since = False
        start, own = time.perf_counter(), time.thread_time()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_X) if desk.may_accept else (Qt.Key.Key_X,):
            # A repair that no longer fits is refused in words; the second key says what it is then.
            if session.verdict(flag) == "open":
                QTest.keyClick(canvas, key)
        assert session.verdict(flag) != "open", "the key was not taken"
        self.run_until(lambda: self.sees(flag))
        shown = 1e3 * (time.perf_counter() - start), 1e3 * (time.thread_time() - own)
        self.run_until(lambda: session.is_checked and not desk.is_looking)
        settled = 1e3 * (time.perf_counter() - start), 1e3 * (time.thread_time() - own)
        return {
            "next flag shown, clock": shown[0],
            "next flag shown, window's thread": shown[1],
            "checked and repairs known, clock": settled[0],
            "checked and repairs known, window's thread": settled[1],
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
    reviewer = Reviewer(application, window)
    heartbeat = QTimer()
    heartbeat.start(5)
    times = []
    for _ in range(FLAGS):
        times.append(reviewer.judge())
        wait(application, lambda: session.is_checked and not session.tasks.running)
    for name in times[0]:
        ordered = sorted(one[name] for one in times)
        print(
            f"{name:42} median {ordered[FLAGS // 2]:4.0f} ms a flag, "
            f"95 of 100 within {ordered[int(0.95 * FLAGS)]:4.0f} ms (wanted: <= 150)"
        )
    print(f"{ReviewDesk.of(session).totals_in_words()}")
    window.close()


if __name__ == "__main__":
    main()
