"""The steps of a review in order: what was done, what was taken back, and reading them again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from trackproof.errors import ReviewError
from trackproof.review.packing import pack_change, unpack_change
from trackproof.review.state import trusting_nothing
from trackproof.review.verdicts import Judgement, pack_judgement, unpack_judgement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

    from trackproof.labels import Change

Kind: TypeAlias = Literal["edit", "verdict", "repair"]

UNDONE, DONE, ABANDONED = 0, 1, 2

KEPT_WHOLE = 30
"""Latest steps that keep whole tracks in memory, so that undo costs nothing."""

_COLUMNS = "id, sequence, kind, label, who, at, seconds, status, undone_by, undone_at"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history.

    Parameters
    ----------
    id : int
        Ascending in the order of doing.
    sequence : int
        Number of the sequence in the file.
    kind : "edit", "verdict" or "repair"
        What it changed: labels, verdicts, or both at once.
    label : str
        What the menu calls it.
    who : str
        Reviewer.
    at : float
        When, in seconds since 1970.
    seconds : float or None
        How long it took: as measured for a flag, else since the step before; None after a break.
    status : int
        `DONE`, `UNDONE` (redo brings it back) or `ABANDONED` (undone, and then something else was
        done).
    undone_by : str
        Who took it back.
    undone_at : float or None
        When it was taken back.
    """

    id: int
    sequence: int
    kind: str
    label: str
    who: str
    at: float
    seconds: float | None
    status: int = DONE
    undone_by: str = ""
    undone_at: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry with what it changed; a repair has both ``change`` and ``judgement``."""

    entry: Entry
    change: Change | None = None
    judgement: Judgement | None = None

    def inverted(self) -> Step:
        """Return the step that takes this one back."""
        return replace(
            self,
            change=self.change and self.change.inverted(),
            judgement=self.judgement and self.judgement.inverted(),
        )


class Journal:
    """The order of steps, in memory; what they changed is read from the file when it is needed.

    Parameters
    ----------
    connection : sqlite3.Connection
        For reading.
    path : Path or None
        For messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path
        self._recent: dict[int, Step] = {}
        self.done = self._ids(DONE)
        self.undone = self._ids(UNDONE)[::-1]
        last = connection.execute("SELECT max(id) FROM journal").fetchone()[0]
        self._last = int(last or 0)
        self.first_new = self._last + 1
        """Number of the first step of this sitting."""

    def next_id(self) -> int:
        """Return the number of a new entry."""
        self._last += 1
        return self._last

    def add(self, step: Step) -> None:
        """Take a step that was just done; what could be redone is abandoned."""
        self.undone.clear()
        self.done.append(step.entry.id)
        self._recent[step.entry.id] = step
        if len(self.done) > KEPT_WHOLE:
            self._slim(self.done[-KEPT_WHOLE - 1])

    def replace(self, step: Step) -> None:
        """Take a step that grew in the place of what it was."""
        self._recent[step.entry.id] = step

    def _slim(self, number: int) -> None:
        step = self._recent.get(number)
        if step is not None and step.change is not None:
            self._recent[number] = replace(step, change=step.change.slim())

    def last_done(self) -> Step | None:
        """Return the step that undo would take back."""
        return self.step(self.done[-1]) if self.done else None

    def last_undone(self) -> Step | None:
        """Return the step that redo would bring back."""
        return self.step(self.undone[-1]) if self.undone else None

    def undo(self, *, who: str, at: float) -> Step:
        """Move the last done step to those that redo brings back, and return it."""
        step = self.step(self.done[-1])
        self.undone.append(self.done.pop())
        self._recent[step.entry.id] = replace(
            step, entry=replace(step.entry, status=UNDONE, undone_by=who, undone_at=at)
        )
        return step

    def redo(self) -> Step:
        """Move the last undone step back to those that are done, and return it."""
        step = self.step(self.undone[-1])
        self.done.append(self.undone.pop())
        entry = replace(step.entry, status=DONE, undone_by="", undone_at=None)
        self._recent[step.entry.id] = replace(step, entry=entry)
        return step

    def step(self, number: int) -> Step:
        """Return a step with what it changed.

        Raises
        ------
        ReviewError
            When the file does not hold it, or it is damaged.
        """
        if number not in self._recent:
            with trusting_nothing(self.path, f"step {number}"):
                row = self.connection.execute(
                    f"SELECT {_COLUMNS}, delta FROM journal WHERE id = ?", (number,)
                ).fetchone()
            if row is None:
                raise ReviewError(f"Step {number} is missing in this review.", path=self.path)
            self._recent[number] = self._unpacked(row)
        return self._recent[number]

    def entries(self, *, limit: int) -> list[Entry]:
        """Return the latest entries, oldest first, abandoned ones included."""
        first = self._last - limit
        with trusting_nothing(self.path, "history"):
            rows = self.connection.execute(
                f"SELECT {_COLUMNS} FROM journal WHERE id > ? ORDER BY id", (first,)
            ).fetchall()
            entries = {row[0]: Entry(*row) for row in rows}
        recent = {n: step.entry for n, step in self._recent.items() if n > first}
        # The file may lag behind, so what was done and undone is told by the order in memory.
        status = dict.fromkeys(self.done, DONE) | dict.fromkeys(self.undone, UNDONE)
        return [
            replace(entry, status=status.get(number, ABANDONED))
            for number, entry in sorted((entries | recent).items())
        ]

    def new_steps(self) -> list[Step]:
        """Return the steps of this sitting, oldest first."""
        recent = sorted(self._recent.items())
        return [step for number, step in recent if number >= self.first_new]

    def steps(self) -> Iterable[Step]:
        """Yield every step of the file in order, one at a time."""
        with trusting_nothing(self.path, "history"):
            for row in self.connection.execute(
                f"SELECT {_COLUMNS}, delta FROM journal ORDER BY id"
            ):
                yield self._unpacked(row)

    def _unpacked(self, row: tuple[Any, ...]) -> Step:
        with trusting_nothing(self.path, f"step {row[0]}"):
            entry = Entry(*row[:-1])
            if entry.kind == "edit":
                return Step(entry, change=unpack_change(row[-1]))
            if entry.kind == "repair":
                change, judgement = msgspec.msgpack.decode(row[-1], type=tuple[bytes, bytes])
                return Step(entry, unpack_change(change), unpack_judgement(judgement))
            return Step(entry, judgement=unpack_judgement(row[-1]))

    def _ids(self, status: int) -> list[int]:
        # As one value: fifty thousand rows took a fifth of the time that reading the labels takes.
        ids = "SELECT id FROM journal WHERE status = ? ORDER BY id"
        row = self.connection.execute(
            f"SELECT json_group_array(id) FROM ({ids})", (status,)
        ).fetchone()
        return msgspec.json.decode(row[0], type=list[int])


