"""What a review file holds, and how older files become new ones."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

APPLICATION_ID = 0x54525052
"""Marks an SQLite file as a review (``TRPR``), see https://www.sqlite.org/pragma.html."""

VERSION = 4

_FORMER = """
CREATE TABLE former (
    sequence INTEGER NOT NULL, until INTEGER NOT NULL, base BLOB NOT NULL
) STRICT
"""
"""Labels that steps up to ``until`` were made on, where the file has changed since."""

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE holder (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    token TEXT NOT NULL, host TEXT NOT NULL, user TEXT NOT NULL, pid INTEGER NOT NULL,
    started TEXT NOT NULL, since REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE TABLE sequences (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, frames INTEGER NOT NULL,
    uri TEXT NOT NULL, sha256 TEXT NOT NULL, pictures BLOB, base BLOB, words BLOB
) STRICT;
CREATE TABLE blocks (
    sequence INTEGER NOT NULL, track INTEGER NOT NULL, rows BLOB,
    PRIMARY KEY (sequence, track)
) STRICT, WITHOUT ROWID;
CREATE TABLE verdicts (
    sequence INTEGER NOT NULL, flag TEXT NOT NULL, status TEXT NOT NULL, who TEXT NOT NULL,
    at REAL NOT NULL, seconds REAL, comment TEXT NOT NULL, own BLOB, raised BLOB,
    PRIMARY KEY (sequence, flag)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
    who TEXT NOT NULL, at REAL NOT NULL, seconds REAL, status INTEGER NOT NULL,
    undone_by TEXT NOT NULL, undone_at REAL, delta BLOB NOT NULL
) STRICT;
CREATE INDEX journal_order ON journal (status, id);
"""


def _keep_former_labels(connection: sqlite3.Connection) -> None:
    connection.execute(_FORMER)


def _know_repairs(_connection: sqlite3.Connection) -> None:
    """Allow steps to be repairs, which an older program could not read; no table changes."""


def _know_what_raised(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE verdicts ADD COLUMN raised BLOB")


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _keep_former_labels,
    2: _know_repairs,
    3: _know_what_raised,
}
"""By version: what makes a file of that version one of the next."""


def create(connection: sqlite3.Connection, *, facts: Mapping[str, str]) -> None:
    """Make an empty database a review, at once or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0]:
        # Another window was faster since this one looked.
        connection.execute("ROLLBACK")
        return
    for statement in (*_TABLES.split(";"), _FORMER):
        connection.execute(statement)
    connection.executemany("INSERT INTO facts VALUES (?, ?)", list(facts.items()))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of an open file; 0 for one without content.

    Raises
    ------
    ReviewError
        When it is another program's database, or a newer version's review.
    """
    # One transaction: another window may be making the tables at this moment.
    connection.execute("BEGIN")
    try:
        tables = int(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
        application = int(connection.execute("PRAGMA application_id").fetchone()[0])
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.rollback()
    if application == 0 and version == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID or version < 1:
        raise ReviewError("This is not a review, but another program's database.", path=path)
    if version > VERSION:
        raise ReviewError(
            f"A newer trackproof made this review (version {version}, this one knows {VERSION}). "
            "Install the newer one to open it.",
            path=path,
        )
    return version


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    *,
    keeps_copy: bool = True,
    to_version: int = VERSION,
    migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS,
) -> Path | None:
    """Bring an older review forward, after a copy of it was put beside.

    Parameters
    ----------
    keeps_copy : bool
        False for a database in memory, whose file stays as it is.

    Returns
    -------
    Path or None
        The copy; None when there was nothing to do.
    """
    version = version_of(connection, path)
    if version == to_version:
        return None
    backup = path.with_name(f"{path.stem}.version-{version}{path.suffix}")
    if keeps_copy:
        with contextlib.closing(sqlite3.connect(backup)) as copy:
            connection.backup(copy)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(version, to_version):
            migrations[number](connection)
        connection.execute(f"PRAGMA user_version = {to_version}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.execute("ROLLBACK")
        raise
    return backup
