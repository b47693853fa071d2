"""The command ``audit``: who did what in a review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import CLEAN, RootOption


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
    from trackproof.cli.inputs import opened_review
    from trackproof.cli.terminal import say
    from trackproof.handoff.words import counted
    from trackproof.review import audit_format, write_audit

    _, review = opened_review(labels, root=root)
    try:
        write_audit(review, output, kind=audit_format(output), overwrite=force)
        say(f"{counted(len(review.history()), 'step')} in {output}")
    finally:
        review.close()
    raise typer.Exit(CLEAN)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(short_help="Write who did what in a review.")(audit)
