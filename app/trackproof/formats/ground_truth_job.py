"""Everything that a manifest names: sequence files, label files, the category configuration."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trackproof.errors import FormatError, Severity, StorageError
from trackproof.formats.ground_truth_config import LabelConfig, read_label_config
from trackproof.formats.ground_truth_manifest import is_clip, read_manifest
from trackproof.formats.ground_truth_reading import (
    NAME,
    Context,
    read_sequence,
    unlabelled_sequence,
)
from trackproof.formats.ground_truth_sequence_file import read_sequence_file
from trackproof.formats.model import Opened
from trackproof.formats.problems import Problems
from trackproof.storage import UriMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackproof.formats.ground_truth_manifest import ManifestLine
    from trackproof.formats.ground_truth_sequence_file import SequenceFile
    from trackproof.labels import Sequence
    from trackproof.progress import Progress

LARGEST_CONFIG = 1_000_000
MOST_CONFIGS = 60
LABELS_NAME = "SeqLabel.json"


@dataclass(frozen=True, eq=False)
class _Job:
    """What all lines of a manifest share."""

    manifest: Path
    uris: UriMap
    config: LabelConfig | None
    class_map: Mapping[str, str]
    progress: Progress


def read_job(path: Path, *, root: Path | None, progress: Progress) -> Opened:
    """Return the sequences of a manifest.

    Raises
    ------
    FormatError
        When no line of it leads to a sequence.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    problems = Problems(path)
    lines = read_manifest(path, problems)
    class_map: dict[str, str] = {}
    for line in lines:
        for class_id, name in line.class_map.items():
            class_map.setdefault(class_id, name)
    config = find_config(
        path.parent,
        problems,
        attributes={line.label_attribute for line in lines} - {""},
        names=set(class_map.values()),
    )
    job = _Job(path, UriMap(root=root, beside=path.parent), config, class_map, progress)
    sequences = []
    for line in lines:
        sequence = _sequence(line, job, problems)
        if sequence is not None:
            sequences.append(sequence)
    if not sequences:
        wrong = "; ".join(dict.fromkeys(problem.message for problem in problems.listed()))
        raise FormatError(f"no line leads to a sequence: {wrong[:600]}", path=path)
    return Opened(tuple(sequences), problems.listed(), path, NAME)


def read_alone(path: Path, *, progress: Progress) -> Opened:
    """Return the sequence of a label file without its job.

    Raises
    ------
    FormatError
        When nothing in it can be used.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    problems = Problems(path)
    config = find_config(path.parent, problems, is_only=True)
    context = Context(name=_name_alone(path), config=config)
    sequence = read_sequence(path, context, problems=problems, progress=progress)
    return Opened((sequence,), (), path, NAME)


def _sequence(line: ManifestLine, job: _Job, problems: Problems) -> Sequence | None:
    """Return the sequence of a line, or tell why there is none."""
    location = f"line {line.number + 1}"
    if is_clip(line):
        problems.error(
            "clips", f"names a clip ({_last(line.source_ref)}), not a sequence", location=location
        )
        return None
    try:
        return _read_line(line, job, problems)
    except (FormatError, StorageError) as error:
        problems.error("sequences that cannot be read", str(error), location=location)
        return None


def _read_line(line: ManifestLine, job: _Job, problems: Problems) -> Sequence:
    location = f"line {line.number + 1}"
    labels = _find(line.label_uri, job) if line.label_uri else None
    own = Problems(labels or job.manifest)
    file = _sequence_file(line, job, own)
    context = Context(
        name=_name(line, file),
        uri=line.label_uri,
        sequence_file=file,
        config=job.config,
        class_map={**job.class_map, **line.class_map},
        detail={
            "manifest_line": line.document,
            "manifest_path": job.manifest,
            "manifest_number": line.number,
            "label_attribute": line.label_attribute,
        },
    )
    if labels is not None:
        return read_sequence(labels, context, problems=own, progress=job.progress)
    if file is None:
        raise FormatError(
            f"neither the sequence file {_last(line.source_ref)} nor a label file was found; name "
            "the folder that stands for S3"
        )
    if line.label_uri:
        problems.error(
            "label files that were not found",
            f"the label file {line.label_uri[:300]} was not found; name the folder that stands "
            "for S3",
            location=location,
        )
    else:
        problems.add(
            "sequences without labels",
            f"{context.name} is not labelled yet",
            location=location,
            severity=Severity.NOTE,
        )
    return unlabelled_sequence(context, file, own)


def _find(uri: str, job: _Job) -> Path | None:
    return job.uris.find(uri)


def _sequence_file(line: ManifestLine, job: _Job, problems: Problems) -> SequenceFile | None:
    """Return the sequence file of a line; labels can be shown without it."""
    try:
        path = _find(line.source_ref, job)
        if path is not None:
            return read_sequence_file(path, problems)
        problems.add(
            "sequence files that were not found",
            f"the sequence file {line.source_ref[:300]} was not found, so the frames are those "
            "that the labels list",
        )
    except (FormatError, StorageError) as error:
        problems.error("sequence files that cannot be read", str(error))
    return None


def _name(line: ManifestLine, file: SequenceFile | None) -> str:
    """Return a short name: the folder of the frames, else of the sequence file."""
    if file is not None and file.prefix:
        folder = PurePosixPath(file.prefix.rstrip("/")).name
        if folder:
            return folder
    stem = PurePosixPath(line.source_ref).stem
    return stem or f"sequence {line.number}"


def _name_alone(path: Path) -> str:
    if path.name != LABELS_NAME:
        return path.stem
    return path.absolute().parent.name or path.stem


def _last(uri: str) -> str:
    return uri.rsplit("/", 1)[-1][:120]


def find_config(
    folder: Path,
    problems: Problems,
    *,
    attributes: set[str] | None = None,
    names: set[str] | None = None,
    is_only: bool = False,
) -> LabelConfig | None:
    """Return the label category configuration that lies beside labels or up to two folders above.

    Parameters
    ----------
    attributes : set of str or None
        Label attribute names; a configuration that audits one of them is taken first.
    names : set of str or None
        Category names in use, which it must cover.
    is_only : bool
        Search the folder alone, and take a configuration only when there is just one.
    """
    folder = folder.absolute()
    levels = [folder] if is_only else [folder, *list(folder.parents)[:2]]
    for level in levels:
        found = list(_configs(level))
        if is_only:
            return _checked(found[0].path, problems) if len(found) == 1 else None
        fitting = [one for one in found if (names or set()) <= one.categories.keys()]
        audits = [one for one in fitting if one.audited and one.audited in (attributes or set())]
        first = [one for one in fitting if not one.audited]
        for several in (first, audits, fitting):
            if several:
                return _checked(several[0].path, problems)
    return None


def _configs(folder: Path) -> Iterator[LabelConfig]:
    try:
        files = sorted(folder.glob("*.json"))
    except OSError:
        return
    small = (file for file in files if _size(file) <= LARGEST_CONFIG)
    for file in islice(small, MOST_CONFIGS):
        try:
            yield read_label_config(file, Problems(file))
        except (FormatError, StorageError):
            continue


def _checked(path: Path, problems: Problems) -> LabelConfig:
    return read_label_config(path, problems)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return LARGEST_CONFIG + 1
