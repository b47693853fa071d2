"""Read local files, with errors in words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from pathlib import Path


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot be read: {_words(error)}", path=path) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise StorageError(f"cannot be read: {_words(error)}", path=path) from error


def _words(error: OSError | ValueError) -> str:
    return reason(error) if isinstance(error, OSError) else "the path holds a null character"
