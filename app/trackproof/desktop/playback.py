"""A player: the clock says which frame is due, the cache says which can be shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
LATE_S = 0.5
"""Behind by more than this, the clock starts again where the picture is: waiting, not jumping."""
TICK_MS = 4


class Player(QObject):
    """Advances a frame index along a monotonic clock.

    Parameters
    ----------
    is_ready : callable
        Whether a frame index can be shown without waiting.
    clock : callable
        Seconds, monotonic; tests give their own.
    """

    frame_due = Signal(int)
    playing_changed = Signal(bool)
    settings_changed = Signal()

    def __init__(
        self,
        is_ready: Callable[[int], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_ready = is_ready
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._frame = 0
        self._count = 0
        self._rate_fps = 25.0
        self._speed = 1.0
        self._direction = 1
        self._loop: tuple[int, int] | None = None
        self._is_chosen = False
        self._start_s = 0.0
        self._start_frame = 0
        self._is_paint_pending = False
        self.waits_for_paint = False
        self.due_count = 0
        self.shown_count = 0

    @property
    def is_playing(self) -> bool:
        """Whether the clock runs."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """Times the sequence's own rate."""
        return self._speed

    @property
    def direction(self) -> int:
        """1 forward, -1 backward."""
        return self._direction

    @property
    def loop(self) -> tuple[int, int] | None:
        """First and last frame of the loop, both played; None for the whole sequence once."""
        return self._loop

    def set_extent(self, count: int, *, rate_fps: float | None) -> None:
        """Take the number of frames and their rate; None plays 25 a second until it is known."""
        self._count = count
        self._rate_fps = rate_fps or 25.0
        if self._loop is not None and self._loop[1] >= count:
            self._loop = None
        self._rebase(self._frame)

    def set_frame(self, frame: int) -> None:
        """Take the frame that somebody went to."""
        if frame != self._frame:
            self._rebase(frame)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 8 times the rate."""
        self._speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
        self._rebase(self._frame)
        self.settings_changed.emit()

    @property
    def chosen(self) -> tuple[int, int] | None:
        """The loop, when a person chose these very frames; None for one around a flag, or none."""
        return self._loop if self._is_chosen else None

    def set_loop(self, loop: tuple[int, int] | None, *, is_chosen: bool = False) -> None:
        """Repeat from the first to the last frame of a range, or stop repeating.

        Parameters
        ----------
        is_chosen : bool
            Whether a person chose these very frames, so that edits over a range may mean them.
        """
        if loop is not None:
            first, last = sorted(loop)
            loop = (max(first, 0), min(last, max(self._count - 1, 0)))
        self._loop, self._is_chosen = loop, is_chosen
        self._rebase(self._frame)
        self.settings_changed.emit()

    def mark_start(self) -> None:
        """Repeat from the current frame on."""
        last = self._loop[1] if self._loop is not None else self._count - 1
        self.set_loop((self._frame, max(last, self._frame)), is_chosen=True)

    def mark_end(self) -> None:
        """Repeat up to the current frame."""
        first = self._loop[0] if self._loop is not None else 0
        self.set_loop((min(first, self._frame), self._frame), is_chosen=True)

    def play(self, direction: int = 1) -> None:
        """Start the clock."""
        if self._count < 2:
            return
        self._direction = direction
        if self._loop is None and direction > 0 and self._frame >= self._count - 1:
            self._show(0)
        self._rebase(self._frame)
        self._is_paint_pending = False
        self.due_count = self.shown_count = 0
        if not self._timer.isActive():
            self._timer.start()
            self.playing_changed.emit(True)
        self.settings_changed.emit()

    def pause(self) -> None:
        """Stop the clock."""
        if self._timer.isActive():
            self._timer.stop()
            self.playing_changed.emit(False)

    def shuttle(self, direction: int) -> None:
        """Play in a direction; again in the same direction doubles the speed."""
        if self.is_playing and direction == self._direction:
            self.set_speed(self._speed * 2)
            return
        self._speed = 1.0
        self.play(direction)

    def painted(self) -> None:
        """Learn that the canvas has painted the frame it was given."""
        self._is_paint_pending = False

    def tick(self) -> None:
        """Show the frame that is due, if it can be shown."""
        passed_s = self._clock() - self._start_s
        moved = int(passed_s * self._rate_fps * self._speed)
        due = self._start_frame + self._direction * moved
        if due == self._frame or self._is_paint_pending:
            return
        first, last = self._loop or (0, self._count - 1)
        if due > last or due < first:
            self._pass_the_end(first, last)
            return
        showable = self._nearest_ready(due)
        if showable is not None:
            self._show(showable)
        if abs(due - self._frame) > LATE_S * self._rate_fps * self._speed:
            self._rebase(self._frame)

    def _pass_the_end(self, first: int, last: int) -> None:
        end, start = (last, first) if self._direction > 0 else (first, last)
        if self._frame != end and first <= self._frame <= last and self._is_ready(end):
            self._show(end)
        elif self._loop is None:
            self.pause()
        elif self._is_ready(start):
            self._show(start)
            self._rebase(start)

    def _nearest_ready(self, due: int) -> int | None:
        """Return the showable frame closest to the one due, without ever going back."""
        step = -self._direction
        return next((i for i in range(due, self._frame, step) if self._is_ready(i)), None)

    def _show(self, frame: int) -> None:
        self.due_count += max(abs(frame - self._frame), 1)
        self.shown_count += 1
        self._frame = frame
        self._is_paint_pending = self.waits_for_paint
        self.frame_due.emit(frame)

    def _rebase(self, frame: int) -> None:
        self._frame = frame
        self._start_frame = frame
        self._start_s = self._clock()
