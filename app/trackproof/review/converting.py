"""Labels as they are now into another format: what is lost, where it goes, and the writing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackproof.errors import ReviewError, StorageError
from trackproof.formats import fitted
from trackproof.labels import without_provisional
from trackproof.review.saving import is_something, save_corrected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trackproof.formats import Format, Loss
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

Size = tuple[int, int]
"""Width and height of images, pixels."""


class Taken(StorageError):
    """Something is where labels should go, and nobody asked to replace it."""


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """One sequence on its way into another format.

    Parameters
    ----------
    sequence : Sequence
        As it was read, with the image size that a person stated.
    labels : Labels
        As they are now, without provisional tracks.
    path : Path
        The new file or folder.
    losses : tuple of Loss
        What the format cannot hold, the gravest first.
    """

    sequence: Sequence
    labels: Labels
    path: Path
    losses: tuple[Loss, ...]


def sized(sequence: Sequence, size: Size | None) -> Sequence:
    """Return a sequence with the image size that a person stated, unless its file states one."""
    if size is None or (sequence.width and sequence.height):
        return sequence
    return replace(sequence, width=size[0], height=size[1])


def folder_name(name: str) -> str:
    """Return a name under which a folder can be made anywhere, and that leads nowhere else."""
    return re.sub(r"[^\w() .-]", "_", name).strip(" .") or "sequence"


def plan_conversion(
    wanted: Iterable[tuple[Sequence, Labels]],
    chosen: Format,
    target: Path,
    *,
    is_folder: bool,
    originals: Iterable[Path] = (),
) -> tuple[Conversion, ...]:
    """Return what is written where, and what gets lost.

    Parameters
    ----------
    wanted : iterable of (Sequence, Labels)
        Every sequence with its labels as they are now.
    target : Path
        The new file or folder; with ``is_folder`` the folder for one of them per sequence.
    originals : iterable of Path
        What was opened to read them; nothing is ever written there.

    Raises
    ------
    ReviewError
        When two sequences would have one name.
    StorageError
        When labels would be written over what they were read from, or a file over a folder.
    """
    planned = []
    for sequence, labels in wanted:
        path = target / f"{folder_name(sequence.name)}{chosen.ending}" if is_folder else target
        clean = without_provisional(sequence, labels)
        planned.append(Conversion(sequence, clean, path, chosen.losses(sequence, clean)))
    if len({str(one.path).casefold() for one in planned}) < len(planned):
        raise ReviewError("two sequences would have the same name as a file; convert them alone")
    for one in planned:
        if chosen.ending and one.path.is_dir():
            raise StorageError("this is a folder; give the name of a file", path=one.path)
    read = [one.sequence.source.path for one in planned if one.sequence.source is not None]
    for original in (*read, *originals):
        for path in (target, *(one.path for one in planned)):
            _check_original(path, original.resolve(), is_written=path != target or not is_folder)
    return tuple(planned)


def check_targets(planned: Iterable[Conversion]) -> None:
    """Refuse places where something is.

    Raises
    ------
    Taken
        When a file, or a folder that is not empty, would be replaced.
    """
    for one in planned:
        if is_something(one.path):
            raise Taken("this exists already", path=one.path)


def write_conversion(
    planned: tuple[Conversion, ...],
    chosen: Format,
    *,
    overwrite: bool = False,
    keeps_copies: bool = True,
    progress: Progress,
) -> tuple[Path, ...]:
    """Write every sequence, and return the copies of what was there before.

    Parameters
    ----------
    keeps_copies : bool
        Whether a copy is made of what is replaced.

    Raises
    ------
    ReviewError
        When the format cannot write.
    FormatError
        When it cannot hold the labels.
    StorageError
        When something is there and ``overwrite`` is not set, or it cannot be written.
    Cancelled
        When ``progress`` says so; what is written by then stays.
    """
    copies = []
    for place, one in enumerate(planned):
        progress.step(place, len(planned))
        _make_folder(one.path.parent)
        copy = save_corrected(
            one.path,
            one.sequence,
            one.labels if chosen.holds is None else fitted(chosen.holds, one.labels),
            format_name=chosen.name,
            overwrite=overwrite,
            keeps_copy=keeps_copies,
        )
        copies += [] if copy is None else [copy]
    progress.step(len(planned), len(planned))
    return tuple(copies)


def _check_original(path: Path, original: Path, *, is_written: bool) -> None:
    """Refuse the labels that were read, and the folder around them when it would be written."""
    target = path.resolve()
    if original == target or (is_written and path.is_dir() and target in original.parents):
        raise StorageError("this is where the labels come from; give another name", path=path)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be made: {error.strerror}", path=folder) from error
