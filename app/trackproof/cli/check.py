"""``trackproof check``, ``bench`` and ``demo``: what is found, and how well."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackproof.cli.inputs import analysed, chosen_profile, opened, problems_of
from trackproof.cli.terminal import progress_bar, say, table_text, terminal_width
from trackproof.errors import Severity
from trackproof.handoff.words import counted
from trackproof.reports import COLUMNS, as_csv, as_json, flag_rows

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.reports import FlagRow
    from trackproof.storage.s3 import Account

FOR_PEOPLE = ("sequence", "frame_index", "frame", "object_name", "probability", "evidence")
NUMBERS = {"frame_index", "frame_start", "frame_end", "frame_no", "score", "probability"}


def run_check(
    labels: str,
    *,
    frames: str | None,
    root: Path | None,
    profile: str | None,
    table_format: str,
    output: Path | None,
    overwrite: bool,
    account: Account | None = None,
) -> int:
    """Check labels and write one row per flag; return 1 when there are any.

    Labels of which a part could not be used are never called clean: without a flag, 2 is returned.

    Raises
    ------
    TrackproofError
        When the labels, frames or profile cannot be used, or the output cannot be written.
    """
    limits = chosen_profile(profile)
    result = opened(labels, root=root, account=account)
    analyses = analysed(result, frames=frames, profile=limits, links=True, account=account)
    rows = flag_rows(analyses)
    text = as_text(rows, table_format, width=None if output else terminal_width())
    if output is None:
        sys.stdout.write(text)
    else:
        from trackproof.storage import write_atomic

        write_atomic(output, text.encode("utf-8"), overwrite=overwrite)
    boxes = sum(len(analysis.labels.table) for analysis in analyses)
    frames_in_all = sum(len(analysis.sequence) for analysis in analyses)
    words = [counted(len(rows), "flag"), counted(boxes, "box"), counted(frames_in_all, "frame")]
    say(f"{words[0]} in {words[1]} on {words[2]}")
    if not rows and any(problem.severity is Severity.ERROR for problem in problems_of(result)):
        say("nothing was flagged, but a part of the labels could not be used (see above)")
        return 2
    return 1 if rows else 0


def as_text(rows: list[FlagRow], table_format: str, *, width: int | None = None) -> str:
    """Return rows in one of the formats ``table``, ``csv`` and ``json``.

    Parameters
    ----------
    width : int or None
        Columns of the terminal. A table that does not fit keeps the columns that people read.
    """
    if table_format == "csv":
        return as_csv(rows)
    if table_format == "json":
        return as_json(rows)
    if not rows:
        return ""
    text = table_text(COLUMNS, [row.cells() for row in rows], numbers=NUMBERS)
    if width is None or width >= max(map(len, text.splitlines())):
        return text
    shown = FOR_PEOPLE if len({row.sequence for row in rows}) > 1 else FOR_PEOPLE[1:]
    cells = [dict(zip(COLUMNS, row.cells(), strict=True)) for row in rows]
    return table_text(
        shown, [[row[name] for name in shown] for row in cells], numbers=NUMBERS, width=width
    )


def run_bench_checks(labels: list[Path], *, root: Path | None, seeds: int) -> int:
    """Plant mistakes into clean labels and print what the checks find; return 0.

    Raises
    ------
    TrackproofError
        When labels cannot be used.
    """
    from trackproof.checks.bench import run_bench

    sequences = [one for path in labels for one in opened(path, root=root).sequences]
    with progress_bar("Planting and checking") as progress:
        report = run_bench(sequences, seeds=tuple(range(1, seeds + 1)), progress=progress)
    sys.stdout.write(report.to_text())
    return 0


def render_demo() -> int:
    """Render the demo on first use and print where it is; return 0.

    Raises
    ------
    StorageError
        When the cache folder cannot be written.
    """
    from trackproof.demo import ensure_demo

    with progress_bar("Rendering the demo") as progress:
        scene = ensure_demo(progress=progress)
    sys.stdout.write(f"labels {scene.labels_path}\nframes {scene.frames_dir}\n")
    sys.stdout.write(f"video {scene.video_path}\n")
    return 0
