"""Pictures for a first job: frames of videos and image files of folders, under names that sort."""

from __future__ import annotations

import csv
import errno
import io
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.errors import HandoffError, Problem, Severity, StorageError
from trackproof.formats.ground_truth_config import read_label_config
from trackproof.formats.problems import Problems
from trackproof.frames import Choice, FolderSource, extract, frames_inside
from trackproof.handoff.first_pass import (
    FRAMES_FOLDER,
    FirstPass,
    FirstPassOptions,
    Footage,
    first_pass,
)
from trackproof.handoff.limits import FRAME_SUFFIXES
from trackproof.progress import NO_PROGRESS
from trackproof.storage import read_bytes, write_atomic
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackproof.progress import Progress

RATE_NAME = "seqinfo.ini"
NAMES_NAME = "original-names.csv"
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EACCES, errno.ENOSYS}


@dataclass(frozen=True, slots=True)
class Made:
    """A first package on disk.

    Parameters
    ----------
    folder : Path
        Where it is.
    package : FirstPass
        Its text files.
    footage : tuple of Footage
        Its pictures.
    rates_fps : tuple of float or None
        Frame rate of each, where it is known.
    problems : tuple of Problem
        Of the pictures and of the package.
    """

    folder: Path
    package: FirstPass
    footage: tuple[Footage, ...]
    rates_fps: tuple[float | None, ...]
    problems: tuple[Problem, ...]


def read_categories(path: Path) -> Mapping[str, Any]:
    """Return the label category configuration of a file, as it stands there.

    Raises
    ------
    FormatError
        When it is none.
    StorageError
        When it cannot be read.
    """
    return read_label_config(path, Problems(path)).document


