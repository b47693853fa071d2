"""The command that compares two label sets: ``compare``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import (
    FileOption,
    ReplaceFileOption,
    RootOption,
    TableFormat,
    named_path,
)


class By(StrEnum):
    """What a line of the table is about."""

    ALL = "all"
    CATEGORY = "category"
    TRACK = "track"


class Library(StrEnum):
    """Whose convention of the metrics; see `trackproof.agreement.Convention`."""

    TRACKEVAL = "trackeval"
    MOTMETRICS = "motmetrics"


def compare(
    first: Annotated[
        Path,
        typer.Argument(
            metavar="A", help="Reference: truth, first annotator, or before.", parser=named_path
        ),
    ],
    second: Annotated[
        Path,
        typer.Argument(metavar="B", help="What is measured against it.", parser=named_path),
    ],
    *,
    root: RootOption = None,
    frames: Annotated[
        str | None,
        typer.Option(
            "--frames", metavar="FIRST-LAST", help="Compare these frames only, counted from 0."
        ),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="What a line is about.")] = By.ALL,
    threshold: Annotated[
        float,
        typer.Option(
            "--iou",
            min=0.01,
            max=1.0,
            metavar="IOU",
            help="Least overlap of two boxes that mean the same object.",
        ),
    ] = 0.5,
    convention: Annotated[
        Library,
        typer.Option("--like", help="Whose reading of switches, misses and fragments."),
    ] = Library.TRACKEVAL,
    table_format: Annotated[
        TableFormat, typer.Option("--format", help="How to write the table.")
    ] = TableFormat.TABLE,
    output: FileOption = None,
    force: ReplaceFileOption = False,
) -> None:
    """Measure how far two label sets of the same frames agree.

    Two annotators, before and after, or a tracker against the truth. Boxes are paired frame by
    frame; printed are HOTA, IDF1, MOTA and their parts, misses, false positives, switches, and
    by object the mean IoU and distances.

    Attributes are not compared, nor are boxes of frames that one of both lacks; the latter are
    counted, and make a difference unless --frames leaves them out.

    Exit status: 0 same boxes, categories and identities, 1 they differ, 2 they could not be
    compared.
    """
    from trackproof.cli.comparing import run_compare

    raise typer.Exit(
        run_compare(
            first,
            second,
            root=root,
            frames=frames,
            by=by.value,
            threshold=threshold,
            convention=convention.value,
            table_format=table_format.value,
            output=output,
            overwrite=force,
        )
    )


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(short_help="Measure how far two label sets agree.")(compare)
