"""Frames that lie in S3, streamed through the disk cache ahead of the playhead."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from trackproof.errors import FrameError, FrameLater, Problem, Severity, StorageError
from trackproof.frames.folder import decode_image, natural_key
from trackproof.frames.source import IMAGE_SUFFIXES
from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3 import AwsError, ObjectStream, frame_cache, listed
from trackproof.storage.s3.documents import BEHIND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackproof.frames.source import Picture
    from trackproof.progress import Progress
    from trackproof.storage import S3Address
    from trackproof.storage.s3 import Connection, DiskCache, Facts

LISTED_BEYOND = 5_000
"""Objects beneath the folder, beyond those that are wanted, after which listing is given up."""
SHOWN_PROBLEMS = 20
LOOKED_AT = 3
"""Frames that are tried for the size of the pictures."""


class RemoteFrames:
    """Image objects beneath one S3 folder, one per frame; see `FrameSource`.

    Parameters
    ----------
    path : S3Address
        The folder.
    names : sequence of str
        Names of the frames beneath it, in order.
    stream : ObjectStream
        Brings them; closed with this.
    size : (int, int)
        Width and height of the first frame, pixels.
    problems : sequence of Problem
        What was found out when it was opened.
    """

    parallel_reads = 3
    rate_fps = None

    def __init__(
        self,
        path: S3Address,
        names: Sequence[str],
        stream: ObjectStream,
        *,
        size: tuple[int, int],
        problems: Sequence[Problem] = (),
    ) -> None:
        self.path = path
        self.names = tuple(names)
        self.size = size
        self.problems = tuple(problems)
        self.stream = stream

    @classmethod
    def open(
        cls,
        folder: S3Address,
        connection: Connection,
        *,
        names: Sequence[str] | None = None,
        cache: DiskCache | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> RemoteFrames:
        """List a folder of frames and look at the first of them.

        Where listing is not allowed, frames are asked for one by one. Where S3 cannot be asked at
        all, the frames on the disk are shown.

        Parameters
        ----------
        names : sequence of str or None
            The frames in order; by default all images of the folder, in natural order.

        Raises
        ------
        FrameError
            When there is nothing to show at all.
        AwsError
            When S3 refuses, or cannot be reached and no frame is on the disk.
        Cancelled
            When ``progress`` says so.
        """
        folder = folder.as_folder
        kept = cache or frame_cache(connection)
        facts, problem = _facts(folder, connection, names, progress)
        if names is None:
            if facts is None:
                reason = (
                    problem.message if problem is not None else "the folder holds too many objects"
                )
                raise FrameError(f"the frames are not known: {reason}", path=str(folder))
            names = _images(folder, facts)
        addresses, wrong = _addresses(folder, names)
        if not addresses:
            raise FrameError("the folder holds no jpg, jpeg or png files", path=str(folder))
        stream = ObjectStream(connection, kept, addresses, facts=facts)
        try:
            size = _first_size(stream, addresses, facts)
            if facts is None:
                problems = _unlisted(folder, addresses, problem, stream, size)
            else:
                problems = _missing(folder, names, addresses, facts)
        except BaseException:
            # Cancelling and interrupts, too, must not leave its threads running.
            stream.close()
            raise
        return cls(folder, names, stream, size=size, problems=[*wrong, *problems])

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> Picture:
        """Fetch and decode a frame; see `FrameSource.read`."""
        picture = self.read_while(index, lambda: True)
        if picture is None:
            raise FrameError("the frames were closed", path=str(self.path))
        return picture

    def read_while(self, index: int, is_wanted: Callable[[], bool]) -> Picture | None:
        """Fetch and decode a frame unless it stops being wanted; see `Interruptible`."""
        if not 0 <= index < len(self.names):
            raise FrameError(
                f"there is no frame {index}; the folder holds {len(self.names)}",
                path=str(self.path),
            )
        try:
            data = self.stream.read(index, is_wanted)
        except StorageError as error:
            is_passing = isinstance(error, AwsError) and error.trouble in BEHIND
            kind = FrameLater if is_passing else FrameError
            raise kind(error.message, path=str(error.path or self.path)) from error
        if data is None:
            return None
        return decode_image(data, path=f"{self.path}{self.names[index]}")

    def look_ahead(self, indices: Sequence[int]) -> None:
        """Have frames brought to the disk, best first; see `LooksAhead`."""
        self.stream.look_ahead(indices)

    def close(self) -> None:
        """End the threads that bring frames."""
        self.stream.close()


def _facts(
    folder: S3Address, connection: Connection, names: Sequence[str] | None, progress: Progress
) -> tuple[Mapping[str, Facts] | None, AwsError | None]:
    """Return what a listing tells, or None and why there is none."""
    most = (len(names) if names is not None else 0) + LISTED_BEYOND
    try:
        found = listed(connection, folder, most=most, is_deep=names is not None, progress=progress)
    except AwsError as error:
        if error.trouble in BEHIND or names is not None:
            return None, error
        raise
    # A folder with far more than the frames says too little about those that are absent.
    return (None, None) if len(found) >= most else (found, None)


def _images(folder: S3Address, facts: Mapping[str, Facts]) -> list[str]:
    inside = (key.removeprefix(folder.key) for key in facts)
    return sorted(
        (name for name in inside if f".{name.rpartition('.')[2].lower()}" in IMAGE_SUFFIXES),
        key=natural_key,
    )


def _addresses(folder: S3Address, names: Sequence[str]) -> tuple[list[S3Address], list[Problem]]:
    """Return an address per frame; a name that leads astray stands for an object that is absent."""
    addresses, problems = [], []
    for name in names:
        try:
            addresses.append(folder.joined(name))
        except StorageError as error:
            addresses.append(folder)
            problems.append(Problem(error.message, str(folder), severity=Severity.ERROR))
    return addresses, problems[:SHOWN_PROBLEMS]


def _unlisted(
    folder: S3Address,
    addresses: Sequence[S3Address],
    problem: AwsError | None,
    stream: ObjectStream,
    size: tuple[int, int],
) -> list[Problem]:
    """Return what to tell of a folder that could not be listed; frames may be had all the same."""
    if problem is None:
        return []
    here = stream.on_disk()
    if size == (0, 0) and not here:
        raise FrameError(problem.message, path=str(folder)) from problem
    if problem.trouble not in BEHIND:
        return []
    text = f"{problem.message}; {here:,} of {len(addresses):,} frames are on this disk"
    return [Problem(text, str(folder))]


def _missing(
    folder: S3Address,
    names: Sequence[str],
    addresses: Sequence[S3Address],
    facts: Mapping[str, Facts],
) -> list[Problem]:
    missing = [name for name, one in zip(names, addresses, strict=True) if one.key not in facts]
    if len(missing) == len(names):
        raise FrameError(
            f"none of the {len(names):,} listed frames is in this folder (the first is {names[0]})",
            path=str(folder),
        )
    if not missing:
        return []
    return [
        Problem(
            f"{len(missing):,} of {len(names):,} frames are not in this folder; the first is "
            f"{missing[0]}",
            str(folder),
            severity=Severity.ERROR,
        )
    ]


def _first_size(
    stream: ObjectStream, addresses: Sequence[S3Address], facts: Mapping[str, Facts] | None
) -> tuple[int, int]:
    """Return width and height of the first of some frames that can be read."""
    there = (index for index, one in enumerate(addresses) if facts is None or one.key in facts)
    for index in islice(there, LOOKED_AT):
        try:
            data = stream.read(index)
            if data is not None:
                height, width = decode_image(data, path=str(addresses[index])).shape[:2]
                return width, height
        except (FrameError, StorageError):
            continue
    return 0, 0
