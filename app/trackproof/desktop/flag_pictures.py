"""Pictures of the flag that comes next, in memory before anybody goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.checks import Flag
    from trackproof.desktop.session import Session

AHEAD_MS = 150
"""A flag has been painted with all its panels by then, and its own pictures are on their way."""
BESIDE = 2
"""Frames before and after the flagged one that the film strip shows too."""


class FlagPictures(QObject):
    """Asks for the frames around the next flag while a person looks at this one.

    Parameters
    ----------
    next_flag : callable
        Returns the flag that a verdict would lead to.
    """

    def __init__(self, session: Session, next_flag: Callable[[], Flag | None]) -> None:
        super().__init__(session)
        self._session = session
        self._next_flag = next_flag
        self._later = Later(self, self._look, after_ms=AHEAD_MS)
        for signal in (
            session.flag_changed,
            session.analysis_changed,
            session.flags_shown_changed,
            session.frames_changed,
        ):
            signal.connect(self._later.ask)

    def _look(self) -> None:
        flag = self._next_flag()
        self._session.pictures.want_soon(around(flag.frame) if flag is not None else ())


def around(frame: int) -> tuple[int, ...]:
    """Return a frame and those beside it, the nearest first."""
    beside = [frame + side * away for away in range(1, BESIDE + 1) for side in (1, -1)]
    return (frame, *beside)
