"""A package folder as it lies on the disk, with its pictures, to the place that it names in S3."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import HandoffError
from trackproof.frames.extraction import RECORD_NAME
from trackproof.handoff.footage import NAMES_NAME, RATE_NAME
from trackproof.handoff.launching_sources import launchables
from trackproof.handoff.manifest_rules import CLIP_SUFFIXES
from trackproof.handoff.validate import MANIFEST_SUFFIXES
from trackproof.progress import NO_PROGRESS
from trackproof.storage import check_there, is_s3_uri, read_bytes
from trackproof.storage.s3 import Connection, Outgoing, Sent, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackproof.progress import Progress
    from trackproof.storage import S3Address

STAYING = frozenset({RECORD_NAME, NAMES_NAME, RATE_NAME})
"""Notes about the making of pictures. The plan goes along: results can be merged from anywhere."""


def upload_folder(
    folder: Path,
    target: S3Address,
    connection: Connection,
    *,
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Sent:
    """Send every file of a package folder to S3: manifests last, nothing replaced unasked.

    A manifest is what a job is launched from, so an upload that broke is never launched; sending
    the same again goes on where it stopped.

    Parameters
    ----------
    target : S3Address
        The folder that the package's own files name.
    overwrite : bool
        Whether other objects of the same names are replaced.

    Raises
    ------
    HandoffError
        When the folder holds no manifest, or its manifests name another place.
    StorageError
        When a file cannot be read, or a name cannot be a key.
    AwsError
        When something else is there, or S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so.
    """
    home = target.as_folder
    files = sorted(_files(folder))
    manifests = [file for file in files if file.suffix in MANIFEST_SUFFIXES]
    if not manifests:
        raise HandoffError("this folder holds no manifest, so no job could use it", path=folder)
    for manifest in manifests:
        _check_named(manifest, str(home))
    others = [file for file in files if file not in manifests]
    sent = Sent()
    for group, shown in ((others, progress), (manifests, NO_PROGRESS)):
        outgoing = [
            Outgoing(home.joined(file.relative_to(folder).as_posix()), file) for file in group
        ]
        sent = sent.plus(upload(connection, outgoing, overwrite=overwrite, progress=shown))
    return sent


def named_place(folder: Path) -> str:
    """Return the folder in S3 that a package was made for; empty when it does not say.

    Raises
    ------
    HandoffError
        When this is no package.
    StorageError
        When it cannot be read.
    """
    try:
        first, *_ = launchables(folder, Connection())
    except HandoffError:
        if not any(file.suffix in MANIFEST_SUFFIXES for file in _files(folder)):
            raise
        return ""
    return first.manifest_uri.removesuffix(first.manifest)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what belongs to the package; links that leave it do not."""
    if not folder.is_dir():
        raise HandoffError("there is no such folder", path=folder)
    check_there(folder)
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(place, name)
            is_own = name not in STAYING and not name.startswith(".")
            if is_own and not file.is_symlink() and file.is_file():
                yield file


def _check_named(manifest: Path, home: str) -> None:
    """Refuse a manifest whose lines point elsewhere: the job would not find its files.

    Raises
    ------
    HandoffError
        When a line names another place, or is none.
    """
    for number, line in enumerate(read_bytes(manifest).splitlines(), start=1):
        if not line.strip():
            continue
        uri = _source(line)
        if not isinstance(uri, str) or not is_s3_uri(uri):
            raise HandoffError("names no file in S3", path=manifest, location=f"line {number}")
        if uri.lower().endswith(CLIP_SUFFIXES):
            continue  # clips stay where they are
        if not uri.startswith(home):
            raise HandoffError(
                f"names {uri[:200]}, which is not beneath {home}; make the package again for this "
                "place, or upload it to the place that it names",
                path=manifest,
                location=f"line {number}",
            )


def _source(line: bytes) -> Any:
    try:
        document = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document.get("source-ref") if isinstance(document, dict) else None
