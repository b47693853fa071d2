"""Lists that this computer keeps beside reviews: jobs that were launched, rounds that came home."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from trackproof.errors import HandoffError, StorageError
from trackproof.storage import read_bytes, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Item = TypeVar("Item")


def read_kept(file: Path, decode: Callable[[bytes], list[Item]], *, what: str) -> list[Item]:
    """Return what a file keeps; nothing when there is no such file.

    Parameters
    ----------
    decode : callable
        From the bytes of the file.
    what : str
        What it holds, in the plural.

    Raises
    ------
    HandoffError
        When the file is damaged.
    """
    if not file.is_file():
        return []
    try:
        return decode(read_bytes(file))
    except msgspec.MsgspecError as error:
        raise HandoffError(f"this does not hold {what}: {error}", path=file) from error


def write_kept(file: Path, data: bytes | Iterable[bytes], *, what: str) -> None:
    """Replace a file.

    Parameters
    ----------
    what : str
        What is added, in the singular, with its article.

    Raises
    ------
    HandoffError
        When the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, data, overwrite=True)
    except (OSError, StorageError) as error:
        raise HandoffError(f"{what} cannot be kept: {error}", path=file) from error
