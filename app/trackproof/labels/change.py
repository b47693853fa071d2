"""What an edit did, as rows before and after: enough to undo it and to do it again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from trackproof.labels.attributes import exact
from trackproof.labels.sequence import Category, Labels
from trackproof.labels.splicing import (
    conformed,
    in_frames,
    is_all_of,
    spliced,
    touched_frames,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.labels.attributes import AttributeSet
    from trackproof.labels.block import Block, Ints
    from trackproof.labels.table import LabelTable, Track

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class TrackDelta:
    """What one track had and has in the frames that an edit touched.

    Parameters
    ----------
    frames : (n,) int32
        Touched frames, ascending.
    before, after : Block or None
        Its rows in these frames; None while the track has no rows at all.
    whole : (Block or None, Block or None) or None
        All rows of the track before and after, while somebody may undo this soon: then no row
        has to be moved. Not kept on disk.
    """

    frames: Ints
    before: Block | None
    after: Block | None
    whole: tuple[Block | None, Block | None] | None = None

    def inverted(self) -> TrackDelta:
        """Return the delta that takes it back."""
        whole = None if self.whole is None else (self.whole[1], self.whole[0])
        return TrackDelta(self.frames, self.after, self.before, whole)

    def on(self, block: Block | None) -> Block | None:
        """Return a track's rows with this delta applied."""
        if self.whole is not None and block is self.whole[0]:
            return self.whole[1]
        if self.after is None:
            return None
        return conformed(spliced(block, self.after, frames=self.frames), self.after)


@dataclass(frozen=True, slots=True)
class Tail(Generic[T]):
    """How the end of a growing tuple changed: what stood from ``start`` on, and what stands now."""

    start: int = 0
    before: tuple[T, ...] = ()
    after: tuple[T, ...] = ()

    @classmethod
    def between(cls, before: tuple[T, ...], after: tuple[T, ...]) -> Tail[T]:
        """Return the change of a tuple that grew or shrank at its end."""
        start = min(len(before), len(after))
        return cls(start, before[start:], after[start:])

    def inverted(self) -> Tail[T]:
        """Return the change that takes it back."""
        return Tail(self.start, self.after, self.before)

    def on(self, values: tuple[T, ...]) -> tuple[T, ...]:
        """Return the tuple with the change applied."""
        if not self.before and not self.after:
            return values
        return (*values[: self.start], *self.after)


