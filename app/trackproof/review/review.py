"""One review: the labels of what was opened, verdicts and edits, all of it on disk at once."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import ReviewError
from trackproof.labels import between, redo
from trackproof.review.carrying import former_labels
from trackproof.review.database import release
from trackproof.review.file import ReviewFile
from trackproof.review.journal import (
    Entry,
    Step,
    insert_step,
    mark_step,
    rewrite_step,
)
from trackproof.review.opening import Opened, open_input
from trackproof.review.sequences import (
    read_verdicts,
    write_base,
    write_verdicts,
)
from trackproof.review.state import (
    has_words,
    read_state,
    trusting_nothing,
    words_between,
    write_state,
)
from trackproof.review.verdicts import Judgement, OwnFlag, Verdict

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from trackproof.labels import Change, Edit, Labels
    from trackproof.review.database import Database
    from trackproof.review.verdicts import Status

ALL_HISTORY = 2**62
LARGE_STEP = 5_000
"""Rows of a step from which on its undo is prepared: fewer are moved in a millisecond or two."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The last step with whole tracks beside, for the labels that it led to."""

    step: int
    labels: Labels
    change: Change


class Review(ReviewFile):
    """Labels, verdicts and edits of what was opened; every step is on its way to the disk.

    Use `open_or_create`. All methods are for one thread; listeners are called from another.

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
        super().__init__(database, opened)
        self._labels: dict[str, Labels] = {}
        self._former: dict[str, list[tuple[int, Labels]]] = {}
        self._verdicts: dict[str, dict[str, Verdict]] = {}
        if not self.is_read_only:
            for name, sequence in self._sequences.items():
                if not self._rows[name].has_base:
                    self._keep_base(name, sequence.labels)

    @classmethod
    def open_or_create(
        cls,
        opened: Opened,
        *,
        reviewer: str,
        path: Path | None = None,
        carry_over: bool = False,
        take_over: bool = False,
    ) -> Review:
        """Return the review of what was opened; a new one when there is none yet.

        Parameters
        ----------
        opened : Opened
            Sequences with the labels as read, and where they came from.
        reviewer : str
            Who judges and edits.
        path : Path or None
            The review's file; by default the one in the user's data folder.
        carry_over : bool
            True carries the edits over when the labels changed since.
        take_over : bool
            True takes the review over from a window that is gone.

        Raises
        ------
        InputsChanged
            When the labels changed since, and ``carry_over`` is False; nothing was touched.
        ReviewError
            When the file is damaged, no review, or of a newer version.
        """
        database = open_input(
            opened, reviewer=reviewer, path=path, carry_over=carry_over, take_over=take_over
        )
        try:
            with trusting_nothing(database.path, "sequences"):
                return cls(database, opened, reviewer=reviewer)
        except ReviewError:
            release(database)
            raise

    # -- labels

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

    def apply(
        self,
        sequence_name: str,
        edit: Edit,
        *,
        seconds: float | None = None,
        joins: bool = False,
    ) -> Change:
        """Edit the labels of a sequence, and return what changed.

        Parameters
        ----------
        joins : bool
            True makes it part of the last step, when that is an edit of the same sequence: keys
            pressed in a row are one step. It is as durable as a step of its own.
        seconds : float or None
            How long the reviewer took, where it was measured.

        Raises
        ------
        EditError
            When the edit does not fit; nothing changed.
        ReviewError
            When another window holds the review.
        """
        self._check_writable()
        before = self.labels(sequence_name)
        after, change = edit.apply(before)
        if change.is_empty:
            return change
        self._labels[sequence_name] = after
        last = self._journal.last_done() if joins and not self._journal.undone else None
        if last is None or not self._extended(last, sequence_name, before, edit):
            entry = self._entry(sequence_name, "edit", change.label, seconds)
            self._do(Step(entry, change=change))
        return change

    # -- verdicts

    def verdicts(self, sequence_name: str) -> Mapping[str, Verdict]:
        """Return the verdicts of a sequence by flag key, own flags among them."""
        if sequence_name not in self._verdicts:
            number = self._ids.get(self._sequence(sequence_name).name)
            if number is None:
                return {}
            with self._trusting_nothing(sequence_name):
                self._verdicts[sequence_name] = read_verdicts(self._reader, number)
        return self._verdicts[sequence_name]

    def judge(
        self,
        sequence_name: str,
        flags: Iterable[str],
        status: Status,
        *,
        comment: str | None = None,
        seconds: float | None = None,
        label: str = "",
    ) -> Judgement:
        """Give flags a verdict, as one step.

        Parameters
        ----------
        flags : iterable of str
            Keys of the flags.
        status : Status
            ``open`` takes a verdict back.
        comment : str or None
            None keeps the comment that is there.
        seconds : float or None
            How long the reviewer took, where it was measured.
        label : str
            What the history calls it; empty for the usual words.

        Raises
        ------
        ReviewError
            When another window holds the review.
        """
        judgement = self._judgement(
            sequence_name, flags, status, comment=comment, seconds=seconds, label=label
        )
        return self._judge(sequence_name, judgement, seconds)

    def repair(
        self,
        sequence_name: str,
        edit: Edit,
        flags: Iterable[str],
        *,
        seconds: float | None = None,
    ) -> Change:
        """Edit labels and call the flags that it answers fixed, as one step.

        Parameters
        ----------
        flags : iterable of str
            Keys of the flags.
        seconds : float or None
            How long the reviewer took for each, where it was measured.

        Raises
        ------
        EditError
            When the edit does not fit; nothing changed.
        ReviewError
            When another window holds the review.
        """
        self._check_writable()
        after, change = edit.apply(self.labels(sequence_name))
        judgement = self._judgement(sequence_name, flags, "fixed", seconds=seconds)
        if change.is_empty:
            self._judge(sequence_name, judgement, seconds)
            return change
        self._labels[sequence_name] = after
        self._take(sequence_name, judgement)
        entry = self._entry(sequence_name, "repair", change.label, seconds)
        self._do(Step(entry, change=change, judgement=judgement))
        return change

    def _judgement(
        self,
        sequence_name: str,
        flags: Iterable[str],
        status: Status,
        *,
        comment: str | None = None,
        seconds: float | None = None,
        label: str = "",
    ) -> Judgement:
        known = self.verdicts(sequence_name)
        now = time.time()
        pairs: list[tuple[Verdict | None, Verdict | None]] = []
        for flag in flags:
            before = known.get(flag)
            base = before or Verdict(flag, "open")
            said = base.comment if comment is None else comment
            after = msgspec.structs.replace(
                base, status=status, who=self.reviewer, at=now, seconds=seconds, comment=said
            )
            pairs.append((before, after))
        what = "1 flag" if len(pairs) == 1 else f"{len(pairs)} flags"
        usual = f"comment on {what}" if _keeps_status(pairs) else f"mark {what} {status}"
        return Judgement(label or usual, tuple(pairs))

    def add_flag(
        self, sequence_name: str, flag: OwnFlag, *, comment: str = "", seconds: float | None = None
    ) -> str:
        """Raise a flag of one's own, and return its key."""
        verdict = self._raised(flag, comment=comment, seconds=seconds)
        step = Judgement(f"add a flag at frame {flag.frame}", ((None, verdict),))
        self._judge(sequence_name, step, seconds)
        return verdict.flag

    def add_flags(self, sequence_name: str, flags: Iterable[OwnFlag]) -> tuple[str, ...]:
        """Raise many flags as one step, and return their keys."""
        raised = [self._raised(flag) for flag in flags]
        step = Judgement(f"add {len(raised)} flags", tuple((None, one) for one in raised))
        self._judge(sequence_name, step, None)
        return tuple(one.flag for one in raised)

    def _raised(self, flag: OwnFlag, *, comment: str = "", seconds: float | None = None) -> Verdict:
        key = f"own-{uuid.uuid4().hex[:12]}"
        return Verdict(key, "open", self.reviewer, time.time(), seconds, comment, flag)

    def remove_flag(self, sequence_name: str, key: str) -> Judgement:
        """Take a flag of one's own away.

        Raises
        ------
        ReviewError
            When there is no such flag.
        """
        verdict = self.verdicts(sequence_name).get(key)
        if verdict is None or verdict.own is None:
            raise ReviewError(f"There is no flag of your own called {key}.")
        step = Judgement(f"remove a flag at frame {verdict.own.frame}", ((verdict, None),))
        return self._judge(sequence_name, step, None)

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

    # -- inside

    def _extended(self, last: Step, sequence_name: str, before: Labels, edit: Edit) -> bool:
        """Make an edit that was just done part of the last step; return whether it fits."""
        if last.entry.kind != "edit" or last.entry.sequence != self._ids[sequence_name]:
            return False
        if last.change is None:
            return False
        start = redo(before, last.change.inverted())
        change = between(edit.describe(start), start, self._labels[sequence_name])
        if change.is_empty:
            return False
        entry = replace(last.entry, label=change.label, at=time.time())
        step = Step(entry, change=change)
        self._journal.replace(step)
        state = self._state_job(step)

        def job(connection: sqlite3.Connection) -> None:
            rewrite_step(connection, step)
            state(connection)

        self._writer.submit(job)
        return True

    def _do(self, step: Step) -> None:
        """Take a new step into the journal, in memory now and on disk soon."""
        self._journal.add(step)
        state = self._state_job(step)

        def job(connection: sqlite3.Connection) -> None:
            insert_step(connection, step)
            state(connection)

        self._writer.submit(job)

    def _judge(self, sequence_name: str, judgement: Judgement, seconds: float | None) -> Judgement:
        self._check_writable()
        if not judgement.verdicts:
            return judgement
        self._take(sequence_name, judgement)
        entry = self._entry(sequence_name, "verdict", judgement.label, seconds)
        self._do(Step(entry, judgement=judgement))
        return judgement

    def _redone(self, step: Step, entry: Entry) -> Step:
        """Apply a step, or the inverse of one, to what is in memory and on disk."""
        name = self.sequence_of(entry)
        if step.change is not None:
            with self._trusting_nothing(f"step {entry.id}"):
                self._labels[name] = redo(self.labels(name), step.change)
        if step.judgement is not None:
            self._take(name, step.judgement)
        state = self._state_job(step)

        def job(connection: sqlite3.Connection) -> None:
            mark_step(connection, entry)
            state(connection)

        self._writer.submit(job)
        return replace(step, entry=entry)

    def _state_job(self, step: Step) -> Callable[[sqlite3.Connection], None]:
        """Return what writes the state that a step left; made now, run by the writer."""
        number = step.entry.sequence
        jobs: list[Callable[[sqlite3.Connection], None]] = []
        if step.judgement is not None:
            after = step.judgement.after
            jobs.append(lambda connection: write_verdicts(connection, number, after))
        if step.change is not None:
            jobs.append(self._labels_job(number, step.change))

        def job(connection: sqlite3.Connection) -> None:
            for one in jobs:
                one(connection)

        return job

    def _labels_job(self, number: int, change: Change) -> Callable[[sqlite3.Connection], None]:
        name = self._names[number]
        current, base = self._labels[name], self._sequences[name].labels
        blocks = {track: current.table.block(track) for track in change.deltas}
        has_new_words = has_words(change)

        def job(connection: sqlite3.Connection) -> None:
            words = words_between(base, current) if has_new_words else None
            write_state(connection, number, blocks=blocks, words=words)

        return job

    def _take(self, sequence_name: str, judgement: Judgement) -> None:
        known = {**self.verdicts(sequence_name), **judgement.after}
        self._verdicts[sequence_name] = {
            flag: verdict for flag, verdict in known.items() if verdict is not None
        }

    def _entry(self, sequence_name: str, kind: str, label: str, seconds: float | None) -> Entry:
        number = self._ids[sequence_name]
        now = time.time()
        return Entry(self._journal.next_id(), number, kind, label, self.reviewer, now, seconds)

    def _keep_base(self, name: str, labels: Labels) -> None:
        number = self._ids[name]
        self._writer.submit(lambda connection: write_base(connection, number, labels))


def _keeps_status(pairs: Iterable[tuple[Verdict | None, Verdict | None]]) -> bool:
    return all(
        before is not None and after is not None and before.status == after.status
        for before, after in pairs
    )
