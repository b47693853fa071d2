"""Take over what workers changed, as one step that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels import Block, Edit, Labels, Track
from trackproof.labels.splicing import spliced, without_frames
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from trackproof.handoff.merge import MergeBack, TrackChange
    from trackproof.labels.block import Ints


@dataclass(frozen=True, slots=True, eq=False)
class AcceptResults(Edit):
    """Take over what workers changed.

    Parameters
    ----------
    merge : MergeBack
        What came back.
    tracks : collection of int or None
        Tracks to take over; None takes all.
    with_context : bool or collection of int
        Whether changes on frames that were shown as context count; or on which tracks they do.
    with_conflicts : bool or collection of int
        Whether workers win where the labels were edited here meanwhile; or on which tracks.
    deleting : collection of int
        Emptied frames in which the boxes that were sent are to be deleted.
    relink : mapping of int to int
        New tracks whose rows go to another track instead.
    with_frame_attributes : bool
        Whether changed attributes of frames are taken over.
    """

    merge: MergeBack
    tracks: Collection[int] | None = None
    with_context: bool | Collection[int] = True
    with_conflicts: bool | Collection[int] = False
    deleting: Collection[int] = ()
    relink: Mapping[int, int] | None = None
    with_frame_attributes: bool = True

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return ``merge back`` with the number of tracks, and that links end."""
        count = len(self._chosen())
        words = f"merge back {count} {'track' if count == 1 else 'tracks'}"
        return f"{words}, unlink detections" if self.merge.unlinks else words

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the accepted changes.

        Raises
        ------
        EditError
            When the labels are not those that the results were compared with.
        """
        if labels.table is not self.merge.given.table:
            raise EditError("The labels changed since the results were compared; compare again.")
        labels = self.merge.labels
        blocks = dict(labels.table.blocks)
        tracks = list(self.merge.numbering.tracks)
        for change in self._chosen():
            self._take(change, blocks, tracks)
        gone = np.array(sorted(set(self.deleting) & set(self.merge.emptied.tolist())), np.int32)
        if len(gone):
            blocks = {track: without_frames(block, gone) for track, block in blocks.items()}
        return self._with(labels, blocks, tracks)

    def frames_of(self, change: TrackChange) -> Ints:
        """Return the frames of a change that are taken over."""
        frames = change.diff.frames
        if not _holds(self.with_context, change.track):
            frames = np.setdiff1d(frames, change.context)
        if not _holds(self.with_conflicts, change.track):
            frames = np.setdiff1d(frames, change.conflicts)
        return frames.astype(np.int32)

    def _chosen(self) -> list[TrackChange]:
        return [
            change
            for change in self.merge.changes
            if (self.tracks is None or change.track in self.tracks) and len(self.frames_of(change))
        ]

    def _take(self, change: TrackChange, blocks: dict[int, Block], tracks: list[Track]) -> None:
        """Exchange a track's rows in the accepted frames for those that came back."""
        frames = self.frames_of(change)
        target = (self.relink or {}).get(change.track, change.track)
        block = blocks.get(target)
        back = self.merge.returned.get(change.track)
        if back is None:
            blocks[target] = without_frames(block, frames) if block is not None else _no_rows()
            return
        rows = back.take(np.isin(back.frame, frames))
        if target != change.track:
            _check_room(block, rows, tracks[target])
        rows = _with_places(rows, block)
        if target == NO_IDENTITY:
            blocks[target] = spliced(block, rows, frames=frames)
            return
        name = change.name if target == change.track else tracks[target].object_name
        number = self.merge.numbering.names.index(name)
        if name != change.said_name or change.is_new:
            rows = replace(rows, name=np.full(len(rows), number, dtype=np.int32))
        merged = spliced(block, rows, frames=frames)
        if name != tracks[target].object_name:
            merged = replace(merged, name=np.full(len(merged), number, dtype=np.int32))
            tracks[target] = replace(tracks[target], object_name=name)
        blocks[target] = merged

    def _with(self, labels: Labels, blocks: Mapping[int, Block], tracks: list[Track]) -> Labels:
        numbering = self.merge.numbering
        changed = {
            track: block
            for track, block in blocks.items()
            if block is not labels.table.block(track)
        }
        table = labels.table.with_blocks(
            changed,
            tracks=tracks,
            names=numbering.names,
            attribute_sets=numbering.attribute_sets,
        )
        attributes = dict(labels.frame_attributes)
        for frame in self.merge.frame_attributes.tolist() if self.with_frame_attributes else ():
            values = self.merge.returned_attributes.get(frame, ())
            attributes.pop(frame, None)
            if values:
                attributes[frame] = values
        listed = labels.listed.copy()
        for block in changed.values():
            listed[block.frame] = True
        return replace(
            labels,
            table=table,
            categories=numbering.categories,
            listed=listed,
            frame_attributes=attributes,
        )


def _holds(which: bool | Collection[int], track: int) -> bool:
    return which if isinstance(which, bool) else track in which


def _no_rows() -> Block:
    return Block.of_boxes([], np.empty((0, 4)))


def _check_room(block: Block | None, rows: Block, track: Track) -> None:
    taken = np.intersect1d(rows.frame, rows.frame[:0] if block is None else block.frame)
    if len(taken):
        raise EditError(
            f"{track.object_name} already has an annotation at frame {taken[0]}, so the new track "
            "cannot be a part of it."
        )


def _with_places(rows: Block, block: Block | None) -> Block:
    """Return rows that keep the place in the source file of the rows they stand in for."""
    if block is None:
        return rows
    at = np.searchsorted(block.frame, rows.frame)
    at_most = np.minimum(at, len(block) - 1)
    known = (at < len(block)) & (block.frame[at_most] == rows.frame) if len(block) else at < 0
    source = np.where(known, block.source[at_most], rows.source) if len(block) else rows.source
    columns = {
        key: np.where(known, values[at_most], np.nan) for key, values in block.columns.items()
    }
    return replace(rows, source=source.astype(np.int32), columns=columns)
