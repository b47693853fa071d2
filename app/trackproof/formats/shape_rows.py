"""What the columns of all annotations have in common while a file is read."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.labels import Shape

Key = TypeVar("Key")


class Numbered(dict[Key, int], Generic[Key]):
    """Gives every new key the next number."""

    def __missing__(self, key: Key) -> int:
        number = self[key] = len(self)
        return number


@dataclass
class ShapeRows:
    """Numbers of rows in the order in which they are read, and the vertices of those that have any.

    Plain arrays grow in place, so that a file and its rows fit into memory together.
    """

    track: array[int] = field(default_factory=lambda: array("i"))
    name: array[int] = field(default_factory=lambda: array("i"))
    category: array[int] = field(default_factory=lambda: array("i"))
    attributes: array[int] = field(default_factory=lambda: array("i"))
    source: array[int] = field(default_factory=lambda: array("i"))
    shape: bytearray = field(default_factory=bytearray)
    vertices: array[float] = field(default_factory=lambda: array("d"))
    vertex_counts: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.shape)

    def add_row(
        self,
        shape: Shape,
        vertices: Sequence[tuple[float, float]] | npt.NDArray[np.float64],
        *,
        track: int,
        name: int,
        category: int,
        attributes: int,
        source: int,
    ) -> None:
        """Add the numbers of one row."""
        if len(vertices):
            self.vertex_counts[len(self)] = len(vertices)
            self.vertices.frombytes(np.asarray(vertices, dtype=np.float64).tobytes())
        self.track.append(track)
        self.name.append(name)
        self.category.append(category)
        self.attributes.append(attributes)
        self.source.append(source)
        self.shape.append(shape)

    def outlines(self) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.int32] | None]:
        """Return all vertices, ``(m, 2)``, and where each row's begin; None without any."""
        if not self.vertex_counts:
            return None, None
        counts = np.zeros(len(self) + 1, dtype=np.int32)
        rows = np.fromiter(self.vertex_counts, dtype=np.int64)
        counts[rows + 1] = list(self.vertex_counts.values())
        vertices = np.frombuffer(self.vertices, dtype=np.float64).reshape(-1, 2)
        return vertices, np.cumsum(counts, dtype=np.int32)


def ints(values: array[int]) -> npt.NDArray[np.int32]:
    """Return the numbers of an array without a copy."""
    return np.frombuffer(values, dtype=np.int32)
