"""Write files so that a failure at any moment leaves the old file or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from trackproof.errors import StorageError
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterable

Data: TypeAlias = "bytes | bytearray | memoryview | Iterable[bytes]"

_MAY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV}
"""What file systems without hard links answer."""


def write_atomic(
    path: Path | str, data: Data, *, overwrite: bool = False, is_durable: bool = True
) -> None:
    """Write a file completely or not at all.

    The bytes go to a new file beside the target, reach the disk, and only then take its name. A
    link is followed: the file it points to is replaced, and the link stays.

    Parameters
    ----------
    data : bytes or iterable of bytes
        The content, or its pieces in order; an exception from the iterable leaves no trace.
    overwrite : bool
        Whether an existing file may be replaced.
    is_durable : bool
        Whether to wait until the disk has it, so that a power cut cannot take it back; False for
        what can be fetched again and is verified when read.

    Raises
    ------
    StorageError
        When the file exists and ``overwrite`` is not set, when it is read-only, or when it cannot
        be written.
    """
    target = Path(path)
    try:
        target = target.resolve()
        if target.exists() and not overwrite:
            raise _taken(target)
        if target.is_dir():
            raise StorageError("this is a folder; give the name of a file", path=target)
        check_replaceable(target)
        _write(target, data, overwrite=overwrite, is_durable=is_durable)
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageError(f"cannot be written: {_words(error)}", path=target) from error


def check_replaceable(path: Path) -> None:
    """Refuse to replace a file that its owner made read-only, which renaming over it would ignore.

    Raises
    ------
    StorageError
        When it is.
    """
    mode = _mode_of(path)
    if mode is not None and not mode & _MAY_WRITE:
        raise StorageError(
            "this file is read-only and was not replaced; make it writable, or choose another name",
            path=path,
        )


def _taken(path: Path) -> StorageError:
    return StorageError(
        "this file exists already; choose another name or ask to replace it", path=path
    )


def _write(target: Path, data: Data, *, overwrite: bool, is_durable: bool) -> None:
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        _fill(beside, data, mode=_mode_of(target), is_durable=is_durable)
        if overwrite:
            beside.replace(target)
        else:
            _claim(beside, target)
        if is_durable:
            _sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _fill(file: Path, data: Data, *, mode: int | None, is_durable: bool) -> None:
    pieces = [data] if isinstance(data, bytes | bytearray | memoryview) else data
    with file.open("xb") as stream:
        for piece in pieces:
            stream.write(piece)
        if is_durable:
            stream.flush()
            os.fsync(stream.fileno())
    if mode is not None:
        file.chmod(mode)


def _claim(beside: Path, target: Path) -> None:
    """Give a file its name unless another program took the name meanwhile."""
    try:
        target.hardlink_to(beside)
    except FileExistsError:
        raise _taken(target) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise _taken(target) from None
        beside.rename(target)


def _mode_of(target: Path) -> int | None:
    try:
        return target.stat().st_mode & 0o7777
    except OSError:
        return None


def _sync_folder(folder: Path) -> None:
    # Windows and some network shares cannot open folders; the rename itself is atomic there too.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _words(error: OSError | RuntimeError | ValueError) -> str:
    if isinstance(error, OSError):
        return reason(error)
    return (
        "the links of the path run in a circle" if isinstance(error, RuntimeError) else str(error)
    )
