"""The longest time in which the window does not answer while 100,000 boxes are opened and checked.

A timer beats every 2 ms; a gap between two beats is a stall. Wanted: at most 50 ms. On a machine
that does other work, the window's own share of a stall is its thread's processor time. It runs from
bytecode, as an installed program does: compiling a large module holds the interpreter for 200 ms.
As in the program, cycles are collected by the window's own collector. Opening begins when the
panels are made; how long that stops the window is told as well.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from making import open_window, wait, walkers
from PySide6.QtCore import Qt, QTimer

from trackproof.desktop.collecting import Collector
from trackproof.desktop.panel import discover_panels

FRAMES, TRACKS = 2_000, 50
BEAT_MS = 2


def write_labels(folder: Path) -> Path:
    (folder / "gt").mkdir(parents=True)
    sequence = walkers(frames=FRAMES, tracks=TRACKS)
    with (folder / "gt" / "gt.txt").open("w") as file:
        for track, block in sequence.labels.table.blocks.items():
            for frame, (left, top, width, height) in zip(block.frame, block.xywh, strict=True):
                box = f"{left:.2f},{top:.2f},{width:.2f},{height:.2f}"
                file.write(f"{frame + 1},{track + 1},{box},1,-1,-1,-1\n")
    return folder


def from_bytecode() -> str:
    """Run this twice, so that everything is compiled, and return what the second run said."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": tempfile.mkdtemp()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *sys.argv]
    runs = [
        subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    return runs[-1].stdout


class Heart:
    """Beats as often as the event loop lets it, and remembers when it did."""

    def __init__(self) -> None:
        self._beats: list[tuple[float, float]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        self._beats.append((time.perf_counter(), time.thread_time()))

    def stalls_ms(self) -> tuple[list[tuple[float, float]], float]:
        """Return the longest gaps with when they began, and the longest own processor time."""
        beats, self._beats = self._beats, []
        pairs = list(itertools.pairwise(beats))
        gaps = sorted(((1e3 * (b[0] - a[0]), a[0]) for a, b in pairs), reverse=True)
        return gaps, max(1e3 * (b[1] - a[1]) for a, b in pairs)


def main() -> None:
    if "PYTHONPYCACHEPREFIX" not in os.environ:
        print(from_bytecode(), end="")
        return
    folder = write_labels(Path(tempfile.mkdtemp()) / "crowd")
    application, window = open_window()
    session = window.session
    collector = Collector(application)
    heart = Heart()
    docks = [window.docks[panel.name] for panel in discover_panels() if panel.is_shown]
    wait(application, lambda: all(dock.widget() is not None for dock in docks))
    wait(application, lambda: not session.tasks.running)
    gaps, busiest = heart.stalls_ms()
    print(f"while panels are made: stall {gaps[0][0]:.0f} ms, own processor time {busiest:.0f} ms")
    notes: list[tuple[float, str]] = []

    def note(text: str) -> None:
        notes.append((time.perf_counter(), text))

    session.sequence_changed.connect(lambda: note("sequence"))
    session.analysis_changed.connect(lambda: note("analysis"))
    session.message.connect(lambda banner: print("said:", banner.text))
    start = time.perf_counter()
    session.open([folder])
    wait(application, lambda: session.analysis is not None and not session.tasks.running)
    took_s = time.perf_counter() - start
    wait(application, lambda: time.perf_counter() - start > took_s + 0.5)
    gaps, busiest = heart.stalls_ms()
    print(
        f"{FRAMES * TRACKS:,} boxes open and checked in {took_s:.2f} s; {len(session.flags)} flags"
    )
    for gap, at in gaps[:5]:
        print(f"  stall of {gap:.0f} ms at {at - start:.2f} s")
    for at, text in notes:
        print(f"  {text} at {at - start:.2f} s")
    print(f"longest stall {gaps[0][0]:.0f} ms (wanted: <= 50)")
    print(f"longest stretch of the window's own processor time: {busiest:.0f} ms")
    collector.stop()
    window.close()


if __name__ == "__main__":
    main()
