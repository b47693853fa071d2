"""What several commands share: exit statuses, arguments, options."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
FramesOption = Annotated[
    Path | None,
    typer.Option(
        "--frames",
        metavar="PATH",
        help="Image folder or video of these labels; adds the checks that look at pixels.",
    ),
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
