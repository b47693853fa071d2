"""What differs between two versions of the labels of one sequence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels.attributes import exact
from trackproof.labels.splicing import CONTENT, rows_differ, same_frames, touched_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.labels.block import Block, Ints
    from trackproof.labels.sequence import Labels

_NAMED = (*CONTENT, "name")
_NO_FRAMES = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class TrackDiff:
    """How one track differs; each is ``(n,)`` int32 frames, ascending.

    Parameters
    ----------
    added, removed : frames
        Where only the later, or only the earlier version has an annotation.
    changed : frames
        Where geometry, category or attributes differ.
    renamed : frames
        Where the object name differs.
    """

    added: Ints = field(default_factory=_NO_FRAMES.copy)
    removed: Ints = field(default_factory=_NO_FRAMES.copy)
    changed: Ints = field(default_factory=_NO_FRAMES.copy)
    renamed: Ints = field(default_factory=_NO_FRAMES.copy)

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def frames(self) -> Ints:
        """All frames that differ, ascending."""
        return np.unique(
            np.concatenate([self.added, self.removed, self.changed, self.renamed])
        ).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Diff:
    """How two versions of labels differ.

    Parameters
    ----------
    tracks : mapping of int to TrackDiff
        By track number; only tracks that differ.
    frame_attributes : (n,) int32
        Frames whose attributes differ, ascending.
    listed : (n,) int32
        Frames that only one version lists, ascending.
    """

    tracks: Mapping[int, TrackDiff]
    frame_attributes: Ints
    listed: Ints

    @property
    def frames(self) -> Ints:
        """All frames that differ, ascending."""
        pieces = [diff.frames for diff in self.tracks.values()]
        return np.unique(np.concatenate([*pieces, self.frame_attributes, self.listed])).astype(
            np.int32
        )

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.tracks or len(self.frame_attributes) or len(self.listed))


def difference(before: Labels, after: Labels) -> Diff:
    """Return what differs between two versions of one sequence's labels.

    Both must share their numbering: ``after`` descends from ``before`` by edits, or was brought
    to its numbers by `align`. The place of an annotation in its file does not count.
    """
    tracks = {}
    for track in sorted(before.table.blocks.keys() | after.table.blocks.keys()):
        old, new = before.table.block(track), after.table.block(track)
        if old is not new:
            difference = _track_diff(old, new)
            if len(difference):
                tracks[track] = difference
    return Diff(tracks, attribute_frames(before, after), _listed_frames(before, after))


def changed_frames(before: Labels, after: Labels) -> Ints:
    """Return the ascending frames that must be written again.

    As `difference`, and all frames of a track whose identity changed. Costs nothing for tracks that
    are the same object in both versions.
    """
    pieces = [attribute_frames(before, after), _listed_frames(before, after)]
    old_tracks, new_tracks = before.table.tracks, after.table.tracks
    for track in before.table.blocks.keys() | after.table.blocks.keys():
        old, new = before.table.block(track), after.table.block(track)
        if old is not new:
            pieces.append(touched_frames(old, new, columns=_NAMED))
        if 0 <= track < len(old_tracks) and new is not None:
            was, now = old_tracks[track], new_tracks[track]
            if was is not now and was.object_id != now.object_id:
                pieces.append(new.frame)
    return np.unique(np.concatenate(pieces)).astype(np.int32)


def _track_diff(old: Block | None, new: Block | None) -> TrackDiff:
    if old is None or new is None:
        return TrackDiff(
            added=_NO_FRAMES if new is None else np.unique(new.frame),
            removed=_NO_FRAMES if old is None else np.unique(old.frame),
        )
    old_rows, new_rows, removed, added = same_frames(old, new)
    content = rows_differ(old, new, old_rows, new_rows, columns=CONTENT)
    name = rows_differ(old, new, old_rows, new_rows, columns=("name",))
    frames = old.frame[old_rows]
    return TrackDiff(
        added=np.unique(added),
        removed=np.unique(removed),
        changed=np.unique(frames[content]),
        renamed=np.unique(frames[name]),
    )


def attribute_frames(before: Labels, after: Labels) -> Ints:
    """Return the frames whose own attributes differ; 1, 1.0 and True differ."""
    old, new = before.frame_attributes, after.frame_attributes
    if old is new:
        return _NO_FRAMES
    differ = [f for f in old.keys() | new.keys() if exact(old.get(f, ())) != exact(new.get(f, ()))]
    return np.array(sorted(differ), dtype=np.int32)


def _listed_frames(before: Labels, after: Labels) -> Ints:
    if before.listed is after.listed:
        return _NO_FRAMES
    return np.flatnonzero(before.listed != after.listed).astype(np.int32)
