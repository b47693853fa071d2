"""The one thread that writes a review."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError
from trackproof.review.database import said
from trackproof.review.holder import SIGN_EVERY_S, read_holder, write_holder
from trackproof.storage.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from trackproof.review.database import Database

    Job = Callable[[sqlite3.Connection], None]
    State = Mapping[Hashable, Job]

RETRY_EVERY_S = 5.0
"""How often a failed save is tried again."""


class Writer:
    """Takes steps in order and commits them; what waits is committed together.

    Parameters
    ----------
    database : Database
        Opened by this process and held by it.
    on_saved : callable
        Called from the writer's thread whenever `saved` changes.

    Notes
    -----
    A step counts as saved when SQLite has synced it to the disk (``synchronous=FULL``). When that
    fails, the steps are kept in memory and tried again, until they succeed here or in another
    file.
    """

    def __init__(self, database: Database, on_saved: Callable[[Saved], None]) -> None:
        self._database = database
        self._on_saved = on_saved
        self._jobs: deque[tuple[Job, State]] = deque()
        self._changed = threading.Condition()
        self._problem = database.problem
        self._only_in_memory = 0
        self._taken = 0
        self._is_closing = False
        self._has_ended = False
        self._asked: deque[Callable[[], None]] = deque()
        self._thread = threading.Thread(target=self._run, name="review writer", daemon=True)
        self._thread.start()

    @property
    def saved(self) -> Saved:
        """How far the disk is behind."""
        with self._changed:
            return self._saved()

    def submit(self, job: Job, *, state: State | None = None) -> None:
        """Queue one step.

        Parameters
        ----------
        job : callable
            Writes what happened.
        state : mapping of hashable to callable or None
            Writes what it left, by what that is of. Where steps are committed together, only the
            last that names something writes it.
        """
        with self._changed:
            self._jobs.append((job, state or {}))
            self._changed.notify_all()

    def flush(self, timeout_s: float) -> bool:
        """Wait until all is saved, or saving fails; return whether it is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting() or self._problem, timeout_s)
            return not self._waiting() and not self._only_in_memory

    def retry(self, timeout_s: float) -> bool:
        """Try at once what failed before, and return whether all is saved."""
        with self._changed:
            if self._jobs:
                self._taken, self._problem = 0, ""
                self._changed.notify_all()
        return self.flush(timeout_s)

    def run(self, task: Callable[[], None]) -> None:
        """Run something on the writer's thread, between two commits, and wait for it.

        Raises
        ------
        ReviewError
            When the review was closed meanwhile, and nothing runs there any more.
        """
        done = threading.Event()
        failures: list[BaseException] = []

        def guarded() -> None:
            try:
                task()
            except BaseException as error:  # noqa: BLE001 (it is raised again in the caller)
                failures.append(error)
            finally:
                done.set()

        with self._changed:
            if self._has_ended:
                raise ReviewError("This review was closed meanwhile.", path=self._database.path)
            self._asked.append(guarded)
            self._changed.notify_all()
        done.wait()
        if failures:
            raise failures[0]

    def switch(self, database: Database) -> None:
        """Write to another file from now on; only from inside `run`."""
        with self._changed:
            self._database = database
            self._problem = database.problem
            self._only_in_memory = 0
            self._taken = 0
            self._changed.notify_all()

    def close(self) -> bool:
        """Try once more to save what waits, end the thread, and return whether all is saved."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()
        return not self._jobs and not self._only_in_memory

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work, self._patience())
                asked = list(self._asked)
                self._asked.clear()
                jobs = list(self._jobs)
                is_closing = self._is_closing
                # What is asked from now on would be waited for without end.
                self._has_ended = is_closing and not asked
            for task in asked:
                task()
            if not asked:
                self._commit(jobs, is_last=is_closing)
            if is_closing and not asked:
                return

    def _has_work(self) -> bool:
        has_new = len(self._jobs) > self._taken
        return bool(self._asked) or self._is_closing or has_new

    def _patience(self) -> float:
        return RETRY_EVERY_S if self._problem and self._jobs else SIGN_EVERY_S

    def _waiting(self) -> bool:
        return bool(self._jobs)

    def _saved(self) -> Saved:
        return Saved(len(self._jobs) + self._only_in_memory, self._problem)

    def _commit(self, jobs: list[tuple[Job, State]], *, is_last: bool) -> None:
        problem = ""
        connection = self._database.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            problem = self._sign(connection, is_last=is_last)
            if not problem:
                _write(connection, jobs)
                connection.execute("COMMIT")
        except (ValueError, TypeError) as error:
            problem = f"The file is damaged ({error}). Work goes on in memory; save elsewhere."
        except sqlite3.Error as error:
            problem = f"{said(error)} Work goes on in memory; free some room or save elsewhere."
        finally:
            if connection.in_transaction:
                connection.rollback()
        with self._changed:
            if problem:
                self._problem = problem
                self._taken = len(jobs)
            else:
                for _ in jobs:
                    self._jobs.popleft()
                self._taken = 0
                self._problem = self._database.problem
                if self._database.path is None:
                    self._only_in_memory += len(jobs)
            self._changed.notify_all()
            saved = self._saved()
        if jobs:
            self._on_saved(saved)

    def _sign(self, connection: sqlite3.Connection, *, is_last: bool) -> str:
        """Show that this window is alive, or return why it may not write any more."""
        mine = self._database.holder
        other = read_holder(connection)
        if mine is None or other is None or other.token != mine.token:
            return f"{other or 'Another window'} took this review over. Save it under another name."
        if is_last:
            connection.execute("DELETE FROM holder")
        else:
            write_holder(connection, replace(mine, seen=time.time()))
        return ""


def _write(connection: sqlite3.Connection, jobs: list[tuple[Job, State]]) -> None:
    left: dict[Hashable, Job] = {}
    for job, state in jobs:
        job(connection)
        left |= state
    for job in left.values():
        job(connection)
