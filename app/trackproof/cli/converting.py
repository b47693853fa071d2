"""From one format to another, telling what is lost on the way."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackproof.cli.inputs import opened
from trackproof.cli.terminal import progress_bar, say
from trackproof.errors import StorageError, TrackproofError

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats import Format, Loss
    from trackproof.labels import Sequence

_SIZE = re.compile(r"(\d{1,6})[xX](\d{1,6})")


@dataclass(frozen=True)
class _Planned:
    """One sequence on its way."""

    sequence: Sequence
    path: Path
    losses: tuple[Loss, ...]


def run_convert(
    labels: Path,
    target: Path,
    *,
    to: str,
    root: Path | None,
    size: str,
    dry_run: bool,
    overwrite: bool,
) -> int:
    """Convert labels; return 1 when something was lost, else 0.

    Raises
    ------
    TrackproofError
        When labels cannot be read, the format is not known, or nothing can be written.
    """
    chosen = target_format(to, target)
    stated = image_size(size)
    result = opened(labels, root=root, size=stated)
    sequences = tuple(_sized(one, stated) for one in result.sequences)
    planned = _planned(sequences, chosen, target)
    _check_targets(planned, labels, target, overwrite=overwrite)
    for one in planned:
        _tell(one, chosen, several=len(planned) > 1)
    if not dry_run:
        _write(planned, chosen, overwrite=overwrite)
    return 1 if any(one.losses for one in planned) else 0


def target_format(name: str, target: Path) -> Format:
    """Return the format that a person named, or that an ending stands for alone.

    Raises
    ------
    TrackproofError
        When there is none, or several have that ending.
    """
    from trackproof.formats import formats

    writers = {one.name: one for one in formats() if one.can_write}
    known = ", ".join(writers)
    if name:
        if name not in writers:
            raise TrackproofError(f"no format called {name!r} can be written; there are {known}")
        return writers[name]
    fitting = [one for one in writers.values() if target.suffix.lower() in one.extensions]
    if len(fitting) != 1:
        raise TrackproofError(
            f"the name {target.name!r} does not tell the format; add --to with one of {known}"
        )
    return fitting[0]


def image_size(text: str) -> tuple[int, int] | None:
    """Return width and height from ``WxH``; None when nothing was said.

    Raises
    ------
    TrackproofError
        When it is no size.
    """
    if not text:
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None or not int(match[1]) or not int(match[2]):
        raise TrackproofError(f"--size {text!r} is no image size; write it like 1920x1080")
    return int(match[1]), int(match[2])


def _sized(sequence: Sequence, size: tuple[int, int] | None) -> Sequence:
    """Return a sequence with the image size that a person stated, unless its file states one."""
    if size is None or (sequence.width and sequence.height):
        return sequence
    return replace(sequence, width=size[0], height=size[1])


def _planned(sequences: tuple[Sequence, ...], chosen: Format, target: Path) -> list[_Planned]:
    from trackproof.cli.merging import folder_name

    planned = []
    for one in sequences:
        path = target
        if len(sequences) > 1:
            path = target / f"{folder_name(one.name)}{chosen.ending}"
        planned.append(_Planned(one, path, chosen.losses(one, one.labels)))
    return planned


def _check_targets(planned: list[_Planned], labels: Path, target: Path, *, overwrite: bool) -> None:
    paths = {one.path for one in planned}
    if len(paths) < len(planned):
        raise TrackproofError(
            "two sequences would have the same name as a file; convert them alone"
        )
    if target.exists() and target.resolve() == labels.resolve():
        raise StorageError("this is where the labels come from; give another name", path=target)
    for path in paths:
        is_taken = path.is_file() or (path.is_dir() and any(path.iterdir()))
        if is_taken and not overwrite:
            raise StorageError(
                "this exists already; choose another name, or replace it with --force", path=path
            )


def _tell(one: _Planned, chosen: Format, *, several: bool) -> None:
    if one.losses:
        whose = f" of {one.sequence.name}" if several else ""
        say(f"{chosen.title} cannot hold everything{whose}:")
    for loss in one.losses:
        say(f"  {loss}")


def _write(planned: list[_Planned], chosen: Format, *, overwrite: bool) -> None:
    from trackproof.formats import fitted

    write, holds = chosen.write, chosen.holds
    if write is None:
        return
    with progress_bar(f"Writing {chosen.title}") as progress:
        for place, one in enumerate(planned):
            progress.step(place, len(planned))
            labels = one.sequence.labels
            _make_folder(one.path.parent)
            write(
                one.path,
                one.sequence,
                labels if holds is None else fitted(holds, labels),
                overwrite=overwrite,
            )
            sys.stdout.write(f"{one.path}\n")
        progress.step(len(planned), len(planned))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be made: {error.strerror}", path=folder) from error
