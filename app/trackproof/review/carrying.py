"""A review whose labels changed underneath: its edits are carried over to the new labels."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import ReviewError
from trackproof.labels import Edit, FrameRanges, Labels, TrackDiff, difference
from trackproof.labels.adoption import LEFT_OUT, Numbering, adopted
from trackproof.labels.splicing import in_frames, same_frames, spliced, without_frames
from trackproof.labels.table import NO_IDENTITY
from trackproof.review.inputs import labels_hash
from trackproof.review.journal import ABANDONED, DONE, Entry, Step, insert_step
from trackproof.review.packing import unpack_labels
from trackproof.review.state import read_state, words_between, write_rows, write_words

if TYPE_CHECKING:
    import sqlite3

    from trackproof.labels import AttributeSet, Block, Diff, Sequence
    from trackproof.labels.block import Ints


@dataclass(frozen=True, slots=True, eq=False)
class CarryOver(Edit):
    """Do to new labels what a review did to old ones, where it touched them.

    Parameters
    ----------
    before, after : Labels
        The labels that the review was made from, and what it made of them.
    """

    before: Labels
    after: Labels

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return the name of the step."""
        return "carry the review over to the changed labels"

    def result(self, labels: Labels) -> Labels:
        """Return the new labels with the annotations that the review touched."""
        found = difference(self.before, self.after)
        count, old_count = len(labels.listed), len(self.after.listed)
        frames = np.arange(old_count, dtype=np.int64)
        frames[count:] = LEFT_OUT
        numbering, rows = adopted(Numbering.of(labels), self.after, frames)
        number_of = {(t.object_id, t.occurrence): n for n, t in enumerate(numbering.tracks)}
        blocks = dict(labels.table.blocks)
        tracks = list(numbering.tracks)
        for track, changed in found.tracks.items():
            number = NO_IDENTITY
            if track != NO_IDENTITY:
                record = self.after.table.tracks[track]
                number = number_of[record.object_id, record.occurrence]
                if len(changed.renamed) or number >= len(labels.table.tracks):
                    tracks[number] = replace(tracks[number], object_name=record.object_name)
            touched = changed.frames[changed.frames < count]
            merged = _merged(blocks.get(number), rows.get(number), touched)
            if merged is None:
                blocks.pop(number, None)
            else:
                blocks[number] = merged
        table = replace(numbering, tracks=tuple(tracks)).table(blocks)
        return Labels(
            table,
            numbering.categories,
            self._listed(labels, found),
            self._frame_attributes(labels, found),
        )

    def _listed(self, labels: Labels, found: Diff) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        listed = labels.listed.copy()
        frames = found.listed[found.listed < len(listed)]
        listed[frames] |= self.after.listed[frames]
        return listed

    def _frame_attributes(self, labels: Labels, found: Diff) -> dict[int, AttributeSet]:
        attributes = dict(labels.frame_attributes)
        for frame in found.frame_attributes.tolist():
            if frame < len(labels.listed):
                attributes[frame] = self.after.frame_attributes.get(frame, ())
        return {frame: values for frame, values in attributes.items() if values}

    def conflicts(self, labels: Labels) -> str:
        """Return where the review and the new labels changed a frame each in its own way.

        Empty when nowhere.
        """
        theirs, same = _in_terms_of(labels, self.before), _in_terms_of(labels, self.after)
        differs = difference(self.after, same)
        ours, others = difference(self.before, self.after), difference(self.before, theirs)
        attributes = np.intersect1d(ours.frame_attributes, others.frame_attributes)
        both = [np.intersect1d(attributes, differs.frame_attributes)]
        shared = ours.tracks.keys() & others.tracks.keys()
        # Numbers after these are new tracks, which each side numbered on its own.
        for track in shared & {NO_IDENTITY, *range(len(self.before.table.tracks))}:
            shared_frames = np.intersect1d(ours.tracks[track].frames, others.tracks[track].frames)
            still = differs.tracks.get(track, TrackDiff()).frames
            both.append(np.intersect1d(shared_frames, still))
        return str(FrameRanges.of(np.concatenate(both)))


def _in_terms_of(labels: Labels, other: Labels) -> Labels:
    """Return labels with the numbers, and in the frames, of other ones."""
    count = min(len(labels.listed), len(other.listed))
    frames = np.arange(len(labels.listed), dtype=np.int64)
    frames[count:] = LEFT_OUT
    numbering, rows = adopted(Numbering.of(other), labels, frames)
    listed = other.listed.copy()
    listed[:count] = labels.listed[:count]
    attributes = {at: one for at, one in labels.frame_attributes.items() if at < count}
    return Labels(numbering.table(rows), numbering.categories, listed, attributes)


def carry_over(connection: sqlite3.Connection, sequence: Sequence, *, reviewer: str) -> str:
    """Put the edits of a review on changed labels, in one transaction.

    The earlier edits stay in the record and cannot be undone one by one any more; all of them
    together can.

    Returns
    -------
    str
        What a person should look at; empty when nothing was changed on both sides.

    Raises
    ------
    ReviewError
        When the file does not hold the labels that the review was made from.
    """
    number, data = connection.execute(
        "SELECT id, base FROM sequences WHERE name = ?", (sequence.name,)
    ).fetchone()
    if data is None:
        raise ReviewError(
            f"The labels of {sequence.name} that this review was made from were never written to "
            "it, so its edits cannot be carried over."
        )
    before = unpack_labels(data)
    edit = CarryOver(before, read_state(connection, number, before))
    after, change = edit.apply(sequence.labels)
    last = connection.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO former VALUES (?, ?, ?)", (number, last, data))
    connection.execute(
        "UPDATE sequences SET frames = ?, sha256 = ?, base = NULL, words = NULL WHERE id = ?",
        (len(sequence.labels.listed), labels_hash(sequence), number),
    )
    connection.execute("DELETE FROM blocks WHERE sequence = ?", (number,))
    connection.execute(
        "UPDATE journal SET status = ? WHERE sequence = ? AND kind <> 'verdict'",
        (ABANDONED, number),
    )
    if not change.is_empty:
        entry = Entry(
            last + 1, number, "edit", change.label, reviewer, time.time(), None, status=DONE
        )
        insert_step(connection, Step(entry, change=change))
        for track in change.deltas:
            block = after.table.block(track)
            write_rows(connection, sequence=number, track=track, block=block)
        words = words_between(sequence.labels, after)
        write_words(connection, sequence=number, words=words)
    connection.execute("COMMIT")
    both = edit.conflicts(sequence.labels)
    if not both:
        return ""
    return (
        f"{sequence.name}: the review and the new labels both changed frames {both}; the review's "
        "annotations were kept there."
    )


def former_labels(connection: sqlite3.Connection, sequence: int) -> list[tuple[int, Labels]]:
    """Return the labels before each change underneath, with the last step made on them."""
    rows = connection.execute(
        "SELECT until, base FROM former WHERE sequence = ? ORDER BY until", (sequence,)
    ).fetchall()
    return [(int(until), unpack_labels(base)) for until, base in rows]


def _merged(now: Block | None, theirs: Block | None, touched: Ints) -> Block | None:
    """Return a track's rows with those of the review in the touched frames."""
    rows = None if theirs is None else theirs.take(in_frames(theirs, touched))
    if now is None:
        return rows
    if rows is None or not len(rows):
        return without_frames(now, touched)
    source = rows.source.copy()
    mine, other, _, _ = same_frames(rows, now)
    source[mine] = now.source[other]
    return spliced(now, replace(rows, source=source), frames=touched)
