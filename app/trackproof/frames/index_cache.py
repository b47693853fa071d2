"""Packet indexes on disk, so that a video is scanned once."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import StorageError
from trackproof.frames.packets import PacketIndex
from trackproof.frames.scanning import scan
from trackproof.paths import cache_dir
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.progress import Progress

# Part of every key: a change of how packets are read makes older files useless.
VERSION = 3
MOST_INDEXES = 200
_ARRAYS = ("pts", "dts", "position", "is_key", "packet_of", "times_s")
_PLAIN = ("width", "height", "rate_fps", "notes")


def load_index(path: Path, *, progress: Progress) -> PacketIndex:
    """Return the packet index of a video, scanned once per path, size and time of change.

    Raises
    ------
    FrameError
        When no frame of the video can be read.
    """
    entry = cache_dir() / "packets" / f"{_key(path)}.npz"
    index = _read(entry)
    if index is None:
        index = scan(path, progress=progress)
        _write(entry, index)
    return index


def video_key(path: Path) -> str:
    """Return a name for a video as it is now: another size or time of change, another name."""
    status = path.stat()
    facts = f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}"
    return hashlib.sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _key(path: Path) -> str:
    return f"{video_key(path)}-{VERSION}"


def _read(entry: Path) -> PacketIndex | None:
    """Return a stored index; None when there is none or it is damaged, for it can be made again."""
    try:
        with np.load(io.BytesIO(entry.read_bytes()), allow_pickle=False) as stored:
            plain = json.loads(stored["plain"].tobytes())
            arrays = {name: stored[name] for name in _ARRAYS}
            return PacketIndex(**arrays, **{**plain, "notes": tuple(plain["notes"])})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _write(entry: Path, index: PacketIndex) -> None:
    plain = json.dumps({name: getattr(index, name) for name in _PLAIN}).encode()
    buffer = io.BytesIO()
    arrays = {name: getattr(index, name) for name in _ARRAYS}
    np.savez(buffer, plain=np.frombuffer(plain, dtype=np.uint8), **arrays)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(entry, buffer.getvalue(), overwrite=True)
        _prune(entry.parent)
    except (OSError, StorageError):
        # A cache that cannot be written costs a scan next time and nothing else.
        return


def _prune(folder: Path) -> None:
    entries = sorted(folder.glob("*.npz"), key=lambda entry: entry.stat().st_mtime)
    for entry in entries[:-MOST_INDEXES]:
        entry.unlink(missing_ok=True)
