"""The command line: what can be said, and what each command does.

Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from typer.exceptions import TyperException

from trackproof.cli.terminal import PROGRAM, complain
from trackproof.errors import TrackproofError
from trackproof.progress import Cancelled

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


HELP = """
Find the labels that are probably wrong in annotated video, judge them, fix them, and send exactly
those back.

LABELS is a SeqLabel.json, a Ground Truth output folder or manifest, or a MOTChallenge folder.
Without a command, the window opens.

Exit status: 0 nothing to report, 1 something was found, 2 it could not be done.
"""

app = typer.Typer(
    name=PROGRAM,
    help=HELP,
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

LabelsArgument = Annotated[
    Path, typer.Argument(metavar="LABELS", help="Labels to read; never changed.")
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


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    self_test: Annotated[
        bool,
        typer.Option("--self-test", help="List what is installed and load one of each kind."),
    ] = False,
) -> None:
    """Open the window when no command is given."""
    if version:
        from trackproof import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit(CLEAN)
    outside: Outside = context.obj
    if self_test:
        from trackproof.cli.self_test import run_self_test

        raise typer.Exit(run_self_test(outside.registries))
    if context.invoked_subcommand is None:
        raise typer.Exit(outside.window([]))


@app.command(short_help="List the places that are probably wrong.")
def check(
    labels: LabelsArgument,
    *,
    frames: FramesOption = None,
    root: RootOption = None,
    profile: ProfileOption = None,
    table_format: Annotated[
        TableFormat, typer.Option("--format", help="How to write the flags.")
    ] = TableFormat.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the output file if it exists.")
    ] = False,
) -> None:
    """List the places that are probably wrong, the likeliest mistakes first.

    One row per flag: sequence, frame_index (worst frame, counted from 0), frame_start, frame_end,
    frame_no and frame (its number and file name), object_name, object_id, score (higher = review
    first), checks, evidence.

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
        )
    )


@app.command("open", short_help="Open labels or a review in the window.")
def open_window(
    context: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Labels, folders or reviews to open.")
    ],
    *,
    frames: FramesOption = None,
    root: RootOption = None,
) -> None:
    """Open labels or a review in the window."""
    outside: Outside = context.obj
    raise typer.Exit(
        outside.window(
            paths, frames=str(frames) if frames else None, root=str(root) if root else None
        )
    )


@app.command(short_help="Open the demo scene in the window.")
def demo(context: typer.Context) -> None:
    """Open the demo: a street scene with exact labels and planted mistakes.

    The scene is rendered once, into your cache; nothing is downloaded.
    """
    from trackproof.cli.demo import demo_paths

    labels, frames = demo_paths()
    outside: Outside = context.obj
    raise typer.Exit(outside.window([labels], frames=frames))


@app.command(short_help="Write a package that sends only the flagged places to workers.")
def export(
    labels: LabelsArgument,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write; must be new.")
    ],
    frames: FramesOption = None,
    root: RootOption = None,
    profile: ProfileOption = None,
    destination: Annotated[
        str, typer.Option(metavar="S3URI", help="Where in S3 the folder will be copied to.")
    ] = "",
    prefix: Annotated[
        str,
        typer.Option(metavar="S3URI", help="Where in S3 the frames are, if the labels do not say."),
    ] = "",
    audit_name: Annotated[
        str,
        typer.Option(metavar="NAME", help="Label attribute name of the labels to correct."),
    ] = "",
    result_name: Annotated[
        str, typer.Option(metavar="NAME", help="Label attribute name of the result.")
    ] = "",
    context: Annotated[
        int, typer.Option(min=0, metavar="FRAMES", help="Frames shown around each flag.")
    ] = 10,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Send whole sequences, with the flags in the instructions."),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Workers judge the labels and cannot change them.")
    ] = False,
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Label or attribute that stays as it is; repeatable."),
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Send the N best flags only.")
    ] = None,
    min_score: Annotated[
        float, typer.Option(min=0.0, metavar="SCORE", help="Send flags of at least this score.")
    ] = 0.0,
    max_frames: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Send at most N frames.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, metavar="MONEY", help="Spend at most this much.")
    ] = None,
    price_per_task: Annotated[
        float, typer.Option(min=0.0, metavar="MONEY", help="What one window costs.")
    ] = 0.0,
    price_per_frame: Annotated[
        float, typer.Option(min=0.0, metavar="MONEY", help="What one frame costs.")
    ] = 0.0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the folder; the old one is kept beside.")
    ] = False,
) -> None:
    """Write a package for an adjustment job that shows workers only the flagged places.

    The flags of `trackproof check` become short windows with context around them. Each window gets
    a sequence file that points at the frames where they are, and its labels; all share a label
    category configuration whose instructions name the flagged places, and a manifest. plan.json
    remembers where the windows came from, for `trackproof merge`.

    Windows that touch are joined; with prices, also those that are cheaper together. At most ten
    windows fit into a job, so a large package holds several job folders.

    Exit status: 0 written, 2 nothing was flagged or it could not be written.
    """
    from trackproof.cli.packages import Choice, run_export
    from trackproof.handoff.label_config import Follow
    from trackproof.handoff.selection import ExportOptions
    from trackproof.handoff.windows import Prices

    options = ExportOptions(
        destination=destination,
        prefix=prefix,
        audit_attribute=audit_name,
        result_attribute=result_name,
        context=context,
        prices=Prices(price_per_task, price_per_frame),
        sending="whole" if whole else "windows",
        follow=Follow.VERIFICATION if verify else Follow.ADJUSTMENT,
        locked=tuple(lock or ()),
    )
    choice = Choice(top=top, least_score=min_score, frame_budget=max_frames, money_budget=max_cost)
    raise typer.Exit(
        run_export(
            labels,
            output=output,
            root=root,
            frames=frames,
            profile=profile,
            choice=choice,
            options=options,
            overwrite=force,
        )
    )


@app.command(short_help="Check a package for a labeling job.")
def validate(
    package: Annotated[
        Path, typer.Argument(metavar="PATH", help="A package folder, or one file of it.")
    ],
) -> None:
    """Check a package for a labeling job against every rule of the service.

    Works on packages of this program and of others: manifests, sequence files, SeqLabel.json,
    label category configurations and job requests, each by itself and against the others.

    Exit status: 0 no rule is broken, 1 rules are broken, 2 there was nothing to check.
    """
    from trackproof.cli.packages import run_validate

    raise typer.Exit(run_validate(package))


def run(arguments: Sequence[str], *, outside: Outside) -> int:
    """Run a command line and return its exit status; never raises for a user's mistake."""
    command = typer.main.get_command(app)
    try:
        status = command.main(
            list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=outside
        )
    except typer.Abort:
        return INTERRUPTED
    except TyperException as error:
        complain(error.format_message())
        return FAILED
    except TrackproofError as error:
        complain(str(error))
        return FAILED
    except (Cancelled, KeyboardInterrupt):
        complain("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    except Exception as error:  # noqa: BLE001 - the edge: a user never sees a traceback
        complain(f"this should not have happened: {type(error).__name__}: {error}")
        return FAILED
    return status if isinstance(status, int) else CLEAN
