"""``trackproof check``: flags as rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackproof.cli.inputs import analysed, chosen_profile, opened
from trackproof.cli.terminal import say, table_text
from trackproof.reports import COLUMNS, as_csv, as_json, flag_rows

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.reports import FlagRow

NUMBERS = {"frame_index", "frame_start", "frame_end", "frame_no", "score"}


def run_check(
    labels: Path,
    *,
    frames: Path | None,
    root: Path | None,
    profile: str | None,
    table_format: str,
    output: Path | None,
    overwrite: bool,
) -> int:
    """Check labels and write one row per flag; return 1 when there are any.

    Raises
    ------
    TrackproofError
        When the labels, frames or profile cannot be used, or the output cannot be written.
    """
    limits = chosen_profile(profile)
    result = opened(labels, root=root)
    analyses = analysed(result, frames=frames, profile=limits)
    rows = flag_rows(analyses)
    text = as_text(rows, table_format)
    if output is None:
        sys.stdout.write(text)
    else:
        from trackproof.storage import write_atomic

        write_atomic(output, text.encode("utf-8"), overwrite=overwrite)
    boxes = sum(len(analysis.labels.table) for analysis in analyses)
    frames_in_all = sum(len(analysis.sequence) for analysis in analyses)
    say(f"{len(rows):,} flags in {boxes:,} boxes on {frames_in_all:,} frames")
    return 1 if rows else 0


def as_text(rows: list[FlagRow], table_format: str) -> str:
    """Return rows in one of the formats ``table``, ``csv`` and ``json``."""
    if table_format == "csv":
        return as_csv(rows)
    if table_format == "json":
        return as_json(rows)
    return table_text(COLUMNS, [row.cells() for row in rows], numbers=NUMBERS)
