"""Rows of annotations while a label file is read: flat arrays, and everything else numbered."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Raw, Struct

from trackproof.formats.shape_rows import Numbered, ShapeRows, ints
from trackproof.labels import Block, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


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
class Rows(ShapeRows):
    """Annotations in the order of the file, in 51 bytes a row."""

    counts: array[int] = field(default_factory=lambda: array("i"))
    left: array[float] = field(default_factory=lambda: array("d"))
    top: array[float] = field(default_factory=lambda: array("d"))
    width: array[float] = field(default_factory=lambda: array("d"))
    height: array[float] = field(default_factory=lambda: array("d"))
    object_ids: Numbered[str] = field(default_factory=Numbered)
    object_names: Numbered[str] = field(default_factory=lambda: Numbered({"": 0}))
    class_ids: Numbered[str] = field(default_factory=Numbered)
    attribute_texts: Numbered[bytes] = field(default_factory=lambda: Numbered({b"{}": 0}))

    _order: tuple[list[str], list[str], list[str]] | None = None
    _numbers: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    _attributes: tuple[list[Raw], bytes] | None = None

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
        self.add_row(
            one.shape,
            one.vertices,
            track=self.object_ids[one.object_id],
            name=self.object_names[one.object_name],
            category=self.class_ids[one.class_id],
            attributes=self.attribute_texts[one.attributes],
            source=one.source,
        )

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
        vertices, offsets = self.outlines()
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


def _floats(values: list[float], n: int) -> bytes:
    return np.fromiter(values, np.float64, n).tobytes()


def _ints(values: list[int], n: int) -> bytes:
    return np.fromiter(values, np.int32, n).tobytes()
