"""The command ``audit``: who did what in a review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trackproof.cli.arguments import CLEAN, RootOption

if TYPE_CHECKING:
    from trackproof.review import Review


def audit(
    labels: Annotated[
        str, typer.Argument(metavar="LABELS", help="Labels that were reviewed, or a review file.")
    ],
    *,
    root: RootOption = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="CSV, or .jsonl for JSON Lines.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the output file if it exists.")
    ] = False,
) -> None:
    """Write who did what and when in a review of these labels.

    One row per verdict and edit: step, when (UTC), who, seconds, sequence, kind, what, state,
    undone_by, undone_when, frames, before, after. Nothing in the review changes.
    """
    from trackproof.cli.terminal import say
    from trackproof.handoff.words import counted
    from trackproof.review import audit_format, write_audit

    review = _review_of(labels, root=root)
    try:
        write_audit(review, output, kind=audit_format(output), overwrite=force)
        say(f"{counted(len(review.history()), 'step')} in {output}")
    finally:
        review.close()
    raise typer.Exit(CLEAN)


def _review_of(labels: str, *, root: Path | None) -> Review:
    """Return the review of labels, or of a review file; never a new one.

    Raises
    ------
    TrackproofError
        When there is no review of these labels, or it cannot be used.
    """
    from trackproof.cli.inputs import opened
    from trackproof.errors import ReviewError
    from trackproof.review import ENDING, Review, input_of, review_path
    from trackproof.review.holder import user_name

    file = Path(labels) if labels.endswith(ENDING) else None
    result = opened(input_of(file) if file is not None else labels, root=root)
    place = file or review_path(result.path)
    if not place.exists():
        raise ReviewError("nobody has reviewed these labels here", path=labels)
    return Review.open_or_create(result, reviewer=user_name(), path=place)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(short_help="Write who did what in a review.")(audit)
