"""Frames from a folder of image files."""

from __future__ import annotations

import configparser
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FrameError, Problem, Severity
from trackproof.frames.headers import UPRIGHT, ImageHeader, read_header, why_damaged
from trackproof.frames.source import is_image
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.frames.source import Picture
    from trackproof.progress import Progress

MOST_PROBLEMS = 20
FASTEST_RATE_FPS = 1000.0
_DIGITS = re.compile(r"(\d+)")


class FolderSource:
    """Image files of one folder, one per frame.

    Parameters
    ----------
    path : Path
        The folder.
    names : sequence of str
        File names in frame order, each directly or further down in the folder.
    size : (int, int)
        Width and height of most files, pixels.
    problems : sequence of Problem
        What the headers told.
    rate_fps : float or None
        Frames per second, where a file beside the images states it.
    """

    parallel_reads = 2

    def __init__(
        self,
        path: Path,
        names: Sequence[str],
        *,
        size: tuple[int, int],
        problems: Sequence[Problem] = (),
        rate_fps: float | None = None,
    ) -> None:
        self.path = path
        self.rate_fps = rate_fps
        self.names = tuple(names)
        self.size = size
        self.problems = tuple(problems)

    @classmethod
    def open(
        cls, path: Path, *, names: Sequence[str] | None = None, progress: Progress = NO_PROGRESS
    ) -> FolderSource:
        """Read the headers of all images of a folder.

        Raises
        ------
        FrameError
            When the folder holds no image, none of the listed ones, or only files that merely
            have the name of one.
        """
        found = [name for name in _files_in(path) if is_image(Path(name))]
        ordered = sorted(found, key=natural_key) if names is None else list(names)
        if not ordered:
            raise FrameError("the folder holds no jpg, jpeg or png files", path=path)
        headers, problems = _read_headers(path, ordered, progress=progress)
        if names is not None and not any(_is_file(path, name) for name in ordered):
            raise FrameError(
                f"none of the {len(ordered)} listed frames is in this folder"
                f" (the first is {ordered[0]})",
                path=path,
            )
        if not any(headers):
            first = f"; the first is {ordered[0]}: {problems[0].message}" if problems else ""
            raise FrameError(
                f"none of the {len(ordered)} files of this folder can be read as an image{first}",
                path=path,
            )
        size, size_problems = _common_size(path, ordered, headers)
        problems += size_problems
        problems += _orientation_problems(path, ordered, headers)
        return cls(path, ordered, size=size, problems=problems, rate_fps=stated_rate_fps(path))

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> Picture:
        """Decode one file; see `FrameSource.read`."""
        if not 0 <= index < len(self.names):
            raise FrameError(
                f"there is no frame {index}; the folder holds {len(self.names)}", path=self.path
            )
        path = _inside(self.path, self.names[index])
        if path is None:
            raise FrameError(f"{self.names[index]} would lie outside the folder", path=self.path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise FrameError(_why_not_opened(error), path=path) from error
        return decode_image(data, path=path)

    def close(self) -> None:
        """Do nothing: no file stays open."""


def decode_image(data: bytes, *, path: Path | str) -> Picture:
    """Return the picture in the bytes of a JPEG or PNG file, as stored (EXIF is not applied).

    Raises
    ------
    FrameError
        With the reason, for the file that ``path`` names.
    """
    import cv2

    if reason := why_damaged(data):
        raise FrameError(reason, path=path)
    try:
        picture = cv2.imdecode(
            np.frombuffer(data, dtype=np.uint8),
            cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION,
        )
    except cv2.error as error:
        raise FrameError(f"the picture cannot be decoded ({error.err})", path=path) from error
    if picture is None:
        raise FrameError("the picture is damaged and cannot be decoded", path=path)
    return picture  # type: ignore[return-value]  # the stubs promise only some integer array


def stated_rate_fps(folder: Path) -> float | None:
    """Return the frame rate that ``seqinfo.ini`` in a folder or beside it states for it.

    MOTChallenge keeps the images in the folder that ``imDir`` names; other labels have no place
    for a rate, so the same file may stand beside their images too.
    """
    for place, is_beside in ((folder, False), (folder.absolute().parent, True)):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(place / "seqinfo.ini", "utf-8")
            section = parser["Sequence"]
            if is_beside and section.get("imDir") != folder.name:
                continue
            rate_fps = float(section["frameRate"])
        except (OSError, KeyError, ValueError, configparser.Error):
            continue
        if 0.0 < rate_fps <= FASTEST_RATE_FPS:
            return rate_fps
    return None


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that counts: ``frame2`` before ``frame10``, letters without case."""
    parts = _DIGITS.split(name.casefold())
    pieces = [(1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts]
    return (*pieces, (0, 0, name))


def _files_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_file()]
    except OSError as error:
        raise FrameError(_why_not_opened(error), path=folder) from error


def _read_headers(
    folder: Path, names: Sequence[str], *, progress: Progress
) -> tuple[list[ImageHeader | None], list[Problem]]:
    headers: list[ImageHeader | None] = []
    problems: list[Problem] = []
    bad = 0
    for done, name in enumerate(names):
        if done % 64 == 0:
            progress.step(done, len(names))
        header, reason = _read_one_header(folder, name)
        headers.append(header)
        if header is None:
            bad += 1
            if bad <= MOST_PROBLEMS:
                problems.append(Problem(reason, path=str(folder / name), severity=Severity.ERROR))
    progress.step(len(names), len(names))
    if bad > MOST_PROBLEMS:
        message = f"{bad - MOST_PROBLEMS} more frames cannot be read"
        problems.append(Problem(message, path=str(folder), severity=Severity.ERROR))
    return headers, problems


def _read_one_header(folder: Path, name: str) -> tuple[ImageHeader | None, str]:
    path = _inside(folder, name)
    if path is None:
        return None, "this name leads out of the folder and is not opened"
    try:
        return read_header(path), ""
    except OSError as error:
        return None, _why_not_opened(error)
    except ValueError as error:
        return None, str(error)


def _inside(folder: Path, name: str) -> Path | None:
    """Return the file of a listed name; None when the name would leave the folder."""
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts or "\0" in name:
        return None
    return folder / name


def _is_file(folder: Path, name: str) -> bool:
    path = _inside(folder, name)
    return path is not None and path.is_file()


def _why_not_opened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file is missing"
    return f"cannot be opened: {error.strerror or error}"


def _common_size(
    folder: Path, names: Sequence[str], headers: Sequence[ImageHeader | None]
) -> tuple[tuple[int, int], list[Problem]]:
    sizes = Counter((head.width, head.height) for head in headers if head is not None)
    if not sizes:
        return (0, 0), []
    (width, height), usual = sizes.most_common(1)[0]
    others = sum(sizes.values()) - usual
    if not others:
        return (width, height), []
    odd, name = next(
        (head, name)
        for head, name in zip(headers, names, strict=True)
        if head is not None and (head.width, head.height) != (width, height)
    )
    message = (
        f"{others} of {sum(sizes.values())} frames are not {width} x {height} pixels;"
        f" {name} is {odd.width} x {odd.height}"
    )
    return (width, height), [Problem(message, path=str(folder))]


def _orientation_problems(
    folder: Path, names: Sequence[str], headers: Sequence[ImageHeader | None]
) -> list[Problem]:
    turned = [
        (name, head.orientation)
        for name, head in zip(names, headers, strict=True)
        if head is not None and head.orientation != UPRIGHT
    ]
    if not turned:
        return []
    name, orientation = turned[0]
    message = (
        f"{len(turned)} of {len(names)} frames ask to be rotated (EXIF orientation"
        f" {orientation} in {name}); pixels are shown as stored"
    )
    return [Problem(message, path=str(folder))]
