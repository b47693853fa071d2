"""Flags as a table: the same rows for the command line, spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import msgspec

from trackproof.checks import NO_TRACK
from trackproof.labels import is_provisional

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trackproof.checks import Analysis, Flag

SCORE_DECIMALS = 4


class FlagRow(msgspec.Struct, frozen=True, kw_only=True):
    """One flag in words and numbers; the fields are the columns, in this order.

    ``frame_index`` is the worst frame, ``frame_start`` and ``frame_end`` the first and last
    (zero-based indices, inclusive); ``frame_no`` is the worst frame's own number in the file.
    ``probability`` (0 to 1) says how likely a verifier would change something there; ``score`` is
    the same as odds, without an upper end: 1 is as likely as not, and higher is reviewed first.
    """

    sequence: str
    frame_index: int
    frame_start: int
    frame_end: int
    frame_no: int
    frame: str
    object_name: str
    object_id: str
    score: float
    probability: float
    checks: tuple[str, ...]
    evidence: str

    def cells(self) -> list[str]:
        """Return the row as text, column by column."""
        values = [getattr(self, name) for name in COLUMNS]
        return [" ".join(value) if isinstance(value, tuple) else str(value) for value in values]


COLUMNS = FlagRow.__struct_fields__


def flag_rows(analyses: Iterable[Analysis]) -> list[FlagRow]:
    """Return the flags of all sequences, the likeliest mistakes first."""
    rows = [flag_row(analysis, flag) for analysis in analyses for flag in analysis.flags]
    return sorted(rows, key=lambda row: -row.score)


def as_csv(rows: Sequence[FlagRow]) -> str:
    """Return rows as CSV with a header; the names of several checks are separated by spaces."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in rows)
    return text.getvalue()


def as_json(rows: Sequence[FlagRow]) -> str:
    """Return rows as a JSON list of objects, one per line."""
    lines = [msgspec.json.encode(row).decode("utf-8") for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def flag_row(analysis: Analysis, flag: Flag) -> FlagRow:
    """Return one flag as a row."""
    sequence = analysis.sequence
    tracks = analysis.labels.table.tracks
    track = tracks[flag.track] if flag.track != NO_TRACK else None
    return FlagRow(
        sequence=sequence.name,
        frame_index=flag.frame,
        frame_start=flag.frame_start,
        frame_end=flag.frame_end,
        frame_no=int(sequence.frame_numbers[flag.frame]),
        frame=sequence.frame_names[flag.frame],
        object_name=(track.object_name or track.object_id) if track else "",
        object_id=track.object_id if track and not is_provisional(track) else "",
        score=round(float(flag.score), SCORE_DECIMALS),
        probability=round(flag.probability, SCORE_DECIMALS),
        checks=flag.checks,
        evidence=flag.evidence,
    )
