"""Who did what, when, and how long it took: the journal for people and other programs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from trackproof.errors import ReviewError
from trackproof.review.journal import ABANDONED, DONE, UNDONE
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from trackproof.labels import Block, Change, Labels, Track
    from trackproof.review.journal import Step
    from trackproof.review.review import Review

AuditFormat = Literal["csv", "jsonl"]

COLUMNS = (
    *("step", "when", "who", "seconds", "sequence", "kind", "what", "state"),
    *("undone_by", "undone_when", "frames", "before", "after"),
)

_STATES = {DONE: "done", UNDONE: "undone", ABANDONED: "undone and replaced"}


def audit_format(path: Path) -> AuditFormat:
    """Return the format that the name of a file asks for: JSON Lines by its ending, else CSV."""
    return "jsonl" if path.suffix.lower() in (".jsonl", ".json", ".ndjson") else "csv"


def write_audit(
    review: Review, path: Path, *, kind: AuditFormat = "csv", overwrite: bool = False
) -> None:
    """Write every step of a review, with what was before and after.

    Parameters
    ----------
    kind : "csv" or "jsonl"
        One line per step either way; in CSV, before and after are JSON inside a cell.
    overwrite : bool
        Whether an existing file may be replaced.

    Raises
    ------
    ReviewError
        When steps are not on disk yet, or the review is damaged.
    StorageError
        When the file exists and ``overwrite`` is not set, or cannot be written.
    """
    if not review.is_read_only and not review.flush() and review.saved.pending:
        saved = review.saved
        raise ReviewError(
            f"{saved.pending} steps are not saved yet. {saved.problem} Save the review first.",
            path=review.path,
        )
    lines = _csv(audit(review)) if kind == "csv" else _json_lines(audit(review))
    write_atomic(path, lines, overwrite=overwrite)


def audit(review: Review) -> Iterator[dict[str, Any]]:
    """Yield one record per step that is on disk, oldest first; keys are `COLUMNS`."""
    words: dict[str, _Words] = {}
    for step in review.steps():
        entry = step.entry
        sequence = review.sequence_of(entry)
        frames, before, after = _sides(step, words, sequence, review)
        values = (
            *(entry.id, _time(entry.at), entry.who, entry.seconds, sequence, entry.kind),
            *(entry.label, _STATES.get(entry.status, "?"), entry.undone_by or None),
            *(_time(entry.undone_at), frames, before, after),
        )
        yield dict(zip(COLUMNS, values, strict=True))


def _sides(
    step: Step, words: dict[str, _Words], sequence: str, review: Review
) -> tuple[list[int], dict[str, Any], dict[str, Any]]:
    frames: set[int] = set()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if step.change is not None:
        base = review.labels_as_read(sequence, step=step.entry.id)
        if sequence not in words or not words[sequence].starts_from(base):
            words[sequence] = _Words(base)
        words[sequence].follow(step.change)
        before |= words[sequence].annotations(step.change.inverted())
        after |= words[sequence].annotations(step.change)
        frames.update(step.change.frames.tolist())
    pairs = step.judgement.verdicts if step.judgement else ()
    before |= {old.flag: [old.status, old.comment] for old, _ in pairs if old}
    after |= {new.flag: [new.status, new.comment] for _, new in pairs if new}
    frames.update(v.own.frame for pair in pairs for v in pair if v and v.own)
    return sorted(frames), before, after


class _Words:
    """The names and attribute values that rows pointed to when a step was done.

    What was undone since has left no trace in the current labels, so the tables are grown again
    from those as read, step by step; every step says where the tables ended before it.
    """

    def __init__(self, labels: Labels) -> None:
        self._start = labels.table
        self._names = labels.table.names
        self._sets = labels.table.attribute_sets
        self._categories = labels.categories
        self._tracks: dict[int, Track] = dict(enumerate(labels.table.tracks))

    def starts_from(self, labels: Labels) -> bool:
        """Return whether these are the labels that the tables began with."""
        return labels.table is self._start

    def follow(self, change: Change) -> None:
        """Take in what a step added."""
        self._names = (*self._names[: change.names.start], *change.names.after)
        sets = change.attribute_sets
        self._sets = (*self._sets[: sets.start], *sets.after)
        self._categories = (
            *self._categories[: change.categories.start],
            *change.categories.after,
        )
        for track, (_, record) in change.records.items():
            if record is not None:
                self._tracks[track] = record

    def annotations(self, change: Change) -> dict[str, Any]:
        """Return what a change leaves: rows by object, attributes of frames, names."""
        result: dict[str, Any] = {}
        for track, delta in change.deltas.items():
            if delta.after is not None:
                record = self._tracks.get(track)
                key = record.object_id if record else "detections"
                result[key] = [self._row(delta.after, row) for row in range(len(delta.after))]
        for frame, (_, attributes) in change.frame_attributes.items():
            result[f"frame {frame}"] = dict(attributes or ())
        for _, record in change.records.values():
            if record is not None:
                result[f"name of {record.object_id}"] = record.object_name
        return result

    def _row(self, rows: Block, row: int) -> dict[str, Any]:
        said: dict[str, Any] = {
            "frame": int(rows.frame[row]),
            "name": self._names[rows.name[row]],
            "category": self._categories[rows.category[row]].name,
            "xywh": rows.xywh[row].tolist(),
        }
        attributes = self._sets[rows.attributes[row]]
        if attributes:
            said["attributes"] = dict(attributes)
        vertices = rows.vertices_of(row)
        if len(vertices):
            said["vertices"] = vertices.tolist()
        return said


def _time(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _csv(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for record in records:
        yield _line(_cell(record[column]) for column in COLUMNS)


def _line(cells: Iterable[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode("utf-8", "surrogatepass")


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    # A leading sign would make a spreadsheet compute what somebody wrote.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value else value


def _json_lines(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for record in records:
        yield (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
