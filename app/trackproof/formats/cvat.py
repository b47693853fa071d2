"""CVAT for video 1.1: one XML file of tracks per task."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Problem, Severity, StorageError
from trackproof.formats.cvat_meta import input_type, used_values
from trackproof.formats.cvat_reading import NAME, read_file
from trackproof.formats.cvat_shapes import OCCLUDED
from trackproof.formats.cvat_writing import mixed_categories, write_file
from trackproof.formats.losses import ALL_SHAPES, ANY, Holds, Loss, LossKind
from trackproof.formats.model import Format, Opened
from trackproof.formats.xml_stream import PROLOG

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

HEAD = 65_536
MOST_FILES = 60
_ROOT = re.compile(PROLOG + rb"<annotations[\s>]", re.DOTALL)
_MARK = re.compile(rb"<(track|image|meta|version)[\s/>]")


def _sniff(path: Path) -> bool:
    try:
        return bool(_files(path)) if path.is_dir() else _looks_right(path)
    except OSError:
        return False


def _looks_right(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    return bool(_ROOT.match(head) and _MARK.search(head))


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.glob("*.xml") if path.is_file())[:MOST_FILES]
    return [path for path in found if _looks_right(path)]


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:  # noqa: ARG001
    if not path.is_dir():
        return Opened((read_file(path, progress=progress),), (), path, NAME)
    sequences: list[Sequence] = []
    failures: list[FormatError | StorageError] = []
    for file in _files(path):
        try:
            sequences.append(read_file(file, progress=progress))
        except (FormatError, StorageError) as error:
            failures.append(error)
    if not sequences:
        raise failures[0] if failures else FormatError("holds no CVAT file", path=path)
    told = tuple(
        Problem(one.message, str(one.path or ""), one.location or "", Severity.ERROR)
        for one in failures
    )
    return Opened(tuple(sequences), told, path, NAME)


def _lost(_: Sequence, labels: Labels) -> tuple[Loss, ...]:
    mixed = mixed_categories(labels)
    texts = {
        name
        for names in used_values(labels).values()
        for name, values in names.items()
        if input_type(values) == "text" and not all(isinstance(value, str) for value in values)
    }
    blank = {
        name
        for values in labels.table.attribute_sets
        for name, value in values
        if value in (None, "") or (name == OCCLUDED and value is False)
    }
    return (
        Loss(
            LossKind.ATTRIBUTES,
            len(blank),
            f"empty values of {len(blank):,} attributes are left out, first {sorted(blank)[:1]}",
        ),
        Loss(
            LossKind.CATEGORIES,
            mixed,
            f"{mixed:,} objects change their category; each gets the one that it has most often",
        ),
        Loss(
            LossKind.ATTRIBUTES,
            len(texts),
            f"values of {len(texts):,} attributes become text, first {sorted(texts)[:1]}",
        ),
    )


FORMAT = Format(
    name=NAME,
    title="CVAT for video",
    description="an XML file (CVAT for video 1.1) with tracks",
    extensions=(".xml",),
    sniff=_sniff,
    read=_read,
    write=write_file,
    holds=Holds(shapes=ALL_SHAPES, detections=False, attributes=ANY, extra=_lost),
    ending=".xml",
)
