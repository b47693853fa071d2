"""Detections linked into provisional tracks: who is who for the eye, never for a file.

A provisional track is an ordinary track whose identity begins with `PREFIX`. Its rows keep the
place in the file that they were read from, so `without_provisional` can give every format what it
would have got had nobody linked anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import NOT_IN_SOURCE, Block, concatenate
from trackproof.labels.edits import Edit, with_rows
from trackproof.labels.sequence import Task
from trackproof.labels.table import NO_IDENTITY, Track

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Ints
    from trackproof.labels.sequence import Labels, Sequence

PREFIX = "provisional:"
"""How the identity of a track begins that a program made up."""

LONE = -1
"""Group of a detection that belongs to no track."""


def is_provisional(track: Track) -> bool:
    """Return whether a track was made by linking detections."""
    return track.object_id.startswith(PREFIX)


def provisional_tracks(labels: Labels) -> tuple[int, ...]:
    """Return the numbers of the provisional tracks that have rows, ascending."""
    tracks = labels.table.tracks
    return tuple(
        number
        for number in labels.table.blocks
        if number != NO_IDENTITY and is_provisional(tracks[number])
    )


def without_provisional(sequence: Sequence, labels: Labels) -> Labels:
    """Return labels as they may be written: detections are detections again.

    In labels of a task without identity every track is provisional, whoever made it.
    """
    if sequence.task is not Task.DETECTION:
        return _loosened(labels, provisional_tracks(labels))
    tracks = tuple(number for number in labels.table.blocks if number != NO_IDENTITY)
    return _named_as_read(sequence, _loosened(labels, tracks)) if tracks else labels


@dataclass(frozen=True, slots=True, eq=False)
class LinkDetections(Edit):
    """Give detections provisional identities.

    Parameters
    ----------
    groups : (n,) int32
        For every row without identity, in the table's order, which track it joins: 0, 1, 2, ...;
        `LONE` leaves it alone. No group has two rows in one frame.
    """

    groups: Ints

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return how many detections become how many tracks."""
        linked = self.groups[self.groups != LONE]
        return f"link {len(linked):,} detections into {len(np.unique(linked)):,} provisional tracks"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the detections in tracks of their own."""
        block = labels.table.block(NO_IDENTITY)
        if block is None:
            raise EditError("There are no detections without identity to link.")
        if len(block) != len(self.groups):
            raise EditError("The detections have changed since they were matched. Link them again.")
        changed: dict[int, Block | None] = {NO_IDENTITY: block.take(self.groups == LONE)}
        tracks = list(labels.table.tracks)
        taken = labels.table.blocks.keys()
        free = [n for n, t in enumerate(tracks) if is_provisional(t) and n not in taken]
        counts: dict[str, int] = {}
        order = np.argsort(self.groups, kind="stable")
        members, first = np.unique(self.groups[order], return_index=True)
        for group, rows in zip(members.tolist(), np.split(order, first[1:]), strict=True):
            if group == LONE:
                continue
            rows_of_group = block.take(rows)
            if len(rows) > 1 and (np.diff(rows_of_group.frame) <= 0).any():
                raise EditError("A provisional track would be in one frame twice.")
            category = labels.categories[int(np.bincount(rows_of_group.category).argmax())].name
            counts[category] = counts.get(category, 0) + 1
            number = free.pop(0) if free else len(tracks)
            record = Track(f"{PREFIX}{number}", f"{category} ~{counts[category]}")
            tracks[number : number + 1] = [record]
            changed[number] = rows_of_group
        return replace(labels, table=labels.table.with_blocks(changed, tracks=tracks))


@dataclass(frozen=True, slots=True)
class UnlinkDetections(Edit):
    """Take the provisional identities away; boxes that were edited stay as they are."""

    def describe(self, labels: Labels) -> str:
        """Return how many tracks become detections again."""
        return f"unlink {len(provisional_tracks(labels)):,} provisional tracks"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with detections instead of provisional tracks."""
        tracks = provisional_tracks(labels)
        if not tracks:
            raise EditError("There are no provisional tracks.")
        return _loosened(labels, tracks)


def _loosened(labels: Labels, tracks: tuple[int, ...]) -> Labels:
    """Return labels in which the rows of some tracks have no identity, in the file's order."""
    if not tracks:
        return labels
    lone = labels.table.block(NO_IDENTITY)
    pieces = [] if lone is None else [lone]
    rows = concatenate([*pieces, *(labels.table.blocks[track] for track in tracks)])
    place = np.where(rows.source == NOT_IN_SOURCE, np.iinfo(np.int32).max, rows.source)
    ordered = rows.take(np.lexsort((place, rows.frame)))
    changed: dict[int, Block | None] = {**dict.fromkeys(tracks), NO_IDENTITY: ordered}
    return with_rows(labels, changed)


def _named_as_read(sequence: Sequence, labels: Labels) -> Labels:
    """Return labels whose detections carry the names that the file gave them, mostly none.

    Who renames a provisional track says nothing that labels without identity could hold.
    """
    rows, base = labels.table.block(NO_IDENTITY), sequence.labels.table.block(NO_IDENTITY)
    if rows is None:
        return labels
    name = np.zeros(len(rows), dtype=np.int32)
    if base is not None:
        order = np.argsort(_places(base), kind="stable")
        known = _places(base)[order]
        found = np.minimum(np.searchsorted(known, _places(rows)), len(known) - 1)
        is_old = (known[found] == _places(rows)) & (rows.source != NOT_IN_SOURCE)
        name[is_old] = base.name[order][found[is_old]]
    return with_rows(labels, {NO_IDENTITY: replace(rows, name=name)})


def _places(block: Block) -> npt.NDArray[np.int64]:
    """Return one number for every frame and place in the file's list of that frame."""
    return block.frame.astype(np.int64) * 2**32 + block.source
