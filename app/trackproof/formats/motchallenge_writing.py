"""Sequences to MOTChallenge text: lines that nobody edited stay as they were, byte for byte."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import StorageError
from trackproof.formats.annotations import check_shapes, number_text, unchanged_bytes
from trackproof.formats.identities import NO_ID, whole_identities
from trackproof.formats.losses import (
    BOXES,
    Loss,
    changed_names,
    lost_numbers,
    told_numbers,
)
from trackproof.formats.motchallenge_reading import CLASS_NAMES, NAME, OBJECT, class_name
from trackproof.formats.motchallenge_text import columns_of
from trackproof.formats.places import finite
from trackproof.labels import Task, changed_frames
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from trackproof.labels import FrameRows, Labels, Sequence

UNKNOWN = -1.0
"""What MOTChallenge writes for numbers that nobody knows."""

DEFAULTS = {"confidence": 1.0, "flag": 1.0}
WITH_CLASS, WITH_CONFIDENCE = 9, 10
"""Columns of a new file, as in MOT17's ground truth and as in MOT15's."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line as values."""

    source: int
    identity: int
    values: tuple[float, ...]


def write_text(path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False) -> None:
    """Write a text file, or a folder with ``gt/gt.txt`` and ``seqinfo.ini``.

    Parameters
    ----------
    path : Path
        A name that ends in ``.txt`` is a file, any other a folder.

    Raises
    ------
    FormatError
        When the labels are no boxes, or the file they were read from has changed.
    StorageError
        When a file cannot be written, or exists and ``overwrite`` is not set.
    """
    data = encode_text(sequence, labels)
    if path.suffix.lower() == ".txt":
        write_atomic(path, data, overwrite=overwrite)
        return
    kind = "gt" if sequence.task is Task.TRACKING else "det"
    target, info = path / kind / f"{kind}.txt", path / "seqinfo.ini"
    for file in (target, info):
        if file.exists() and not overwrite:
            raise StorageError("this file exists already; ask to replace it", path=file)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be made: {error.strerror}", path=target.parent) from error
    write_atomic(target, data, overwrite=overwrite)
    write_atomic(info, encode_info(sequence), overwrite=overwrite)


def encode_text(sequence: Sequence, labels: Labels) -> bytes:
    """Return the text of a sequence.

    Raises
    ------
    FormatError
        When the labels are no boxes, or the file they were read from has changed.
    StorageError
        When that file cannot be read.
    """
    check_shapes(labels, BOXES, title="MOTChallenge")
    source = sequence.source
    if source is None or source.format_name != NAME:
        return _Writer(sequence, labels, columns=_layout(sequence, labels)).everything()
    data = unchanged_bytes(source)
    changed = changed_frames(sequence.labels, labels)
    if not len(changed):
        return data
    writer = _Writer(sequence, labels, columns=_layout(sequence, labels))
    return writer.patched(data, changed.tolist())


def encode_info(sequence: Sequence) -> bytes:
    """Return ``seqinfo.ini``; facts that nobody knows are left out."""
    info = sequence.detail.get("sequence_info")
    first = sequence.frame_names[0] if sequence.frame_names else ""
    values = {
        "name": sequence.name,
        "imDir": getattr(info, "frames_folder", "img1"),
        "frameRate": number_text(sequence.rate_fps) if sequence.rate_fps else None,
        "seqLength": str(len(sequence)),
        "imWidth": str(sequence.width) if sequence.width else None,
        "imHeight": str(sequence.height) if sequence.height else None,
        "imExt": Path(first).suffix or ".jpg",
    }
    lines = [f"{key}={value}" for key, value in values.items() if value is not None]
    return ("[Sequence]\n" + "\n".join(lines) + "\n").encode()


class _Writer:
    """Turns rows into lines with as many columns as the file has."""

    def __init__(self, sequence: Sequence, labels: Labels, *, columns: int) -> None:
        self.sequence = sequence
        self.labels = labels
        self.keys = columns_of(columns)
        self.identities = whole_identities(labels)
        self.classes = _classes(sequence, labels)

    def everything(self) -> bytes:
        """Return all lines, by frame, then by identity."""
        lines = []
        for frame in range(len(self.sequence)):
            rows = self._rows(self.labels, frame)
            lines += [self._line(frame, row) for row in sorted(rows, key=lambda r: r.identity)]
        return b"".join(line + b"\n" for line in lines)

    def patched(self, data: bytes, changed: list[int]) -> bytes:
        """Return the text of the file with the lines of some frames exchanged."""
        lines: list[bytes | None] = list(data.splitlines(keepends=True))
        ending = _ending(lines)
        added: dict[int, list[bytes]] = {}
        order = _order(self.sequence.labels)
        for frame in changed:
            before = {row.source: row for row in self._rows(self.sequence.labels, frame)}
            for row in self._rows(self.labels, frame):
                old = before.pop(row.source, None)
                if old is None:
                    place = order.place(frame, row.identity)
                    added.setdefault(place, []).append(self._line(frame, row) + ending)
                elif old != row:
                    lines[row.source] = _exchanged(lines[row.source] or b"", old, row)
            for source in before:
                lines[source] = None
        return b"".join(_merged(lines, added, ending))

    def _rows(self, labels: Labels, frame: int) -> list[_Row]:
        rows: FrameRows = labels.table.at(frame)
        block = rows.rows
        found = []
        for row in range(len(rows)):
            track = int(rows.track[row])
            extra = [self._extra(key, rows, row) for key in self.keys]
            values = (*block.xywh[row].tolist(), *extra)
            identity = self.identities[track] if track >= 0 else NO_ID
            found.append(_Row(int(block.source[row]), identity, values))
        return found

    def _extra(self, key: str, rows: FrameRows, row: int) -> float:
        if key == "class":
            return self.classes[int(rows.rows.category[row])]
        column = rows.rows.columns.get(key)
        value = float("nan") if column is None else float(column[row])
        return DEFAULTS.get(key, UNKNOWN) if np.isnan(value) else value

    def _line(self, frame: int, row: _Row) -> bytes:
        number = int(self.sequence.frame_numbers[frame])
        is_own = self.sequence.source is not None and self.sequence.source.format_name == NAME
        shown = number if is_own else frame + 1
        return ",".join([str(shown), str(row.identity), *map(number_text, row.values)]).encode()


