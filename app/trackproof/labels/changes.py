"""What a person sees of how labels differ from those that were opened: object by object."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels.diff import TrackDiff, difference
from trackproof.labels.splicing import in_frames
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackproof.labels.block import Block, Ints
    from trackproof.labels.sequence import Labels


class ChangeKind(StrEnum):
    """What became of annotations."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedRun:
    """Neighbouring frames in which the same became of an object.

    Parameters
    ----------
    kind : ChangeKind
        What became of it.
    first, last : int
        Frame indexes, both included; -1 for a name alone, which is of no frame.
    count : int
        Frames that differ; between them may lie frames in which the object is absent.
    """

    kind: ChangeKind
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class ChangedTrack:
    """How one object differs.

    Parameters
    ----------
    track : int
        Track number, `NO_IDENTITY` for detections, None for what is said of frames.
    name, former_name : str
        What it is called, and was; empty where it did not exist.
    runs : tuple of ChangedRun
        By frame.
    digest : str
        Tells whether it is still the same difference.
    """

    track: int | None
    name: str
    former_name: str
    runs: tuple[ChangedRun, ...]
    digest: str

    @property
    def key(self) -> str:
        """What an accepted difference is remembered by; stable across sessions."""
        return f"change:{'frames' if self.track is None else self.track}"

    def count(self, kind: ChangeKind) -> int:
        """Return in how many frames that became of it."""
        return sum(run.count for run in self.runs if run.kind is kind and run.first >= 0)


def changed_tracks(before: Labels, after: Labels) -> tuple[ChangedTrack, ...]:
    """Return all objects that differ, by number; frame attributes come last.

    Parameters
    ----------
    before, after : Labels
        As for `difference`: ``after`` descends from ``before`` by edits.
    """
    found = difference(before, after)
    names, former = _names(after), _names(before)
    renamed = {
        track
        for track in range(min(len(names), len(former)))
        if names[track] != former[track] and after.table.block(track) is not None
    }
    changes = [
        _changed_track(before, after, track, found.tracks.get(track, TrackDiff()), names, former)
        for track in sorted(found.tracks.keys() | renamed)
    ]
    frames = np.union1d(found.frame_attributes, found.listed).astype(np.int32)
    if len(frames):
        said = repr([after.frame_attributes.get(int(frame)) for frame in frames])
        runs = tuple(_runs(ChangeKind.CHANGED, frames))
        digest = _digest(said.encode(), frames.tobytes())
        changes.append(ChangedTrack(None, "Frame attributes", "Frame attributes", runs, digest))
    return tuple(changes)


def _changed_track(
    before: Labels,
    after: Labels,
    track: int,
    found: TrackDiff,
    names: list[str],
    former: list[str],
) -> ChangedTrack:
    name, was = (
        "Detections" if track == NO_IDENTITY else (known[track] if track < len(known) else "")
        for known in (names, former)
    )
    renamed = found.renamed[~np.isin(found.renamed, found.changed)]
    runs = [
        *_runs(ChangeKind.CHANGED, found.changed),
        *_runs(ChangeKind.ADDED, found.added),
        *_runs(ChangeKind.REMOVED, found.removed),
    ]
    if name != was and was:
        runs.append(ChangedRun(ChangeKind.RENAMED, -1, -1, 0))
    else:
        runs += _runs(ChangeKind.RENAMED, renamed)
    runs.sort(key=lambda run: (run.first, run.kind))
    rows = [_bytes(labels.table.block(track), found.frames) for labels in (before, after)]
    return ChangedTrack(track, name or was, was, tuple(runs), _digest(name.encode(), *rows))


def _runs(kind: ChangeKind, frames: Ints) -> Iterator[ChangedRun]:
    """Yield frames as runs of neighbours."""
    if not len(frames):
        return
    starts = [0, *(np.flatnonzero(np.diff(frames) > 1) + 1).tolist()]
    for start, end in zip(starts, [*starts[1:], len(frames)], strict=True):
        yield ChangedRun(kind, int(frames[start]), int(frames[end - 1]), int(end - start))


def _names(labels: Labels) -> list[str]:
    return [track.object_name or track.object_id for track in labels.table.tracks]


def _bytes(block: Block | None, frames: Ints) -> bytes:
    if block is None:
        return b""
    rows = block.take(in_frames(block, frames))
    columns = (rows.frame, rows.xywh, rows.category, rows.attributes, rows.vertices)
    return b"".join(column.tobytes() for column in columns if column is not None)


def _digest(*pieces: bytes) -> str:
    made = hashlib.blake2b(digest_size=12)
    for piece in pieces:
        made.update(len(piece).to_bytes(8, "little"))
        made.update(piece)
    return made.hexdigest()
