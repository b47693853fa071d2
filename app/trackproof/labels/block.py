"""The annotations of one track as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Smalls = npt.NDArray[np.int16]
    Boxes = npt.NDArray[np.float64]

Scalar = TypeVar("Scalar", bound=np.generic)

NOT_IN_SOURCE = -1
"""Value of ``source`` for an annotation that the original file does not hold."""


class Shape(IntEnum):
    """What an annotation draws."""

    BOX = 0
    POLYGON = 1
    POLYLINE = 2
    KEYPOINT = 3


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The annotations of one track, by ascending frame (strictly, where there is identity).

    Parameters
    ----------
    frame : (n,) int32
        Zero-based frame index.
    category : (n,) int16
        Index into ``Labels.categories``.
    xywh : (n, 4) float64
        Left, top, width, height in pixels; of a shape with vertices, its bounding rectangle.
    name : (n,) int32
        Index into ``LabelTable.names``: the object name that this annotation carries.
    attributes : (n,) int32
        Index into ``LabelTable.attribute_sets``.
    source : (n,) int32
        Place of the annotation in its frame's list in the original file, ``NOT_IN_SOURCE`` for
        new ones; an encoder takes keys it does not know from there.
    shape : (n,) uint8
        Members of `Shape`.
    vertices : (m, 2) float64 or None
        x, y of all vertices in row order; None while every row is a box.
    offsets : (n + 1,) int32 or None
        Row i owns ``vertices[offsets[i]:offsets[i + 1]]``.
    columns : mapping of str to (n,) float64
        Numbers that a format keeps beside a box (``visibility``, ``confidence``, ...), NaN = none.
    """

    frame: Ints
    category: Smalls
    xywh: Boxes
    name: Ints
    attributes: Ints
    source: Ints
    shape: npt.NDArray[np.uint8]
    vertices: Boxes | None = None
    offsets: Ints | None = None
    columns: Mapping[str, Boxes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def of_boxes(
        cls,
        frame: npt.ArrayLike,
        xywh: npt.ArrayLike,
        *,
        category: npt.ArrayLike = 0,
        name: npt.ArrayLike = 0,
        attributes: npt.ArrayLike = 0,
        source: npt.ArrayLike = NOT_IN_SOURCE,
        columns: Mapping[str, Boxes] | None = None,
    ) -> Block:
        """Return a block of boxes; scalars are repeated for every row."""
        frames = np.asarray(frame, dtype=np.int32)
        n = len(frames)
        return cls(
            frame=frames,
            category=_column(category, n, np.int16),
            xywh=np.asarray(xywh, dtype=np.float64).reshape(n, 4),
            name=_column(name, n, np.int32),
            attributes=_column(attributes, n, np.int32),
            source=_column(source, n, np.int32),
            shape=np.zeros(n, dtype=np.uint8),
            columns=dict(columns or {}),
        )

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> Block:
        """Return the block of the given rows, in the given order."""
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        picked = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.intp)
        vertices, offsets = self._take_vertices(picked)
        return Block(
            frame=self.frame[picked],
            category=self.category[picked],
            xywh=self.xywh[picked],
            name=self.name[picked],
            attributes=self.attributes[picked],
            source=self.source[picked],
            shape=self.shape[picked],
            vertices=vertices,
            offsets=offsets,
            columns={key: values[picked] for key, values in self.columns.items()},
        )

    def view(self, first: int, end: int) -> Block:
        """Return the rows ``first <= row < end`` without a copy of the plain columns."""
        rows = slice(first, end)
        vertices, offsets = self.vertices, self.offsets
        if vertices is not None and offsets is not None:
            vertices = vertices[offsets[first] : offsets[end]]
            offsets = (offsets[first : end + 1] - offsets[first]).astype(np.int32)
        return Block(
            frame=self.frame[rows],
            category=self.category[rows],
            xywh=self.xywh[rows],
            name=self.name[rows],
            attributes=self.attributes[rows],
            source=self.source[rows],
            shape=self.shape[rows],
            vertices=vertices,
            offsets=offsets,
            columns={key: values[rows] for key, values in self.columns.items()},
        )

    def _take_vertices(self, rows: npt.NDArray[np.intp]) -> tuple[Boxes | None, Ints | None]:
        if self.vertices is None or self.offsets is None:
            return None, None
        counts = np.diff(self.offsets)[rows]
        offsets = np.zeros(len(rows) + 1, dtype=np.int32)
        np.cumsum(counts, out=offsets[1:])
        # Vertex k of row i moves from offsets[rows[i]] + k to the new offsets[i] + k.
        shift = np.repeat(self.offsets[rows] - offsets[:-1], counts)
        return self.vertices[shift + np.arange(offsets[-1])], offsets

    def vertices_of(self, row: int) -> Boxes:
        """Return the ``(m, 2)`` vertices of one row; none for a box."""
        if self.vertices is None or self.offsets is None:
            return np.empty((0, 2), dtype=np.float64)
        return self.vertices[self.offsets[row] : self.offsets[row + 1]]

    def row_at(self, frame: int) -> int | None:
        """Return the first row of a frame index, or None when the track is absent there."""
        row = int(np.searchsorted(self.frame, frame))
        return row if row < len(self.frame) and self.frame[row] == frame else None

    def equals(self, other: Block) -> bool:
        """Return whether both blocks hold the same annotations, value for value."""
        plain = ("frame", "category", "xywh", "name", "attributes", "source", "shape")
        return (
            len(self) == len(other)
            and all(
                np.array_equal(getattr(self, key), getattr(other, key), equal_nan=key == "xywh")
                for key in plain
            )
            and _same(self.vertices, other.vertices)
            and _same(self.offsets, other.offsets)
            and self.columns.keys() == other.columns.keys()
            and all(_same(values, other.columns[key]) for key, values in self.columns.items())
        )