def make_first_pass(
    sources: Sequence[Path],
    target: Path,
    *,
    options: FirstPassOptions,
    choice: Choice | None = None,
    suffix: str = ".jpg",
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Made:
    """Write pictures, sequence files and manifests for a job that labels for the first time.

    A run that was stopped goes on where it was: pictures that are complete stay. Image files of a
    folder are linked where the file system can, else copied; the originals are never touched.

    Parameters
    ----------
    sources : sequence of Path
        Videos, and folders of images.
    choice : Choice, optional
        Which frames of videos and folders to take; all when left out.
    suffix : str
        ``.jpg`` or ``.png`` for frames of videos.
    overwrite : bool
        Whether text files of an earlier package with other content may be replaced.

    Raises
    ------
    FrameError
        When a video or folder cannot be used.
    HandoffError
        When options cannot be used.
    StorageError
        When the target holds something else, or cannot be written.
    Cancelled
        When ``progress`` says so.
    """
    first_pass([Footage("check", ("frame.jpg",))], options)
    folders = [source for source in sources if source.is_dir()]
    videos = [source for source in sources if not source.is_dir()]
    place = target / FRAMES_FOLDER
    footage: list[Footage] = []
    rates: list[float | None] = []
    problems: list[Problem] = []
    taken = (
        extract(videos, place, choice=choice, suffix=suffix, progress=progress) if videos else ()
    )
    for one in taken:
        footage.append(Footage(one.folder.name, one.frame_names))
        rates.append(one.rate_fps)
        problems += one.problems
        _note_rate(one.folder, one.rate_fps)
    names = {one.name for one in footage}
    for folder in folders:
        name = _free_name(folder.absolute().name or "frames", names)
        linked, rate_fps, told = _link(folder, place / name, choice or Choice(), progress=progress)
        footage.append(Footage(name, linked))
        rates.append(rate_fps)
        problems += told
    package = first_pass(footage, options)
    for path, data in package.files.items():
        _put(target / path, data, overwrite=overwrite)
    return Made(target, package, tuple(footage), tuple(rates), (*problems, *package.problems))


def _free_name(name: str, names: set[str]) -> str:
    free, count = name, 1
    while free in names:
        count += 1
        free = f"{name}-{count}"
    names.add(free)
    return free


def _link(
    folder: Path, place: Path, choice: Choice, *, progress: Progress
) -> tuple[tuple[str, ...], float | None, list[Problem]]:
    """Give the images of a folder a place in the package; return names, rate and problems."""
    inside = frames_inside(folder)
    if inside is None or not inside.is_dir():
        raise HandoffError("the folder holds no jpg, jpeg or png files", path=folder)
    source = FolderSource.open(inside, progress=progress)
    if choice.rate_fps is not None and source.rate_fps is None:
        raise HandoffError(
            "nobody knows how many frames a second these are, so take every n-th instead",
            path=folder,
        )
    chosen = _chosen(source, choice)
    names = _sorting(chosen)
    problems = list(source.problems)
    if names != chosen:
        problems.append(
            Problem(
                f"the file names do not sort as they count ({chosen[0]!r} ...), so the pictures "
                f"are called {names[0]} and so on; {NAMES_NAME} keeps the original names",
                str(folder),
                severity=Severity.NOTE,
            )
        )
        _put(place / NAMES_NAME, _name_list(names, chosen), overwrite=False)
    for done, (original, name) in enumerate(zip(chosen, names, strict=True)):
        progress.step(done, len(names))
        _link_file(inside / original, place / name)
    progress.step(len(names), len(names))
    rate_fps = source.rate_fps
    if rate_fps is not None:
        rate_fps *= len(chosen) / len(source)
    _note_rate(place, rate_fps)
    return names, rate_fps, problems


def _chosen(source: FolderSource, choice: Choice) -> tuple[str, ...]:
    import numpy as np

    times_s = np.arange(len(source), dtype=np.float64) / (source.rate_fps or 1.0)
    return tuple(source.names[frame] for frame in choice.frames_of(times_s).tolist())


def _sorting(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names, or others when bytes sort them otherwise than people count.

    Workers see frames by file name in byte order (UTF-8), so that ``frame10`` would come before
    ``frame2``. Names that are no text cannot stand in the service's files at all.
    """
    encoded = [name.encode("utf-8", "surrogateescape") for name in names]
    is_text = all(name.isprintable() for name in names)
    if is_text and encoded == sorted(encoded):
        return names
    digits = max(6, len(str(len(names))))
    suffixes = [name[name.rfind(".") :].lower() for name in names]
    assert set(suffixes) <= set(FRAME_SUFFIXES), "a folder source lists images only"
    return tuple(f"frame_{n:0{digits}d}{suffix}" for n, suffix in enumerate(suffixes))


def _name_list(names: Sequence[str], originals: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("frame", "original"))
    writer.writerows(zip(names, originals, strict=True))
    return text.getvalue().encode("utf-8", "surrogateescape")


def _link_file(original: Path, place: Path) -> None:
    """Link or copy a picture; one that is there already must be the same."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            if not _is_same(original, place):
                raise StorageError("another picture is here already", path=place)
            return
        try:
            place.hardlink_to(original.resolve())
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            beside = place.with_name(f".{place.name}.part")
            shutil.copy2(original, beside)
            beside.replace(place)
    except OSError as error:
        raise StorageError(f"cannot be written: {reason(error)}", path=place) from error


def _is_same(original: Path, place: Path) -> bool:
    if place.samefile(original):
        return True
    one, other = original.stat(), place.stat()
    return one.st_size == other.st_size and original.read_bytes() == place.read_bytes()


def _note_rate(folder: Path, rate_fps: float | None) -> None:
    """Write the frame rate beside the pictures: the service's files have no place for it."""
    if rate_fps is None:
        return
    text = f"[Sequence]\nframeRate={rate_fps:.6g}\n"
    _put(folder / RATE_NAME, text.encode("ascii"), overwrite=True)


def _put(path: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file unless it is there with the same content."""
    try:
        if path.is_file() and read_bytes(path) == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot be written: {reason(error)}", path=path) from error
    write_atomic(path, data, overwrite=overwrite)
