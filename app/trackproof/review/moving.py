"""Save As: the same review in another file."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from trackproof import paths
from trackproof.errors import ReviewError
from trackproof.review.database import companions, connect, open_database, said
from trackproof.review.holder import read_holder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackproof.review.database import Database
    from trackproof.review.reclaiming import OwnWork
    from trackproof.review.writer import Writer


def move_database(
    writer: Writer,
    old: Database,
    path: Path,
    *,
    overwrite: bool,
    own_work: Callable[[], OwnWork],
) -> Database:
    """Copy a review to ``path``, let the writer go on there, and return the new file.

    The old connection is left open, for whoever still reads it; see `let_go`.

    Parameters
    ----------
    own_work : callable
        What this window holds; asked for when another one took the review over and has written.

    Raises
    ------
    ReviewError
        When the target exists and ``overwrite`` is False, or cannot be written; nothing has
        changed then.
    """
    if old.path is not None and path.resolve() == old.path.resolve():
        raise ReviewError("The review is in this file already.", path=path)
    if path.exists() and not overwrite:
        raise ReviewError("There is a file of this name already.", path=path)
    made: list[Database] = []

    def move() -> None:
        partial = path.with_name(path.name + ".partial")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy(old, partial, own_work)
            partial.replace(path)
            for companion in companions(path):
                companion.unlink(missing_ok=True)
        except sqlite3.Error as error:
            raise ReviewError(said(error), path=path) from error
        except OSError as error:
            raise ReviewError(f"{error.strerror}.", path=path) from error
        new = open_database(path, facts={})
        if new.problem:
            raise ReviewError(new.problem, path=path)
        writer.switch(new)
        made.append(new)

    writer.run(move)
    return made[0]


def let_go(old: Database) -> None:
    """Close the file that a review was moved from; remove it when it lies in the data folder."""
    if old.holder is not None:
        # What cannot be written any more is what the review was moved away from.
        with contextlib.suppress(sqlite3.Error):
            old.connection.execute("DELETE FROM holder WHERE token = ?", (old.holder.token,))
    old.connection.close()
    if old.holder is not None and old.path and paths.data_dir() in old.path.parents:
        with contextlib.suppress(OSError):
            for file in (old.path, *companions(old.path)):
                file.unlink(missing_ok=True)


def _copy(old: Database, target: Path, own_work: Callable[[], OwnWork]) -> None:
    target.unlink(missing_ok=True)
    copy = connect(target)
    try:
        # Nobody else knows of it yet, and not every folder can share the memory of a log.
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")
        old.connection.backup(copy)
        holder = read_holder(copy)
        if old.holder is not None and (holder is None or holder.token != old.holder.token):
            own_work().write(copy)
        copy.execute("DELETE FROM holder")
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
