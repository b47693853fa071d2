"""What people see on a terminal: messages, progress, tables."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackproof.errors import Problem
    from trackproof.progress import Progress

PROGRAM = "trackproof"
PIPE_WIDTH = 10_000
"""Columns of a table that goes into a file or another program, so that nothing is cut."""


def say(text: str) -> None:
    """Write one line for people, beside the results."""
    sys.stderr.write(f"{text}\n")


def complain(text: str) -> None:
    """Write one line that says what went wrong."""
    sys.stderr.write(f"{PROGRAM}: {_on_one_line(text)}\n")


def say_problems(problems: Sequence[Problem], *, most: int = 10) -> None:
    """Write what was wrong in an input and did not stop the work."""
    for problem in problems[:most]:
        say(f"{problem.severity}: {_on_one_line(str(problem))}")
    if len(problems) > most:
        say(f"... and {len(problems) - most:,} more")


def _on_one_line(text: str) -> str:
    # Names come from files of others: they must neither break a line nor steer the terminal.
    return "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))


class _Bar:
    """Progress as a bar of rich."""

    def __init__(self, bars: Any, task: Any) -> None:
        self._bars = bars
        self._task = task

    def step(self, done: int, total: int) -> None:
        """Move the bar."""
        self._bars.update(self._task, completed=done, total=total)


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Show progress on stderr while the block runs, if a person is watching."""
    if not sys.stderr.isatty():
        yield NO_PROGRESS
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars, bars.add_task(title, total=None))


def terminal_width() -> int | None:
    """Return how many columns people see, or None when the output goes elsewhere."""
    if not sys.stdout.isatty():
        return None
    return os.get_terminal_size(sys.stdout.fileno()).columns


def table_text(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: set[str],
    width: int | None = None,
) -> str:
    """Return a table for people, one line per row.

    Parameters
    ----------
    numbers : set of str
        Columns that are aligned to the right.
    width : int or None
        Columns of the terminal; the last column is cut where it ends. None cuts nothing.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, column in enumerate(columns):
        is_last = place == len(columns) - 1
        table.add_column(
            column,
            justify="right" if column in numbers else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=None if is_last else max([len(column), *(len(row[place]) for row in rows)]),
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=width or PIPE_WIDTH, file=sys.stdout, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
