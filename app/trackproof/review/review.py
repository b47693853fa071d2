"""One review: the labels of what was opened, verdicts and edits, all of it on disk at once."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import ReviewError
from trackproof.review.database import release
from trackproof.review.journal import Step
from trackproof.review.opening import Opened, open_input
from trackproof.review.state import trusting_nothing
from trackproof.review.stepping import SteppedReview
from trackproof.review.verdicts import Judgement, OwnFlag, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trackproof.labels import Change, Edit
    from trackproof.review.verdicts import Status


class Review(SteppedReview):
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

    Attributes
    ----------
    raised_by : callable
        Tells by sequence name and key what raised a flag, None where no check did or nobody knows;
        every further verdict keeps it.
    """

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
            raised = base.raised or self.raised_by(sequence_name, flag)
            said = base.comment if comment is None else comment
            after = msgspec.structs.replace(
                base,
                status=status,
                who=self.reviewer,
                at=now,
                seconds=seconds,
                comment=said,
                raised=raised,
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

    def _judge(self, sequence_name: str, judgement: Judgement, seconds: float | None) -> Judgement:
        self._check_writable()
        if not judgement.verdicts:
            return judgement
        self._take(sequence_name, judgement)
        entry = self._entry(sequence_name, "verdict", judgement.label, seconds)
        self._do(Step(entry, judgement=judgement))
        return judgement


def _keeps_status(pairs: Iterable[tuple[Verdict | None, Verdict | None]]) -> bool:
    return all(
        before is not None and after is not None and before.status == after.status
        for before, after in pairs
    )
