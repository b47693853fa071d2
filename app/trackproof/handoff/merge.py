"""Bring corrected windows back into the full labels.

What was sent and what came back are compared; only what workers changed is offered, track by
track. The labels here stay as they are wherever workers changed nothing: a frame that did not come
back is unchanged, and so is a box that was only rounded for sending.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import HandoffError
from trackproof.handoff.excerpt import excerpt, fitted
from trackproof.labels import (
    FrameRanges,
    Labels,
    TrackDiff,
    difference,
    next_name,
    without_provisional,
)
from trackproof.labels.adoption import LEFT_OUT, Numbering, adopted, together
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy.typing as npt

    from trackproof import labels as model
    from trackproof.handoff.plan import PlannedWindow
    from trackproof.labels import Block
    from trackproof.labels.block import Ints

NO_FRAMES = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """One window as it was sent and as it came back."""

    window: PlannedWindow
    sent: model.Sequence
    result: model.Sequence


@dataclass(frozen=True, slots=True, eq=False)
class TrackChange:
    """What workers changed on one track.

    Parameters
    ----------
    track : int
        Track number after merging; new tracks come after all others.
    name : str
        What it will be called.
    is_new : bool
        True for an identity that was not sent.
    said_name : str
        What the workers called it; differs from ``name`` when that is another object's name.
    diff : TrackDiff
        All frames that differ from what was sent.
    context : (n,) int32
        Those of them that were shown as context only.
    conflicts : (n,) int32
        Those of them that were edited here since they were sent.
    relink : tuple of int
        Tracks of the same name that a new one may be a part of.
    """

    track: int
    name: str
    is_new: bool
    said_name: str
    diff: TrackDiff
    context: Ints
    conflicts: Ints
    relink: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class MergeBack:
    """Everything that came back for one sequence, ready to be accepted track by track.

    Parameters
    ----------
    labels : Labels
        The labels it was compared with; detections in them have no provisional identity.
    given : Labels
        The labels as they are here, perhaps linked; accepting needs them unchanged.
    changes : tuple of TrackChange
        By track number.
    frame_attributes : (n,) int32
        Frames whose own attributes workers changed.
    emptied : (n,) int32
        Frames that came back empty although boxes were sent: nothing is deleted there unasked.
    missing : (n,) int32
        Frames that were sent and did not come back; they are unchanged.
    numbering : Numbering
        Tables with everything that came back.
    returned : mapping of int to Block
        By track number: all rows that came back, emptied frames aside.
    returned_attributes : mapping
        Frame attributes that came back, by frame.
    """

    labels: Labels
    given: Labels
    changes: tuple[TrackChange, ...]
    frame_attributes: Ints
    emptied: Ints
    missing: Ints
    numbering: Numbering
    returned: Mapping[int, Block]
    returned_attributes: Mapping[int, model.AttributeSet]

    @property
    def unlinks(self) -> bool:
        """Whether accepting takes provisional identities away, which results know nothing of."""
        return self.labels is not self.given

    @property
    def is_empty(self) -> bool:
        """Whether workers changed nothing."""
        return not (self.changes or len(self.frame_attributes) or len(self.emptied))


def merge_back(sequence: model.Sequence, labels: Labels, returned: Sequence[Returned]) -> MergeBack:
    """Compare what came back for one sequence with what was sent and with the labels now.

    Detections that are linked here are compared as detections, as they were sent.

    Parameters
    ----------
    labels : Labels
        The labels of the sequence as they are now.
    returned : sequence of Returned
        Windows of this sequence.

    Raises
    ------
    HandoffError
        When a window does not fit the sequence.
    """
    windows = [one.window for one in returned]
    given, labels = labels, without_provisional(sequence, labels)
    _check_windows(sequence, windows)
    frames = _Frames.of(len(sequence), returned)
    numbering = Numbering.of(labels)
    sent_blocks, back_blocks = [], []
    for one in returned:
        numbering, blocks = adopted(numbering, one.sent.labels, frames.comparable(one, one.sent))
        sent_blocks.append(blocks)
        numbering, blocks = adopted(
            numbering, one.result.labels, frames.comparable(one, one.result)
        )
        back_blocks.append(blocks)
    sent = _as_labels(labels, numbering, together(sent_blocks), frames.attributes(sent=True))
    back = _as_labels(labels, numbering, together(back_blocks), frames.attributes(sent=False))
    diff = difference(sent, back)
    edited = _edited_since(sequence, _only(labels, diff.tracks), sent, windows)
    changes, numbering = _changes(labels, numbering, back, diff.tracks, windows, edited)
    return MergeBack(
        labels=labels,
        given=given,
        changes=changes,
        frame_attributes=diff.frame_attributes,
        emptied=frames.emptied,
        missing=frames.missing,
        numbering=numbering,
        returned=back.table.blocks,
        returned_attributes=back.frame_attributes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Frames:
    """Which frames came back, in which state."""

    count: int
    returned: Sequence[Returned]
    emptied: Ints
    missing: Ints

    @classmethod
    def of(cls, count: int, returned: Sequence[Returned]) -> _Frames:
        emptied, missing = [], []
        for one in returned:
            sent = _occupied(one.sent.labels, len(one.sent))
            back = _occupied(one.result.labels, len(one.result))
            place = {name: number for number, name in enumerate(one.result.frame_names)}
            for number, name in enumerate(one.sent.frame_names):
                at = place.get(name)
                if at is None or not one.result.labels.listed[at]:
                    missing.append(one.window.frame_start + number)
                elif sent[number] and not back[at]:
                    emptied.append(one.window.frame_start + number)
        return cls(count, returned, np.array(emptied, np.int32), np.array(missing, np.int32))

    def comparable(self, one: Returned, side: model.Sequence) -> npt.NDArray[np.int64]:
        """Return the original index of every frame of one side; frames not to compare drop out."""
        whole = {name: number for number, name in enumerate(one.window.frame_names)}
        frames = np.array(
            [whole.get(name, LEFT_OUT) for name in side.frame_names], dtype=np.int64
        ).reshape(-1)
        known = frames != LEFT_OUT
        frames[known] += one.window.frame_start
        frames[np.isin(frames, np.concatenate([self.emptied, self.missing]))] = LEFT_OUT
        return frames

    def attributes(self, *, sent: bool) -> dict[int, model.AttributeSet]:
        """Return frame attributes by original index, of frames that came back."""
        found = {}
        for one in self.returned:
            side = one.sent if sent else one.result
            whole = {name: number for number, name in enumerate(one.window.frame_names)}
            for frame, values in side.labels.frame_attributes.items():
                number = whole.get(side.frame_names[frame])
                if number is not None and values:
                    found[one.window.frame_start + number] = values
        gone = set(self.missing.tolist())
        return {frame: values for frame, values in found.items() if frame not in gone}


def _check_windows(sequence: model.Sequence, windows: Sequence[PlannedWindow]) -> None:
    for window in windows:
        names = sequence.frame_names[window.frame_start : window.frame_end + 1]
        if names != window.frame_names:
            raise HandoffError(
                f"the plan's frames {window.frame_start}-{window.frame_end} are not those of "
                f"{sequence.name}; these labels are not the ones that were exported"
            )


def _occupied(labels: Labels, count: int) -> npt.NDArray[np.bool_]:
    occupied = np.zeros(count, dtype=np.bool_)
    for block in labels.table.blocks.values():
        occupied[block.frame] = True
    return occupied


def _as_labels(
    labels: Labels,
    numbering: Numbering,
    blocks: Mapping[int, Block],
    attributes: Mapping[int, model.AttributeSet],
) -> Labels:
    return Labels(numbering.table(blocks), numbering.categories, labels.listed, attributes)


def _only(labels: Labels, tracks: Collection[int]) -> Labels:
    """Return labels that hold some tracks alone."""
    blocks = {track: block for track, block in labels.table.blocks.items() if track in tracks}
    return replace(labels, table=Numbering.of(labels).table(blocks))


def _edited_since(
    sequence: model.Sequence, labels: Labels, sent: Labels, windows: Sequence[PlannedWindow]
) -> Mapping[int, TrackDiff]:
    """Return how the labels now differ from what was sent, as if they were sent now."""
    numbering = Numbering(
        sent.table.tracks, sent.table.names, sent.table.attribute_sets, sent.categories
    )
    pieces = []
    for window in windows:
        cut = excerpt(sequence, labels, frame_start=window.frame_start, frame_end=window.frame_end)
        inside, _, _ = fitted(cut.labels, width=sequence.width, height=sequence.height)
        plain = {t: replace(b, columns={}) for t, b in inside.table.blocks.items()}
        bare = replace(inside, table=Numbering.of(inside).table(plain))
        frames = np.arange(len(cut), dtype=np.int64) + window.frame_start
        _, blocks = adopted(numbering, bare, frames)
        pieces.append(blocks)
    now = _as_labels(labels, numbering, together(pieces), sent.frame_attributes)
    return difference(sent, now).tracks


def _changes(
    labels: Labels,
    numbering: Numbering,
    back: Labels,
    diffs: Mapping[int, TrackDiff],
    windows: Sequence[PlannedWindow],
    edited: Mapping[int, TrackDiff],
) -> tuple[tuple[TrackChange, ...], Numbering]:
    """Return the changes, and the numbering with the names that new tracks had to be given."""
    naming = _Naming.of(labels, numbering)
    changes = []
    for track, diff in diffs.items():
        frames = diff.frames
        since = edited[track].frames if track in edited else NO_FRAMES
        said, name, relink = naming.name(track, diff, back)
        changes.append(
            TrackChange(
                track=track,
                name=name,
                is_new=track >= len(labels.table.tracks),
                said_name=said,
                diff=diff,
                context=frames[~_is_flagged(frames, windows)],
                conflicts=np.intersect1d(frames, since).astype(np.int32),
                relink=relink,
            )
        )
    return tuple(changes), naming.numbering


def _is_flagged(frames: Ints, windows: Sequence[PlannedWindow]) -> npt.NDArray[np.bool_]:
    flagged = FrameRanges.joined(range_ for window in windows for range_ in window.flagged)
    return flagged.mask(frames)


@dataclass(slots=True)
class _Naming:
    """Gives names to what came back, so that no two objects share one."""

    labels: Labels
    numbering: Numbering
    owners: dict[str, list[int]]

    @classmethod
    def of(cls, labels: Labels, numbering: Numbering) -> _Naming:
        owners: dict[str, list[int]] = {}
        for track in labels.table.blocks:
            if track != NO_IDENTITY:
                owners.setdefault(labels.table.tracks[track].object_name, []).append(track)
        return cls(labels, numbering, owners)

    def name(self, track: int, diff: TrackDiff, back: Labels) -> tuple[str, str, tuple[int, ...]]:
        """Return what workers called a track, what to call it, and what it may belong to."""
        if track == NO_IDENTITY:
            return "detections", "detections", ()
        record = self.numbering.tracks[track]
        rows = back.table.block(track)
        if track < len(self.labels.table.tracks):
            said = self._renamed(rows, diff) or record.object_name
            is_free = set(self.owners.get(said, [])) <= {track}
            return said, said if is_free else record.object_name, ()
        owners = self.owners.setdefault(record.object_name, [])
        relink = tuple(other for other in owners if not _overlap(back, track, other))
        name = record.object_name
        if owners and rows is not None:
            name = next_name(self._labels(), int(rows.category[0]))
            names = (*self.numbering.names, name)
            self.numbering = replace(self.numbering, names=names)
        owners.append(track)
        return record.object_name, name, relink

    def _renamed(self, rows: Block | None, diff: TrackDiff) -> str:
        """Return the name that workers gave a track, or nothing."""
        if rows is None or not len(diff.renamed):
            return ""
        given = rows.name[np.isin(rows.frame, diff.renamed)]
        values, counts = np.unique(given, return_counts=True)
        return self.numbering.names[int(values[np.argmax(counts)])]

    def _labels(self) -> Labels:
        return replace(
            self.labels,
            table=self.numbering.table(self.labels.table.blocks),
            categories=self.numbering.categories,
        )


def _overlap(back: Labels, one: int, other: int) -> bool:
    first, second = back.table.block(one), back.table.block(other)
    if first is None or second is None:
        return False
    return bool(np.intersect1d(first.frame, second.frame).size)
