"""How long work tells where it stands and learns that it is no longer wanted."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Exception):
    """The person who asked for the work does not want it any more."""


class Progress(Protocol):
    """What long functions take as ``progress``."""

    def step(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` parts are finished.

        Raises
        ------
        Cancelled
            When the work is no longer wanted.
        """


class NoProgress:
    """Tells nobody and never cancels."""

    def step(self, done: int, total: int) -> None:
        """Do nothing."""


NO_PROGRESS = NoProgress()
