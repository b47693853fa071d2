"""COCO: one JSON file of images and annotations, with videos and tracks where it tells them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Problem, Severity, StorageError
from trackproof.formats.coco_reading import NAME, read_file
from trackproof.formats.coco_writing import SHAPES, mask_losses, write_file
from trackproof.formats.losses import ANY, Holds
from trackproof.formats.model import Format, Opened

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.labels import Sequence
    from trackproof.progress import Progress

ENDS = 65_536
MOST_FILES = 60
_PLACES = ("*.json", "annotations/*.json")
_OBJECT = re.compile(rb"\s*(\xef\xbb\xbf)?\s*\{")
_MARKS = tuple(
    re.compile(rb'"%s"\s*:' % key)
    for key in (b"images", b"annotations", b"categories", b"image_id", b"category_id", b"videos")
)
_OTHERS = re.compile(rb'"((tracking|detection)-annotations|source-ref|class-id)"\s*:')
FEWEST_MARKS = 2


def _sniff(path: Path) -> bool:
    try:
        return bool(_files(path)) if path.is_dir() else _looks_right(path)
    except OSError:
        return False


def _looks_right(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(ENDS)
        stream.seek(0, 2)
        stream.seek(max(stream.tell() - ENDS, 0))
        tail = stream.read(ENDS)
    if not _OBJECT.match(head) or _OTHERS.search(head):
        return False
    return sum(bool(mark.search(head) or mark.search(tail)) for mark in _MARKS) >= FEWEST_MARKS


def _files(folder: Path) -> list[Path]:
    for place in _PLACES:
        found = sorted(path for path in folder.glob(place) if path.is_file())[:MOST_FILES]
        right = [path for path in found if _looks_right(path)]
        if right:
            return right
    return []


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:  # noqa: ARG001
    if not path.is_dir():
        sequences, problems = read_file(path, progress=progress)
        return Opened(sequences, problems, path, NAME)
    found: list[Sequence] = []
    told: list[Problem] = []
    files = _files(path)
    for file in files:
        try:
            sequences, problems = read_file(file, progress=progress)
        except (FormatError, StorageError) as error:
            if len(files) == 1:
                raise
            told.append(
                Problem(
                    error.message, str(error.path or file), error.location or "", Severity.ERROR
                )
            )
            continue
        found += sequences
        told += problems
    if not found:
        raise FormatError("no file of this folder holds COCO annotations", path=path)
    return Opened(tuple(found), tuple(told), path, NAME)


FORMAT = Format(
    name=NAME,
    title="COCO",
    description="a JSON file with images and annotations, also with videos and tracks",
    extensions=(".json",),
    sniff=_sniff,
    read=_read,
    write=write_file,
    holds=Holds(
        shapes=SHAPES,
        text_ids=True,
        object_names=True,
        attributes=ANY,
        frame_attributes=True,
        columns=frozenset({"confidence"}),
        frame_names=True,
        rate=True,
        extra=mask_losses,
    ),
    ending=".json",
)
