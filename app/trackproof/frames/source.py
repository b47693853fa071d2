"""What a source of frames promises, and how a path becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from trackproof.errors import FrameError
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trackproof.errors import Problem
    from trackproof.progress import Progress
    from trackproof.storage import Place
    from trackproof.storage.s3 import Connection

Picture: TypeAlias = npt.NDArray[np.uint8]
"""``(height, width, 3)`` uint8, blue green red, exactly as stored (never rotated)."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".ts", ".wmv"}
)


class FrameSource(Protocol):
    """Pictures by frame index; every method may be called from any thread."""

    @property
    def path(self) -> Place:
        """The folder or the video file."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of most frames, pixels; 0, 0 when no frame tells."""

    @property
    def rate_fps(self) -> float | None:
        """Frames per second when the file states it; None for image folders."""

    @property
    def names(self) -> Sequence[str]:
        """File name of every frame; made up (``clip.mp4#12``) for videos."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong and did not stop the reading."""

    @property
    def parallel_reads(self) -> int:
        """How many threads may usefully read at once."""

    def __len__(self) -> int: ...

    def read(self, index: int) -> Picture:
        """Return the picture of a frame index.

        Raises
        ------
        FrameError
            When this frame cannot be read; the others still can.
        """

    def close(self) -> None:
        """Release files and decoders; later reads raise `FrameError`."""


@runtime_checkable
class Interruptible(Protocol):
    """A source in which one frame may take long, and which can stop on the way to it."""

    def read_while(self, index: int, is_wanted: Callable[[], bool]) -> Picture | None:
        """Return a picture like `FrameSource.read`; None when it was no longer wanted."""


@runtime_checkable
class LooksAhead(Protocol):
    """A source that can fetch frames from afar before they are read."""

    def look_ahead(self, indices: Sequence[int]) -> None:
        """Say which frames will be wanted, best first; replaces what was said before."""


def open_frames(
    path: Place,
    *,
    names: Sequence[str] | None = None,
    connection: Connection | None = None,
    progress: Progress = NO_PROGRESS,
) -> FrameSource:
    """Open an image folder or a video file, on the disk or in S3.

    Parameters
    ----------
    path : Path or S3Address
        A folder of jpg, jpeg and png files, a folder that holds one such folder or one video, or
        a video file. In S3, a folder of images, or a video file, which is fetched in full.
    names : sequence of str, optional
        The listed order of an image folder; a listed file that is absent keeps its place and
        reads as an error. Natural order of all images when left out. Ignored for videos.
    connection : Connection or None
        Who asks S3; boto3's default identity when left out.
    progress : Progress
        Steps over files or packets.

    Raises
    ------
    FrameError
        When there is nothing to show at all.
    AwsError
        When S3 refuses, or cannot be reached and nothing is on the disk.
    """
    from trackproof.frames.folder import FolderSource

    if isinstance(path, S3Address):
        return _open_remote(path, names=names, connection=connection, progress=progress)
    if not path.exists():
        raise FrameError("there is no such folder or video", path=path)
    if not path.is_dir():
        return _open_file(path, names=names, progress=progress)
    inside = frames_inside(path)
    if inside is None:
        raise FrameError(
            "the folder holds no jpg, jpeg or png files and not exactly one video", path=path
        )
    if inside.is_dir():
        return FolderSource.open(inside, names=names, progress=progress)
    return _open_file(inside, names=names, progress=progress)


def _open_remote(
    address: S3Address,
    *,
    names: Sequence[str] | None,
    connection: Connection | None,
    progress: Progress,
) -> FrameSource:
    from trackproof.frames.remote import RemoteFrames
    from trackproof.storage.s3 import Connection, Documents, document_cache

    asking = connection or Connection()
    if address.suffix.lower() in VIDEO_SUFFIXES:
        path = Documents(asking, document_cache(asking)).get(address, progress=progress)
        return _open_file(path, names=names, progress=progress)
    return RemoteFrames.open(address, asking, names=names, progress=progress)


def frames_inside(folder: Path) -> Path | None:
    """Return what a folder offers as frames: itself, its one image folder, or its one video.

    Looks one level deep and no further, so that pointing at a home directory costs nothing.

    Raises
    ------
    FrameError
        When the folder cannot be read.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        reason = error.strerror or str(error)
        raise FrameError(f"the folder cannot be read: {reason}", path=folder) from error
    if any(is_image(entry) for entry in entries):
        return folder
    if (folder / "img1").is_dir():
        return folder / "img1"
    folders = [entry for entry in entries if entry.is_dir() and holds_images(entry)]
    if len(folders) == 1:
        return folders[0]
    videos = [entry for entry in entries if is_video(entry)]
    return videos[0] if len(videos) == 1 and not folders else None


def holds_images(folder: Path) -> bool:
    """Return whether at least one image lies directly in a folder."""
    try:
        return any(is_image(entry) for entry in folder.iterdir())
    except OSError:
        return False


def is_image(path: Path) -> bool:
    """Return whether a file is named like an image and not hidden."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith((".", "Thumbs"))


def is_video(path: Path) -> bool:
    """Return whether a file is named like a video and not hidden."""
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith(".")


def _open_file(path: Path, *, names: Sequence[str] | None, progress: Progress) -> FrameSource:
    from trackproof.frames.folder import FolderSource
    from trackproof.frames.video import VideoSource

    if is_image(path):
        return FolderSource.open(path.parent, names=names, progress=progress)
    return VideoSource.open(path, progress=progress)
