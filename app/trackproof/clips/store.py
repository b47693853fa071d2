"""Verdicts about clips on disk: every one is durable once it counts as saved.

One small SQLite file per manifest in the user's data folder, written by one thread. The journal is
truncated rather than a write-ahead log, because that needs no shared memory and so works on network
folders too; with ``synchronous=EXTRA`` a commit survives a power cut as well.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import re
import socket
import sqlite3
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trackproof import paths
from trackproof.clips.verdicts import Step, StepState, Verdict, Verdicts
from trackproof.errors import ReviewError
from trackproof.storage.locks import exclusive
from trackproof.storage.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from trackproof.clips.model import ClipSet

    Job = Callable[[sqlite3.Connection], None]

ENDING = ".clips"
VERSION = 1
RETRY_EVERY_S = 5.0
_SCHEMA = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE verdict (
    key TEXT PRIMARY KEY, label TEXT NOT NULL, comment TEXT NOT NULL,
    at REAL NOT NULL, reviewer TEXT NOT NULL
);
CREATE TABLE step (
    number INTEGER PRIMARY KEY, state INTEGER NOT NULL, text TEXT NOT NULL, at REAL NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL
);
"""


def store_path(clips: ClipSet) -> Path:
    """Return the file that holds the verdicts about a manifest's label attribute."""
    stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(clips.name).stem)[:40] or "clips"
    text = f"{clips.identity}|{clips.own_attribute}"
    key = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return paths.data_dir() / "clips" / f"{stem}-{key}{ENDING}"


