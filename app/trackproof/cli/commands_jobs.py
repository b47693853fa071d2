"""Commands for labeling jobs: ``launch`` and ``jobs``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import Outside, TableFormat


class Snippet(StrEnum):
    """How the request is printed."""

    JSON = "json"
    CLI = "cli"
    PYTHON = "python"


class WorkKind(StrEnum):
    """What workers do, where a package does not tell."""

    TRACKING = "tracking"
    DETECTION = "detection"


class StatusChoice(StrEnum):
    """The service's own words."""

    INITIALIZING = "Initializing"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


ProfileName = Annotated[
    str, typer.Option("--aws-profile", metavar="NAME", help="Profile of the AWS configuration.")
]
RegionName = Annotated[
    str, typer.Option("--region", metavar="REGION", help="AWS Region; else the profile's.")
]
JobName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the job.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do it without asking, for pipelines; nothing else asks.")
]

jobs = typer.Typer(
    help="List, show, open, watch, stop and fetch labeling jobs.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def launch(
    package: Annotated[
        str, typer.Argument(metavar="PACKAGE", help="Package folder, or its s3:// address.")
    ],
    *,
    preset: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="Saved job settings, or TOML; else the request in the package counts.",
        ),
    ] = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="Another name for the job.")] = "",
    task: Annotated[
        WorkKind | None,
        typer.Option(help="What workers do, for a first job whose package does not tell."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=9, metavar="N", help="People per clip (clips only).")
    ] = 1,
    show: Annotated[
        Snippet, typer.Option("--as", help="How the request is printed.")
    ] = Snippet.JSON,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print and check everything, create nothing.")
    ] = False,
    yes: Yes = False,
    aws_profile: ProfileName = "",
    region: RegionName = "",
) -> None:
    """Create the labeling jobs of a package, after everything was checked and you said yes.

    The whole request is printed first. Then identity, name, team, role, buckets, CORS, manifest,
    configuration and a sample of the frames are looked at. A job costs money and reaches people:
    without --yes you are asked, and without a terminal nothing is created.

    When an answer of the service gets lost, the job is looked up by name before anything is sent
    again, so that there are never two.

    Exit status: 0 created (or all checks passed), 1 something stands against it, 2 it could not be
    done.
    """
    from trackproof.cli.launching import Launching, run_launch

    launching = Launching(
        package=package,
        preset=preset,
        name=name,
        task=task.value if task else "",
        workers=workers,
        show=show.value,
        is_dry=dry_run,
        is_confirmed=yes,
        aws_profile=aws_profile,
        region=region,
    )
    raise typer.Exit(run_launch(launching))


@jobs.callback()
def jobs_start(context: typer.Context) -> None:
    """List jobs when nothing else is asked."""
    if context.invoked_subcommand is None:
        from trackproof.cli.jobs import run_list

        raise typer.Exit(run_list("", "", contains="", status="", most=20, table="table"))


@jobs.command("list")
def list_jobs(
    *,
    contains: Annotated[str, typer.Option(metavar="TEXT", help="Part of the name.")] = "",
    status: Annotated[StatusChoice | None, typer.Option(help="Only these.")] = None,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="The N newest.")] = 20,
    output: Annotated[
        TableFormat, typer.Option("--format", help="How rows are written.")
    ] = TableFormat.TABLE,
    aws_profile: ProfileName = "",
    region: RegionName = "",
) -> None:
    """List the labeling jobs of the account and Region, the newest first."""
    from trackproof.cli.jobs import run_list

    raise typer.Exit(
        run_list(
            aws_profile,
            region,
            contains=contains,
            status=status.value if status else "",
            most=most,
            table=output.value,
        )
    )


@jobs.command("show")
def show_job(name: JobName, *, aws_profile: ProfileName = "", region: RegionName = "") -> None:
    """Print everything that the service says about a job, and the address of the workers' page."""
    from trackproof.cli.jobs import run_show

    raise typer.Exit(run_show(aws_profile, region, name))


@jobs.command("open")
def open_job(
    context: typer.Context, name: JobName, *, aws_profile: ProfileName = "", region: RegionName = ""
) -> None:
    """Open the labels of a job in the window, as far as there are any."""
    from trackproof.cli.jobs import labels_of

    outside: Outside = context.obj
    raise typer.Exit(outside.window([labels_of(aws_profile, region, name)]))


@jobs.command("watch")
def watch_job(name: JobName, *, aws_profile: ProfileName = "", region: RegionName = "") -> None:
    """Wait until a job has ended, and say whenever something changed.

    Asks every quarter of a minute at first and every five minutes at last. No network, expired
    credentials or a computer that slept only delay it.

    Exit status: 0 completed, 1 failed, stopped, or some sequences have no labels.
    """
    from trackproof.cli.jobs import run_watch

    raise typer.Exit(run_watch(aws_profile, region, name))


@jobs.command("stop")
def stop_job(
    name: JobName, *, yes: Yes = False, aws_profile: ProfileName = "", region: RegionName = ""
) -> None:
    """Stop a job; what is labeled by then is kept and is charged."""
    from trackproof.cli.jobs import run_stop

    raise typer.Exit(run_stop(aws_profile, region, name, is_confirmed=yes))


@jobs.command("fetch")
def fetch_job(
    name: JobName,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where a folder for the job goes.")
    ] = Path(),
    without_answers: Annotated[
        bool,
        typer.Option("--without-answers", help="Leave the workers' raw answers where they are."),
    ] = False,
    aws_profile: ProfileName = "",
    region: RegionName = "",
) -> None:
    """Bring the results of a job to this computer, as far as there are any, for `merge`.

    Exit status: 0 complete, 1 some sequences have no labels yet, 2 it could not be done.
    """
    from trackproof.cli.jobs import run_fetch

    raise typer.Exit(
        run_fetch(aws_profile, region, name, output=output, with_answers=not without_answers)
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="Create the labeling jobs of a package.")(launch)
    app.add_typer(jobs, name="jobs", short_help="List, watch, stop and fetch labeling jobs.")
