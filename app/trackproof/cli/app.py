"""The command line: what can be said, and how it ends.

Everything heavy is imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from trackproof.cli import (
    commands_audit,
    commands_backbone,
    commands_clips,
    commands_compare,
    commands_convert,
    commands_extract,
    commands_handoff,
    commands_jobs,
    commands_review,
    commands_upload,
)
from trackproof.cli.arguments import CLEAN, FAILED, INTERRUPTED, Outside
from trackproof.cli.terminal import PROGRAM, complain
from trackproof.cli.wording import said
from trackproof.errors import TrackproofError
from trackproof.progress import Cancelled

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG_VARIABLE = "TRACKPROOF_DEBUG"

HELP = """
Find the labels that are probably wrong in annotated video, judge them, fix them, and send exactly
those back.

LABELS is a SeqLabel.json, a Ground Truth output folder or manifest, or a file or folder of
MOTChallenge, COCO, CVAT, KITTI, YOLO or Pascal VOC.
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


commands_review.add_to(app)
commands_audit.add_to(app)
commands_backbone.add_to(app)
commands_handoff.add_to(app)
commands_jobs.add_to(app)
commands_convert.add_to(app)
commands_compare.add_to(app)
commands_extract.add_to(app)
commands_upload.add_to(app)
commands_clips.add_to(app)


def run(arguments: Sequence[str], *, outside: Outside) -> int:
    """Run a command line and return its exit status; never raises for a user's mistake."""
    command = typer.main.get_command(app)
    try:
        status = command.main(
            list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=outside
        )
    except TyperException as error:
        complain(said(error))
        return FAILED
    except TrackproofError as error:
        complain(str(error))
        return FAILED
    except (Cancelled, typer.Abort):
        complain("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    except Exception as error:
        # The edge: a user sees no traceback unless asked for.
        if os.environ.get(DEBUG_VARIABLE):
            raise
        what = f"{type(error).__name__}: {error}"
        complain(f"this should not have happened: {what} ({DEBUG_VARIABLE}=1 shows where)")
        return FAILED
    if status == INTERRUPTED:
        complain("stopped")
    return status if isinstance(status, int) else CLEAN
