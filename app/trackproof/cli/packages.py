"""``trackproof validate``, ``export`` and ``merge``: packages for labeling jobs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.cli.inputs import analysed, check_local, chosen_profile, opened
from trackproof.cli.terminal import progress_bar, say, say_problems
from trackproof.errors import HandoffError, Severity
from trackproof.handoff.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackproof.checks import Analysis
    from trackproof.handoff.selection import ExportOptions, Reviewed


def run_validate(package: Path, *, size: str) -> int:
    """Check a package and print what is wrong; return 1 when a rule is broken.

    Parameters
    ----------
    size : str
        Image size as ``1920x1080``; empty when it is not known.

    Raises
    ------
    HandoffError
        When there is nothing to check, or the size is none.
    """
    from trackproof.handoff.validate import is_clean, validate

    check_local(package)
    with progress_bar("Checking files") as progress:
        problems = validate(package, size=_size(size), progress=progress)
    for problem in problems:
        sys.stdout.write(f"{problem.severity}: {problem}\n")
    counts = {kind: sum(p.severity is kind for p in problems) for kind in Severity}
    said = ", ".join(counted(count, kind) for kind, count in counts.items() if count)
    say(said or "every rule is kept")
    return 0 if is_clean(problems) else 1


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise HandoffError(f"{text!r} is not an image size such as 1920x1080")
    return int(width), int(height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which flags to send.

    Parameters
    ----------
    top : int or None
        At most so many of the best flags.
    least_score : float
        Flags below stay at home.
    frame_budget : int or None
        At most so many frames in all.
    money_budget : float or None
        At most so much money, at the given prices.
    """

    top: int | None = None
    least_score: float = 0.0
    frame_budget: int | None = None
    money_budget: float | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to read, as a person typed it."""

    labels: Path
    root: Path | None
    frames: Path | None
    profile: str | None


def export_options(
    *,
    prices: tuple[float, float],
    is_verification: bool,
    job: Path | None,
    **fields: Any,
) -> ExportOptions:
    """Return options from what a person typed; other fields are those of `ExportOptions`.

    Raises
    ------
    HandoffError
        When the job settings cannot be used.
    """
    from trackproof.handoff.label_config import Follow
    from trackproof.handoff.presets import load_preset
    from trackproof.handoff.selection import ExportOptions
    from trackproof.handoff.windows import Prices

    return ExportOptions(
        prices=Prices(*prices),
        follow=Follow.VERIFICATION if is_verification else Follow.ADJUSTMENT,
        preset=load_preset(job) if job else None,
        **fields,
    )


def run_export(
    inputs: Inputs, output: Path, *, choice: Choice, options: ExportOptions, overwrite: bool
) -> int:
    """Check labels and write a package of the flagged places; return 0.

    Raises
    ------
    TrackproofError
        When labels or frames cannot be used, nothing is flagged, or the folder is taken.
    """
    from trackproof.handoff.package import make_package
    from trackproof.handoff.selection import Reviewed, best_of
    from trackproof.handoff.writing import check_free, write_package

    limits = chosen_profile(inputs.profile)
    check_free(output, overwrite=overwrite)
    result = opened(inputs.labels, root=inputs.root)
    analyses = analysed(result, frames=inputs.frames, profile=limits)
    reviewed = [
        Reviewed(
            one.sequence,
            one.labels,
            tuple(flag for flag in one.flags if flag.score >= choice.least_score),
        )
        for one in analyses
    ]
    _tell_left_out(analyses, reviewed, choice.least_score)
    chosen = best_of(
        reviewed,
        options,
        top=choice.top,
        frame_budget=choice.frame_budget,
        money_budget=choice.money_budget,
    )
    with progress_bar("Making the package") as progress:
        package = make_package(chosen, options, progress=progress)
    with progress_bar("Writing the package") as progress:
        moved = write_package(package, output, overwrite=overwrite, progress=progress)
    say_problems(package.problems)
    if moved:
        say(f"the earlier folder is now {moved}")
    sys.stdout.write(f"{package.summary()}\n")
    sys.stdout.write(f"Written to {output}\n")
    return 0


def _tell_left_out(
    analyses: Sequence[Analysis], reviewed: Sequence[Reviewed], least_score: float
) -> None:
    left_out = sum(len(one.flags) for one in analyses) - sum(len(one.flags) for one in reviewed)
    if left_out:
        flags = counted(left_out, "flag")
        say(f"{flags} under score {least_score:g} left out; --min-score 0 sends all")
