"""Process start to first painted window, against a bare PySide6 + pyqtgraph window.

Wanted: at most 1.3 times.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
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


def seconds(code: str) -> tuple[float, str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "TRACKPROOF_HOME": tempfile.mkdtemp(),
    }
    # The process ends right after the first paint, without tidying up.
    command = [sys.executable, "-c", code + "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n"]
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout.strip()


def main() -> None:
    for code in (BARE, OURS):
        seconds(code)
    bare, ours, late = [], [], ""
    for _ in range(ROUNDS):
        bare.append(seconds(BARE)[0])
        took_s, late = seconds(OURS)
        ours.append(took_s)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(
        f"bare window {statistics.median(bare):.2f} s, trackproof {statistics.median(ours):.2f} s"
    )
    print(f"ratio {ratio:.2f} (wanted: <= 1.3); slow modules loaded before the first paint: {late}")


if __name__ == "__main__":
    main()
