"""The SQLite file of a review: opening it, and saying in words what went wrong."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError
from trackproof.review import schema
from trackproof.review.holder import Holder, read_holder, this_window, write_holder

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUSY_S = 5.0

_NETWORK = {
    *("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"),
    *("fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
}
"""File systems on which two machines do not share memory, which WAL needs."""

_NO_SHARED_MEMORY = {
    *(sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE),
    *(sqlite3.SQLITE_IOERR_SHMLOCK, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_READONLY_RECOVERY),
}
"""What SQLite says of a file that can be written, where the memory beside it cannot be shared."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WORDS = {
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_READONLY: "The file cannot be written.",
    sqlite3.SQLITE_CANTOPEN: "The file cannot be opened or created in this folder.",
    sqlite3.SQLITE_PERM: "The file may not be read.",
    sqlite3.SQLITE_BUSY: "Another program keeps the file locked.",
    sqlite3.SQLITE_LOCKED: "Another program keeps the file locked.",
    sqlite3.SQLITE_IOERR: "The disk does not answer as it should.",
}


@dataclass(frozen=True, slots=True)
class Database:
    """An open review file.

    Parameters
    ----------
    path : Path or None
        The file; None while it lives in memory.
    connection : sqlite3.Connection
        Of the writer; in autocommit mode.
    holder : Holder or None
        This window; None when it may only look.
    other : Holder or None
        Who writes it instead.
    notes : tuple of str
        What people should know: no WAL here, an old version was brought forward.
    problem : str
        Why nothing is written to disk; empty when all is well.
    is_new : bool
        Whether it was made just now.
    gone : Holder or None
        Who wrote it before and ended without closing it.
    """

    path: Path | None
    connection: sqlite3.Connection
    holder: Holder | None
    other: Holder | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    is_new: bool = False
    gone: Holder | None = None


def said(error: sqlite3.Error) -> str:
    """Return what went wrong, in a sentence for a person."""
    code = _code(error)
    return _WORDS.get(code, f"The file gives an error ({error}).")


def reading_error(error: sqlite3.Error, path: Path | None) -> ReviewError:
    """Return the error to raise when SQLite cannot give what a file should hold."""
    if _code(error) in _WORDS:
        return ReviewError(said(error), path=path)
    return damaged(path, error)


def damaged(path: Path | None, error: Exception) -> ReviewError:
    """Return the error to raise for a file whose content cannot be trusted."""
    return ReviewError(
        f"This review is damaged ({error}). It was left as it is; open a copy from a backup, or "
        "move it away to start anew.",
        path=path,
    )


def open_database(path: Path, *, facts: Mapping[str, str], take_over: bool = False) -> Database:
    """Open a review file, or make it when there is none.

    A file or folder that cannot be written gives a database in memory with what the file holds,
    and its ``problem`` says so.

    Parameters
    ----------
    facts : mapping of str to str
        What a new file says of itself.
    take_over : bool
        True makes this window the holder when the other one is gone.

    Raises
    ------
    ReviewError
        When the file is damaged, not a review, or of a newer version; or when ``take_over`` is
        asked for and the holder is alive.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _in_memory(None, facts, f"{path.parent}: {error.strerror}.")
    if not is_writable(path):
        return _in_memory(path, facts, f"{path.parent} cannot be written.")
    try:
        return _open_patiently(path, facts=facts, take_over=take_over)
    except sqlite3.Error as error:
        code = _code(error)
        if code in _DAMAGED or (path.exists() and code not in _WORDS):
            raise damaged(path, error) from error
        return _in_memory(path if _is_readable(path) else None, facts, f"{path}: {said(error)}")
    except (UnicodeDecodeError, TypeError) as error:
        # SQLite quotes damaged text in its messages, and damaged rows are of any type.
        raise damaged(path, error) from error


def connect(path: Path, *, mode: str = "rwc") -> sqlite3.Connection:
    """Return a connection in autocommit mode that any thread may use, one at a time."""
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(
        uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )


def reading_mode(path: Path) -> str:
    """Return how to open a file only to look.

    Where nothing can be written beside it, SQLite reads a closed WAL file only as immutable.
    """
    log, _, journal = companions(path)
    return "ro" if log.exists() or journal.exists() else "ro&immutable=1"


def claimed(database: Database) -> Database:
    """Return a database that this window holds, where nobody does any more; else the same.

    Raises
    ------
    ReviewError
        When the file cannot be asked.
    """
    if database.path is None or database.holder is not None:
        return database
    try:
        holder, other = _hold(database.connection, database.path, take_over=False)
    except sqlite3.Error as error:
        raise reading_error(error, database.path) from error
    return replace(database, holder=holder, other=other)


def set_aside(path: Path) -> Path:
    """Move a review away, so that a new one can begin, and return where it is now."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    kept = path.with_name(f"{path.stem}.aside-{stamp}{path.suffix}")
    for old, new in zip((path, *companions(path)), (kept, *companions(kept)), strict=True):
        if old.exists():
            old.rename(new)
    return kept


def companions(path: Path) -> tuple[Path, ...]:
    """Return the files that SQLite keeps beside a database while it is open."""
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))