@dataclass(frozen=True, eq=False)
class Change:
    """What one edit did to the labels of one sequence; `inverted` undoes it exactly.

    Parameters
    ----------
    label : str
        For the menu and the history: ``move Vehicle:1 at frame 102``.
    deltas : mapping of int to TrackDelta
        By track number.
    records : mapping of int to (Track or None, Track or None)
        Track records before and after; None where the track did not exist.
    names, attribute_sets, categories : Tail
        How the tables that rows point to grew.
    frame_attributes : mapping of int to (AttributeSet or None, AttributeSet or None)
        By frame index, before and after; None = the frame has none.
    flipped : (n,) int32
        Frames that became listed, or stopped being so.
    """

    label: str
    deltas: Mapping[int, TrackDelta] = field(default_factory=dict)
    records: Mapping[int, tuple[Track | None, Track | None]] = field(default_factory=dict)
    names: Tail[str] = field(default_factory=Tail)
    attribute_sets: Tail[AttributeSet] = field(default_factory=Tail)
    categories: Tail[Category] = field(default_factory=Tail)
    frame_attributes: Mapping[int, tuple[AttributeSet | None, AttributeSet | None]] = field(
        default_factory=dict
    )
    flipped: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    @cached_property
    def tracks(self) -> frozenset[int]:
        """Tracks whose rows, name or identity changed."""
        return frozenset(self.deltas) | frozenset(self.records)

    @cached_property
    def frames(self) -> Ints:
        """Frames whose annotations or attributes changed, ascending."""
        pieces = [delta.frames for delta in self.deltas.values()]
        pieces.append(np.fromiter(self.frame_attributes, dtype=np.int32))
        return np.unique(np.concatenate([*pieces, self.flipped])).astype(np.int32)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed, so that there is nothing to undo."""
        return not (
            self.deltas
            or self.records
            or self.frame_attributes
            or len(self.flipped)
            or self.categories != Tail(self.categories.start)
        )

    def slim(self) -> Change:
        """Return the change without whole tracks, for keeping many of them."""
        slim = {track: replace(delta, whole=None) for track, delta in self.deltas.items()}
        return replace(self, deltas=slim)

    def widened(self, after: Labels) -> Change:
        """Return the change with whole tracks beside, so that taking it back moves no row.

        Parameters
        ----------
        after : Labels
            What the change led to.
        """
        deltas = {}
        for track, delta in self.deltas.items():
            now = after.table.block(track)
            deltas[track] = replace(delta, whole=(delta.inverted().on(now), now))
        return replace(self, deltas=deltas)

    def inverted(self) -> Change:
        """Return the change that takes this one back."""
        return replace(
            self,
            deltas={track: delta.inverted() for track, delta in self.deltas.items()},
            records={track: (new, old) for track, (old, new) in self.records.items()},
            names=self.names.inverted(),
            attribute_sets=self.attribute_sets.inverted(),
            categories=self.categories.inverted(),
            frame_attributes={
                frame: (new, old) for frame, (old, new) in self.frame_attributes.items()
            },
        )


def between(label: str, before: Labels, after: Labels, *, with_rows: bool = True) -> Change:
    """Return what leads from one version of labels to a later one.

    Blocks that are the same object in both are not looked at, so this costs what was touched.

    Parameters
    ----------
    with_rows : bool
        False leaves the rows of tracks out.
    """
    return Change(
        label,
        deltas=_deltas(before.table, after.table) if with_rows else {},
        records=_records(before.table.tracks, after.table.tracks),
        names=Tail.between(before.table.names, after.table.names),
        attribute_sets=Tail.between(before.table.attribute_sets, after.table.attribute_sets),
        categories=Tail.between(before.categories, after.categories),
        frame_attributes=_changed_attributes(before.frame_attributes, after.frame_attributes),
        flipped=_flipped(before, after),
    )


def redo(labels: Labels, change: Change) -> Labels:
    """Return the labels with a change applied to the version it was made from."""
    table = labels.table.with_blocks(
        {track: delta.on(labels.table.block(track)) for track, delta in change.deltas.items()},
        tracks=_with_records(labels.table.tracks, change.records),
        names=change.names.on(labels.table.names),
        attribute_sets=change.attribute_sets.on(labels.table.attribute_sets),
    )
    return Labels(
        table,
        change.categories.on(labels.categories),
        _with_flipped(labels, change.flipped),
        _with_frame_attributes(labels, change),
    )


def undo(labels: Labels, change: Change) -> Labels:
    """Return the labels as they were before a change."""
    return redo(labels, change.inverted())


def _deltas(before: LabelTable, after: LabelTable) -> dict[int, TrackDelta]:
    deltas = {}
    for track in before.blocks.keys() | after.blocks.keys():
        old, new = before.block(track), after.block(track)
        if old is new:
            continue
        frames = touched_frames(old, new)
        if len(frames) or not _same_columns(old, new):
            sides = _rows_in(old, frames), _rows_in(new, frames)
            deltas[track] = TrackDelta(frames, *sides, whole=(old, new))
    return dict(sorted(deltas.items()))


def _same_columns(old: Block | None, new: Block | None) -> bool:
    if old is None or new is None:
        return old is new
    has_vertices = (old.vertices is not None, new.vertices is not None)
    return old.columns.keys() == new.columns.keys() and has_vertices[0] == has_vertices[1]


def _rows_in(block: Block | None, frames: Ints) -> Block | None:
    # Rows never change, so that a track of which all rows are meant is not copied.
    if block is None or is_all_of(block, frames):
        return block
    return block.take(in_frames(block, frames))


def _records(
    before: tuple[Track, ...], after: tuple[Track, ...]
) -> dict[int, tuple[Track | None, Track | None]]:
    if before is after:
        return {}
    records: dict[int, tuple[Track | None, Track | None]] = {}
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else None
        new = after[number] if number < len(after) else None
        if old is not new and old != new:
            records[number] = (old, new)
    return records


def _changed_attributes(
    before: Mapping[int, AttributeSet], after: Mapping[int, AttributeSet]
) -> dict[int, tuple[AttributeSet | None, AttributeSet | None]]:
    if before is after:
        return {}
    return {
        frame: (before.get(frame), after.get(frame))
        for frame in sorted(before.keys() | after.keys())
        if _differ(before.get(frame), after.get(frame))
    }


def _differ(one: AttributeSet | None, two: AttributeSet | None) -> bool:
    if one is None or two is None:
        return one is not two
    return one is not two and exact(one) != exact(two)


def _flipped(before: Labels, after: Labels) -> Ints:
    if before.listed is after.listed:
        return np.empty(0, dtype=np.int32)
    return np.flatnonzero(before.listed != after.listed).astype(np.int32)


def _with_records(
    tracks: tuple[Track, ...], records: Mapping[int, tuple[Track | None, Track | None]]
) -> tuple[Track, ...]:
    if not records:
        return tracks
    result: list[Track | None] = list(tracks)
    for number in sorted(records):
        new = records[number][1]
        if number == len(result):
            result.append(new)
        else:
            result[number] = new
    return tuple(track for track in result if track is not None)


def _with_flipped(labels: Labels, flipped: Ints) -> Any:
    if not len(flipped):
        return labels.listed
    listed = labels.listed.copy()
    listed[flipped] = ~listed[flipped]
    return listed


def _with_frame_attributes(labels: Labels, change: Change) -> Mapping[int, AttributeSet]:
    if not change.frame_attributes:
        return labels.frame_attributes
    attributes = dict(labels.frame_attributes)
    for frame, (_, new) in change.frame_attributes.items():
        if new is None:
            attributes.pop(frame, None)
        else:
            attributes[frame] = new
    return attributes
