"""Open whatever a user points at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, StorageError
from trackproof.formats.image_size import StatedSizes
from trackproof.formats.registry import formats
from trackproof.formats.unknown import explained
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address, check_there, place_of

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.image_size import Size
    from trackproof.formats.model import Opened
    from trackproof.labels import Sequence
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection


def open_labels(
    path: Path | str | S3Address,
    *,
    root: Path | None = None,
    size: Size | StatedSizes | None = None,
    connection: Connection | None = None,
    progress: Progress = NO_PROGRESS,
) -> Opened:
    """Read labels in the format that their content shows.

    Parameters
    ----------
    path : Path, str or S3Address
        File or folder, or an address such as ``s3://bucket/folder/output.manifest``.
    root : Path or None
        Local folder that stands for S3, when the labels name S3 addresses.
    size : Size, StatedSizes or None
        Width and height of the images in pixels, for formats that keep places as fractions, where
        no file tells them.
    connection : Connection or None
        Who asks S3; boto3's default identity when left out.

    Raises
    ------
    FormatError
        When no format knows it, or nothing in it can be used.
    StorageError
        When it cannot be read.
    AwsError
        When S3 refuses, or cannot be reached and nothing is on the disk.
    Cancelled
        When ``progress`` says so.
    """
    if not str(path).strip():
        raise StorageError("the name of the labels is empty; give a file or a folder")
    chosen = place_of(path)
    if isinstance(chosen, S3Address):
        return _remote(chosen, connection, root=root, progress=progress)
    check_there(chosen)
    if root is not None and not root.is_dir():
        raise StorageError("the folder that stands for S3 does not exist", path=root)
    for one in formats():
        if one.sniff(chosen):
            if size is not None and one.read_sized is not None:
                sizes = size if isinstance(size, StatedSizes) else StatedSizes(size)
                opened = one.read_sized(chosen, root=root, progress=progress, sizes=sizes)
            else:
                opened = one.read(chosen, root=root, progress=progress)
            return replace(opened, sequences=_with_unique_names(opened.sequences))
    raise FormatError(_unknown(chosen), path=chosen)


def _remote(
    address: S3Address, connection: Connection | None, *, root: Path | None, progress: Progress
) -> Opened:
    from trackproof.formats.remote import open_remote
    from trackproof.storage.s3 import Connection

    if root is not None:
        raise StorageError(
            "labels in S3 are read from S3; a folder that stands for S3 is for labels on the disk",
            path=str(address),
        )
    opened = open_remote(address, connection or Connection(), progress=progress)
    return replace(opened, sequences=_with_unique_names(opened.sequences))


def _unknown(path: Path) -> str:
    if not path.is_dir():
        return explained(path)
    titles = [one.title for one in formats()]
    known = f"{', '.join(titles[:-1])} and {titles[-1]}"
    return f"the folder holds no labels; trackproof reads labels of {known}"


def _with_unique_names(sequences: tuple[Sequence, ...]) -> tuple[Sequence, ...]:
    taken: set[str] = set()
    unique = []
    for sequence in sequences:
        name, number = sequence.name, 2
        while name in taken:
            name, number = f"{sequence.name} ({number})", number + 1
        taken.add(name)
        unique.append(sequence if name == sequence.name else replace(sequence, name=name))
    return tuple(unique)
