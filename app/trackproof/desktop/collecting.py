"""Collect unreachable objects on the main thread alone.

Python collects cycles in whatever thread makes the next object. A dropped dialog that is collected
on a worker thread is destroyed there with its timers, and Qt may crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 1_000
LOOKS_BETWEEN_FULL = 60
"""A full collection visits every object, so it is rarer than Python's own count asks for."""


class Collector(QObject):
    """Stands in for Python's automatic collection while it lives.

    Young objects are looked at every second, all of them once a minute at most; what was alive at
    the start is left out, so that a look stays short.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._was_enabled = gc.isenabled()
        self._looks = 0
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_EVERY_MS)

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        self._looks += 1
        counts = gc.get_count()
        for generation in (2, 1, 0):
            is_early = generation == 2 and self._looks < LOOKS_BETWEEN_FULL
            if counts[generation] > self._thresholds[generation] and not is_early:
                if generation == 2:
                    self._looks = 0
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
