"""The review behind the window: labels as they are now, verdicts and steps, all on disk."""

from __future__ import annotations

import tempfile
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from trackproof.checks import Flag
    from trackproof.labels import Change, Labels, Sequence
    from trackproof.labels.edits import Edit
    from trackproof.review import Entry, Raised, Review, Status, Step, Verdict
    from trackproof.storage import Place

NOTHING_SAVED = "nothing to save"
NOTHING_SAID: Mapping[str, Verdict] = {}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a review is made of: the sequences, and what the user named."""

    sequences: tuple[Sequence, ...]
    path: Place


def open_review(
    inputs: Inputs,
    *,
    reviewer: str = "",
    path: Path | None = None,
    carry_over: bool = False,
    take_over: bool = False,
) -> Review:
    """Return the review of inputs, made when there is none.

    Parameters
    ----------
    reviewer : str
        Who judges and edits; empty for the login name.
    path : Path or None
        The review's file, when somebody named it.
    carry_over : bool
        Take its edits to labels that changed since.
    take_over : bool
        Take it from a window that is gone.

    Raises
    ------
    InputsChanged
        When the labels are not those of the review any more.
    ReviewError
        When its file cannot be used.
    """
    from trackproof.review import Review
    from trackproof.review.holder import user_name

    return Review.open_or_create(
        inputs,
        reviewer=reviewer or user_name(),
        path=path,
        carry_over=carry_over,
        take_over=take_over,
    )


class ReviewBook(QObject):
    """Holds one open review and tells the main thread how far the disk is behind.

    A review that another one follows is closed on a thread of its own, because its last steps and
    the note that nobody holds it any more wait for the disk. `close` waits for that.
    """

    saved_changed = Signal()
    left = Signal(object)
    """A review was closed that another one followed."""
    _saved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._review: Review | None = None
        self._own_of: object = None
        self._own: tuple[Flag, ...] = ()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.raised_by: Callable[[str, str], Raised | None] = lambda _sequence, _key: None
        self._closing: dict[threading.Thread, Review] = {}
        self._saved.connect(self.saved_changed, Qt.ConnectionType.QueuedConnection)

    @property
    def review(self) -> Review | None:
        """The open review."""
        return self._review

    @property
    def state(self) -> str:
        """Whether everything is on disk, in a word or two."""
        review = self._review
        if review is None or self._folder is not None:
            return NOTHING_SAVED
        return "read only" if review.is_read_only else str(review.saved)

    @property
    def problem(self) -> str:
        """Why steps do not reach the disk; empty when they do."""
        return self._review.saved.problem if self._review is not None else ""

    def take(self, review: Review) -> None:
        """Go on with a review; the one before is closed in the background."""
        self._leave()
        if review.is_read_only:
            # The same labels opened again: the review was held by the one that is closing.
            self._wait_for_file(review.path)
            review.claim()
        self._review = review
        review.raised_by = lambda sequence, key: self.raised_by(sequence, key)
        review.listen(lambda _saved: self._saved.emit())
        self.saved_changed.emit()

    def take_made(self, sequences: tuple[Sequence, ...]) -> None:
        """Go on with sequences that come from no file: their review ends with the window."""
        from trackproof.review import Review
        from trackproof.review.holder import user_name

        self._leave()
        folder = tempfile.TemporaryDirectory(prefix="trackproof-", ignore_cleanup_errors=True)
        place = Path(folder.name)
        review = Review.open_or_create(
            Inputs(sequences, place), reviewer=user_name(), path=place / "made.trackproof"
        )
        self.take(review)
        self._folder = folder

    def saved_elsewhere(self) -> None:
        """Keep a review that came from no file: it has one now."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def close(self) -> None:
        """Save what is left and let others write."""
        self._leave()
        for thread in list(self._closing):
            thread.join()
        self._closing.clear()

    def _leave(self) -> None:
        """Close the open review on a thread of its own; no step reaches it any more."""
        review, self._review = self._review, None
        folder, self._folder = self._folder, None
        if review is None:
            return

        def close() -> None:
            try:
                review.close()
            finally:
                if folder is not None:
                    folder.cleanup()
                self.left.emit(review)

        # No daemon: the program must not end before the last step is on disk.
        thread = threading.Thread(target=close, name="review closing")
        self._closing = {one: of for one, of in self._closing.items() if one.is_alive()}
        self._closing[thread] = review
        thread.start()

    def _wait_for_file(self, path: Path | None) -> None:
        for thread, review in self._closing.items():
            if review.path == path:
                thread.join()

    def labels(self, sequence: Sequence) -> Labels:
        """Return the labels of a sequence as they are now."""
        return self._review.labels(sequence.name) if self._review else sequence.labels

    def verdict(self, sequence: str, key: str) -> Verdict | None:
        """Return what was said about a flag."""
        return self._review.verdicts(sequence).get(key) if self._review else None

    def verdicts(self, sequence: str) -> Mapping[str, Verdict]:
        """Return what was said about the flags of a sequence; another mapping after each word."""
        return self._review.verdicts(sequence) if self._review else NOTHING_SAID

    def own_flags(self, sequence: str) -> tuple[Flag, ...]:
        """Return the flags that people raised themselves, ahead of all others."""
        if self._review is None:
            return ()
        from trackproof.review.own_flags import own_flag

        verdicts = self._review.verdicts(sequence)
        if verdicts is not self._own_of:
            self._own_of = verdicts
            self._own = tuple(own_flag(one) for one in verdicts.values() if one.own is not None)
        return self._own

    def apply(self, sequence: str, edit: Edit, *, joins: bool = False) -> Change | None:
        """Change labels by one step; see `Review.apply` for what it raises."""
        return self._review.apply(sequence, edit, joins=joins) if self._review else None

    def repair(
        self, sequence: str, edit: Edit, keys: Iterable[str], *, seconds: float | None
    ) -> Change | None:
        """Change labels and call flags fixed as one step; see `Review.repair`."""
        review = self._review
        return review.repair(sequence, edit, keys, seconds=seconds) if review else None

    def judge(
        self,
        sequence: str,
        keys: Iterable[str],
        status: Status,
        *,
        comment: str | None,
        seconds: float | None,
        label: str = "",
    ) -> None:
        """Give flags a verdict; see `Review.judge` for what it raises."""
        if self._review is not None:
            self._review.judge(
                sequence, keys, status, comment=comment, seconds=seconds, label=label
            )

    def one_step(self) -> AbstractContextManager[None]:
        """Bind what is done meanwhile to one undo; see `Review.one_step`."""
        return self._review.one_step() if self._review else nullcontext()

    def undo(self) -> list[Step]:
        """Take the last step back, in every sequence that it touched."""
        return self._review.undo_together() if self._review else []

    def redo(self) -> list[Step]:
        """Do the step taken back last again, in every sequence that it touched."""
        return self._review.redo_together() if self._review else []

    @property
    def undo_label(self) -> str:
        """What undo takes back; empty for nothing."""
        review = self._review
        return "" if review is None or review.is_read_only else review.undo_label

    @property
    def redo_label(self) -> str:
        """What redo brings back; empty for nothing."""
        review = self._review
        return "" if review is None or review.is_read_only else review.redo_label

    def sequence_of(self, step: Step) -> str:
        """Return the name of the sequence that a step belongs to."""
        return self._review.sequence_of(step.entry) if self._review else ""

    def steps(self) -> tuple[Entry, ...]:
        """Return the steps that can be reached by undo and redo, oldest first."""
        from trackproof.review import ABANDONED

        if self._review is None:
            return ()
        return tuple(entry for entry in self._review.history() if entry.status != ABANDONED)

    def go_to(self, entry_id: int) -> list[Step]:
        """Undo or redo up to a step, 0 for the beginning; see `Review.go_to` for what it raises."""
        return self._review.go_to(entry_id) if self._review else []

    def history(self) -> tuple[str, ...]:
        """Return the names of the steps done, oldest first."""
        from trackproof.review import DONE

        if self._review is None:
            return ()
        return tuple(entry.label for entry in self._review.history() if entry.status == DONE)
