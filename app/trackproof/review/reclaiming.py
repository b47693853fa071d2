"""What a window did, written into a copy of a review that another window took over meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.review.journal import ABANDONED, DONE, UNDONE, insert_step, mark_step
from trackproof.review.sequences import write_verdicts
from trackproof.review.state import words_between, write_rows, write_words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from trackproof.labels import Labels
    from trackproof.review.journal import Step
    from trackproof.review.verdicts import Verdict


@dataclass(frozen=True, slots=True, eq=False)
class OwnWork:
    """All that a window holds in memory; its own steps and nobody else's.

    Parameters
    ----------
    first : int
        Number of the first step of this sitting; from here on, numbers may be taken twice.
    done, undone : sequence of int
        Steps that are in force, and those that redo would bring back, as this window knows it.
    steps : sequence of Step
        The steps of this sitting, oldest first.
    labels : mapping of int to (Labels, Labels)
        Labels as read and current ones, by sequence number.
    verdicts : mapping of int to mapping
        Verdicts by sequence number and flag.
    """

    first: int
    done: Sequence[int]
    undone: Sequence[int]
    steps: Sequence[Step]
    labels: Mapping[int, tuple[Labels, Labels]]
    verdicts: Mapping[int, Mapping[str, Verdict]]

    def write(self, connection: sqlite3.Connection) -> None:
        """Put it in the place of what the other window wrote, in one transaction."""
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM journal WHERE id >= ?", (self.first,))
        for step in self.steps:
            insert_step(connection, step)
            mark_step(connection, step.entry)
        connection.execute("UPDATE journal SET status = ?", (ABANDONED,))
        connection.executemany(
            "UPDATE journal SET status = ?, undone_by = '', undone_at = NULL WHERE id = ?",
            [(DONE, number) for number in self.done],
        )
        connection.executemany(
            "UPDATE journal SET status = ? WHERE id = ?",
            [(UNDONE, number) for number in self.undone],
        )
        for number, (base, current) in self.labels.items():
            self._write_labels(connection, number, base, current)
        for number, verdicts in self.verdicts.items():
            connection.execute("DELETE FROM verdicts WHERE sequence = ?", (number,))
            write_verdicts(connection, number, verdicts)
        connection.execute("COMMIT")

    def _write_labels(
        self, connection: sqlite3.Connection, number: int, base: Labels, current: Labels
    ) -> None:
        connection.execute("DELETE FROM blocks WHERE sequence = ?", (number,))
        connection.execute("UPDATE sequences SET words = NULL WHERE id = ?", (number,))
        for track in base.table.blocks.keys() | current.table.blocks.keys():
            block = current.table.block(track)
            if block is not base.table.block(track):
                write_rows(connection, sequence=number, track=track, block=block)
        words = words_between(base, current)
        if not words.is_empty or words.names.after or words.attribute_sets.after:
            write_words(connection, sequence=number, words=words)
