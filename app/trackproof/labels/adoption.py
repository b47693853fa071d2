"""Labels of one file in the numbers of another: tracks by identity, the rest by what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from trackproof.labels.block import NOT_IN_SOURCE, Block, concatenate
from trackproof.labels.table import NO_IDENTITY, LabelTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from trackproof.labels.attributes import AttributeSet
    from trackproof.labels.block import Ints
    from trackproof.labels.sequence import Category, Labels
    from trackproof.labels.table import Track

Value = TypeVar("Value")

LEFT_OUT = -1
"""Frame of a place that the other labels do not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """What numbers mean: tables that may grow at their ends and are never renumbered."""

    tracks: tuple[Track, ...]
    names: tuple[str, ...]
    attribute_sets: tuple[AttributeSet, ...]
    categories: tuple[Category, ...]

    @classmethod
    def of(cls, labels: Labels) -> Numbering:
        """Return the numbering of some labels."""
        table = labels.table
        return cls(table.tracks, table.names, table.attribute_sets, labels.categories)

    def table(self, blocks: Mapping[int, Block]) -> LabelTable:
        """Return a table of blocks under this numbering."""
        return LabelTable(self.tracks, blocks, names=self.names, attribute_sets=self.attribute_sets)


def adopted(
    numbering: Numbering, other: Labels, frames: npt.NDArray[np.int64]
) -> tuple[Numbering, dict[int, Block]]:
    """Return rows of other labels in a numbering, and the numbering as it had to grow.

    Tracks are the same when their identity is, categories when their name is.

    Parameters
    ----------
    other : Labels
        Of an excerpt, or of the same sequence read from another file.
    frames : (n,) int64
        Frame index for every frame of ``other``; `LEFT_OUT` drops the rows there.
    """
    table = other.table
    tracks, track_of = _joined(numbering.tracks, table.tracks, key=_identity)
    names, name_of = _joined(numbering.names, table.names)
    sets, set_of = _joined(numbering.attribute_sets, table.attribute_sets, key=_exact)
    categories, category_of = _joined(numbering.categories, other.categories, key=_name)
    known = len(numbering.categories)
    categories = (*numbering.categories, *_with_free_ids(categories, known))
    grown = Numbering(tracks, names, sets, categories)
    blocks = {}
    for number, block in table.blocks.items():
        rows = replace(
            block,
            frame=frames[block.frame].astype(np.int32),
            name=name_of[block.name],
            attributes=set_of[block.attributes],
            category=category_of[block.category].astype(np.int16),
            source=np.full(len(block), NOT_IN_SOURCE, dtype=np.int32),
        )
        rows = rows.take(rows.frame != LEFT_OUT)
        if len(rows):
            here = number if number == NO_IDENTITY else int(track_of[number])
            blocks[here] = rows.take(np.argsort(rows.frame, kind="stable"))
    return grown, blocks


def together(blocks: Iterable[Mapping[int, Block]]) -> dict[int, Block]:
    """Return the rows of several excerpts, track by track; their frames must not overlap."""
    pieces: dict[int, list[Block]] = {}
    for one in blocks:
        for track, block in one.items():
            pieces.setdefault(track, []).append(block)
    joined = {}
    for track, several in pieces.items():
        rows = concatenate(several)
        joined[track] = rows.take(np.argsort(rows.frame, kind="stable"))
    return joined


def _joined(
    mine: tuple[Value, ...], others: Sequence[Value], *, key: object = None
) -> tuple[tuple[Value, ...], Ints]:
    """Return a tuple grown by what it lacks, and the place of every other value in it."""
    of = key if callable(key) else _itself
    places = {of(value): place for place, value in reversed(list(enumerate(mine)))}
    grown = list(mine)
    numbers = np.empty(len(others), dtype=np.int32)
    for number, value in enumerate(others):
        place = places.setdefault(of(value), len(grown))
        if place == len(grown):
            grown.append(value)
        numbers[number] = place
    return tuple(grown), numbers


def _with_free_ids(categories: Sequence[Category], known: int) -> Iterator[Category]:
    """Yield the categories after the known ones, with class ids that no other has.

    A job numbers classes in its own way, so the id of a new class may be that of an old one.
    """
    taken = {category.class_id for category in categories[:known]}
    for category in categories[known:]:
        if category.class_id in taken:
            numbers = [int(one) for one in taken if one.isdecimal()]
            category = replace(category, class_id=str(max(numbers, default=-1) + 1))
        taken.add(category.class_id)
        yield category


def _itself(value: object) -> object:
    return value


def _identity(track: Track) -> tuple[str, int]:
    return track.object_id, track.occurrence


def _name(category: Category) -> str:
    return category.name


def _exact(values: AttributeSet) -> tuple[tuple[str, type, object], ...]:
    """Return what tells sets apart in which 1, 1.0 and True stand."""
    return tuple(sorted((name, type(value), value) for name, value in values))
