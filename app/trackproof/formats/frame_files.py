"""Formats that keep one small file per frame: their folders as one source, read and written."""

from __future__ import annotations

import itertools
import re
import secrets
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import StorageError
from trackproof.formats.annotations import has_changed
from trackproof.storage import check_replaceable, read_bytes, write_atomic
from trackproof.storage.backups import backup_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from trackproof import labels

_DIGITS = re.compile(r"(\d+)")
_LAST_NUMBER = re.compile(r"(\d{1,15})\D*$")


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts ``frame10`` after ``frame2``."""
    parts = _DIGITS.split(name)
    return tuple(
        (0, int(part), part) if part.isascii() and part.isdigit() else (1, 0, part)
        for part in parts
    )


def numbers_of(stems: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the last number in every name where these ascend, else places counted from 0."""
    found = [_LAST_NUMBER.search(stem) for stem in stems]
    numbers = np.array([int(one[1]) if one else -1 for one in found], dtype=np.int64)
    is_counted = None not in found and bool((np.diff(numbers) > 0).all())
    return numbers if is_counted else np.arange(len(stems), dtype=np.int64)


def hash_of(contents: Iterable[tuple[str, bytes]]) -> str:
    """Return one SHA-256 of several files, of their names and contents in the given order."""
    digest = sha256()
    for name, data in contents:
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        digest.update(data)
    return digest.hexdigest()


def unchanged_files(source: labels.Source, names: Iterable[str]) -> dict[str, bytes]:
    """Return the files that labels were read from, by their name in the folder.

    A folder that was replaced since is looked for among its backups.

    Raises
    ------
    FormatError
        When one is not what was read.
    StorageError
        When one cannot be read.
    """
    listed = tuple(names)
    contents = {name: read_bytes(source.path / name) for name in listed}
    if hash_of(contents.items()) == source.sha256:
        return contents
    for copy in itertools.takewhile(lambda one: one.is_dir(), backup_paths(source.path)):
        if all((copy / name).is_file() for name in listed):
            kept = {name: read_bytes(copy / name) for name in listed}
            if hash_of(kept.items()) == source.sha256:
                return kept
    raise has_changed(source)


def write_folder(path: Path, files: Mapping[str, bytes], *, overwrite: bool) -> None:
    """Write a new folder with all its files, or nothing; into an existing one, file by file.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by path inside the folder.

    Raises
    ------
    StorageError
        When the folder holds something and ``overwrite`` is not set, or cannot be written.
    """
    try:
        is_taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
        if is_taken and not overwrite:
            raise StorageError(
                "this exists already; choose another name or ask to replace it", path=path
            )
        if is_taken:
            _into(path, files)
        else:
            _new(path, files)
    except OSError as error:
        raise StorageError(f"cannot be written: {error.strerror}", path=path) from error


def _into(path: Path, files: Mapping[str, bytes]) -> None:
    for name in files:
        check_replaceable(path / name)  # all of them first, so that no half of a folder is new
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, data, overwrite=True)


def _new(path: Path, files: Mapping[str, bytes]) -> None:
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        beside.mkdir(parents=True)
        for name, data in files.items():
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if path.is_dir():
            path.rmdir()
        beside.rename(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def file_names(sequence: labels.Sequence, ending: str) -> list[str]:
    """Return a file name for every frame, each its own, from the names of the frames."""
    taken: set[str] = set()
    names = []
    for frame, full in enumerate(sequence.frame_names):
        stem = re.sub(r"[^\w .-]", "_", full.rsplit(".", 1)[0] if "." in full else full)
        stem = stem.strip(" .") or f"{frame:06d}"
        if stem.lower() in taken:
            stem = f"{stem}_{frame:06d}"
        taken.add(stem.lower())
        names.append(f"{stem}{ending}")
    return names
