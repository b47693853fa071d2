"""All annotations of one sequence: immutable, columnar, one block per track."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels.attributes import NO_ATTRIBUTES
from trackproof.labels.block import Block, concatenate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from trackproof.labels.attributes import AttributeSet
    from trackproof.labels.block import Ints

NO_IDENTITY = -1
"""Track number of annotations of a task that has no identity (detection)."""

REINDEX_AFTER = 16
"""Replaced blocks after which the index by frame is built anew."""


@dataclass(frozen=True, slots=True)
class Track:
    """One object of a sequence; its number is its place in ``LabelTable.tracks``.

    Parameters
    ----------
    object_id : str
        Identity. Two tracks share it only when the file holds it twice in one frame: the second
        annotation then lives in a track of its own with ``occurrence`` 1, so that no frame of a
        track holds two annotations and nothing is lost.
    object_name : str
        The name people see, as most of its annotations say it.
    occurrence : int
        0, or the ordinal of a repeated ``object_id`` in one frame.
    """

    object_id: str
    object_name: str
    occurrence: int = 0


def row_order(track: Ints, frame: Ints) -> npt.NDArray[np.intp] | None:
    """Return the order of rows by track, then frame, then place; None when it is theirs already."""
    ascends = np.diff(frame) >= 0
    is_later = np.diff(track)
    if ((is_later > 0) | ((is_later == 0) & ascends)).all():
        return None
    if not ascends.all() or track.min() < -1 or track.max() >= np.iinfo(np.uint16).max:
        return np.lexsort((frame, track))
    # Numpy sorts 16-bit numbers by radix, ten times faster than any others.
    return np.argsort((track + 1).astype(np.uint16), kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class FlatView:
    """All rows of a table, track after track.

    Parameters
    ----------
    rows : Block
        Columns over all rows; frames ascend within a track.
    track : (n,) int32
        Track number of every row, ascending.
    starts : (k + 1,) int64
        Rows ``starts[i]:starts[i + 1]`` belong to ``track_numbers[i]``.
    track_numbers : (k,) int32
        Tracks that have rows, ascending.
    """

    rows: Block
    track: Ints
    starts: npt.NDArray[np.int64]
    track_numbers: Ints


@dataclass(frozen=True, slots=True, eq=False)
class FrameRows:
    """The annotations of one frame: ``rows`` as a block, and the track number of each."""

    rows: Block
    track: Ints

    def __len__(self) -> int:
        return len(self.track)


class LabelTable:
    """One row per annotation of one sequence.

    Parameters
    ----------
    tracks : sequence of Track
        Only ever grows: a track number means the same object in every later version.
    blocks : mapping of int to Block
        Rows by track number; `NO_IDENTITY` holds the rows of tasks without identity. Empty
        blocks are dropped.
    names : sequence of str
        Object names that rows point to. Only ever grows.
    attribute_sets : sequence of AttributeSet
        Attribute values that rows point to; set 0 is always the empty one. Only ever grows.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        blocks: Mapping[int, Block],
        *,
        names: Sequence[str] = ("",),
        attribute_sets: Sequence[AttributeSet] = (NO_ATTRIBUTES,),
    ) -> None:
        self.tracks = tuple(tracks)
        self.blocks: Mapping[int, Block] = {
            track: blocks[track] for track in sorted(blocks) if len(blocks[track])
        }
        self.names = tuple(names)
        self.attribute_sets = tuple(attribute_sets)
        self._patched: frozenset[int] = frozenset()
        self._index_of: LabelTable = self

    @classmethod
    def empty(cls) -> LabelTable:
        """Return a table without tracks and rows."""
        return cls((), {})

    @classmethod
    def from_rows(
        cls,
        tracks: Sequence[Track],
        rows: Block,
        track: Ints,
        *,
        names: Sequence[str] = ("",),
        attribute_sets: Sequence[AttributeSet] = (NO_ATTRIBUTES,),
    ) -> LabelTable:
        """Return a table from rows in any order.

        Parameters
        ----------
        rows : Block
            All rows; within one track no frame may appear twice.
        track : (n,) int32
            Track number of every row.
        """
        order = row_order(track, rows.frame)
        # Blocks are windows on the flat rows, so that both together take the room of one.
        flat = rows if order is None else rows.take(order)
        in_order = track.astype(np.int32) if order is None else track[order].astype(np.int32)
        first = np.flatnonzero(np.diff(in_order, prepend=in_order[:1] - 1))
        numbers = in_order[first]
        starts = np.append(first, len(in_order)).astype(np.int64)
        blocks = {
            int(number): flat.view(int(start), int(end))
            for number, start, end in zip(numbers, starts, starts[1:], strict=False)
        }
        table = cls(tracks, blocks, names=names, attribute_sets=attribute_sets)
        table.__dict__["flat"] = FlatView(flat, in_order, starts, numbers)
        return table

    def __len__(self) -> int:
        return sum(len(block) for block in self.blocks.values())

    def block(self, track: int) -> Block | None:
        """Return the rows of a track, or None when it has none."""
        return self.blocks.get(track)

    def with_blocks(
        self,
        changed: Mapping[int, Block | None],
        *,
        tracks: Sequence[Track] | None = None,
        names: Sequence[str] | None = None,
        attribute_sets: Sequence[AttributeSet] | None = None,
    ) -> LabelTable:
        """Return a table in which some tracks have other rows (None: no rows).

        The index by frame is patched, not built anew, so this costs microseconds whatever the
        size of the table.
        """
        blocks = dict(self.blocks)
        for track, block in changed.items():
            if block is None or not len(block):
                blocks.pop(track, None)
            else:
                blocks[track] = block
        table = LabelTable(
            self.tracks if tracks is None else tracks,
            blocks,
            names=self.names if names is None else names,
            attribute_sets=self.attribute_sets if attribute_sets is None else attribute_sets,
        )
        patched = self._patched | set(changed)
        if len(patched) <= REINDEX_AFTER:
            table._patched = patched
            table._index_of = self._index_of
        return table

    @cached_property
    def flat(self) -> FlatView:
        """All rows, track after track; made on first use."""
        numbers = np.fromiter(self.blocks, dtype=np.int32, count=len(self.blocks))
        if not len(numbers):
            nothing = Block.of_boxes([], np.empty((0, 4)))
            return FlatView(nothing, numbers, np.zeros(1, dtype=np.int64), numbers)
        counts = np.array([len(block) for block in self.blocks.values()], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        rows = concatenate(list(self.blocks.values()))
        return FlatView(rows, np.repeat(numbers, counts).astype(np.int32), starts, numbers)

    @cached_property
    def _frame_index(self) -> tuple[npt.NDArray[np.intp], Ints]:
        """Flat rows ordered by frame, and the frames in that order."""
        frame = self.flat.rows.frame
        order = np.argsort(frame, kind="stable")
        return order, frame[order]

    def at(self, frame: int) -> FrameRows:
        """Return the annotations of one frame index, by ascending track number."""
        base = self._index_of
        order, frames = base._frame_index
        first, last = np.searchsorted(frames, [frame, frame + 1])
        rows = order[first:last]
        tracks = base.flat.track[rows]
        if not self._patched:
            return FrameRows(base.flat.rows.take(rows), tracks)
        keep = np.fromiter((int(t) not in self._patched for t in tracks), bool, len(tracks))
        pieces = [base.flat.rows.take(rows[keep])]
        numbers = [tracks[keep]]
        for track, block in self._patched_blocks():
            low, high = np.searchsorted(block.frame, [frame, frame + 1])
            if high > low:
                pieces.append(block.take(slice(low, high)))
                numbers.append(np.full(high - low, track, dtype=np.int32))
        joined = np.concatenate(numbers)
        by_track = np.argsort(joined, kind="stable")
        return FrameRows(concatenate(pieces).take(by_track), joined[by_track])

    def _patched_blocks(self) -> Iterator[tuple[int, Block]]:
        for track in sorted(self._patched):
            block = self.blocks.get(track)
            if block is not None:
                yield track, block

    def intern_attributes(self, values: AttributeSet) -> tuple[int, tuple[AttributeSet, ...]]:
        """Return the number of an attribute set and the sets with it."""
        if values in self.attribute_sets:
            return self.attribute_sets.index(values), self.attribute_sets
        return len(self.attribute_sets), (*self.attribute_sets, values)

    def intern_name(self, name: str) -> tuple[int, tuple[str, ...]]:
        """Return the number of an object name and the names with it."""
        if name in self.names:
            return self.names.index(name), self.names
        return len(self.names), (*self.names, name)

    def renamed(self, track: int, **fields: str) -> LabelTable:
        """Return a table in which a `Track` record has other fields; rows are not touched."""
        tracks = list(self.tracks)
        tracks[track] = replace(tracks[track], **fields)  # type: ignore[arg-type]
        return self.with_blocks({}, tracks=tracks)

    def equals(self, other: LabelTable) -> bool:
        """Return whether both tables say the same, name by name and value by value."""
        return (
            self.tracks == other.tracks
            and self.names == other.names
            and self.attribute_sets == other.attribute_sets
            and self.blocks.keys() == other.blocks.keys()
            and all(block.equals(other.blocks[track]) for track, block in self.blocks.items())
        )

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per annotation with names instead of numbers, for people and plugins.

        Columns: frame, track, object_id, object_name, category (index), left, top, width, height,
        shape, and one per numeric column of the format.
        """
        import pandas as pd

        flat = self.flat
        rows = flat.rows
        ids = np.array([track.object_id for track in self.tracks] or [""], dtype=object)
        has_identity = flat.track >= 0
        columns = {
            "frame": rows.frame,
            "track": flat.track,
            "object_id": np.where(has_identity, ids[np.maximum(flat.track, 0)], ""),
            "object_name": np.array(self.names, dtype=object)[rows.name],
            "category": rows.category,
            "left": rows.xywh[:, 0],
            "top": rows.xywh[:, 1],
            "width": rows.xywh[:, 2],
            "height": rows.xywh[:, 3],
            "shape": rows.shape,
        }
        return pd.DataFrame({**columns, **rows.columns})
