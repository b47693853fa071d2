"""Process start to first painted window, against a bare PySide6 + pyqtgraph window.

Wanted: at most 1.3 times.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
BYTECODE = tempfile.mkdtemp(prefix="trackproof-bytecode-")
BARE = """
import pyqtgraph
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(pyqtgraph.PlotWidget())
window.resize(1280, 720)
window.show()
application.processEvents()
"""
OURS = """
from PySide6.QtWidgets import QApplication
application = QApplication([])
from trackproof.desktop.app import make_window
window = make_window(application)
window.show()
application.processEvents()
import sys
late = {"pyqtgraph", "pandas", "cv2", "av", "boto3", "scipy", "msgspec"} & set(sys.modules)
print(" ".join(sorted(late)))
"""


def seconds(code: str) -> tuple[float, float, str]:
    """Return seconds by the clock and of processor time, and what the process said."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        # An installed program is compiled: both windows start from bytecode.
        "PYTHONPYCACHEPREFIX": BYTECODE,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "TRACKPROOF_HOME": tempfile.mkdtemp(),
    }
    # The process ends right after the first paint, without tidying up.
    command = [sys.executable, "-c", code + "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n"]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    took_s = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return took_s, spent_s, done.stdout.strip()


def main() -> None:
    for code in (BARE, OURS):
        seconds(code)
    rounds = [(seconds(BARE), seconds(OURS)) for _ in range(ROUNDS)]
    for place, name in enumerate(("clock", "processor")):
        bare, ours = (statistics.median(one[i][place] for one in rounds) for i in (0, 1))
        print(
            f"{name:9} bare window {bare:.2f} s, trackproof {ours:.2f} s, "
            f"ratio {ours / bare:.2f} (wanted: <= 1.3)"
        )
    print(f"slow modules loaded before the first paint: {rounds[-1][1][2]}")


if __name__ == "__main__":
    main()
