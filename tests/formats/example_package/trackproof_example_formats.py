"""A format of another package: lines of frame, object, left, top, width, height after a title."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats import Format, Holds, Opened
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.problems import Problems
from trackproof.labels import Labels, Sequence, Source
from trackproof.progress import Progress

TITLE = b"EXAMPLE LINES\n"


def _sniff(path: Path) -> bool:
    try:
        return path.is_file() and path.read_bytes().startswith(TITLE)
    except OSError:
        return False


def _read(path: Path, *, root: Path | None, progress: Progress) -> Opened:
    progress.step(0, 1)
    data = path.read_bytes()
    rows, problems = DrawnRows(), Problems(path)
    for line in data.removeprefix(TITLE).splitlines():
        frame, name, *sides = line.decode().split()
        left, top, width, height = map(float, sides)
        rows.add(int(frame), category="thing", xywh=(left, top, width, height), object_id=name)
    if not len(rows):
        raise FormatError("holds no line", path=path)
    table, task = rows.table(problems)
    count = max(rows.frame) + 1
    sequence = Sequence(
        name=path.stem,
        frame_names=tuple(f"{frame}.png" for frame in range(count)),
        frame_numbers=np.arange(count, dtype=np.int64),
        labels=Labels(table, categories_of(rows), np.ones(count, dtype=np.bool_)),
        task=task,
        source=Source(
            path, str(path), sha256(data).hexdigest(), "example", np.full((count, 2), -1)
        ),
    )
    return Opened((sequence,), (), path, "example")


FORMAT = Format(
    name="example",
    title="Example lines",
    description="lines of an example",
    extensions=(".lines",),
    sniff=_sniff,
    read=_read,
    holds=Holds(text_ids=True),
)