def release(database: Database) -> None:
    """Close a database that nobody writes, and let others hold it."""
    if database.holder is not None:
        # A file that is too damaged for this has no use for a holder either.
        with contextlib.suppress(sqlite3.Error):
            database.connection.execute(
                "DELETE FROM holder WHERE token = ?", (database.holder.token,)
            )
    database.connection.close()


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code, see https://www.sqlite.org/rescode.html."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _open_patiently(path: Path, *, facts: Mapping[str, str], take_over: bool) -> Database:
    """Open a file, and try again while another window is making or closing it.

    SQLite does not wait by itself when the kind of journal changes.
    """
    give_up = time.monotonic() + _BUSY_S
    while True:
        try:
            return _open_writable(path, facts=facts, take_over=take_over)
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _open_writable(path: Path, *, facts: Mapping[str, str], take_over: bool) -> Database:
    wants_wal = not is_on_network(path)
    try:
        return _open_in(path, facts=facts, take_over=take_over, wants_wal=wants_wal)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) not in _NO_SHARED_MEMORY or not wants_wal:
            raise
    # Not every file system that cannot share memory tells by its name.
    _leave_wal(path)
    return _open_in(path, facts=facts, take_over=take_over, wants_wal=False)


def _leave_wal(path: Path) -> None:
    """Bring a file back to the rollback journal where no memory can be shared.

    An exclusive connection keeps the index of the log to itself, see
    https://www.sqlite.org/wal.html#use_of_wal_without_shared_memory.
    """
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = DELETE")


def _open_in(path: Path, *, facts: Mapping[str, str], take_over: bool, wants_wal: bool) -> Database:
    connection = connect(path)
    try:
        return _prepared(connection, path, facts=facts, take_over=take_over, wants_wal=wants_wal)
    except BaseException:
        # Whatever ended it, also an interrupt, an open connection would hold the file.
        connection.close()
        raise


def _prepared(
    connection: sqlite3.Connection,
    path: Path,
    *,
    facts: Mapping[str, str],
    take_over: bool,
    wants_wal: bool,
) -> Database:
    notes = []
    version = schema.version_of(connection, path)
    if not _set_journal(connection, wants_wal=wants_wal):
        notes.append(
            "This folder does not support SQLite's write-ahead log, so every save takes a little "
            "longer. Nothing else changes."
        )
    if version == 0:
        schema.create(connection, facts=facts)
    else:
        backup = schema.migrate(connection, path)
        if backup is not None:
            notes.append(
                f"The review was brought to a newer version; {backup.name} is the old one."
            )
    before = read_holder(connection)
    holder, other = _hold(connection, path, take_over=take_over)
    gone = before if holder is not None else None
    return Database(path, connection, holder, other, tuple(notes), is_new=version == 0, gone=gone)


def _set_journal(connection: sqlite3.Connection, *, wants_wal: bool) -> bool:
    """Choose the journal and return whether it is WAL; every commit reaches the disk."""
    wanted = "WAL" if wants_wal else "DELETE"
    mode = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    return str(mode).lower() == "wal"


def _hold(
    connection: sqlite3.Connection, path: Path, *, take_over: bool
) -> tuple[Holder | None, Holder | None]:
    now = time.time()
    connection.execute("BEGIN IMMEDIATE")
    try:
        other = read_holder(connection)
        is_local_and_gone = other is not None and other.is_stale(now)
        if other is not None and not is_local_and_gone:
            if take_over:
                raise ReviewError(
                    f"{other} still works on this review, so it cannot be taken over.", path=path
                )
            return None, other
        if other is not None and not take_over and other.host != this_window(now).host:
            return None, other
        mine = this_window(now)
        write_holder(connection, mine)
        connection.execute("COMMIT")
        return mine, None
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _in_memory(path: Path | None, facts: Mapping[str, str], problem: str) -> Database:
    """Return a database in memory, with the content of a file that can be read but not written."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if path is None or not path.exists():
        schema.create(connection, facts=facts)
        is_new = True
    else:
        _copy_into(connection, path, facts=facts)
        is_new = False
    mine = replace(this_window(time.time()), since=time.time())
    write_holder(connection, mine)
    why = f"{problem} Work goes on in memory; save the review elsewhere to keep it."
    return Database(None, connection, mine, problem=why, is_new=is_new)


def _copy_into(connection: sqlite3.Connection, path: Path, *, facts: Mapping[str, str]) -> None:
    try:
        source = connect(path, mode=reading_mode(path))
        try:
            version = schema.version_of(source, path)
            source.backup(connection)
        finally:
            source.close()
        if version == 0:
            schema.create(connection, facts=facts)
        schema.migrate(connection, path, keeps_copy=False)
    except sqlite3.Error as error:
        raise reading_error(error, path) from error
    except UnicodeDecodeError as error:
        raise damaged(path, error) from error


def is_writable(path: Path) -> bool:
    """Return whether this user may write a file, or make it in its folder."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _is_readable(path: Path) -> bool:
    return path.exists() and os.access(path, os.R_OK)


def is_on_network(path: Path) -> bool:
    """Return whether a path lies on a network file system, as far as the system says."""
    if str(path).startswith(("\\\\", "//")):
        return True
    try:
        lines = Path("/proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return False
    best, kind = "", ""
    resolved = str(path.resolve())
    for line in lines:
        front, _, back = line.partition(" - ")
        mount = front.split()[4].replace("\\040", " ")
        inside = resolved == mount or resolved.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, back.split()[0]
    return kind in _NETWORK
