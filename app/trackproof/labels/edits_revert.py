"""Taking changes back, track by track."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.diff import attribute_frames
from trackproof.labels.edits import Edit, at_frames, track_names, track_record, with_rows
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.splicing import conformed, spliced, touched_frames
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from trackproof.labels.block import Block
    from trackproof.labels.sequence import Labels


@dataclass(frozen=True, slots=True, eq=False)
class RevertTracks(Edit):
    """Make tracks what they were in an earlier version of the same labels.

    Parameters
    ----------
    original : Labels
        The earlier version, mostly the labels as read; the current ones descend from it by edits.
    tracks : tuple of int
        Track numbers; a track that the earlier version does not have loses its annotations.
    frames : FrameRanges
        Where; by default everywhere, which brings names back as well.
    """

    original: Labels
    tracks: tuple[int, ...]
    frames: FrameRanges = field(default_factory=FrameRanges.everything)

    def describe(self, labels: Labels) -> str:
        """Return ``revert`` with names and frames."""
        return f"revert {track_names(labels, self.tracks)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with these tracks as they were."""
        known = self.original.table.tracks
        records = list(labels.table.tracks)
        changed: dict[int, Block | None] = {}
        for track in self.tracks:
            if track != NO_IDENTITY:
                track_record(labels, track)
            old, now = self.original.table.block(track), labels.table.block(track)
            if old is not now:
                changed[track] = _reverted(old, now, self.frames)
            is_whole = self.frames == FrameRanges.everything()
            if is_whole and 0 <= track < len(known) and records[track] != known[track]:
                records[track] = known[track]
                changed.setdefault(track, now)
        if not changed:
            names = track_names(labels, self.tracks)
            raise EditError(f"{names}: nothing has changed, so there is nothing to revert.")
        return with_rows(labels, changed, tracks=records)


def _reverted(old: Block | None, now: Block | None, frames: FrameRanges) -> Block | None:
    """Return a track's rows with those inside ``frames`` from the earlier version."""
    touched = touched_frames(old, now)
    touched = touched[frames.mask(touched)]
    if old is None:
        return None if now is None else now.take(~np.isin(now.frame, touched))
    rows = old.take(np.isin(old.frame, touched))
    if now is None:
        return rows
    mixed = spliced(now, rows, frames=touched)
    return conformed(mixed, old) if len(touched) == len(touched_frames(old, now)) else mixed


@dataclass(frozen=True, slots=True, eq=False)
class RevertFrameAttributes(Edit):
    """Make what is said of frames what it was in an earlier version of the same labels.

    Parameters
    ----------
    original : Labels
        The earlier version.
    frames : FrameRanges
        Where; by default everywhere.
    """

    original: Labels
    frames: FrameRanges = field(default_factory=FrameRanges.everything)

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return ``revert frame attributes`` with the frames."""
        return f"revert frame attributes {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with these frames' attributes as they were."""
        now, was = dict(labels.frame_attributes), self.original.frame_attributes
        for frame in sorted(now.keys() | was.keys()):
            if not self.frames.mask(np.array([frame], dtype=np.int32))[0]:
                continue
            if frame in was:
                now[frame] = was[frame]
            else:
                now.pop(frame)
        if not len(attribute_frames(labels, replace(labels, frame_attributes=now))):
            raise EditError("No frame attribute has changed, so there is nothing to revert.")
        return replace(labels, frame_attributes=now)
