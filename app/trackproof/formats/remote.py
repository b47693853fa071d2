"""Labels in S3: fetched into the cache, then read as files are, under their own addresses."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Problem, StorageError
from trackproof.formats.ground_truth import holds_labels
from trackproof.formats.ground_truth_job import LABELS_NAME, LARGEST_CONFIG, read_alone, read_job
from trackproof.formats.ground_truth_manifest import is_clip, read_manifest
from trackproof.formats.ground_truth_reading import NAME, Context, unlabelled_sequence
from trackproof.formats.ground_truth_sequence_file import read_sequence_file
from trackproof.formats.model import Opened
from trackproof.formats.problems import Problems
from trackproof.formats.registry import formats
from trackproof.formats.unknown import explained
from trackproof.storage import S3Address, is_s3_uri
from trackproof.storage.s3 import (
    CONNECTION,
    AwsError,
    Connection,
    Documents,
    document_cache,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackproof.labels import Sequence
    from trackproof.progress import Progress

MOST_CONFIGS = 20
MOST_LISTED = 2_000
_PLACES = (
    "manifests/output/output.manifest",
    "output.manifest",
    "adjustment.manifest",
    LABELS_NAME,
)
"""What is opened of a folder, the best first."""


def open_remote(address: S3Address, connection: Connection, *, progress: Progress) -> Opened:
    """Read labels from S3: a manifest, a sequence file, a label file, or a job's output folder.

    Objects are read where the manifest names them, in other buckets too; nothing else is fetched
    but small label category configurations beside the manifest and up to two folders above.

    Raises
    ------
    FormatError
        When no format knows it, or nothing in it can be used.
    AwsError
        When S3 refuses, or cannot be reached and nothing is on the disk.
    Cancelled
        When ``progress`` says so.
    """
    documents = Documents(connection, document_cache(connection))
    try:
        chosen = _inside(address, connection) if address.is_folder else address
        path = documents.get(chosen, progress=progress)
        opened = _read(chosen, path, documents, connection, progress)
    except (FormatError, StorageError) as error:
        _rename(error, documents.local)
        raise
    return _as_remote(opened, address, connection, documents)


def _inside(folder: S3Address, connection: Connection) -> S3Address:
    """Return what a folder offers: its manifest, else its labels."""
    found = listed(connection, folder, most=MOST_LISTED)
    names = {key.removeprefix(folder.key) for key in found}
    first = next((name for name in _PLACES if name in names), None)
    manifests = sorted((name for name in names if name.endswith(".manifest")), key=_by_depth)
    chosen = first or next(iter(manifests), None)
    if chosen is None:
        raise FormatError(
            "the folder holds neither a manifest nor a SeqLabel.json", path=str(folder)
        )
    return folder.joined(chosen)


def _by_depth(name: str) -> tuple[int, str]:
    return name.count("/"), name


def _read(
    address: S3Address,
    path: Path,
    documents: Documents,
    connection: Connection,
    progress: Progress,
) -> Opened:
    if holds_labels(path):
        configs = _configs(address, connection, documents, levels=1)
        name = address.parent.name if address.name == LABELS_NAME else address.stem
        return read_alone(path, progress=progress, name=name, configs=list(configs))
    file = _as_sequence_file(path)
    if file is not None:
        return file
    if _is_manifest(path):
        _fetch_named(path, documents, progress)
        return read_job(
            path,
            root=None,
            progress=progress,
            finder=documents,
            configs=_configs(address, connection, documents, levels=3),
        )
    for one in formats():
        if one.sniff(path):
            return one.read(path, root=None, progress=progress)
    raise FormatError(explained(path), path=path)


def _is_manifest(path: Path) -> bool:
    try:
        return bool(read_manifest(path, Problems(path)))
    except FormatError:
        return False


def _as_sequence_file(path: Path) -> Opened | None:
    """Return the sequence of a sequence file, without labels; None when the file is none."""
    problems = Problems(path)
    try:
        file = read_sequence_file(path, problems)
    except FormatError:
        return None
    folder = file.prefix.rstrip("/").rpartition("/")[2]
    sequence = unlabelled_sequence(Context(folder or path.stem, sequence_file=file), file, problems)
    return Opened((sequence,), (), path, NAME)


def _fetch_named(manifest: Path, documents: Documents, progress: Progress) -> None:
    """Fetch the files of all lines side by side; what fails is told when its line is read."""
    wanted = []
    for line in read_manifest(manifest, Problems(manifest)):
        if is_clip(line):
            continue
        for uri in (line.source_ref, line.label_uri):
            try:
                wanted.append(S3Address.parse(uri))
            except StorageError:
                continue
    documents.get_all(wanted, progress=progress)


def _configs(
    address: S3Address, connection: Connection, documents: Documents, *, levels: int
) -> Iterator[list[Path]]:
    """Yield the small JSON files of the folder and of those above; none where listing is denied."""
    folder = address
    for _ in range(levels):
        if not folder.key:
            return
        folder = folder.parent
        try:
            found = listed(connection, folder, most=MOST_LISTED, is_deep=False)
        except AwsError:
            continue
        small = [
            S3Address(folder.bucket, key)
            for key, facts in found.items()
            if key.endswith(".json") and facts.size <= LARGEST_CONFIG
        ]
        failures = documents.get_all(small[:MOST_CONFIGS])
        yield [documents.get(one) for one in small[:MOST_CONFIGS] if one not in failures]


def _as_remote(
    opened: Opened, address: S3Address, connection: Connection, documents: Documents
) -> Opened:
    """Return the same under the names that people know, with what may be out of date."""
    local = documents.local
    sequences = tuple(_remote_sequence(one, local, connection) for one in opened.sequences)
    stale = documents.stale
    problems = [_renamed(problem, local) for problem in opened.problems]
    if stale:
        reason = next(iter(stale.values()))
        oldest = min(documents.get(one).stat().st_mtime for one in stale)
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(oldest))
        problems.insert(
            0,
            Problem(
                f"S3 cannot be asked ({reason}); you see the copy on this disk, last used {day}",
                str(address),
            ),
        )
    return replace(opened, sequences=sequences, problems=tuple(problems), path=address)


def _remote_sequence(
    sequence: Sequence, local: dict[str, S3Address], connection: Connection
) -> Sequence:
    source = sequence.source
    if source is not None and not is_s3_uri(source.uri):
        source = replace(source, uri=str(local.get(str(source.path), source.uri)))
    return replace(
        sequence,
        source=source,
        problems=tuple(_renamed(problem, local) for problem in sequence.problems),
        detail={**sequence.detail, CONNECTION: connection},
    )


def _renamed(problem: Problem, local: dict[str, S3Address]) -> Problem:
    address = local.get(problem.path)
    message = _with_addresses(problem.message, local)
    return replace(problem, message=message, path=str(address) if address else problem.path)


def _rename(error: FormatError | StorageError, local: dict[str, S3Address]) -> None:
    """Let an error be about the address that a person knows, not about its copy."""
    address = local.get(str(error.path))
    error.message = _with_addresses(error.message, local)
    if address is not None:
        error.path = str(address)


def _with_addresses(message: str, local: dict[str, S3Address]) -> str:
    for path, address in local.items():
        if path in message:
            message = message.replace(path, str(address))
    return message
