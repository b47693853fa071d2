"""Commands for what leaves and comes back: ``export``, ``validate``, ``merge``."""

from __future__ import annotations

from typing import Annotated

import typer

from trackproof.cli import handoff_options as ask
from trackproof.cli.arguments import (
    AwsProfileOption,
    EndpointOption,
    FramesOption,
    LabelsPlace,
    ProfileOption,
    RegionOption,
    RootOption,
    account_of,
)


def export(
    labels: LabelsPlace,
    *,
    output: ask.OutputFolder = None,
    to: ask.To = "",
    frames: FramesOption = None,
    root: RootOption = None,
    profile: ProfileOption = None,
    destination: ask.Destination = "",
    prefix: ask.Prefix = "",
    audit_name: ask.AuditName = "",
    result_name: ask.ResultName = "",
    send: ask.Way = ask.Send.WINDOWS,
    context: ask.Context = 10,
    verify: ask.Verify = False,
    lock: ask.Lock = None,
    flags: ask.Chosen = ask.Flags.ALL,
    top: ask.Top = None,
    min_score: ask.MinScore = 1.0,
    max_frames: ask.MaxFrames = None,
    max_cost: ask.MaxCost = None,
    price_per_task: ask.TaskPrice = 0.0,
    price_per_frame: ask.FramePrice = 0.0,
    job: ask.JobFile = None,
    aws_profile: AwsProfileOption = "",
    region: RegionOption = "",
    endpoint_url: EndpointOption = "",
    force: ask.Force = False,
) -> None:
    """Write a package for an adjustment job that shows workers only the flagged places.

    The flags of `trackproof check` become short windows with context around them. Each window gets
    a sequence file that points at the frames where they are, and its labels; all share a label
    category configuration whose instructions name the flagged places, and a manifest. plan.json
    remembers where the windows came from, for `trackproof merge`.

    Windows that touch are joined; with prices, also those that are cheaper together.

    With --flags confirmed or waiting, labels and verdicts are those of your review: what you fixed
    is sent as you fixed it. LABELS may then be the review file, too.

    Exit status: 0 written, 2 nothing was flagged or it could not be written.
    """
    from trackproof.cli.packages import Choice, Inputs, Targets, export_options, run_export

    options = export_options(
        destination=to or destination,
        prefix=prefix,
        audit_attribute=audit_name,
        result_attribute=result_name,
        context=context,
        prices=(price_per_task, price_per_frame),
        sending=send.value,
        is_verification=verify,
        locked=tuple(lock or ()),
        job=job,
    )
    choice = Choice(
        flags=flags.value,
        top=top,
        least_score=min_score,
        frame_budget=max_frames,
        money_budget=max_cost,
    )
    account = account_of(aws_profile, region, endpoint_url)
    inputs = Inputs(labels, root=root, frames=frames, profile=profile, account=account)
    raise typer.Exit(
        run_export(inputs, Targets(output, to), choice=choice, options=options, overwrite=force)
    )


def validate(
    package: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="A package folder, or one file of it, on the disk or s3://..."
        ),
    ],
    *,
    size: Annotated[
        str,
        typer.Option(metavar="WxH", help="Image size, to find boxes outside the image."),
    ] = "",
    aws_profile: AwsProfileOption = "",
    region: RegionOption = "",
    endpoint_url: EndpointOption = "",
) -> None:
    """Check a package for a labeling job against every rule of the service.

    Works on packages of this program and of others: manifests, sequence files, SeqLabel.json,
    label category configurations and job requests, each by itself and against the others. In S3,
    also whether the frames exist.

    Exit status: 0 no rule is broken, 1 rules are broken, 2 there was nothing to check.
    """
    from trackproof.cli.packages import run_validate

    account = account_of(aws_profile, region, endpoint_url)
    raise typer.Exit(run_validate(package, size=size, account=account))


def merge(
    labels: LabelsPlace,
    package: ask.PackageFolder,
    results: ask.ResultsPath,
    *,
    output: ask.MergedFolder = None,
    root: RootOption = None,
    only: ask.Only = None,
    without_context: ask.WithoutContext = False,
    theirs: ask.Theirs = False,
    delete_emptied: ask.DeleteEmptied = False,
    aws_profile: AwsProfileOption = "",
    region: RegionOption = "",
    endpoint_url: EndpointOption = "",
) -> None:
    """Bring corrected windows back into the full labels.

    Prints what workers changed, object by object. With an output folder, writes the labels with
    these changes; without one, nothing is written.

    A frame that did not come back stays as it was. A frame that came back empty keeps its boxes
    unless you say so. A new object gets a name of its own.

    Exit status: 0 workers changed nothing, 1 they did, 2 the results could not be merged.
    """
    from trackproof.cli.merging import MergeChoice, run_merge

    choice = MergeChoice(
        only=frozenset(only or ()),
        with_context=not without_context,
        with_conflicts=theirs,
        deletes_emptied=delete_emptied,
    )
    raise typer.Exit(
        run_merge(
            labels,
            package=package,
            results=results,
            output=output,
            root=root,
            choice=choice,
            account=account_of(aws_profile, region, endpoint_url),
        )
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="Write a package that sends only the flagged places to workers.")(export)
    app.command(short_help="Check a package for a labeling job.")(validate)
    app.command(short_help="Bring corrected windows back into the full labels.")(merge)
