"""``trackproof extract``: pictures from videos, ready to be labelled."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Pictures(StrEnum):
    """How pictures are stored."""

    JPG = "jpg"
    PNG = "png"


class Job(StrEnum):
    """What the pictures will be labelled for."""

    TRACKING = "tracking"
    DETECTION = "detection"


def extract(
    sources: Annotated[
        list[Path], typer.Argument(metavar="VIDEO|FOLDER...", help="Videos, or folders of images.")
    ],
    *,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder for everything that is made."),
    ],
    every: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Take every N-th frame.")
    ] = None,
    fps: Annotated[
        float | None, typer.Option(metavar="X", help="Take X frames a second instead.")
    ] = None,
    pictures: Annotated[
        Pictures, typer.Option(help="jpg is small (quality 95), png is exact.")
    ] = Pictures.JPG,
    destination: Annotated[
        str,
        typer.Option(
            "--destination", metavar="S3", help="S3 folder where DIR will be uploaded to."
        ),
    ] = "",
    categories: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Label category configuration to put beside (JSON)."),
    ] = None,
    task: Annotated[Job, typer.Option(help="What workers shall do.")] = Job.TRACKING,
    job: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Job settings (TOML); writes the request too."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace manifests of an earlier run.")
    ] = False,
) -> None:
    """Make pictures, sequence files and a manifest for a first labeling job.

    Every frame comes out exactly, under a name that sorts. What an interrupted run has written is
    kept: the same command goes on where it stopped. Videos are read two at a time.

    The folder opens in trackproof, and can be uploaded as it is.

    Exit status: 0 written, 2 it could not be done.
    """
    from trackproof.cli.extracting import Wanted, run_extract

    wanted = Wanted(
        sources=tuple(sources),
        output=output,
        every=every,
        rate_fps=fps,
        suffix=f".{pictures.value}",
        destination=destination,
        categories=categories,
        task=task.value,
        job=job,
        overwrite=force,
    )
    raise typer.Exit(run_extract(wanted))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="Make pictures and a manifest from videos, for a first labeling job.")(
        extract
    )
