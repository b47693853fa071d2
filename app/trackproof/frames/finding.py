"""Where the frames of a label file usually are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trackproof.errors import FrameError, StorageError
from trackproof.frames.source import frames_inside, is_video
from trackproof.storage import S3Address
from trackproof.storage.s3 import CONNECTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackproof.labels import Sequence
    from trackproof.storage import Place
    from trackproof.storage.s3 import Connection

LABEL_FOLDERS = frozenset({"gt", "det", "labels", "annotations", "sequences"})
FRAME_FOLDERS = ("img1", "frames", "images")


def find_frames(sequence: Sequence) -> Place | None:
    """Return the folder or video that lies where a sequence's frames usually do, or None.

    The frames of labels that were opened from S3 are where their sequence file says.

    Looks beside the label file (and above ``gt``, ``det``, ``labels``) for the folder that the
    labels name, ``img1``, ``frames``, ``images``, a folder or video named like the sequence, images
    right there, or the only video. Looks nowhere else: a wide search is slow and finds other
    people's frames.
    """
    if connection_of(sequence) is not None:
        return _remote_frames(sequence)
    labels = _read_from(sequence)
    if labels is None:
        return None
    for candidate in _candidates(sequence, labels):
        try:
            if candidate.is_file() and is_video(candidate):
                return candidate
            if candidate.is_dir() and frames_inside(candidate) is not None:
                return candidate
        except (OSError, FrameError):
            continue
    return None


def connection_of(sequence: Sequence) -> Connection | None:
    """Return who asked S3 for the labels of a sequence; None for labels from the disk."""
    found: Connection | None = sequence.detail.get(CONNECTION)
    return found


def _remote_frames(sequence: Sequence) -> S3Address | None:
    try:
        return S3Address.parse(sequence.frames_hint)
    except StorageError:
        return None


def _read_from(sequence: Sequence) -> Path | None:
    """Return the label file, or what lists the frames of footage that nobody labelled yet."""
    if sequence.source is not None:
        return sequence.source.path
    listed = sequence.detail.get("sequence_file")
    return listed.path if listed is not None else None


def _candidates(sequence: Sequence, labels: Path) -> Iterator[Path]:
    base = labels if labels.is_dir() else labels.parent
    bases = [base.parent, base] if base.name.lower() in LABEL_FOLDERS else [base]
    names = [_last_part(sequence.frames_hint), sequence.name, labels.stem]
    for folder in bases:
        if names[0]:
            yield folder / names[0]
            yield from (folder / inner / names[0] for inner in FRAME_FOLDERS)
        yield from (folder / inner for inner in FRAME_FOLDERS)
        for name in dict.fromkeys(filter(_is_plain, names[1:])):
            yield folder / name
            yield from _videos_named(folder, name)
        yield folder


def _videos_named(folder: Path, name: str) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from (entry for entry in entries if entry.stem == name and is_video(entry))


def _last_part(hint: str) -> str:
    """Return the folder name that an S3 prefix or a path ends with; empty when it is no name."""
    path = urlsplit(hint).path if "://" in hint else hint
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return name if _is_plain(name) else ""


def _is_plain(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and not set(name) & {"/", "\\", "\0"}
