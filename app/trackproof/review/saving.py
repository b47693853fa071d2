"""Corrected labels as a file: a new one by default, the original only on request."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError, StorageError
from trackproof.formats import formats
from trackproof.storage import S3Address, check_replaceable
from trackproof.storage.backups import free_backup
from trackproof.storage.s3 import is_cached_copy

if TYPE_CHECKING:
    from trackproof.formats import Loss
    from trackproof.labels import Labels, Sequence, Source

PICTURES = ("*.jpg", "*.jpeg", "*.png", "*.bmp", "*.mp4", "*.avi", "*.mov", "*.mkv", "*.webm")
"""What no copy is made of: labels are never pictures, and these can be large."""


def original_name(source: Source) -> str:
    """Return the name of the file that labels were read from, which a copy of S3 does not have."""
    is_copy = is_cached_copy(source.path)
    return S3Address.parse(source.uri).name if is_copy else source.path.name


def proposed_path(sequence: Sequence) -> Path | None:
    """Return a new file beside the original: ``SeqLabel.corrected.json``; None for made labels.

    For labels from S3 it is in the user's home.
    """
    source = sequence.source
    if source is None:
        return None
    is_copy = is_cached_copy(source.path)
    original = Path.home() / f"{sequence.name}-{original_name(source)}" if is_copy else source.path
    for number in range(1, 10_000):
        ordinal = "" if number == 1 else f"-{number}"
        path = original.with_name(f"{original.stem}.corrected{ordinal}{original.suffix}")
        if not path.exists():
            return path
    return None


def replaceable_original(sequence: Sequence) -> Path | None:
    """Return the file or folder that labels were read from; None where it is not on this disk."""
    source = sequence.source
    if source is None or is_cached_copy(source.path) or not is_something(source.path):
        return None
    return source.path


def save_corrected(
    path: Path,
    sequence: Sequence,
    labels: Labels,
    *,
    format_name: str | None = None,
    overwrite: bool = False,
    keeps_copy: bool = True,
) -> Path | None:
    """Write corrected labels, and keep a copy of the file or folder that they replace.

    Frames that were not edited are copied from the original as they are.

    Parameters
    ----------
    path : Path
        Where to write.
    sequence : Sequence
        The sequence as read.
    labels : Labels
        Its current labels.
    format_name : str or None
        By default the format that it was read from.
    overwrite : bool
        Whether an existing file may be replaced; its copy is made first.
    keeps_copy : bool
        Whether that copy is made; only for who said so by replacing on a command line.

    Returns
    -------
    Path or None
        The copy of the file that was there before; None when there was none.

    Raises
    ------
    ReviewError
        When no format of this name can write.
    FormatError
        When the format cannot hold the labels, or the original has changed since it was read.
    StorageError
        When the file exists and ``overwrite`` is not set, or cannot be written.
    """
    name = format_name or (sequence.source.format_name if sequence.source else "")
    chosen = next((each for each in formats() if each.name == name), None)
    if chosen is None or chosen.write is None:
        raise ReviewError(f"There is no format {name!r} that can write labels.", path=path)
    copy = None
    if overwrite and path.is_file():
        check_replaceable(path)
    if overwrite and keeps_copy and is_something(path):
        copy = free_backup(path)
        try:
            if path.is_dir():
                shutil.copytree(path, copy, ignore=shutil.ignore_patterns(*PICTURES))
            else:
                shutil.copy2(path, copy)
        except OSError as error:
            raise StorageError(
                f"no copy of the old file could be made ({error.strerror}), so it was not replaced",
                path=path,
            ) from error
    chosen.write(path, sequence, labels, overwrite=overwrite)
    return copy


def lost_edits(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return what the format of the original cannot hold of what was edited, the gravest first.

    What was not there in the file either is not told: nothing of it gets lost by saving.
    """
    name = sequence.source.format_name if sequence.source else ""
    chosen = next((each for each in formats() if each.name == name), None)
    if chosen is None:
        return ()
    before = chosen.losses(sequence, sequence.labels)
    return tuple(one for one in chosen.losses(sequence, labels) if one not in before)


def is_something(path: Path) -> bool:
    """Return whether a file, or a folder that is not empty, would be replaced."""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))
