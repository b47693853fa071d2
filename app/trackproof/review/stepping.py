"""The current labels and verdicts of a review, and the steps that lead there and back."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from trackproof.errors import EditError, ReviewError
from trackproof.labels import between, redo
from trackproof.review.carrying import former_labels
from trackproof.review.file import ReviewFile
from trackproof.review.journal import Entry, Step, insert_step, mark_step, rewrite_step
from trackproof.review.reclaiming import OwnWork
from trackproof.review.sequences import read_verdicts, write_base, write_verdicts
from trackproof.review.state import (
    has_words,
    read_state,
    words_between,
    write_rows,
    write_words,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    from trackproof.labels import Change, Edit, Labels
    from trackproof.review.database import Database
    from trackproof.review.opening import Opened
    from trackproof.review.verdicts import Judgement, Raised, Verdict
    from trackproof.review.writer import Job, State

ALL_HISTORY = 2**62
LONGEST_STEP_S = 600.0
"""Time between two steps from which on it tells of a break rather than of work."""
LARGE_STEP = 5_000
"""Rows of a step from which on its undo is prepared: fewer are moved in a millisecond or two."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The last step with whole tracks beside, for the labels that it led to."""

    step: int
    labels: Labels
    change: Change


class SteppedReview(ReviewFile):
    """What a review holds now, in memory; every step is on its way to the disk.

    Parameters
    ----------
    database : Database
        The open file.
    opened : Opened
        What was opened, with the labels as read.
    reviewer : str
        Who judges and edits, for the audit trail.
    """

    def __init__(self, database: Database, opened: Opened, *, reviewer: str) -> None:
        self.reviewer = reviewer
        self._clock = time.monotonic
        self._acted_s = self._clock()
        self.raised_by: Callable[[str, str], Raised | None] = lambda _sequence, _flag: None
        super().__init__(database, opened)
        self._forget()
        self._keep_bases()

    def _forget(self) -> None:
        """Hold nothing in memory that the file says."""
        self._labels: dict[str, Labels] = {}
        self._at = 0.0
        self._is_one_step = False
        self._former: dict[str, list[tuple[int, Labels]]] = {}
        self._verdicts: dict[str, dict[str, Verdict]] = {}

    def _keep_bases(self) -> None:
        if self.is_read_only:
            return
        for name, sequence in self._sequences.items():
            if not self._rows[name].has_base:
                self._keep_base(name, sequence.labels)

    def claim(self) -> bool:
        """Become the one who writes, where the window that did has closed; return whether it is.

        What was done there until then is read again.

        Raises
        ------
        ReviewError
            When the file cannot be asked.
        """
        if self.is_read_only and self._claim_file():
            self._forget()
            self._keep_bases()
        return not self.is_read_only

    # -- what is there now

    def labels(self, sequence_name: str) -> Labels:
        """Return the current labels of a sequence.

        Raises
        ------
        ReviewError
            When the sequence is unknown, or what is stored is damaged.
        """
        if sequence_name not in self._labels:
            base = self._sequence(sequence_name).labels
            number = self._ids.get(sequence_name)
            if number is None:
                return base
            with self._trusting_nothing(sequence_name):
                self._labels[sequence_name] = read_state(self._reader, number, base)
        return self._labels[sequence_name]

    def labels_as_read(self, sequence_name: str, *, step: int | None = None) -> Labels:
        """Return the labels of a sequence before any edit.

        Parameters
        ----------
        step : int or None
            Those that a step of the history was made on, where the file has changed since.
        """
        base = self._sequence(sequence_name).labels
        number = self._ids.get(sequence_name)
        if step is None or number is None:
            return base
        if sequence_name not in self._former:
            with self._trusting_nothing(sequence_name):
                self._former[sequence_name] = former_labels(self._reader, number)
        former = self._former[sequence_name]
        return next((labels for until, labels in former if step <= until), base)

    def verdicts(self, sequence_name: str) -> Mapping[str, Verdict]:
        """Return the verdicts of a sequence by flag key, own flags among them."""
        if sequence_name not in self._verdicts:
            number = self._ids.get(self._sequence(sequence_name).name)
            if number is None:
                return {}
            with self._trusting_nothing(sequence_name):
                self._verdicts[sequence_name] = read_verdicts(self._reader, number)
        return self._verdicts[sequence_name]

    # -- going back and forth

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty when there is nothing."""
        step = self._journal.last_done()
        return step.entry.label if step else ""

    @property
    def redo_label(self) -> str:
        """What redo would bring back; empty when there is nothing."""
        step = self._journal.last_undone()
        return step.entry.label if step else ""

    def undo(self) -> Step | None:
        """Take the last step back.

        Returns
        -------
        Step or None
            What happened to labels or verdicts (the inverse of the step); None when there is
            nothing to take back.
        """
        self._check_writable()
        if self._journal.last_done() is None:
            return None
        step = self._journal.undo(who=self.reviewer, at=time.time())
        return self._redone(step.inverted(), self._journal.step(step.entry.id).entry)

    def undo_together(self) -> list[Step]:
        """Take the last step back with all that `one_step` bound it to, the last done first."""
        steps: list[Step] = []
        while self._belongs(steps, self._journal.last_done()):
            step = self.undo()
            if step is not None:
                steps.append(step)
        return steps

    def redo_together(self) -> list[Step]:
        """Bring the step back that was undone last, with all that `one_step` bound it to."""
        steps: list[Step] = []
        while self._belongs(steps, self._journal.last_undone()):
            step = self.redo()
            if step is not None:
                steps.append(step)
        return steps

    @staticmethod
    def _belongs(steps: list[Step], other: Step | None) -> bool:
        return other is not None and (not steps or steps[-1].entry.at == other.entry.at)

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """Bind what is done meanwhile, in several sequences as it may be, to one undo.

        All of it bears the same time to the last digit, which no two other steps do, so that it
        stays bound after the review was closed.
        """
        self._at, self._is_one_step = self._now(), True
        try:
            yield
        finally:
            self._is_one_step = False

    def _now(self) -> float:
        """Return the time, later than that of every step of this sitting."""
        return max(time.time(), math.nextafter(self._at, math.inf))

    @property
    def is_undo_long(self) -> bool:
        """Whether the next undo moves many rows that nobody has prepared."""
        step = self._journal.last_done()
        if step is None or step.change is None:
            return False
        deltas = step.change.deltas.values()
        rows = sum(len(side) for one in deltas for side in (one.before, one.after) if side)
        return rows >= LARGE_STEP and any(one.whole is None for one in deltas)

    def prepare_undo(self) -> Prepared | None:
        """Return what makes the next undo of a large step quick; None when it is already.

        Takes as long as the undo would; may run on a thread beside. Give it to `keep`.
        """
        step = self._journal.last_done()
        if step is None or step.change is None or not self.is_undo_long:
            return None
        labels = self.labels(self.sequence_of(step.entry))
        with self._trusting_nothing(f"step {step.entry.id}"):
            return Prepared(step.entry.id, labels, step.change.widened(labels))

    def keep(self, prepared: Prepared | None) -> None:
        """Take what `prepare_undo` found, unless something was done meanwhile."""
        last = self._journal.done[-1] if self._journal.done else 0
        if prepared is None or prepared.step != last:
            return
        step = self._journal.step(last)
        if self._labels.get(self.sequence_of(step.entry)) is prepared.labels:
            self._journal.replace(replace(step, change=prepared.change))

    def redo(self) -> Step | None:
        """Bring the step back that was undone last; None when there is none."""
        self._check_writable()
        if self._journal.last_undone() is None:
            return None
        step = self._journal.redo()
        return self._redone(step, self._journal.step(step.entry.id).entry)

    def go_to(self, entry_id: int) -> list[Step]:
        """Undo or redo until an entry of the history is the last one done; 0 is the beginning.

        Returns
        -------
        list of Step
            What happened, in order.

        Raises
        ------
        ReviewError
            When the entry was abandoned or does not exist.
        """
        journal = self._journal
        if entry_id and entry_id not in journal.done and entry_id not in journal.undone:
            raise ReviewError("This step was undone before another was made; it cannot come back.")
        back = entry_id not in journal.undone
        steps = []
        while (journal.done[-1] if journal.done else 0) != entry_id:
            step = self.undo() if back else self.redo()
            if step is not None:
                steps.append(step)
        return steps

    def history(self, limit: int = ALL_HISTORY) -> list[Entry]:
        """Return the latest entries, oldest first, those that were undone included."""
        return self._journal.entries(limit=limit)

    def steps(self) -> Iterable[Step]:
        """Yield all steps that are on disk, with what they changed, oldest first."""
        return self._journal.steps()

    def sequence_of(self, entry: Entry) -> str:
        """Return the name of the sequence that an entry of the history belongs to."""
        return self._names.get(entry.sequence, "")

    def own_work(self) -> OwnWork:
        """Return what this window did and knows, whatever its file says by now."""
        journal = self._journal
        labels = {
            self._ids[name]: (self._sequences[name].labels, current)
            for name, current in list(self._labels.items())
        }
        verdicts = {self._ids[name]: found for name, found in list(self._verdicts.items())}
        return OwnWork(
            first=journal.first_new,
            done=tuple(journal.done),
            undone=tuple(journal.undone),
            steps=journal.new_steps(),
            labels=labels,
            verdicts=verdicts,
        )

    # -- inside

    def _extended(self, last: Step, sequence_name: str, before: Labels, edit: Edit) -> bool:
        """Make an edit that was just done part of the last step; return whether it fits."""
        if last.entry.kind != "edit" or last.entry.sequence != self._ids[sequence_name]:
            return False
        if last.change is None:
            return False
        start = redo(before, last.change.inverted())
        try:
            label = edit.describe(start)
        except EditError:
            # It is about an object that the step itself has made.
            label = edit.describe(before)
        change = between(label, start, self._labels[sequence_name])
        if change.is_empty:
            return False
        took_s, before_s = self._took(), last.entry.seconds
        seconds = None if took_s is None or before_s is None else before_s + took_s
        entry = replace(last.entry, label=change.label, at=time.time(), seconds=seconds)
        step = Step(entry, change=change)
        self._journal.replace(step)
        # What the step had touched before may be as it was, and must be written for that.
        state = self._state(entry.sequence, last.change, change)
        self._is_touched = True
        self._writer.submit(lambda connection: rewrite_step(connection, step), state=state)
        return True

    def _do(self, step: Step) -> None:
        """Take a new step into the journal, in memory now and on disk soon."""
        self._journal.add(step)
        self._submit(step, lambda connection: insert_step(connection, step))

    def _redone(self, step: Step, entry: Entry) -> Step:
        """Apply a step, or the inverse of one, to what is in memory and on disk."""
        name = self.sequence_of(entry)
        if step.change is not None:
            with self._trusting_nothing(f"step {entry.id}"):
                self._labels[name] = redo(self.labels(name), step.change)
        if step.judgement is not None:
            self._take(name, step.judgement)
        self._acted_s = self._clock()
        self._submit(step, lambda connection: mark_step(connection, entry))
        return replace(step, entry=entry)

    def _submit(self, step: Step, record: Job) -> None:
        """Have a step recorded, and what it left written beside."""
        number, judgement = step.entry.sequence, step.judgement

        def job(connection: sqlite3.Connection) -> None:
            record(connection)
            if judgement is not None:
                write_verdicts(connection, number, judgement.after)

        changes = () if step.change is None else (step.change,)
        self._is_touched = True
        self._writer.submit(job, state=self._state(number, *changes))

    def _state(self, number: int, *changes: Change) -> State:
        """Return what writes the labels that changes led to, where they touched them."""
        name = self._names[number]
        state: dict[Hashable, Job] = {}
        for track in {track for change in changes for track in change.deltas}:
            block = self._labels[name].table.block(track)
            state[number, track] = partial(write_rows, sequence=number, track=track, block=block)
        if any(has_words(change) for change in changes):
            base, current = self._sequences[name].labels, self._labels[name]

            def write(connection: sqlite3.Connection) -> None:
                write_words(connection, sequence=number, words=words_between(base, current))

            state[number, "words"] = write
        return state

    def _take(self, sequence_name: str, judgement: Judgement) -> None:
        known = dict(self.verdicts(sequence_name))
        for flag, verdict in judgement.after.items():
            if verdict is None:
                known.pop(flag, None)
            else:
                known[flag] = verdict
        self._verdicts[sequence_name] = known

    def _entry(self, sequence_name: str, kind: str, label: str, seconds: float | None) -> Entry:
        number = self._ids[sequence_name]
        if not self._is_one_step:
            self._at = self._now()
        at, took_s = self._at, self._took()
        seconds = took_s if seconds is None else seconds
        return Entry(self._journal.next_id(), number, kind, label, self.reviewer, at, seconds)

    def _took(self) -> float | None:
        """Return the seconds since the step before, or since opening; None after a break."""
        now_s = self._clock()
        took_s, self._acted_s = now_s - self._acted_s, now_s
        return took_s if took_s <= LONGEST_STEP_S else None

    def _keep_base(self, name: str, labels: Labels) -> None:
        number = self._ids[name]
        self._writer.submit(lambda connection: write_base(connection, number, labels))
