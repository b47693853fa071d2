"""``trackproof convert``: labels from one format into another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import (
    AwsProfileOption,
    EndpointOption,
    LabelsPlace,
    RegionOption,
    RootOption,
    account_of,
    named_path,
)


def convert(
    labels: LabelsPlace,
    target: Annotated[
        Path,
        typer.Argument(metavar="TARGET", help="New file or folder; never one that exists."),
    ],
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format of TARGET; needed when its ending does not tell.",
        ),
    ] = "",
    root: RootOption = None,
    sizes: Annotated[
        list[str] | None,
        typer.Option(
            "--size",
            metavar="[NAME=]WxH",
            help="Image size in pixels, where places are fractions of the image and no file tells "
            "it; with NAME of that sequence alone. Repeatable.",
        ),
    ] = None,
    aws_profile: AwsProfileOption = "",
    region: RegionOption = "",
    endpoint_url: EndpointOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be lost; write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace TARGET if it exists.")] = False,
) -> None:
    """Write labels in another format, and say what that format cannot hold.

    The format of LABELS is found by its content. Several sequences go into a folder TARGET, one
    file or folder each. Polygons and polylines become boxes where a format knows nothing else;
    whatever is lost is listed before anything is written.

    Exit status: 0 written without loss, 1 written and something was lost or could not be read,
    2 not written.
    """
    from trackproof.cli.converting import run_convert

    named_path(labels)  # an empty name is told before a format that nobody named
    raise typer.Exit(
        run_convert(
            labels,
            target,
            to=to,
            root=root,
            sizes=sizes or [],
            dry_run=dry_run,
            overwrite=force,
            account=account_of(aws_profile, region, endpoint_url),
        )
    )


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command(short_help="Write labels in another format.")(convert)
