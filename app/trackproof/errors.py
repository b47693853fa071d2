"""The one exception family, and problems as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TrackproofError(Exception):
    """Something a person can understand and act on.

    Parameters
    ----------
    message : str
        One sentence for a person: the value, the place and the way out.
    path : Path or str or None
        The file or URI the message is about.
    location : str or None
        The place inside it, for example ``line 12`` or ``frame entry 4``.
    """

    def __init__(
        self, message: str, *, path: Path | str | None = None, location: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.location = location

    def __str__(self) -> str:
        """Return the message with the place in front: ``path, location: message``."""
        place = ", ".join(str(part) for part in (self.path, self.location) if part)
        return f"{place}: {self.message}" if place else self.message


class FormatError(TrackproofError):
    """A file does not hold what its format promises."""


class StorageError(TrackproofError):
    """Bytes could not be read or written."""


class FrameError(TrackproofError):
    """A picture or a video could not be read."""


class FrameLater(FrameError):
    """A picture cannot be read at the moment; asking again later makes sense."""


class EditError(TrackproofError):
    """An edit cannot be applied to these labels."""


class ReviewError(TrackproofError):
    """A review file cannot be opened or written."""


class HandoffError(TrackproofError):
    """Something cannot be exported, launched or merged back."""


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in an input that did not stop the reading of the rest.

    Parameters
    ----------
    message : str
        One sentence for a person.
    path : str
        The file it was found in; empty when it concerns no file.
    location : str
        The place inside the file; empty when it concerns the whole file.
    severity : Severity
        ``ERROR`` when something was left out, ``WARNING`` when it was kept but looks wrong.
    """

    message: str
    path: str = ""
    location: str = ""
    severity: Severity = Severity.WARNING

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.path, self.location) if part)
        return f"{place}: {self.message}" if place else self.message
