"""Commands around a review: ``check``, ``open``, ``demo``, ``bench``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import (
    AwsProfileOption,
    EndpointOption,
    FileOption,
    FramesOption,
    LabelsPlace,
    Outside,
    ProfileOption,
    RegionOption,
    ReplaceFileOption,
    RootOption,
    TableFormat,
    account_of,
)

DEMO_PATH = "demo:"
"""What the window understands as the demo scene."""


def check(
    labels: LabelsPlace,
    *,
    frames: FramesOption = None,
    root: RootOption = None,
    profile: ProfileOption = None,
    aws_profile: AwsProfileOption = "",
    region: RegionOption = "",
    endpoint_url: EndpointOption = "",
    table_format: Annotated[
        TableFormat, typer.Option("--format", help="How to write the flags.")
    ] = TableFormat.TABLE,
    output: FileOption = None,
    force: ReplaceFileOption = False,
) -> None:
    """List the places that are probably wrong, the likeliest mistakes first.

    One row per flag: sequence, frame_index (worst frame, counted from 0), frame_start, frame_end,
    frame_no and frame (its number and file name), object_name, object_id, score (odds,
    higher = review first), probability (0 to 1), checks, evidence.

    Exit status: 0 no flags, 1 flags found, 2 the labels could not be checked.
    """
    from trackproof.cli.check import run_check

    raise typer.Exit(
        run_check(
            labels,
            frames=frames,
            root=root,
            profile=profile,
            table_format=table_format.value,
            output=output,
            overwrite=force,
            account=account_of(aws_profile, region, endpoint_url),
        )
    )


def open_window(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Labels, folders or reviews to open.")
    ],
    *,
    frames: FramesOption = None,
    root: RootOption = None,
) -> None:
    """Open labels or a review in the window.

    PATH may be a link to a flag, as the window copies it: "trackproof:PATH#SEQUENCE/FLAG" opens the
    labels at that flag. Quote it, because shells read # as a comment.
    """
    outside: Outside = context.obj
    raise typer.Exit(outside.window(paths, frames=frames, root=str(root) if root else None))


def demo(
    context: typer.Context,
    *,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="Only render it, and print where it is.")
    ] = False,
) -> None:
    """Open the demo: a street scene with exact labels and planted mistakes.

    The scene is rendered once, into your cache; nothing is downloaded.
    """
    if no_window:
        from trackproof.cli.check import render_demo

        raise typer.Exit(render_demo())
    outside: Outside = context.obj
    raise typer.Exit(outside.window([DEMO_PATH]))


def bench_checks(
    labels: Annotated[
        list[Path], typer.Argument(metavar="LABELS...", help="Clean labels to plant mistakes in.")
    ],
    *,
    root: RootOption = None,
    seeds: Annotated[
        int, typer.Option(min=1, metavar="N", help="Runs per sequence and difficulty.")
    ] = 3,
) -> None:
    """Measure how many planted mistakes the checks find within a review budget.

    Plants mistakes of every kind, seeded and at several difficulties, into clean labels, runs the
    checks, and prints recall by kind at budgets of 0.5, 1, 2 and 5 % of all frame-object pairs,
    beside the reference method.
    """
    from trackproof.cli.check import run_bench_checks

    raise typer.Exit(run_bench_checks(labels, root=root, seeds=seeds))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="List the places that are probably wrong.")(check)
    app.command("open", short_help="Open labels or a review in the window.")(open_window)
    app.command(short_help="Open the demo scene in the window.")(demo)
    bench = typer.Typer(no_args_is_help=True, help="Measure the program itself.")
    bench.command("checks", short_help="Plant mistakes and count what is found.")(bench_checks)
    # A callback keeps the group a group while it has one command.
    bench.callback()(_measure)
    app.add_typer(bench, name="bench")


def _measure() -> None:
    """Measure the program itself."""
