"""Who holds a review: one window writes, the others look."""

from __future__ import annotations

import getpass
import os
import socket
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

STALE_AFTER_S = 180.0
"""Silence after which a holder on another machine counts as gone."""

SIGN_EVERY_S = 30.0
"""How often a holder shows that it is alive."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The window that writes a review.

    Parameters
    ----------
    token : str
        Tells two windows of one process apart.
    host, user : str
        Whose it is.
    pid : int
        Process on that host.
    started : str
        When the process began, in the host's own words; a later process may get the same pid.
    since, seen : float
        Since when it holds the review, and its last sign of life; seconds since 1970.
    """

    token: str
    host: str
    user: str
    pid: int
    started: str
    since: float
    seen: float

    def __str__(self) -> str:
        """Return host, user and since when."""
        since = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.since))
        return f"{self.user} on {self.host} since {since}"

    def is_stale(self, now: float) -> bool:
        """Return whether it is gone: its process ended, or it was silent for too long."""
        if self.host == socket.gethostname() and os.name == "posix":
            return not _is_running(self.pid, self.started)
        return now - self.seen > STALE_AFTER_S


def this_window(now: float) -> Holder:
    """Return a new holder for this process."""
    pid = os.getpid()
    return Holder(uuid.uuid4().hex, socket.gethostname(), user_name(), pid, _started(pid), now, now)


def user_name() -> str:
    """Return the login name; ``unknown`` where the system has none for this user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def read_holder(connection: sqlite3.Connection) -> Holder | None:
    """Return who holds the review, None when nobody does."""
    row = connection.execute(
        "SELECT token, host, user, pid, started, since, seen FROM holder"
    ).fetchone()
    return None if row is None else Holder(*row)


def write_holder(connection: sqlite3.Connection, holder: Holder) -> None:
    """Make a window the holder, or renew its sign of life."""
    connection.execute(
        "REPLACE INTO holder VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (
            holder.token,
            holder.host,
            holder.user,
            holder.pid,
            holder.started,
            holder.since,
            holder.seen,
        ),
    )


def _is_running(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OverflowError:
        return False
    now_started = _started(pid)
    return not (started and now_started) or started == now_started


def _started(pid: int) -> str:
    """Return when a process began, in clock ticks since boot; empty where Linux does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
