"""Check a package where it lies in S3: its files as on the disk, and whether its frames exist."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trackproof.errors import HandoffError, Problem, Severity, StorageError
from trackproof.handoff.plan import PLAN_NAME
from trackproof.handoff.validate import MANIFEST_SUFFIXES, validate
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address, is_s3_uri, read_bytes
from trackproof.storage.s3 import AwsError, Documents, document_cache, listed
from trackproof.storage.s3.sending import listed_around

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection

MOST_OBJECTS = 50_000
MOST_FILES = 5_000
LARGEST_FILE = 500_000_000
ENDINGS = (".json", *MANIFEST_SUFFIXES)


def validate_remote(
    address: S3Address,
    connection: Connection,
    *,
    size: tuple[int, int] | None = None,
    progress: Progress = NO_PROGRESS,
) -> list[Problem]:
    """Return everything that is wrong with a package folder in S3, or with a single file of one.

    Its labeling files are fetched; frames are only looked up in listings.

    Parameters
    ----------
    size : (int, int) or None
        Width and height of the images, pixels; None leaves right and bottom edges unchecked.

    Raises
    ------
    HandoffError
        When there is nothing to check, or more than one package can hold.
    AwsError
        When S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so.
    """
    is_file = address.suffix in ENDINGS and not address.is_folder
    folder = address.parent if is_file else address.as_folder
    wanted = [address] if is_file else _labeling_files(folder, connection, progress)
    documents = Documents(connection, document_cache(connection))
    failures = documents.get_all(wanted, progress=progress)
    if is_file and failures:
        raise failures[address]
    with tempfile.TemporaryDirectory(prefix="trackproof-") as place:
        mirror = _Mirror(Path(place), folder)
        told = [_problem(one, error) for one, error in failures.items()]
        for one in wanted:
            if one not in failures:
                told += mirror.take(one, documents.get(one))
        if not any(mirror.root.iterdir()):
            return told
        top = mirror.file_of(address) if is_file else mirror.root
        problems = validate(top, size=size, finder=mirror, progress=progress)
        problems += _frame_problems(mirror, connection, progress)
        return [*told, *(mirror.renamed(problem) for problem in problems)]


def _labeling_files(
    folder: S3Address, connection: Connection, progress: Progress
) -> list[S3Address]:
    found = listed(connection, folder, most=MOST_OBJECTS, progress=progress)
    keys = [key for key, facts in found.items() if key.endswith(ENDINGS)]
    if len(found) >= MOST_OBJECTS or len(keys) > MOST_FILES:
        raise HandoffError(
            f"this folder holds too much for one package ({len(found):,} objects or more); name "
            "the package's own folder",
            path=str(folder),
        )
    if not keys:
        raise HandoffError("no .manifest and no .json file is in this folder", path=str(folder))
    large = next((key for key in keys if found[key].size > LARGEST_FILE), None)
    if large is not None:
        raise HandoffError(
            f"has {found[large].size:,} bytes; no file of a labeling job is that large",
            path=f"s3://{folder.bucket}/{large}",
        )
    addresses = []
    for key in keys:
        try:
            addresses.append(S3Address(folder.bucket, key))
        except StorageError as error:
            raise HandoffError(error.message, path=str(folder)) from error
    return addresses


@dataclass(frozen=True, slots=True)
class _Mirror:
    """The labeling files of a folder under their own names, in a folder of the moment."""

    root: Path
    folder: S3Address

    def file_of(self, address: S3Address) -> Path:
        """Return where a file is, or would be."""
        return self.root.joinpath(*address.key.removeprefix(self.folder.key).split("/"))

    def take(self, address: S3Address, copy: Path) -> list[Problem]:
        """Put a file in its place; return why not, when its key cannot be a path."""
        inside = address.key.removeprefix(self.folder.key)
        file = self.file_of(address)
        if "\\" in inside or not all(inside.split("/")) or ":" in inside:
            return [_problem(address, "the key cannot be a path on a disk, so it was not checked")]
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy, file)
        except OSError as error:
            return [_problem(address, f"was not checked: {error.strerror}")]
        return []

    def find(self, uri: str) -> Path | None:
        """Return the file of exactly this address."""
        if not is_s3_uri(uri):
            raise StorageError(f"{uri[:200]!r} is no S3 address such as s3://bucket/key")
        address = S3Address.parse(uri)
        is_inside = address.bucket == self.folder.bucket and address.key.startswith(self.folder.key)
        file = self.file_of(address) if is_inside else None
        return file if file is not None and file.is_file() else None

    def renamed(self, problem: Problem) -> Problem:
        """Return a problem under the address that people know."""
        path = problem.path.replace(str(self.root), str(self.folder).rstrip("/"))
        message = problem.message.replace(str(self.root), str(self.folder).rstrip("/"))
        return replace(problem, path=path, message=message)


def _frame_problems(mirror: _Mirror, connection: Connection, progress: Progress) -> list[Problem]:
    """Return which frames of sequence files do not exist."""
    files = sorted(file for file in mirror.root.rglob("*.json") if file.name != PLAN_NAME)
    problems = []
    for number, file in enumerate(files):
        progress.step(number, len(files))
        document = _sequence_file(file)
        if document is not None:
            problems += _missing(document, file, connection)
    return problems


def _sequence_file(file: Path) -> Mapping[str, object] | None:
    try:
        document = msgspec.json.decode(read_bytes(file))
    except (StorageError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    is_one = isinstance(document, dict) and {"frames", "prefix"} <= document.keys()
    return document if is_one else None


def _missing(document: Mapping[str, object], file: Path, connection: Connection) -> list[Problem]:
    prefix, frames = document["prefix"], document["frames"]
    if not isinstance(prefix, str) or not isinstance(frames, list):
        return []
    names = [one.get("frame") for one in frames if isinstance(one, dict)]
    try:
        folder = S3Address.parse(prefix).as_folder
        wanted = [folder.joined(name) for name in names if isinstance(name, str) and name]
    except StorageError as error:
        return [Problem(error.message, str(file), "prefix and frames", Severity.ERROR)]
    try:
        there = listed_around(connection, wanted)
    except AwsError as error:
        return [Problem(f"frames were not looked up: {error}", str(file), severity=Severity.NOTE)]
    missing = [one for one in wanted if one.key not in there]
    if not missing:
        return []
    text = f"{len(missing):,} of {len(wanted):,} frames do not exist; the first is {missing[0]}"
    return [Problem(text, str(file), "frames", Severity.ERROR)]


def _problem(address: S3Address, error: StorageError | str) -> Problem:
    message = error if isinstance(error, str) else error.message
    return Problem(message, str(address), severity=Severity.ERROR)
