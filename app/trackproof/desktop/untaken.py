"""What a worker opened for the window, until the window takes it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.progress import Progress


class Closes(Protocol):
    """Something that holds a file."""

    def close(self) -> object:
        """Let go of the file."""


T = TypeVar("T", bound=Closes)


class Untaken:
    """Closes what was opened for a question that nobody waits for any more.

    The answer to a question is dropped when a newer one was asked, or a person cancelled. A file
    that it holds could not be held by anybody else then, so whoever opens next closes it first.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._left: tuple[Progress, Closes] | None = None

    def open(self, function: Callable[[], T], progress: Progress) -> T:
        """Open something on a worker, one worker at a time.

        Parameters
        ----------
        progress : Progress
            Of the question for which it is opened.

        Raises
        ------
        Cancelled
            When nobody waits for the answer by now.
        """
        with self._turn:
            progress.step(0, 0)
            self._close_left()
            made = function()
            self._left = (progress, made)
            return made

    def take(self, made: Closes) -> None:
        """Leave something to the window, which closes it from now on."""
        if self._left is not None and self._left[1] is made:
            self._left = None

    def close(self, progress: Progress | None = None) -> None:
        """Close what was opened for a question, or for any, and not taken; waits for the disk."""
        with self._turn:
            if self._left is not None and progress in (None, self._left[0]):
                self._close_left()

    def _close_left(self) -> None:
        left, self._left = self._left, None
        if left is not None:
            left[1].close()
