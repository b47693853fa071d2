"""What a format is, and what opening labels answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trackproof.formats.losses import losses_of
from trackproof.labels.provisional import without_provisional

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackproof.errors import Problem
    from trackproof.formats.image_size import StatedSizes
    from trackproof.formats.losses import Holds, Loss
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress
    from trackproof.storage import Place


@dataclass(frozen=True, eq=False)
class Opened:
    """What was read.

    Parameters
    ----------
    sequences : tuple of Sequence
        At least one; names are unique.
    problems : tuple of Problem
        What concerns no single sequence; each sequence holds its own.
    path : Path or S3Address
        What the user named.
    format_name : str
        Name of the format that read it.
    """

    sequences: tuple[Sequence, ...]
    problems: tuple[Problem, ...]
    path: Place
    format_name: str


class Read(Protocol):
    """How a format reads."""

    def __call__(self, path: Path, *, root: Path | None, progress: Progress) -> Opened:
        """Return what a path holds.

        Raises
        ------
        FormatError
            When nothing in it can be used.
        StorageError
            When it cannot be read.
        Cancelled
            When ``progress`` says so.
        """


class ReadSized(Protocol):
    """How a format reads that needs the size of the images."""

    def __call__(
        self, path: Path, *, root: Path | None, progress: Progress, sizes: StatedSizes
    ) -> Opened:
        """Return what a path holds, with stated image sizes where no file tells them."""


class Write(Protocol):
    """How a format writes."""

    def __call__(
        self, path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False
    ) -> None:
        """Write the labels of one sequence; frames that were not edited stay as they were.

        Raises
        ------
        FormatError
            When the format cannot hold the labels, or the file they were read from has changed.
        StorageError
            When the file cannot be written, or exists and ``overwrite`` is not set.
        """


@dataclass(frozen=True, slots=True)
class _WithoutProvisional:
    """Writes what a file may hold: no format has to know that detections can be linked."""

    write: Write

    def __call__(
        self, path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False
    ) -> None:
        """Write detections as detections; see `Write`."""
        self.write(path, sequence, without_provisional(sequence, labels), overwrite=overwrite)


@dataclass(frozen=True, slots=True)
class Format:
    """One way to keep labels in files.

    Parameters
    ----------
    name : str
        Unique, stable, for the command line (``"motchallenge"``).
    title : str
        What people call it.
    description : str
        One sentence: what it holds.
    extensions : tuple of str
        Endings for file dialogs, with the dot; reading goes by content.
    sniff : callable
        Whether a file or folder looks like this format: cheap, and never raising.
    read : Read
        Reads it.
    write : Write or None
        Writes one sequence; None when the format is only read.
    holds : Holds or None
        What there is room for; None when nobody said, so that nothing can be told beforehand.
    read_sized : ReadSized or None
        Reads it when a person says how large the images are, for formats that need to know.
    ending : str
        Ending of a new file, with the dot; empty where a sequence is a folder.
    """

    name: str
    title: str
    description: str
    extensions: tuple[str, ...]
    sniff: Callable[[Path], bool]
    read: Read
    write: Write | None = None
    holds: Holds | None = None
    read_sized: ReadSized | None = None
    ending: str = ""

    def __post_init__(self) -> None:
        if self.write is not None and not isinstance(self.write, _WithoutProvisional):
            object.__setattr__(self, "write", _WithoutProvisional(self.write))

    @property
    def can_write(self) -> bool:
        """Whether labels can be written in this format."""
        return self.write is not None

    def losses(self, sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
        """Return what labels lose when they are written in this format, the gravest first."""
        if self.holds is None:
            return ()
        is_own = sequence.source is not None and sequence.source.format_name == self.name
        written = without_provisional(sequence, labels)
        return losses_of(self.holds, sequence, written, is_own=is_own)