class VerdictStore:
    """The verdicts about one manifest, in memory and on disk.

    Parameters
    ----------
    path : Path
        Its file, made when there is none.
    reviewer : str
        Who decides; the login name when empty.
    on_saved : callable or None
        Called from the writing thread whenever `saved` changes.

    Raises
    ------
    ReviewError
        When the file is damaged or of a newer version.
    """

    def __init__(
        self,
        path: Path,
        *,
        reviewer: str = "",
        on_saved: Callable[[], None] | None = None,
    ) -> None:
        self.path = path
        self.reviewer = reviewer or login_name()
        self.read_only_reason = ""
        self.labels: tuple[str, ...] = ()
        self.indices: dict[str, int] = {}
        self._verdicts = Verdicts()
        self._on_saved = on_saved
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._problem = ""
        self._tried = 0
        self._is_closing = False
        self._lock = contextlib.ExitStack()
        self._connection: sqlite3.Connection | None = None
        self._thread: threading.Thread | None = None
        try:
            self._open()
        except BaseException:
            # Whatever ended it, also an interrupt, nobody else could open the file otherwise.
            self._let_go()
            raise

    # -- reading

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """What is decided, by clip key."""
        return self._verdicts.current

    def of(self, key: str) -> Verdict:
        """Return what is decided about a clip."""
        return self._verdicts.of(key)

    @property
    def undo_text(self) -> str:
        """What undo takes back; empty when there is nothing."""
        return self._verdicts.done[-1].text if self._verdicts.done else ""

    @property
    def redo_text(self) -> str:
        """What redo does again; empty when there is nothing."""
        return self._verdicts.undone[-1].text if self._verdicts.undone else ""

    @property
    def saved(self) -> Saved:
        """How far the disk is behind."""
        with self._changed:
            return Saved(len(self._jobs), self._problem)

    # -- deciding

    def judge(self, keys: Iterable[str], label: str) -> tuple[str, ...]:
        """Label clips, an empty label takes theirs back; return the keys that changed."""
        return self._do(
            self._verdicts.judge, list(keys), label, at=time.time(), reviewer=self.reviewer
        )

    def comment(self, key: str, text: str) -> tuple[str, ...]:
        """Write a comment beside a clip; return the keys that changed."""
        return self._do(self._verdicts.comment, key, text, at=time.time(), reviewer=self.reviewer)

    def undo(self) -> tuple[str, ...]:
        """Take the last step back; return the keys that changed."""
        return self._do(self._verdicts.undo)

    def redo(self) -> tuple[str, ...]:
        """Do a step again that was taken back; return the keys that changed."""
        return self._do(self._verdicts.redo)

    def set_labels(self, names: Sequence[str]) -> None:
        """Keep the list of labels that a person made."""
        self._refuse_to_look_only()
        self.labels = tuple(names)
        text = json.dumps(names)
        self._submit(lambda connection: _put_fact(connection, "labels", text))

    def remember_indices(self, indices: Mapping[str, int]) -> None:
        """Keep the class index of every label, also of those that no line names any more."""
        if self.read_only_reason or dict(indices) == self.indices:
            return
        self.indices = dict(indices)
        text = json.dumps(self.indices)
        self._submit(lambda connection: _put_fact(connection, "indices", text))

    def _do(self, change: Callable[..., list[Step]], *args: Any, **kwargs: Any) -> tuple[str, ...]:
        self._refuse_to_look_only()
        steps = change(*args, **kwargs)
        if not steps:
            return ()
        keys = tuple(steps[-1].after)
        verdicts = {key: self._verdicts.current.get(key) for key in keys}
        now = time.time()
        self._submit(lambda connection: _write(connection, steps, verdicts, at=now))
        return keys

    def _refuse_to_look_only(self) -> None:
        if self.read_only_reason:
            raise ReviewError(self.read_only_reason, path=self.path)

    # -- writing

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all is on disk, or saving fails; return whether it is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs or self._problem, timeout_s)
            return not self._jobs

    def close(self) -> bool:
        """Try once more to save what waits, let go of the file; return whether all is saved."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._let_go()
        return not self._jobs

    def _submit(self, job: Job) -> None:
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()
        self._tell()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_closing or len(self._jobs) > self._tried,
                    RETRY_EVERY_S if self._jobs else None,
                )
                jobs, is_closing = list(self._jobs), self._is_closing
            problem = self._commit(jobs) if jobs else ""
            with self._changed:
                self._problem = problem
                self._tried = len(jobs) if problem else 0
                if not problem:
                    for _ in jobs:
                        self._jobs.popleft()
                self._changed.notify_all()
            if jobs:
                self._tell()
            if is_closing:
                return

    def _commit(self, jobs: Sequence[Job]) -> str:
        connection = self._connection
        if connection is None:
            return self._problem
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                job(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.rollback()
            return f"Verdicts are not on disk: {error}. They are kept and tried again."
        return ""

    def _tell(self) -> None:
        if self._on_saved is not None:
            self._on_saved()

    # -- opening

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_ours = self._lock.enter_context(exclusive(self.path.with_suffix(".lock")))
            if is_ours:
                self._connection = _connect(self.path)
                self._prepare(self._connection)
            else:
                self._look()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                self._problem = f"Verdicts cannot be kept on disk: {error}."
                return
            raise ReviewError(
                f"the verdicts about these clips are damaged ({error}); move this file away to "
                "start anew",
                path=self.path,
            ) from error
        except OSError as error:
            self._problem = f"Verdicts cannot be kept on disk: {error.strerror}."
            return
        if not self.read_only_reason:
            self._thread = threading.Thread(target=self._work, name="clip verdicts", daemon=True)
            self._thread.start()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA synchronous = EXTRA")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == 0:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        self._load(connection, version or VERSION)
        since = time.strftime("%Y-%m-%d %H:%M")
        _put_fact(connection, "holder", f"{login_name()} on {socket.gethostname()} since {since}")

    def _look(self) -> None:
        """Read what the window that holds the file has saved."""
        who = "another window"
        if self.path.exists():
            with contextlib.closing(_connect(self.path, mode="ro")) as connection:
                version = int(connection.execute("PRAGMA user_version").fetchone()[0])
                if version:
                    self._load(connection, version)
                    who = _fact(connection, "holder") or who
        self.read_only_reason = f"{who} is reviewing these clips; here you can only look."

    def _load(self, connection: sqlite3.Connection, version: int) -> None:
        if version > VERSION:
            raise ReviewError(
                "a newer version of trackproof wrote these verdicts; update it to open them",
                path=self.path,
            )
        rows = connection.execute("SELECT key, label, comment, at, reviewer FROM verdict")
        found = self._verdicts
        found.current = {key: Verdict(*rest) for key, *rest in rows}
        rows = connection.execute(
            "SELECT number, before, after, text, state FROM step ORDER BY number"
        )
        for number, before, after, text, state in rows:
            step = Step(number, _decoded(before), _decoded(after), text, StepState(state))
            found.next_number = number + 1
            if step.state is StepState.DONE:
                found.done.append(step)
            elif step.state is StepState.UNDONE:
                found.undone.insert(0, step)
        labels = json.loads(_fact(connection, "labels") or "[]")
        self.labels = tuple(str(one) for one in labels)
        self.indices = json.loads(_fact(connection, "indices") or "{}")

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._lock.close()


@dataclass(frozen=True, slots=True)
class SavedReview:
    """What is on disk about a manifest.

    Parameters
    ----------
    verdicts : mapping of str to Verdict
        By clip key.
    indices : mapping of str to int
        Class index by label, in the order of the list.
    """

    verdicts: Mapping[str, Verdict]
    indices: Mapping[str, int]


def saved_review(path: Path) -> SavedReview:
    """Return what is on disk, without holding the file; nothing when there is no file.

    Raises
    ------
    ReviewError
        When the file cannot be read.
    """
    if not path.exists():
        return SavedReview({}, {})
    try:
        with contextlib.closing(_connect(path, mode="ro")) as connection:
            rows = connection.execute("SELECT key, label, comment, at, reviewer FROM verdict")
            verdicts = {key: Verdict(*rest) for key, *rest in rows}
            return SavedReview(verdicts, json.loads(_fact(connection, "indices") or "{}"))
    except (sqlite3.Error, ValueError) as error:
        raise ReviewError(f"the verdicts cannot be read: {error}", path=path) from error


def saved_verdicts(path: Path) -> Mapping[str, Verdict]:
    """Return the verdicts that are on disk; parameters and errors as of `saved_review`."""
    return saved_review(path).verdicts


def login_name() -> str:
    """Return the login name; ``unknown`` where the system has none for this user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _connect(path: Path, *, mode: str = "rwc") -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(
        uri, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False
    )


def _write(
    connection: sqlite3.Connection,
    steps: Iterable[Step],
    verdicts: Mapping[str, Verdict | None],
    *,
    at: float,
) -> None:
    for step in steps:
        connection.execute(
            "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (number) DO UPDATE SET state = excluded.state",
            (step.number, int(step.state), step.text, at, _coded(step.before), _coded(step.after)),
        )
    for key, verdict in verdicts.items():
        if verdict is None:
            connection.execute("DELETE FROM verdict WHERE key = ?", (key,))
        else:
            connection.execute("REPLACE INTO verdict VALUES (?, ?, ?, ?, ?)", (key, *_row(verdict)))


def _row(verdict: Verdict) -> tuple[str, str, float, str]:
    return verdict.label, verdict.comment, verdict.at, verdict.reviewer


def _coded(verdicts: Mapping[str, Verdict]) -> str:
    return json.dumps({key: _row(verdict) for key, verdict in verdicts.items()})


def _decoded(text: str) -> dict[str, Verdict]:
    return {key: Verdict(*row) for key, row in json.loads(text).items()}


def _put_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("REPLACE INTO fact VALUES (?, ?)", (name, value))


def _fact(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""
