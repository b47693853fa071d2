"""KITTI tracking: one text file per sequence, one line per object and frame.

Columns as the benchmark's development kit describes them: frame (from 0), track id, type,
truncated, occluded, alpha, left, top, right, bottom, three dimensions, three coordinates,
rotation, and for results a score.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError, Problem, Severity, StorageError
from trackproof.formats.annotations import (
    annotations_at,
    check_shapes,
    compared,
    number_text,
    unchanged_bytes,
)
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.frame_range import most_frames
from trackproof.formats.identities import NO_ID, whole_identities
from trackproof.formats.losses import BOXES, Holds, Loss, changed_names
from trackproof.formats.model import Format, Opened
from trackproof.formats.places import finite, place, whole_number
from trackproof.formats.problems import Problems
from trackproof.labels import Labels, Sequence, Source, changed_frames
from trackproof.storage import read_bytes, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.annotations import Annotation
    from trackproof.progress import Progress

NAME = "kitti"
HEAD = 4096
COLUMNS, WITH_SCORE = 17, 18
BOX = slice(6, 10)
UNKNOWN_3D = ("-1", "-1", "-1", "-1000", "-1000", "-1000", "-10")
UNKNOWN_ALPHA = "-10"
NUMBERS = frozenset({"truncated", "occluded", "confidence"})
DONT_CARE = "DontCare"
_FOLDERS = ("label_02", "training/label_02", ".")


class _WrongLine(Exception):
    """A line cannot be used; the message says why."""


def _sniff(path: Path) -> bool:
    try:
        if path.is_dir():
            return bool(_texts(path))
        return _looks_right(path)
    except OSError:
        return False


def _looks_right(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    for line in head.splitlines():
        if line.strip():
            fields = line.split(maxsplit=WITH_SCORE + 1)
            return len(fields) in (COLUMNS, WITH_SCORE) and _is_row(fields)
    return False


def _is_row(fields: list[bytes]) -> bool:
    numbers = [finite(field) for place_, field in enumerate(fields) if place_ != 2]
    return finite(fields[2]) is None and None not in numbers


def _texts(folder: Path) -> list[Path]:
    for name in _FOLDERS:
        found = sorted(path for path in (folder / name).glob("*.txt") if path.is_file())
        right = [path for path in found if _looks_right(path)]
        if right:
            return right
    return []


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:  # noqa: ARG001
    texts = _texts(path) if path.is_dir() else [path]
    sequences, failures = [], []
    for place_, text in enumerate(texts):
        progress.step(place_, len(texts))
        try:
            sequences.append(_sequence(text))
        except (FormatError, StorageError) as error:
            failures.append(error)
    progress.step(len(texts), len(texts))
    if not sequences:
        raise failures[0] if failures else FormatError("holds no labels of KITTI", path=path)
    told = tuple(
        Problem(one.message, str(one.path or ""), one.location or "", Severity.ERROR)
        for one in failures
    )
    return Opened(tuple(sequences), told, path, NAME)


def _sequence(path: Path) -> Sequence:
    data = read_bytes(path)
    problems = Problems(path)
    rows = DrawnRows()
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines()):
        if not line.strip():
            continue
        try:
            _take(rows, line, number, limit=most_frames(len(data)))
        except _WrongLine as wrong:
            problems.error(
                "lines that are no rows", f"{wrong}; left out", location=f"line {number + 1}"
            )
    if not len(rows):
        raise FormatError("no line is a row of KITTI tracking labels", path=path)
    count = max(rows.frame) + 1
    table, task = rows.table(problems)
    return Sequence(
        name=path.stem,
        frame_names=tuple(f"{frame:06d}.png" for frame in range(count)),
        frame_numbers=np.arange(count, dtype=np.int64),
        labels=Labels(table, categories_of(rows), np.ones(count, dtype=np.bool_)),
        task=task,
        source=Source(
            path=path,
            uri=str(path),
            sha256=sha256(data).hexdigest(),
            format_name=NAME,
            frame_spans=np.full((count, 2), -1, dtype=np.int64),
        ),
        frames_hint=f"image_02/{path.stem}",
        problems=problems.listed(),
    )


def _take(rows: DrawnRows, line: bytes, number: int, *, limit: int) -> None:
    fields = line.split(maxsplit=WITH_SCORE + 1)
    if len(fields) not in (COLUMNS, WITH_SCORE):
        raise _WrongLine(f"{_short(line)} has not {COLUMNS} or {WITH_SCORE} columns")
    frame, identity = whole_number(fields[0]), whole_number(fields[1])
    if frame is None or not 0 <= frame < limit:
        raise _WrongLine(f"{_short(fields[0])} is not a frame number between 0 and {limit - 1:,}")
    if identity is None:
        raise _WrongLine(f"{_short(fields[1])} is not a whole number for an identity")
    left, top, right, bottom = (_coordinate(field) for field in fields[BOX])
    numbers = {"truncated": _number(fields[3]), "occluded": _number(fields[4])}
    if len(fields) == WITH_SCORE:
        numbers["confidence"] = _number(fields[17])
    rows.add(
        frame,
        category=fields[2].decode("utf-8", "replace"),
        xywh=(left, top, right - left, bottom - top),
        object_id=None if identity == NO_ID else str(identity),
        source=number,
        numbers=numbers,
    )


def _coordinate(field: bytes) -> float:
    value = place(field)
    if value is None:
        raise _WrongLine(f"{_short(field)} is no place in an image")
    return value


def _number(field: bytes) -> float:
    value = finite(field)
    if value is None:
        raise _WrongLine(f"{_short(field)} is not a number")
    return value


def _short(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))


def encode_text(sequence: Sequence, labels: Labels) -> bytes:
    """Return the text of a sequence; lines that nobody edited stay as they were.

    Raises
    ------
    FormatError
        When the labels are no boxes, or the file they were read from has changed.
    StorageError
        When that file cannot be read.
    """
    check_shapes(labels, BOXES, title="KITTI tracking")
    ids = whole_identities(labels, first=0)
    source = sequence.source
    if source is None or source.format_name != NAME:
        frames = range(len(sequence))
        has_score = "confidence" in labels.table.flat.rows.columns
        lines = [
            _line(one, frame, labels, ids, has_score=has_score)
            for frame in frames
            for one in annotations_at(labels, frame)
        ]
        return b"".join(line + b"\n" for line in lines)
    data = unchanged_bytes(source)
    changed = changed_frames(sequence.labels, labels).tolist()
    return _patched(data, sequence, labels, ids, changed) if changed else data


def _patched(
    data: bytes, sequence: Sequence, labels: Labels, ids: list[int], changed: list[int]
) -> bytes:
    lines: list[bytes] = data.splitlines(keepends=True)
    body = lines[0].rstrip(b"\r\n")
    ending = lines[0][len(body) :] or b"\n"
    has_score = len(body.split()) == WITH_SCORE
    frames = [_frame_of(line) for line in lines]
    added: dict[int, list[bytes]] = {}
    for frame in changed:
        change = compared(sequence.labels, labels, frame)
        for source, (_, new) in change.changed.items():
            lines[source] = _exchanged(lines[source], new, frame, labels, ids)
        for source in change.removed:
            lines[source] = b""
        # Behind the last line of this frame or an earlier one, wherever the file has that.
        after = max((n for n, one in enumerate(frames) if 0 <= one <= frame), default=-1)
        added.setdefault(after, []).extend(
            _line(one, frame, labels, ids, has_score=has_score) + ending for one in change.added
        )
    pieces = list(added.get(-1, []))
    for number, line in enumerate(lines):
        fresh = added.get(number, [])
        needs_end = fresh and line and not line.endswith((b"\n", b"\r"))
        pieces += [line + ending if needs_end else line, *fresh]
    return b"".join(pieces)


def _frame_of(line: bytes) -> int:
    fields = line.removeprefix(b"\xef\xbb\xbf").split(maxsplit=1)
    frame = whole_number(fields[0]) if fields else None
    return -1 if frame is None else frame


def _exchanged(line: bytes, new: Annotation, frame: int, labels: Labels, ids: list[int]) -> bytes:
    """Return a line with its box, identity, type and numbers as they are now, and all else kept."""
    body = line.rstrip(b"\r\n")
    old = body.split()
    fresh = _line(new, frame, labels, ids, has_score=len(old) == WITH_SCORE).split()
    for column in (1, 2, 3, 4, *range(6, 10), *range(COLUMNS, len(old))):
        if finite(old[column]) is None or finite(old[column]) != finite(fresh[column]):
            old[column] = fresh[column]
    return b" ".join(old) + line[len(body) :]


def _line(one: Annotation, frame: int, labels: Labels, ids: list[int], *, has_score: bool) -> bytes:
    left, top, width, height = one.xywh
    numbers = dict(one.numbers)
    fields = [
        str(frame),
        str(ids[one.track] if one.track >= 0 else NO_ID),
        type_name(labels.categories[one.category].name),
        number_text(numbers.get("truncated", 0.0)),
        number_text(numbers.get("occluded", 0.0)),
        UNKNOWN_ALPHA,
        *(number_text(value) for value in (left, top, left + width, top + height)),
        *UNKNOWN_3D,
    ]
    if has_score:
        fields.append(number_text(numbers.get("confidence", 1.0)))
    return " ".join(fields).encode()


def type_name(category: str) -> str:
    """Return a category as one word that is no number, since columns end at white space."""
    word = "_".join(category.split()) or "object"
    return f"class_{word}" if finite(word.encode()) is not None else word


def _renamed(_: Sequence, labels: Labels) -> tuple[Loss, ...]:
    names = [one.name for one in labels.categories if type_name(one.name) != one.name]
    return (
        changed_names(names, become="are written as one word", becomes="is written as one word"),
    )


def _write(path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False) -> None:
    write_atomic(path, encode_text(sequence, labels), overwrite=overwrite)


FORMAT = Format(
    name=NAME,
    title="KITTI tracking",
    description="a text file of a sequence, or a folder label_02 of them",
    extensions=(".txt",),
    sniff=_sniff,
    read=_read,
    write=_write,
    holds=Holds(columns=NUMBERS, length=False, extra=_renamed),
    ending=".txt",
)
