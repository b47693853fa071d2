"""One program at a time at a file, as long as it lives."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Hold a lock file while the block runs; yields False at once when another holds it.

    The system lets go of it when the program ends, however it ends. Where locks do not work, it
    counts as held by another.
    """
    try:
        handle, is_ours = _held(path)
    except OSError:
        yield False
        return
    try:
        yield is_ours
        if is_ours:
            with contextlib.suppress(OSError):
                path.unlink()
    finally:
        os.close(handle)


def _held(path: Path) -> tuple[int, bool]:
    """Return the open lock file, and whether it is ours."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        is_ours = _lock(handle)
        if not is_ours or _is_at(path, handle):
            return handle, is_ours
        # Whoever held it removed it after it was opened here: the next would make another one.
        os.close(handle)


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
