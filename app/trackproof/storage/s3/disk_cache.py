"""Objects kept on the local disk: bounded, verified, and safe with several programs at once.

An object is one file, whose name says everything about it::

    ROOT/<folder>/<object>.<version>.<sha256><ending>

``folder`` and ``object`` are hashes of server, bucket and key, so no key of a stranger's manifest
can name a place on the disk, however odd or long it is. A file appears complete, by renaming; a
file whose content does not have the hash in its name counts as absent. The time of change says
when it was used last, and the longest unused go first.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.storage.writing import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackproof.storage.addresses import S3Address

_NAME = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{16})\.([0-9a-f]{64})(\.[a-z0-9]{1,8})?")
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")
MOST_KNOWN = 100_000
"""Addresses whose names on the disk are remembered, because a look ahead asks for hundreds."""

ABANDONED_S = 86_400.0
"""After this, an unfinished file is taken for one that nobody goes on with."""

ROOM_AFTER_TRIM = 0.9
"""How full a cache is left, so that not every file that comes has to make room."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the cache.

    Parameters
    ----------
    path : Path
        Where it is.
    version : str
        Hash of the ETag that it came with.
    sha256 : str
        Of its content.
    """

    path: Path
    version: str
    sha256: str


def version_of(etag: str) -> str:
    """Return what names the version of an object in file names."""
    return _hash(etag, 16)


class DiskCache:
    """Content by server, bucket and key; every method may be called from any thread.

    Parameters
    ----------
    root : Path
        Its folder, made when needed.
    budget_bytes : int
        How much it may hold; files of the moment may go over it shortly.
    server : str
        Endpoint that addresses belong to; empty for Amazon's.
    """

    def __init__(self, root: Path, *, budget_bytes: int, server: str = "") -> None:
        self.root = root
        self.budget_bytes = budget_bytes
        self._server = server
        self._lock = threading.Lock()
        self._folders: dict[str, dict[str, Entry]] = {}
        self._bytes: int | None = None
        self._known: dict[S3Address, tuple[str, str]] = {}

    def find(self, address: S3Address, *, etag: str | None = None) -> Entry | None:
        """Return the file of an object, or None.

        What another program fetched since this one began is not seen; it is fetched once more.

        Parameters
        ----------
        etag : str or None
            The version that is wanted; any when left out.
        """
        folder, name = self._names(address)
        with self._lock:
            entry = self._folder(folder).get(name)
            if entry is not None and not entry.path.exists():
                entry = None  # another program made room
                del self._folder(folder)[name]
        if entry is None or (etag is not None and entry.version != version_of(etag)):
            return None
        return entry

    def holds(self, address: S3Address) -> bool:
        """Return whether there was a file of an object when its folder was looked at last."""
        folder, name = self._names(address)
        with self._lock:
            return name in self._folder(folder)

    def read(self, entry: Entry) -> bytes | None:
        """Return the content of a file; None, and the file is gone, when it is damaged."""
        try:
            data = entry.path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            self._drop(entry.path)
            return None
        self.touch(entry)
        return data

    def touch(self, entry: Entry) -> None:
        """Note that a file was used just now."""
        with contextlib.suppress(OSError):
            os.utime(entry.path)

    def put(self, address: S3Address, etag: str, data: bytes) -> Entry:
        """Keep the content of an object; other versions of it go.

        Raises
        ------
        StorageError
            When the disk refuses.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        entry = self._place(address, etag, sha256)
        with _disk_errors(entry.path):
            entry.path.parent.mkdir(parents=True, exist_ok=True)
        # Durability is not needed here: a file that a crash damages fails its checksum.
        write_atomic(entry.path, data, overwrite=True, is_durable=False)
        self._take(address, entry, len(data))
        return entry

    def take_file(self, address: S3Address, etag: str, file: Path, sha256: str) -> Entry:
        """Move a complete file into the cache, within one disk.

        Raises
        ------
        StorageError
            When the disk refuses.
        """
        entry = self._place(address, etag, sha256)
        with _disk_errors(entry.path):
            size = file.stat().st_size
            file.replace(entry.path)
        self._take(address, entry, size)
        return entry

    def partial(self, address: S3Address, etag: str) -> Path:
        """Return where an object that comes in parts grows, the same in every run.

        Raises
        ------
        StorageError
            When the disk refuses.
        """
        folder, name = self._names(address)
        path = self.root / folder / f"{name}.{version_of(etag)}.part"
        with _disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def trim(self) -> None:
        """Drop the longest unused files until the rest is within the budget."""
        files = sorted(self._files())
        held = sum(size for _, size, _ in files)
        if held > self.budget_bytes:
            goal = int(self.budget_bytes * ROOM_AFTER_TRIM)
            for changed, size, path in files:
                if held <= goal:
                    break
                if _is_growing(path, changed):
                    continue
                self._drop(path)
                held -= size
        with self._lock:
            self._bytes = held

    def _take(self, address: S3Address, entry: Entry, size: int) -> None:
        folder, name = self._names(address)
        with self._lock:
            before = self._folder(folder).get(name)
            self._folder(folder)[name] = entry
            if self._bytes is not None:
                self._bytes += size
            is_over = self._bytes is None or self._bytes > self.budget_bytes
        if before is not None and before.path != entry.path:
            self._drop(before.path)
        if is_over:
            self.trim()

    def _folder(self, folder: str) -> dict[str, Entry]:
        """Return the files of a folder by object (the lock is held)."""
        if folder not in self._folders:
            self._folders[folder] = dict(_entries(self.root / folder))
        return self._folders[folder]

    def _place(self, address: S3Address, etag: str, sha256: str) -> Entry:
        folder, name = self._names(address)
        version = version_of(etag)
        ending = address.suffix.lower()
        ending = ending if _ENDING.fullmatch(ending) else ""
        path = self.root / folder / f"{name}.{version}.{sha256}{ending}"
        return Entry(path, version, sha256)

    def _names(self, address: S3Address) -> tuple[str, str]:
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            parts = (self._server, address.bucket)
            known = (
                _hash("\0".join((*parts, address.parent.key)), 32),
                _hash("\0".join((*parts, address.key)), 32),
            )
            self._known[address] = known
        return known

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for folder in _children(self.root):
            for path in _children(folder):
                with contextlib.suppress(OSError):
                    status = path.stat()
                    yield status.st_mtime, status.st_size, path

    @staticmethod
    def _drop(path: Path) -> None:
        # On Windows a file that another program reads stays; it goes another time.
        with contextlib.suppress(OSError):
            path.unlink()


def _entries(folder: Path) -> Iterator[tuple[str, Entry]]:
    for path in _children(folder):
        parts = _NAME.fullmatch(path.name)
        if parts:
            yield parts[1], Entry(path, parts[2], parts[3])


def _is_growing(path: Path, changed: float) -> bool:
    """Return whether another program may be writing a file at this moment."""
    return not _NAME.fullmatch(path.name) and time.time() - changed < ABANDONED_S


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    from trackproof.storage.reasons import reason

    try:
        yield
    except OSError as error:
        raise StorageError(f"cannot be kept: {reason(error)}", path=path) from error
