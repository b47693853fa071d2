"""What ``trackproof extract`` does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.cli.terminal import progress_bar, say_problems, table_text, terminal_width
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.handoff.footage import Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person typed."""

    sources: tuple[Path, ...]
    output: Path
    every: int | None
    rate_fps: float | None
    suffix: str
    destination: str
    categories: Path | None
    task: str
    job: Path | None
    overwrite: bool


def run_extract(wanted: Wanted) -> int:
    """Write pictures and files for a first job; return 0.

    Raises
    ------
    TrackproofError
        When sources or options cannot be used, or the folder is taken.
    """
    from trackproof.frames import Choice
    from trackproof.handoff.first_pass import FirstPassOptions, summary
    from trackproof.handoff.footage import make_first_pass, read_categories
    from trackproof.handoff.presets import load_preset
    from trackproof.labels import Task

    for source in (*wanted.sources, wanted.output):
        _check_on_disk(source, is_output=source is wanted.output)
    if wanted.every is not None and wanted.rate_fps is not None:
        raise TrackproofError("give --every or --fps, not both")
    options = FirstPassOptions(
        destination=wanted.destination,
        task=Task(wanted.task),
        config=read_categories(wanted.categories) if wanted.categories else None,
        preset=load_preset(wanted.job) if wanted.job else None,
    )
    every = 1 if wanted.every is None else wanted.every
    with progress_bar("Writing pictures") as progress:
        made = make_first_pass(
            wanted.sources,
            wanted.output,
            options=options,
            choice=Choice(every=every, rate_fps=wanted.rate_fps),
            suffix=wanted.suffix,
            overwrite=wanted.overwrite,
            progress=progress,
        )
    say_problems(made.problems)
    sys.stdout.write(_table(made))
    sys.stdout.write(f"{summary(made.package)}\nWritten to {made.folder}\n")
    return 0


def _check_on_disk(path: Path, *, is_output: bool) -> None:
    """Refuse addresses, which a file system would take for odd names of files.

    Raises
    ------
    TrackproofError
        When the path is one.
    """
    kind, _, rest = str(path).partition(":/")
    if not rest or len(kind) < len("s3"):
        return
    way_out = (
        "write into a folder of this computer; --destination names where it will be uploaded to"
        if is_output
        else "videos are read from this computer only; download it first"
    )
    raise TrackproofError(way_out, path=f"{kind}://{rest}")


def _table(made: Made) -> str:
    rows = [
        (one.name, f"{len(one.frame_names):,}", f"{rate_fps:.4g}" if rate_fps else "not known")
        for one, rate_fps in zip(made.footage, made.rates_fps, strict=True)
    ]
    columns = ("sequence", "frames", "frames a second")
    return table_text(columns, rows, numbers=set(columns[1:]), width=terminal_width())
