"""Rows of annotations while a label file is read: flat arrays, and everything else numbered."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from msgspec import Raw, Struct

from trackproof.labels import Block, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Key = TypeVar("Key")


class Numbered(dict[Key, int], Generic[Key]):
    """Gives every new key the next number."""

    def __missing__(self, key: Key) -> int:
        number = self[key] = len(self)
        return number


class PlainBox(Struct, rename="kebab", gc=False):
    """A complete box as the file writes it, in the order of its keys there, which is fastest."""

    height: float
    width: float
    top: float
    left: float
    class_id: str
    label_category_attributes: Raw = Raw(b"{}")
    object_id: str = ""
    object_name: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One annotation that is not a plain, complete box.

    Parameters
    ----------
    source : int
        Place among the annotations of its entry, over all lists in the order of ``LIST_KEYS``.
    xywh : tuple of four float
        Pixels; the bounding rectangle of shapes with vertices.
    vertices : sequence of (x, y)
        Empty for a box.
    attributes : bytes
        JSON object as the file writes it.
    """

    source: int
    shape: Shape
    xywh: tuple[float, float, float, float]
    vertices: Sequence[tuple[float, float]]
    class_id: str
    object_id: str
    object_name: str
    attributes: bytes


@dataclass
class Rows:
    """Annotations in the order of the file.

    Plain arrays grow in place and hold 51 bytes a row, so that a file and its rows fit into
    memory together.
    """

    counts: array[int] = field(default_factory=lambda: array("i"))
    left: array[float] = field(default_factory=lambda: array("d"))
    top: array[float] = field(default_factory=lambda: array("d"))
    width: array[float] = field(default_factory=lambda: array("d"))
    height: array[float] = field(default_factory=lambda: array("d"))
    track: array[int] = field(default_factory=lambda: array("i"))
    name: array[int] = field(default_factory=lambda: array("i"))
    category: array[int] = field(default_factory=lambda: array("i"))
    attributes: array[int] = field(default_factory=lambda: array("i"))
    source: array[int] = field(default_factory=lambda: array("i"))
    shape: bytearray = field(default_factory=bytearray)
    vertices: array[float] = field(default_factory=lambda: array("d"))
    vertex_counts: dict[int, int] = field(default_factory=dict)
    object_ids: Numbered[str] = field(default_factory=Numbered)
    object_names: Numbered[str] = field(default_factory=lambda: Numbered({"": 0}))
    class_ids: Numbered[str] = field(default_factory=Numbered)
    attribute_texts: Numbered[bytes] = field(default_factory=lambda: Numbered({b"{}": 0}))

    _order: tuple[list[str], list[str], list[str]] | None = None
    _numbers: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    _attributes: tuple[list[Raw], bytes] | None = None

    def __len__(self) -> int:
        return len(self.shape)

    def extend(self, boxes: Sequence[PlainBox], *, has_identity: bool) -> bool:
        """Add the complete boxes of one frame; return False when one lacks its identity.

        Frames mostly repeat the objects of the frame before in its order; comparing whole lists
        with those costs a fourth of looking every text up.
        """
        n = len(boxes)
        order = (
            [box.object_id for box in boxes],
            [box.object_name for box in boxes],
            [box.class_id for box in boxes],
        )
        if order != self._order:
            if has_identity and "" in order[0]:
                return False
            known = (self.object_ids, self.object_names, self.class_ids)
            track, name, category = (
                _ints(list(map(numbers.__getitem__, keys)), n)
                for numbers, keys in zip(known, order, strict=True)
            )
            self._order, self._numbers = order, (track, name, category)
        self.counts.append(n)
        self.left.frombytes(_floats([box.left for box in boxes], n))
        self.top.frombytes(_floats([box.top for box in boxes], n))
        self.width.frombytes(_floats([box.width for box in boxes], n))
        self.height.frombytes(_floats([box.height for box in boxes], n))
        for column, numbers in zip(
            (self.track, self.name, self.category), self._numbers, strict=True
        ):
            column.frombytes(numbers)
        self.attributes.frombytes(self._attribute_numbers(boxes, n))
        self.source.frombytes(np.arange(n, dtype=np.int32).tobytes())
        self.shape.extend(bytes(n))
        return True

    def _attribute_numbers(self, boxes: Sequence[PlainBox], n: int) -> bytes:
        raws = [box.label_category_attributes for box in boxes]
        if self._attributes is None or raws != self._attributes[0]:
            texts = map(bytes, raws)
            self._attributes = raws, _ints(list(map(self.attribute_texts.__getitem__, texts)), n)
        return self._attributes[1]

    def forget_last(self) -> None:
        """Let go of the last frame, which holds on to the file's bytes."""
        self._order = self._attributes = None

    def add(self, one: Drawn) -> None:
        """Add a single annotation; the caller counts it."""
        for column, value in zip(
            (self.left, self.top, self.width, self.height), one.xywh, strict=True
        ):
            column.append(value)
        if one.vertices:
            self.vertex_counts[len(self)] = len(one.vertices)
            for x, y in one.vertices:
                self.vertices.extend((x, y))
        self.track.append(self.object_ids[one.object_id])
        self.name.append(self.object_names[one.object_name])
        self.category.append(self.class_ids[one.class_id])
        self.attributes.append(self.attribute_texts[one.attributes])
        self.source.append(one.source)
        self.shape.append(one.shape)

    def block(self, frame_of_entry: npt.NDArray[np.int32]) -> Block:
        """Return all rows as one block, and forget them here.

        Parameters
        ----------
        frame_of_entry : (entries,) int32
            Frame index of every entry; rows of entries with -1 are in the block, too.
        """
        n = len(self)
        xywh = np.empty((n, 4), dtype=np.float64)
        for place, key in enumerate(("left", "top", "width", "height")):
            xywh[:, place] = np.frombuffer(getattr(self, key), dtype=np.float64)
            setattr(self, key, array("d"))
        vertices, offsets = self._vertices()
        return Block(
            frame=np.repeat(frame_of_entry, ints(self.counts)),
            category=ints(self.category).astype(np.int16),
            xywh=xywh,
            name=ints(self.name),
            attributes=ints(self.attributes),
            source=ints(self.source),
            shape=np.frombuffer(self.shape, dtype=np.uint8),
            vertices=vertices,
            offsets=offsets,
        )

    def _vertices(self) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.int32] | None]:
        if not self.vertex_counts:
            return None, None
        counts = np.zeros(len(self) + 1, dtype=np.int32)
        counts[np.fromiter(self.vertex_counts, dtype=np.int64) + 1] = list(
            self.vertex_counts.values()
        )
        vertices = np.frombuffer(self.vertices, dtype=np.float64).reshape(-1, 2)
        return vertices, np.cumsum(counts, dtype=np.int32)


def _floats(values: list[float], n: int) -> bytes:
    return np.fromiter(values, np.float64, n).tobytes()


def _ints(values: list[int], n: int) -> bytes:
    return np.fromiter(values, np.int32, n).tobytes()


def ints(values: array[int]) -> npt.NDArray[np.int32]:
    """Return the numbers of an array without a copy."""
    return np.frombuffer(values, dtype=np.int32)
