"""``trackproof upload``: a package folder to S3."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trackproof.cli.arguments import CLEAN
from trackproof.cli.commands_jobs import ProfileName, RegionName


def upload(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A package folder.")],
    target: Annotated[
        str, typer.Argument(metavar="S3URI", help="The folder in S3 that the package names.")
    ],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace other objects of the same names.")
    ] = False,
    aws_profile: ProfileName = "",
    region: RegionName = "",
) -> None:
    """Send a package folder with its pictures to S3, manifests last.

    Nothing is replaced unasked. What arrived before with the same content is not sent again, so the
    same command goes on after a stop.

    Exit status: 0 sent, 2 it could not be done.
    """
    from trackproof.cli.terminal import progress_bar
    from trackproof.handoff.uploading_folder import upload_folder
    from trackproof.storage import S3Address
    from trackproof.storage.s3 import Account, Connection

    address = S3Address.parse(target)
    connection = Connection(Account(aws_profile, region))
    with progress_bar("Uploading") as progress:
        sent = upload_folder(folder, address, connection, overwrite=force, progress=progress)
    already = f", {sent.already:,} were there already" if sent.already else ""
    typer.echo(f"{address.as_folder}: {sent.objects:,} files sent{already}")
    raise typer.Exit(CLEAN)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(short_help="Send a package folder to S3, manifests last.")(upload)
