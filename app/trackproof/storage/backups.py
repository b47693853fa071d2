"""Copies that are kept beside a file before it is replaced."""

from __future__ import annotations

import itertools
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from trackproof.storage.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACKUP = ".bak"
_BACKUP_NAME = re.compile(rf".+{re.escape(BACKUP)}\d*")


def backup_paths(path: Path) -> Iterator[Path]:
    """Yield the names of backups in the order of making: ``a.json.bak``, ``a.json.bak2``, ..."""
    for number in itertools.count(1):
        ordinal = "" if number == 1 else str(number)
        yield path.with_name(f"{path.name}{BACKUP}{ordinal}")


def is_backup(path: Path) -> bool:
    """Return whether a name is that of a backup, so that nobody takes it for labels to review."""
    return _BACKUP_NAME.fullmatch(path.name) is not None


def free_backup(path: Path) -> Path:
    """Return the first name for a backup that is not taken."""
    return next(copy for copy in backup_paths(path) if not copy.exists())


def bytes_as_read(path: Path, expected_sha256: str) -> bytes | None:
    """Return the bytes of a file as they were when it was read.

    A file that was replaced since is looked for among its backups.

    Parameters
    ----------
    expected_sha256 : str
        Of the bytes that were read, hexadecimal.

    Returns
    -------
    bytes or None
        None when they are nowhere.

    Raises
    ------
    StorageError
        When the file cannot be read.
    """
    data = read_bytes(path)
    if sha256(data).hexdigest() == expected_sha256:
        return data
    for copy in itertools.takewhile(lambda one: one.is_file(), backup_paths(path)):
        data = read_bytes(copy)
        if sha256(data).hexdigest() == expected_sha256:
            return data
    return None
