"""The annotations of one frame as values, and which of them differ from what a file holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.losses import SHAPE_WORDS
from trackproof.labels import NOT_IN_SOURCE, Shape
from trackproof.storage.backups import bytes_as_read

if TYPE_CHECKING:
    from collections.abc import Sequence as Rows

    from trackproof.labels import AttributeSet, Block, Labels, Source


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row with everything that its numbers stand for.

    Parameters
    ----------
    source : int
        Its place in the file, `NOT_IN_SOURCE` for a new one.
    track : int
        Number of its track; negative without identity.
    xywh : tuple of four float
        Pixels.
    vertices : tuple of (x, y)
        Empty for a box.
    category : int
        Place in ``Labels.categories``.
    object_id : str
        Empty without identity.
    numbers : tuple of (str, float)
        Numeric columns; those without a value are left out.
    """

    source: int
    track: int
    shape: Shape
    xywh: tuple[float, float, float, float]
    vertices: tuple[tuple[float, float], ...]
    category: int
    object_id: str
    name: str
    attributes: AttributeSet
    numbers: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class FrameChange:
    """What is to be done with the annotations that a file holds of one frame.

    Parameters
    ----------
    changed : mapping of int to (old, new)
        By place in the file.
    removed : frozenset of int
        Places in the file.
    added : tuple of Annotation
        What the file does not hold.
    """

    changed: dict[int, tuple[Annotation, Annotation]]
    removed: frozenset[int]
    added: tuple[Annotation, ...]


def annotations_at(labels: Labels, frame: int) -> list[Annotation]:
    """Return the annotations of a frame index, by ascending track."""
    rows = labels.table.at(frame)
    return [_annotation(labels, rows.rows, row, int(rows.track[row])) for row in range(len(rows))]


def annotations_of(labels: Labels, track: int) -> dict[int, Annotation]:
    """Return the annotations of a track by frame index."""
    block = labels.table.block(track)
    if block is None:
        return {}
    frames = block.frame.tolist()
    return {frame: _annotation(labels, block, row, track) for row, frame in enumerate(frames)}


def _annotation(labels: Labels, block: Block, row: int, track: int) -> Annotation:
    table = labels.table
    left, top, width, height = block.xywh[row].tolist()
    numbers = [(key, float(values[row])) for key, values in block.columns.items()]
    return Annotation(
        source=int(block.source[row]),
        track=track,
        shape=Shape(int(block.shape[row])),
        xywh=(left, top, width, height),
        vertices=tuple((x, y) for x, y in block.vertices_of(row).tolist()),
        category=int(block.category[row]),
        object_id=table.tracks[track].object_id if track >= 0 else "",
        name=table.names[int(block.name[row])],
        attributes=table.attribute_sets[int(block.attributes[row])],
        numbers=tuple((key, value) for key, value in numbers if not np.isnan(value)),
    )


def compared(before: Labels, after: Labels, frame: int) -> FrameChange:
    """Return what differs in one frame between the labels of a file and later ones."""
    old = {one.source: one for one in annotations_at(before, frame) if one.source >= 0}
    changed, added = {}, []
    for one in annotations_at(after, frame):
        was = old.pop(one.source, None) if one.source != NOT_IN_SOURCE else None
        if was is None:
            added.append(one)
        elif was != one:
            changed[one.source] = (was, one)
    return FrameChange(changed, frozenset(old), tuple(added))


def unchanged_bytes(source: Source) -> bytes:
    """Return the bytes of the file that labels were read from, or of its backup.

    Raises
    ------
    FormatError
        When they are not what was read.
    StorageError
        When they cannot be read.
    """
    data = bytes_as_read(Path(source.path), source.sha256)
    if data is None:
        raise has_changed(source)
    return data


def has_changed(source: Source) -> FormatError:
    """Return the error for labels whose file is not what it was."""
    return FormatError(
        "the file has changed since it was opened, so edits cannot be joined with it; open it "
        "again",
        path=source.path,
    )


def check_shapes(labels: Labels, shapes: frozenset[Shape], *, title: str) -> None:
    """Refuse shapes that a format cannot hold.

    Raises
    ------
    FormatError
        When there is one.
    """
    used = np.unique(labels.table.flat.rows.shape).tolist()
    wrong = [SHAPE_WORDS[Shape(one)] for one in used if Shape(one) not in shapes]
    if wrong:
        held = _listed([SHAPE_WORDS[shape] for shape in sorted(shapes)])
        raise FormatError(
            f"{title} holds {held} only, and these labels have {_listed(wrong)}; trackproof "
            "convert writes what can be held"
        )


def _listed(words: Rows[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def number_text(value: float) -> str:
    """Return a number as short as it can be, with at most six places."""
    rounded = round(float(value), 6)
    return str(int(rounded)) if rounded.is_integer() else repr(rounded)