def concatenate(blocks: Sequence[Block]) -> Block:
    """Return one block with the rows of all, in the given order.

    Raises
    ------
    ValueError
        When there is no block.
    """
    keys = sorted({key for block in blocks for key in block.columns})
    has_vertices = any(block.vertices is not None for block in blocks)
    vertices: Boxes | None = None
    offsets: Ints | None = None
    if has_vertices:
        counts = np.concatenate([_vertex_counts(block) for block in blocks])
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        vertices = np.concatenate([b.vertices for b in blocks if b.vertices is not None])
    return Block(
        frame=np.concatenate([b.frame for b in blocks]),
        category=np.concatenate([b.category for b in blocks]),
        xywh=np.concatenate([b.xywh for b in blocks]),
        name=np.concatenate([b.name for b in blocks]),
        attributes=np.concatenate([b.attributes for b in blocks]),
        source=np.concatenate([b.source for b in blocks]),
        shape=np.concatenate([b.shape for b in blocks]),
        vertices=vertices,
        offsets=offsets,
        columns={
            key: np.concatenate([b.columns.get(key, np.full(len(b), np.nan)) for b in blocks])
            for key in keys
        },
    )


def _column(values: npt.ArrayLike, n: int, dtype: type[Scalar]) -> npt.NDArray[Scalar]:
    array = np.asarray(values, dtype=dtype)
    return np.full(n, array, dtype=dtype) if array.ndim == 0 else array


def _same(first: npt.NDArray[np.generic] | None, second: npt.NDArray[np.generic] | None) -> bool:
    if first is None or second is None:
        return first is second
    is_float = first.dtype.kind == "f"
    return bool(np.array_equal(first, second, equal_nan=is_float))


def _vertex_counts(block: Block) -> Ints:
    if block.offsets is None:
        return np.zeros(len(block), dtype=np.int32)
    return np.diff(block.offsets).astype(np.int32)
