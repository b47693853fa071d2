"""Background work: every task ends in exactly one of succeeded, failed, cancelled."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from trackproof.progress import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.progress import Progress

THREADS = 3
"""Two for what people wait for, one for what takes minutes and must not hold those up."""

NICENESS = 5
"""A thread of work gets a third of the processor time that the window gets when both want it."""

REPORT_EVERY_S = 0.05
"""Progress is told at most this often, so that a fast loop does not flood the event queue."""


def give_way() -> None:
    """Let the window's thread go first, where the system tells threads apart; called on workers."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Task(QObject):
    """One function on the pool, seen from the main thread.

    Parameters
    ----------
    title : str
        What the status bar says while it runs.
    function : callable
        Gets a `Progress` and returns the answer; must not touch widgets.
    is_quiet : bool
        Whether it is over in a moment as a rule, and is only shown when it is not.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    progressed = Signal(int, int)
    ended = Signal()
    _finished = Signal(object, object)

    def __init__(
        self,
        title: str,
        function: Callable[[Progress], Any],
        *,
        is_quiet: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = title
        self.is_quiet = is_quiet
        self.done = 0
        self.total = 0
        self.started_s = time.monotonic()
        self._function = function
        self._is_unwanted = threading.Event()
        self._is_over = False
        self._told_s = 0.0
        queued = Qt.ConnectionType.QueuedConnection
        self._finished.connect(self._finish, queued)
        self.progressed.connect(self._remember_progress, queued)

    @property
    def is_over(self) -> bool:
        """Whether one of succeeded, failed, cancelled was emitted."""
        return self._is_over

    def cancel(self) -> None:
        """Ask the work to stop; `cancelled` follows once it did."""
        self._is_unwanted.set()

    def step(self, done: int, total: int) -> None:
        """Take progress from the worker thread.

        Raises
        ------
        Cancelled
            When `cancel` was called.
        """
        if self._is_unwanted.is_set():
            raise Cancelled
        now_s = time.monotonic()
        if now_s - self._told_s >= REPORT_EVERY_S or done >= total:
            self._told_s = now_s
            self.progressed.emit(done, total)

    def work(self) -> None:
        """Run the function on the calling (worker) thread and send its end to the main thread."""
        try:
            self.step(0, 0)
            answer = self._function(self)
        except Cancelled:
            self._is_unwanted.set()
            self._finished.emit(None, None)
        except Exception as error:  # noqa: BLE001 - the edge: nothing above could report it
            error.add_note(traceback.format_exc())
            self._finished.emit(None, error)
        else:
            self._finished.emit(answer, None)

    @Slot(int, int)
    def _remember_progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @Slot(object, object)
    def _finish(self, answer: object, error: BaseException | None) -> None:
        self._is_over = True
        if self._is_unwanted.is_set():
            self.cancelled.emit()
        elif error is not None:
            self.failed.emit(error)
        else:
            self.succeeded.emit(answer)
        self.ended.emit()


class TaskRunner(QObject):
    """Starts tasks and knows those that run.

    A task may belong to a line of questions: starting another of the same line makes the older
    one unwanted, and its answer, even if already on the way, is dropped.
    """

    tasks_changed = Signal()
    progressed = Signal()

    def __init__(self, parent: QObject | None = None, *, threads: int = THREADS) -> None:
        super().__init__(parent)
        # Qt's own pool waits for its workers when it is destroyed: a worker on which Python came to
        # collect a dropped session waited there for itself, and all others for it.
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="task", initializer=give_way)
        self._is_closed = False
        self._running: list[Task] = []
        self._generation: dict[str, int] = {}
        self._newest: dict[str, Task] = {}

    @property
    def running(self) -> tuple[Task, ...]:
        """Tasks that have not ended, oldest first."""
        return tuple(self._running)

    def start(
        self,
        title: str,
        function: Callable[[Progress], Any],
        *,
        succeeded: Callable[[Any], object],
        failed: Callable[[BaseException], object],
        cancelled: Callable[[], object] | None = None,
        line: str = "",
        is_quiet: bool = False,
    ) -> Task:
        """Run a function on the pool and tell its end on the main thread.

        Parameters
        ----------
        line : str
            Line of questions in which only the newest counts; empty for none.
        is_quiet : bool
            Whether it is over in a moment as a rule, and is only shown when it is not.
        """
        task = Task(title, function, is_quiet=is_quiet, parent=self)
        generation = self._generation.get(line, 0) + 1
        if line:
            self._generation[line] = generation
            older = self._newest.get(line)
            if older is not None:
                older.cancel()
            self._newest[line] = task
        task.succeeded.connect(succeeded)
        task.failed.connect(failed)
        if cancelled is not None:
            task.cancelled.connect(cancelled)
        task.ended.connect(self._forget)
        task.progressed.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)
        self._running.append(task)
        if self._is_closed:
            task.cancel()
            task.work()
        else:
            self._pool.submit(task.work)
        self.tasks_changed.emit()
        return task

    def generation(self, line: str) -> int:
        """Return how many questions of a line were asked."""
        return self._generation.get(line, 0)

    def is_asked(self, line: str) -> bool:
        """Return whether the newest question of a line waits for its answer."""
        task = self._newest.get(line)
        return task is not None and not task.is_over

    def cancel(self, line: str) -> None:
        """Make the newest question of a line unwanted."""
        task = self._newest.get(line)
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Cancel everything and wait until no worker runs; what is started later is cancelled."""
        self._is_closed = True
        for task in self._running:
            task.cancel()
        self._pool.shutdown()

    @Slot(int, int)
    def _tell_progress(self, _done: int, _total: int) -> None:
        self.progressed.emit()

    @Slot()
    def _forget(self) -> None:
        for task in [task for task in self._running if task.is_over]:
            self._running.remove(task)
            for line in [key for key, newest in self._newest.items() if newest is task]:
                del self._newest[line]
            task.deleteLater()
        self.tasks_changed.emit()
