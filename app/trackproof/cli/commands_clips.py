"""``trackproof clips``, ``clips-save`` and ``clips-job``: classification of whole clips."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import (
    AwsProfileOption,
    EndpointOption,
    FileOption,
    ReplaceFileOption,
    RootOption,
    TableFormat,
    account_of,
)


class Consolidation(StrEnum):
    """How several answers become one label."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"


ManifestArgument = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST",
        help="Manifest of clips, or the output folder of a job; on the disk or s3://...",
    ),
]
AttributeOption = Annotated[
    str,
    typer.Option(
        "--attribute", metavar="NAME", help="Label attribute to read; the newest by default."
    ),
]
ResponsesOption = Annotated[
    Path | None,
    typer.Option(
        "--responses",
        metavar="DIR",
        help="Job output folder with the raw answers of workers; found by itself inside one.",
    ),
]


def clips(
    manifest: ManifestArgument,
    *,
    root: RootOption = None,
    attribute: AttributeOption = "",
    responses: ResponsesOption = None,
    aws_profile: AwsProfileOption = "",
    endpoint_url: EndpointOption = "",
    low_confidence: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, metavar="SHARE", help="Confidence below it is low."),
    ] = 0.7,
    skip_files: Annotated[
        bool, typer.Option("--no-files", help="Do not look whether the clips will play.")
    ] = False,
    only_open: Annotated[
        bool, typer.Option("--only-remarks", help="List only clips with something to say.")
    ] = False,
    table_format: Annotated[
        TableFormat, typer.Option("--format", help="How to write the clips.")
    ] = TableFormat.TABLE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Same as --format json: everything, for programs.")
    ] = False,
    output: FileOption = None,
    force: ReplaceFileOption = False,
) -> None:
    """Summarise a classification job: labels, confidence, disagreement, and what will play.

    One row per clip, with your verdicts from the window where there are any. With raw answers of
    workers: majority vote with ties, Dawid-Skene estimate, Cohen's and Fleiss' kappa and
    Krippendorff's alpha. Clips that browsers of workers will not play are told with the reason.

    Exit status: 0 nothing to look at, 1 something is, 2 the manifest could not be used.
    """
    from trackproof.cli.clips import Source, run_clips

    account = account_of(aws_profile, "", endpoint_url)
    raise typer.Exit(
        run_clips(
            Source(manifest, root, attribute, responses, account),
            form="json" if as_json else table_format.value,
            output=output,
            overwrite=force,
            low=low_confidence,
            looks_at_files=not skip_files,
            only_open=only_open,
        )
    )


def clips_save(
    manifest: ManifestArgument,
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="New manifest.")],
    *,
    attribute: AttributeOption = "",
    responses: ResponsesOption = None,
    aws_profile: AwsProfileOption = "",
    endpoint_url: EndpointOption = "",
    write_as: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Label attribute to write; another one keeps the old result beside it.",
        ),
    ] = "",
    consolidate: Annotated[
        Consolidation | None,
        typer.Option(
            "--consolidate",
            help="Label clips that have none from the workers' answers; ties stay without.",
        ),
    ] = None,
    only_labelled: Annotated[
        bool, typer.Option("--only-labelled", help="Leave clips without a label out.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace OUTPUT if it exists.")] = False,
) -> None:
    """Write the verdicts of the window as lines of an output manifest.

    Lines that nobody judged keep every byte, and so do all other keys.

    Exit status: 0 written, 1 written and clips are left without a label, 2 not written.
    """
    from trackproof.cli.clips import Saving, Source, run_save

    saving = Saving(
        output,
        attribute=write_as,
        method=consolidate.value if consolidate else "",
        only_labelled=only_labelled,
        overwrite=force,
    )
    account = account_of(aws_profile, "", endpoint_url)
    raise typer.Exit(run_save(Source(manifest, None, attribute, responses, account), saving))


def clips_job(
    manifest: ManifestArgument,
    output: Annotated[Path, typer.Argument(metavar="DIR", help="New folder for the package.")],
    *,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="NAME", help="A label; again for more. In this order."),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Label attribute of the job.")
    ] = "clip-class",
    question: Annotated[
        str, typer.Option(metavar="TEXT", help="What the page asks above the labels.")
    ] = "",
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own worker page (HTML with Liquid)."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=9, metavar="N", help="People who label each clip.")
    ] = 3,
    destination: Annotated[
        str,
        typer.Option(metavar="S3", help="s3://bucket/folder/ that you will copy the package to."),
    ] = "",
    job: Annotated[
        Path | None,
        typer.Option("--job", metavar="FILE", help="Job settings (TOML); adds the request."),
    ] = None,
    only_unlabelled: Annotated[
        bool, typer.Option("--only-unlabelled", help="Send only clips without a label.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace DIR; what is there is kept beside.")
    ] = False,
) -> None:
    """Write a package for a job in which workers classify clips.

    Manifest, labels, worker page, and with --job the request. Nothing is sent.

    Exit status: 0 written, 2 not written.
    """
    from trackproof.cli.clips import JobWishes, Source, run_job

    wishes = JobWishes(
        labels=tuple(label or ()),
        attribute=name,
        question=question,
        template=template,
        address=destination,
        preset=job,
        workers=workers,
        only_unlabelled=only_unlabelled,
    )
    raise typer.Exit(run_job(Source(manifest), output, wishes, overwrite=force))


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="Summarise a classification job.")(clips)
    app.command("clips-save", short_help="Write verdicts about clips as a manifest.")(clips_save)
    app.command("clips-job", short_help="Write a package for a classification job.")(clips_job)