def insert_step(connection: sqlite3.Connection, step: Step) -> None:
    """Write a new step; what could be redone is abandoned."""
    entry, delta = step.entry, _packed(step)
    connection.execute("UPDATE journal SET status = ? WHERE status = ?", (ABANDONED, UNDONE))
    connection.execute(
        "REPLACE INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', NULL, ?)",
        (
            entry.id,
            entry.sequence,
            entry.kind,
            entry.label,
            entry.who,
            entry.at,
            entry.seconds,
            DONE,
            delta,
        ),
    )


def rewrite_step(connection: sqlite3.Connection, step: Step) -> None:
    """Write a step that grew: what it changed, its name and time."""
    entry = step.entry
    connection.execute(
        "UPDATE journal SET label = ?, at = ?, seconds = ?, delta = ? WHERE id = ?",
        (entry.label, entry.at, entry.seconds, _packed(step), entry.id),
    )


def _packed(step: Step) -> bytes:
    judgement = step.judgement or Judgement(step.entry.label, ())
    if step.entry.kind == "repair" and step.change is not None:
        return msgspec.msgpack.encode((pack_change(step.change), pack_judgement(judgement)))
    if step.change is not None:
        return pack_change(step.change)
    return pack_judgement(judgement)


def mark_step(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write whether a step is done or undone."""
    connection.execute(
        "UPDATE journal SET status = ?, undone_by = ?, undone_at = ? WHERE id = ?",
        (entry.status, entry.undone_by, entry.undone_at, entry.id),
    )