def _classes(sequence: Sequence, labels: Labels) -> list[float]:
    """Return the class number of every category: the challenge's, the file's, or a free one.

    Ids of other formats are no classes of the challenge, whose numbers have a meaning.
    """
    by_name = {name: number for number, name in CLASS_NAMES.items()}
    is_own = sequence.source is not None and sequence.source.format_name == NAME
    free = max(CLASS_NAMES) + 1
    numbers = []
    for category in labels.categories:
        own = finite(category.class_id) if is_own else None
        if category.name in by_name:
            own = float(by_name[category.name])
        elif own is None:
            own, free = float(free), free + 1
        numbers.append(own)
    return numbers


def _layout(sequence: Sequence, labels: Labels) -> int:
    """Return the number of columns: the file's own, else those that keep the most.

    Lines with a class have no room for a confidence, and the other way round.
    """
    if sequence.source is not None and sequence.source.format_name == NAME:
        return int(sequence.detail.get("columns", WITH_CLASS))
    used = np.unique(labels.table.flat.rows.category).tolist()
    has_classes = any(labels.categories[number].name != OBJECT for number in used)
    told = told_numbers(labels).keys()
    is_needed = has_classes or told & set(columns_of(WITH_CLASS))
    return WITH_CLASS if is_needed else WITH_CONFIDENCE


def lost_columns(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return the numbers and the category names that the layout of the lines has no room for."""
    keys = columns_of(_layout(sequence, labels))
    numbers = lost_numbers(labels, kept=keys)
    return (*numbers, *_renamed_categories(sequence, labels, has_classes="class" in keys))


def _renamed_categories(
    sequence: Sequence, labels: Labels, *, has_classes: bool
) -> tuple[Loss, ...]:
    """Return the categories whose names a class number does not stand for."""
    used = set(np.unique(labels.table.flat.rows.category).tolist())
    numbers = _classes(sequence, labels)
    names = [
        category.name
        for place, category in enumerate(labels.categories)
        if place in used
        and category.name != (class_name(numbers[place]) if has_classes else OBJECT)
    ]
    become, becomes = "become class numbers", "becomes a class number"
    return (changed_names(names, become=become, becomes=becomes),)


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """How the lines of a file are sorted, so that new ones find their place."""

    by_track: bool
    keys: list[tuple[int, int]]
    sources: list[int]

    def place(self, frame: int, identity: int) -> int:
        """Return the line after which a new one belongs, -1 for the start."""
        key = (identity, frame) if self.by_track else (frame, identity)
        before = bisect(self.keys, key)
        return self.sources[before - 1] if before else -1


def _order(labels: Labels) -> _Order:
    flat = labels.table.flat
    order = np.argsort(flat.rows.source, kind="stable")
    frame, source = flat.rows.frame[order], flat.rows.source[order]
    ids = np.array(whole_identities(labels) or [NO_ID], dtype=np.int64)
    track = flat.track[order]
    identity = np.where(track >= 0, ids[np.maximum(track, 0)], NO_ID)
    by_track = bool((np.diff(frame) < 0).any())
    first, second = (identity, frame) if by_track else (frame, identity)
    ranked = np.lexsort((source, second, first))
    keys = list(zip(first[ranked].tolist(), second[ranked].tolist(), strict=True))
    return _Order(by_track, keys, source[ranked].tolist())


def _exchanged(line: bytes, old: _Row, new: _Row) -> bytes:
    """Return a line with only those fields written anew that say something else."""
    body = line.rstrip(b"\r\n")
    fields = body.split(b",")
    pairs = zip((old.identity, *old.values), (new.identity, *new.values), strict=True)
    for place, (before, after) in enumerate(pairs, start=1):
        if before != after and place < len(fields):
            fields[place] = number_text(after).encode()
    return b",".join(fields) + line[len(body) :]


def _merged(lines: list[bytes | None], added: dict[int, list[bytes]], ending: bytes) -> list[bytes]:
    merged = list(added.get(-1, []))
    for place, line in enumerate(lines):
        if line is not None:
            merged.append(line)
        if place in added:
            if merged and not merged[-1].endswith((b"\n", b"\r")):
                merged[-1] += ending
            merged += added[place]
    return merged


def _ending(lines: list[bytes | None]) -> bytes:
    first = lines[0] if lines and lines[0] else b"\n"
    body = first.rstrip(b"\r\n")
    return first[len(body) :] or b"\n"
