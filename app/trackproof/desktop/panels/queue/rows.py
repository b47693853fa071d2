"""Which rows the queue shows: flags filtered, sorted and grouped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from trackproof.desktop import glyphs
from trackproof.desktop.panels.naming import category_name, object_name
from trackproof.desktop.panels.sequences.board import SequenceBoard
from trackproof.review.queue_query import QueueEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session
    from trackproof.labels import Labels
    from trackproof.review import Verdict
    from trackproof.review.queue_query import Query


class Order(StrEnum):
    """How flags can be sorted."""

    SCORE = "score"
    FRAME = "frame"
    OBJECT = "object"
    KIND = "kind"
    STATUS = "status"


class Grouping(StrEnum):
    """What headings can stand between flags."""

    NONE = "none"
    OBJECT = "object"
    KIND = "kind"
    CATEGORY = "category"
    STATUS = "status"
    SEQUENCE = "sequence"


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag with what the filter can ask about it, and the place of its sequence."""

    flag: Flag
    entry: QueueEntry
    index: int = 0

    @property
    def key(self) -> tuple[int, str]:
        """What tells it from all other rows."""
        return self.index, self.flag.key


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above the flags of one group."""

    title: str
    count: int
    open: int


Row = FlagRow | Heading


@dataclass(frozen=True, slots=True)
class View:
    """What a person asked the queue to show."""

    query: Query
    order: Order = Order.SCORE
    grouping: Grouping = Grouping.NONE


@dataclass
class Names:
    """Names of tracks and categories, each looked up once."""

    labels: Labels | None
    _objects: dict[int, str] = field(default_factory=dict)
    _categories: dict[int, str] = field(default_factory=dict)

    def object_of(self, track: int) -> str:
        """Return the name of a track."""
        if track not in self._objects:
            known = self.labels is not None
            self._objects[track] = object_name(self.labels, track) if known and self.labels else "–"
        return self._objects[track]

    def category_of(self, track: int) -> str:
        """Return the category of a track."""
        if track not in self._categories:
            found = category_name(self.labels, track) if self.labels is not None else ""
            self._categories[track] = found
        return self._categories[track]


def flag_rows(session: Session, before: Sequence[FlagRow] = ()) -> list[FlagRow]:
    """Return a row for every flag of the current sequence, as ranked.

    Parameters
    ----------
    before : sequence of FlagRow
        Rows that were made from the same labels: those of the same flags are taken from there.
    """
    if session.index < 0:
        return []
    return _rows_of(session, session.index, session.flags, before)


def all_rows(session: Session) -> list[FlagRow]:
    """Return a row for every flag of every sequence that is checked, sequence by sequence."""
    board = SequenceBoard.of(session)
    rows = []
    for index in range(len(session.sequences)):
        if index == session.index and session.analysis is not None:
            rows += flag_rows(session)
        else:
            rows += _rows_of(session, index, board.flags_of(index) or ())
    return rows


def _rows_of(
    session: Session, index: int, flags: Sequence[Flag], before: Sequence[FlagRow] = ()
) -> list[FlagRow]:
    sequence = session.sequences[index]
    is_current = index == session.index
    names = Names(session.labels if is_current else session.book.labels(sequence))
    said = session.book.verdicts(sequence.name)
    known = {row.flag.key: row for row in before if row.index == index}
    rows = []
    for flag in flags:
        verdict, row = said.get(flag.key), known.get(flag.key)
        if row is None or row.flag is not flag or not _says(row.entry, verdict):
            row = FlagRow(flag, _entry(flag, verdict, names, sequence.name), index)
        rows.append(row)
    return rows


def _says(entry: QueueEntry, verdict: Verdict | None) -> bool:
    """Return whether an entry tells a verdict as it is."""
    if verdict is None:
        return entry.status == "open" and not entry.comment
    return (entry.status, entry.comment) == (verdict.status, verdict.comment)


def _entry(flag: Flag, verdict: Verdict | None, names: Names, sequence: str) -> QueueEntry:
    tracks = (flag.track, flag.other_track) if flag.other_track >= 0 else (flag.track,)
    return QueueEntry(
        kind=str(flag.kind),
        status=verdict.status if verdict is not None else "open",
        category=names.category_of(flag.track),
        sequence=sequence,
        objects=tuple(names.object_of(track) for track in tracks),
        checks=flag.checks,
        score=flag.score,
        frame=flag.frame,
        frame_start=flag.frame_start,
        frame_end=flag.frame_end,
        evidence=flag.evidence,
        comment=verdict.comment if verdict is not None else "",
    )


def judged(session: Session, row: FlagRow) -> FlagRow:
    """Return a row with the verdict and comment that its flag has now."""
    status, comment = session.verdict(row.flag), session.verdicts.comment(row.flag.key)
    return replace(row, entry=replace(row.entry, status=status, comment=comment))


def arranged(rows: Sequence[FlagRow], view: View) -> list[Row]:
    """Return the rows that a view shows, with headings; within a key the ranking stays."""
    kept = [row for row in rows if view.query.matches(row.entry)]
    kept.sort(key=SORT_KEYS[view.order])
    if view.grouping is Grouping.NONE:
        return list(kept)
    groups: dict[str, list[FlagRow]] = {}
    for row in kept:
        groups.setdefault(GROUP_KEYS[view.grouping](row.entry), []).append(row)
    result: list[Row] = []
    for title, members in groups.items():
        open_count = sum(member.entry.status == "open" for member in members)
        result += [Heading(title or "without", len(members), open_count), *members]
    return result


SORT_KEYS: dict[Order, Callable[[FlagRow], tuple[float | str, ...]]] = {
    Order.SCORE: lambda row: (-row.entry.score,),
    Order.FRAME: lambda row: (row.entry.frame,),
    Order.OBJECT: lambda row: (row.entry.objects[0].casefold(), row.entry.frame),
    Order.KIND: lambda row: (row.entry.kind,),
    Order.STATUS: lambda row: (list(STATUS_ORDER).index(row.entry.status),),
}

STATUS_ORDER: dict[str, str] = {
    "open": "Open",
    "unsure": "Second opinion",
    "confirmed": "Needs fix",
    "fixed": "Fixed",
    "dismissed": "Label is right",
}

GROUP_KEYS: dict[Grouping, Callable[[QueueEntry], str]] = {
    Grouping.OBJECT: lambda entry: entry.objects[0],
    Grouping.KIND: lambda entry: glyphs.title_of(entry.kind),
    Grouping.CATEGORY: lambda entry: entry.category,
    Grouping.STATUS: lambda entry: STATUS_ORDER[entry.status],
    Grouping.SEQUENCE: lambda entry: entry.sequence,
}
