"""What several commands share: exit statuses, arguments, options."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackproof.storage.s3 import Account

CLEAN, FOUND, FAILED = 0, 1, 2
"""Exit statuses: nothing to report, something to look at, and it could not be done."""
INTERRUPTED = 130


class Window(Protocol):
    """What the command line needs of the window, which it does not know."""

    def __call__(
        self, paths: list[str], *, frames: str | None = None, root: str | None = None
    ) -> int:
        """Open the window on some paths and return its exit status."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the starting program brings along.

    Parameters
    ----------
    window : Window
        Opens the window.
    registries : mapping of str to callable
        More registries for the self-test: by title, what lists the names inside.
    """

    window: Window
    registries: Mapping[str, Callable[[], Sequence[str]]]


class TableFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def named_path(text: str) -> Path:
    """Return what a person typed as a path; an empty text would mean the current folder."""
    if not text.strip():
        raise typer.BadParameter("the name is empty; give a file or a folder")
    return Path(text)


LabelsArgument = Annotated[
    Path,
    typer.Argument(metavar="LABELS", help="Labels to read; never changed.", parser=named_path),
]
LabelsPlace = Annotated[
    str,
    typer.Argument(
        metavar="LABELS", help="Labels to read, on the disk or s3://...; never changed."
    ),
]
FramesOption = Annotated[
    str | None,
    typer.Option(
        "--frames",
        metavar="PATH",
        help="Image folder or video of these labels, on the disk or s3://...; adds the checks that "
        "look at pixels.",
    ),
]
AwsProfileOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="Profile of the AWS configuration, for s3:// addresses."),
]
RegionOption = Annotated[str, typer.Option(metavar="REGION", help="AWS Region.")]
EndpointOption = Annotated[
    str, typer.Option(metavar="URL", help="Another server than Amazon's, for s3:// addresses.")
]
RootOption = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="Local folder that stands for the S3 addresses in manifests.",
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME|FILE", help="Limits of the checks: a shipped name, or TOML."
    ),
]

FileOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead."),
]
ReplaceFileOption = Annotated[
    bool, typer.Option("--force", help="Replace the output file if it exists.")
]


def account_of(profile: str, region: str, endpoint_url: str) -> Account | None:
    """Return how to sign in to AWS, None when a person said nothing about it."""
    if not (profile or region or endpoint_url):
        return None
    from trackproof.storage.s3 import Account

    return Account(profile=profile, region=region, endpoint_url=endpoint_url)
