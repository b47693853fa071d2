"""Dragging a box at 60 Hz with 200 boxes in view and 100,000 in the sequence.

Run: python benchmarks/desktop/bench_drag.py [--rounds 3] [--profile]
Real mouse events go into the real window with all panels open: every 1/60 s the mouse moves, and
the time until the canvas has painted is taken. Then the release (one edit), and undo and redo in
the window. Wanted: 95 of 100 moves within 16 ms; release and undo of an edit within 16 ms. On a
machine that does other work, look at the processor time of the window's thread.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from making import load, open_window, wait, walkers, write_jpegs
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.window import MainWindow

TRACKS, FRAMES, FILMED = 200, 500, 12
"""200 boxes in each of 500 frames; the first few have pictures, which is all that is looked at."""
MOVES = 120
REST_S = 0.5
"""After which everything that an edit asked for is done, lists that wait for the sums included."""
TICK_S = 1 / 60
WANTED_MS = 16.0


def send(application: QApplication, canvas: Canvas, kind: QEvent.Type, at: QPointF) -> None:
    """Deliver a mouse event as the window system does."""
    is_move = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if is_move else Qt.MouseButton.LeftButton
    is_up = kind == QEvent.Type.MouseButtonRelease
    held = Qt.MouseButton.NoButton if is_up else Qt.MouseButton.LeftButton
    place = canvas.mapToGlobal(at.toPoint() if isinstance(at, QPointF) else QPoint())
    event = QMouseEvent(kind, at, QPointF(place), button, held, Qt.KeyboardModifier.NoModifier)
    application.sendEvent(canvas, event)


class Painted(QObject):
    """Notices when the canvas has painted and the window shows it.

    What the window does after that (lists, curves) is asked for with less haste, and is no part
    of the time until a person sees the change.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._has_painted = False
        self.count = 0
        self.at, self.spent = 0.0, 0.0
        canvas.painted.connect(self._note)

    def expect(self) -> None:
        """Wait for the next painting of the window, which Qt does when nothing else is posted.

        What is posted with a lower priority still arrives straight after it, and before timers.
        """
        self._has_painted = False
        self._post()

    def _post(self) -> None:
        application = QCoreApplication.instance()
        assert application is not None
        after_painting = Qt.EventPriority.LowEventPriority.value - 1
        application.postEvent(self, QEvent(QEvent.Type.User), after_painting)

    def _note(self, _frame: int) -> None:
        self._has_painted = True

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.User:
            return super().event(event)
        if self._has_painted:
            self.count += 1
            self.at, self.spent = time.perf_counter(), time.thread_time()
        else:
            self._post()
        return True


def until_painted(
    application: QApplication, painted: Painted, before: int, began: float, spent: float
) -> tuple[float, float]:
    """Return milliseconds by the clock and of the window's thread until the change is seen."""
    painted.expect()
    while painted.count == before:
        application.processEvents()
    return 1e3 * (painted.at - began), 1e3 * (painted.spent - spent)


def drag(application: QApplication, window: MainWindow, painted: Painted) -> dict[str, list[float]]:
    """Return milliseconds, and processor milliseconds, of every move of one drag."""
    session, canvas = window.session, window.area.canvas
    assert session.labels is not None
    box = session.labels.table.blocks[session.track].xywh[session.frame]
    start = canvas.view.to_widget(QPointF(box[0] + box[2] / 2, box[1] + box[3] / 2))
    wall, spent = [], []
    send(application, canvas, QEvent.Type.MouseButtonPress, start)
    at = start
    due = time.perf_counter()
    for move in range(MOVES):
        due += TICK_S
        while time.perf_counter() < due:
            application.processEvents()
        at = start + QPointF(5 + 0.5 * move, 3 * (move % 7))
        before, began, own = painted.count, time.perf_counter(), time.thread_time()
        send(application, canvas, QEvent.Type.MouseMove, at)
        took = until_painted(application, painted, before, began, own)
        wall.append(took[0])
        spent.append(took[1])
    settle(application, window)
    before, began, own = painted.count, time.perf_counter(), time.thread_time()
    send(application, canvas, QEvent.Type.MouseButtonRelease, at)
    release = until_painted(application, painted, before, began, own)
    return {
        "move": wall,
        "move, processor": spent,
        "release": [release[0]],
        "release, processor": [release[1]],
    }


def undo_and_redo(
    application: QApplication, window: MainWindow, painted: Painted
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"undo": [], "redo": []}
    for name, step in (("undo", window.session.undo), ("redo", window.session.redo)):
        settle(application, window)
        before, began, own = painted.count, time.perf_counter(), time.thread_time()
        step()
        took = until_painted(application, painted, before, began, own)
        times.setdefault(f"{name}, processor", []).append(took[1])
        times[name].append(took[0])
    settle(application, window)
    return times


def settle(application: QApplication, window: MainWindow) -> None:
    """Wait as a person who looks: until the last edit is checked and everything shows it."""
    session = window.session
    wait(application, lambda: session.is_checked and not session.tasks.running)
    rested_s = time.perf_counter() + REST_S
    wait(application, lambda: time.perf_counter() > rested_s)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="Print where a drag spends its time")
    options = parser.parse_args()
    folder = write_jpegs(Path(tempfile.mkdtemp()) / "jpg", frames=FILMED)
    application, window = open_window(size=(1600, 950))
    load(application, window, folder, walkers(frames=FRAMES, tracks=TRACKS))
    session, canvas = window.session, window.area.canvas
    wait(application, lambda: session.picture(5) is not None)
    session.go_to(5)
    session.select_track(7)
    wait(application, lambda: not session.tasks.running)
    painted = Painted(canvas)
    assert session.labels is not None
    boxes = len(session.labels.table)
    print(f"{boxes:,} boxes, {len(canvas.marks.marks)} in view", end="; ")
    print(f"canvas {canvas.width()} x {canvas.height()}")
    times: dict[str, list[float]] = {}
    profile = cProfile.Profile()
    for _ in range(options.rounds):
        if options.profile:
            profile.enable()
        found = drag(application, window, painted)
        profile.disable()
        found |= undo_and_redo(application, window, painted)
        session.undo()
        for name, values in found.items():
            times.setdefault(name, []).extend(values)
    for name, values in times.items():
        median, high = statistics.median(values), percentile(values, 0.95)
        print(f"{name:26} median {median:6.2f} ms   95th percentile {high:6.2f} ms")
    print(f"wanted: moves, undo and redo within {WANTED_MS:g} ms")
    if options.profile:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(35)
    window.close()


if __name__ == "__main__":
    main()
