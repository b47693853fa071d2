"""Annotations of any shape, one by one, on their way into a label table."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.row_checks import (
    named_tracks,
    split_repeats,
    tell_geometry,
    usable_rows,
)
from trackproof.formats.shape_rows import Numbered, ShapeRows, ints
from trackproof.labels import (
    NO_ATTRIBUTES,
    NO_IDENTITY,
    NOT_IN_SOURCE,
    Block,
    Category,
    LabelTable,
    Shape,
    Task,
    Track,
)
from trackproof.labels.table import row_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from trackproof.formats.problems import Problems
    from trackproof.labels import AttributeSet

    Ints = npt.NDArray[np.int32]
    Point = tuple[float, float]
    Box = tuple[float, float, float, float]

MOST_CATEGORIES = 32_000
NO_NUMBERS: Mapping[str, float] = {}


@dataclass
class DrawnRows(ShapeRows):
    """Annotations in the order in which they are read."""

    frame: array[int] = field(default_factory=lambda: array("i"))
    xywh: array[float] = field(default_factory=lambda: array("d"))
    columns: dict[str, array[float]] = field(default_factory=dict)
    object_ids: Numbered[str] = field(default_factory=Numbered)
    names: Numbered[str] = field(default_factory=lambda: Numbered({"": 0}))
    categories: Numbered[str] = field(default_factory=Numbered)
    _sets: dict[tuple[object, ...], int] = field(default_factory=lambda: {(): 0})
    _values: list[AttributeSet] = field(default_factory=lambda: [NO_ATTRIBUTES])

    def add(
        self,
        frame: int,
        *,
        category: str,
        xywh: Box,
        shape: Shape = Shape.BOX,
        vertices: Sequence[Point] | npt.NDArray[np.float64] = (),
        object_id: str | None = None,
        name: str = "",
        attributes: AttributeSet = NO_ATTRIBUTES,
        source: int = NOT_IN_SOURCE,
        numbers: Mapping[str, float] = NO_NUMBERS,
    ) -> None:
        """Add an annotation.

        Parameters
        ----------
        object_id : str or None
            None for an annotation without identity.
        numbers : mapping of str to float
            Values of numeric columns.
        """
        for key, value in numbers.items():
            column = self.columns.get(key)
            if column is None:
                column = self.columns[key] = array("d")
            column.extend([float("nan")] * (len(self) - len(column)))
            column.append(value)
        self.frame.append(frame)
        self.xywh.extend(xywh)
        self.add_row(
            shape,
            vertices,
            track=NO_IDENTITY if object_id is None else self.object_ids[object_id],
            name=self.names[name],
            category=self.categories[category],
            attributes=self._set(attributes),
            source=source,
        )

    def _set(self, values: AttributeSet) -> int:
        if not values:
            return 0
        # 1, 1.0 and true are equal to Python and not to a file.
        key = tuple((name, type(value), value) for name, value in values)
        number = self._sets.get(key)
        if number is None:
            number = self._sets[key] = len(self._values)
            self._values.append(values)
        return number

    def table(
        self, problems: Problems, *, names: Mapping[str, str] | None = None
    ) -> tuple[LabelTable, Task]:
        """Return the table of these rows, and whether they have identity.

        An object without a name is called ``category:object id``. A second annotation of an object
        in one frame becomes a track of its own.

        Parameters
        ----------
        names : mapping of str to str or None
            Names by object id, where a file states them.
        """
        block, track = self._block(), ints(self.track).copy()
        kept = usable_rows(block, problems)
        if not kept.all():
            block, track = block.take(kept), track[kept]
        order = row_order(track, block.frame) if len(track) else None
        if order is not None:
            block, track = block.take(order), track[order]
        tell_geometry(block, problems)
        owned = np.flatnonzero(track != NO_IDENTITY)
        split, owners, occurrences = split_repeats(
            block.take(owned), track[owned], len(self.object_ids), problems
        )
        track[owned] = split
        ids = [list(self.object_ids)[owner] for owner in owners] if owners else []
        own_names, all_names = self._names(block, track, ids, names or {})
        tracks = [
            Track(object_id, name, occurrence)
            for object_id, name, occurrence in zip(ids, own_names, occurrences, strict=True)
        ]
        table = LabelTable.from_rows(
            tracks, block, track, names=all_names, attribute_sets=tuple(self._values)
        )
        return table, Task.TRACKING if len(owned) or not len(track) else Task.DETECTION

    def _names(
        self, block: Block, track: Ints, ids: list[str], stated: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        """Return the name of every track and all names; rows without one get their track's."""
        made = named_tracks(block, track, ids, list(self.categories))
        own = [stated.get(one) or name for one, name in zip(ids, made, strict=True)]
        numbers = Numbered(self.names)
        of_track = np.array([numbers[name] for name in own] or [0], dtype=np.int32)
        is_nameless = (block.name == 0) & (track >= 0)
        block.name[is_nameless] = of_track[track[is_nameless]]
        return own, list(numbers)

    def _block(self) -> Block:
        vertices, offsets = self.outlines()
        columns = {}
        for key, values in self.columns.items():
            full = np.full(len(self), np.nan)
            full[: len(values)] = values
            columns[key] = full
        return Block(
            frame=ints(self.frame),
            category=ints(self.category).astype(np.int16),
            xywh=np.frombuffer(self.xywh, dtype=np.float64).reshape(-1, 4).copy(),
            name=ints(self.name).copy(),
            attributes=ints(self.attributes),
            source=ints(self.source),
            shape=np.frombuffer(self.shape, dtype=np.uint8),
            vertices=vertices,
            offsets=offsets,
            columns=columns,
        )


def categories_of(
    rows: DrawnRows, stated: Mapping[str, Category] | None = None
) -> tuple[Category, ...]:
    """Return the categories in the order in which rows number them, then those never used."""
    known = stated or {}
    used = [known.get(name, Category(name)) for name in rows.categories]
    return (*used, *(one for key, one in known.items() if key not in rows.categories))


def bounds_of(vertices: Sequence[Point]) -> Box:
    """Return the bounding rectangle of vertices as left, top, width, height."""
    xs, ys = [x for x, _ in vertices], [y for _, y in vertices]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
