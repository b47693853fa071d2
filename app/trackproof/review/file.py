"""The file of a review: where it is, who holds it, how far the disk is behind."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError
from trackproof.review.database import claimed, connect
from trackproof.review.inputs import picture_changes, remembered
from trackproof.review.journal import Journal
from trackproof.review.moving import let_go, move_database
from trackproof.review.places import ENDING, default_path, remember_move
from trackproof.review.reclaiming import OwnWork
from trackproof.review.sequences import read_pictures, read_sequences, write_pictures
from trackproof.review.state import trusting_nothing
from trackproof.review.writer import Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from trackproof.labels import Sequence
    from trackproof.review.database import Database
    from trackproof.review.inputs import PictureFacts
    from trackproof.review.opening import Opened
    from trackproof.storage.saved import Saved


class ReviewFile:
    """An open review file with its reader, its writer and the order of its steps.

    Parameters
    ----------
    database : Database
        The open file.
    opened : Opened
        What was opened.
    """

    def __init__(self, database: Database, opened: Opened) -> None:
        self._database = database
        self._opened_path = opened.path
        self._is_touched = False
        self._moving = threading.RLock()
        self._moved: Database | None = None
        self.rescued: Path | None = None
        """Where `close` put what could not be saved."""
        self._sequences = {sequence.name: sequence for sequence in opened.sequences}
        self._listeners: list[Callable[[Saved], None]] = []
        self._reader = _reader(database)
        self._rows = read_sequences(self._reader)
        self._ids = {name: row.id for name, row in self._rows.items()}
        self._names = {row.id: name for name, row in self._rows.items()}
        self._journal = Journal(self._reader, database.path)
        self._writer = Writer(database, self._tell)

    @property
    def path(self) -> Path | None:
        """The file; None while the review lives in memory."""
        return self._database.path

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about the file, a sentence each."""
        return self._database.notes

    @property
    def is_read_only(self) -> bool:
        """Whether another window holds the review."""
        return self._database.holder is None

    @property
    def read_only_reason(self) -> str:
        """Who holds it, in a sentence; empty when this window does."""
        if not self.is_read_only:
            return ""
        return (
            f"{self._database.other} has this review open. You can look; to change something, "
            "save it under another name."
        )

    @property
    def holder_is_gone(self) -> bool:
        """Whether the window that holds the review has been silent for too long."""
        other = self._database.other
        return self.is_read_only and other is not None and other.is_stale(time.time())

    @property
    def opened_path(self) -> Path:
        """What was opened."""
        return Path(str(self._opened_path))

    @property
    def saved(self) -> Saved:
        """How many steps are not on disk yet, and why."""
        return self._writer.saved

    @property
    def pending(self) -> int:
        """Number of steps that are not on disk yet."""
        return self.saved.pending

    def listen(self, listener: Callable[[Saved], None]) -> None:
        """Call ``listener`` from the writer's thread whenever steps were saved, or could not be."""
        self._listeners.append(listener)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all steps are on disk, and return whether they are."""
        return self._writer.flush(timeout_s)

    # -- pictures

    def note_pictures(
        self, sequence_name: str, location: str, facts: PictureFacts
    ) -> tuple[str, ...]:
        """Remember where the pictures of a sequence are, and return what changed in them since.

        Parameters
        ----------
        location : str
            Folder or video.
        facts : mapping of str to tuple of int
            Size, time and perhaps a checksum by file name, see `inputs.picture_facts`.
        """
        before = self._pictures(sequence_name)
        number = self._ids.get(sequence_name)
        known = before[1] if before is not None and before[0] == location else {}
        kept = remembered(known, facts)
        if number is not None and not self.is_read_only and before != (location, kept):
            self._writer.submit(lambda c: write_pictures(c, number, location, kept))
        if before is None or before[0] != location:
            return ()
        return picture_changes(before[1], facts)

    def pictures(self, sequence_name: str) -> str | None:
        """Return where the pictures of a sequence were last time; None when nobody said."""
        before = self._pictures(sequence_name)
        return None if before is None else before[0]

    def known_pictures(self, sequence_name: str, location: str) -> PictureFacts:
        """Return what is remembered of the pictures in a place; nothing for another place."""
        before = self._pictures(sequence_name)
        return before[1] if before is not None and before[0] == location else {}

    # -- moving and closing

    def save_as(self, path: Path, *, overwrite: bool = False) -> None:
        """Move the review to another file, and go on writing there.

        Raises
        ------
        ReviewError
            When the file exists and ``overwrite`` is False, or cannot be written; the review stays
            where it is then.
        """
        self.copied_to(path, overwrite=overwrite)
        self.go_on()

    def copied_to(self, path: Path, *, overwrite: bool = False) -> Database:
        """Return the review in another file, to which steps go from now on; see `save_as`.

        This half of moving may run on any thread; `go_on` must follow, and `close` makes up for it.
        """
        with self._moving:
            if self._moved is not None:
                raise ReviewError("The review is on its way to another file already.", path=path)
            self._moved = move_database(
                self._writer, self._database, path, overwrite=overwrite, own_work=self.own_work
            )
            return self._moved

    def own_work(self) -> OwnWork:
        """Return all that this window holds in memory."""
        return OwnWork(first=1, done=(), undone=(), steps=(), labels={}, verdicts={})

    def go_on(self) -> Path | None:
        """Let go of the file that the review was copied from; return where it is now.

        Returns
        -------
        Path or None
            None when it was not copied.
        """
        new, self._moved = self._moved, None
        if new is None:
            return None
        old, reader = self._database, self._reader
        self._database = new
        self._reader = self._journal.connection = _reader(new)
        self._journal.path = new.path
        if reader is not old.connection:
            reader.close()
        let_go(old)
        if new.path is not None:
            remember_move(self._opened_path, new.path)
        return new.path

    @property
    def has_unsaved(self) -> bool:
        """Whether there is something of this window that the disk does not take."""
        return self._is_touched and bool(self.saved.problem and self.saved.pending)

    def retry(self, timeout_s: float = 0.5) -> bool:
        """Try at once to save what could not be saved, and return whether it is."""
        return self._writer.retry(timeout_s)

    def close(self) -> bool:
        """Save what is left, let others write, and return whether all is on disk.

        What its file cannot take is put into another one, see `rescued`.
        """
        with self._moving:
            self.go_on()
            if self.has_unsaved and not self.retry():
                self.rescued = self._rescue()
            is_saved = self._writer.close()
            if self._reader is not self._database.connection:
                self._reader.close()
            self._database.connection.close()
            return is_saved

    # -- inside

    def _claim_file(self) -> bool:
        new = claimed(self._database)
        if new.holder is None:
            return False
        self._database = new
        self._journal = Journal(self._reader, new.path)
        self._writer.run(lambda: self._writer.switch(new))
        return True

    def _rescue(self) -> Path | None:
        name = default_path(self._opened_path).stem
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for folder in (Path(tempfile.gettempdir()), Path.home()):
            # The next folder may still have room.
            with contextlib.suppress(ReviewError):
                self.save_as(folder / f"{name}-rescued-{stamp}{ENDING}")
                if self.flush():
                    return self.path
        return None

    def _sequence(self, name: str) -> Sequence:
        if name not in self._sequences:
            raise ReviewError(f"This review has no sequence called {name}.", path=self.path)
        return self._sequences[name]

    def _check_writable(self) -> None:
        if self.is_read_only:
            raise ReviewError(self.read_only_reason, path=self.path)

    def _pictures(self, sequence_name: str) -> tuple[str, dict[str, tuple[int, ...]]] | None:
        number = self._ids.get(self._sequence(sequence_name).name)
        if number is None:
            return None
        with self._trusting_nothing(sequence_name):
            return read_pictures(self._reader, number)

    def _trusting_nothing(self, what: str) -> AbstractContextManager[None]:
        return trusting_nothing(self.path, what)

    def _tell(self, saved: Saved) -> None:
        for listener in self._listeners:
            listener(saved)


def _reader(database: Database) -> sqlite3.Connection:
    """Return a connection that reads while the writer waits for the disk."""
    if database.path is None:
        return database.connection
    connection = connect(database.path, mode="rw")
    connection.execute("PRAGMA query_only = 1")
    return connection
