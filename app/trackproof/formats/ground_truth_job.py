"""Everything that a manifest names: sequence files, label files, the category configuration."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol, TypeAlias

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
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from trackproof.formats.ground_truth_manifest import ManifestLine
    from trackproof.formats.ground_truth_sequence_file import SequenceFile
    from trackproof.labels import Sequence
    from trackproof.progress import Progress

    Levels: TypeAlias = Iterable[list[Path]]
    """Files that may be label category configurations, nearest first."""

LARGEST_CONFIG = 1_000_000
MOST_CONFIGS = 60
LABELS_NAME = "SeqLabel.json"


class Finder(Protocol):
    """What knows the local file of an address."""

    def find(self, uri: str) -> Path | None:
        """Return the file, None when there is none.

        Raises
        ------
        StorageError
            When the address leads astray, or its file cannot be had.
        """


@dataclass(frozen=True, eq=False)
class _Job:
    """What all lines of a manifest share."""

    manifest: Path
    uris: Finder
    config: LabelConfig | None
    class_map: Mapping[str, str]
    progress: Progress


def read_job(
    path: Path,
    *,
    root: Path | None,
    progress: Progress,
    finder: Finder | None = None,
    configs: Levels | None = None,
) -> Opened:
    """Return the sequences of a manifest.

    Parameters
    ----------
    root : Path or None
        Local folder that stands for S3.
    finder : Finder or None
        What knows the files of addresses; by default, the root or the folders around the manifest.
    configs : iterable of lists of Path, or None
        Where a label category configuration may be, nearest first; by default, in the folders
        around the manifest.

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
    config = _config_among(
        configs if configs is not None else _levels(path.parent),
        problems,
        attributes={line.label_attribute for line in lines} - {""},
        names=set(class_map.values()),
    )
    uris = finder or UriMap(root=root, beside=path.parent)
    job = _Job(path, uris, config, class_map, progress)
    sequences = []
    for line in lines:
        sequence = _sequence(line, job, problems)
        if sequence is not None:
            sequences.append(sequence)
    if not sequences:
        told = problems.listed()
        wrong = "; ".join(dict.fromkeys(problem.message for problem in told))
        place = next((problem.location for problem in told if problem.location), None)
        raise FormatError(f"no line leads to a sequence: {wrong[:600]}", path=path, location=place)
    return Opened(tuple(sequences), problems.listed(), path, NAME)


def read_alone(
    path: Path, *, progress: Progress, name: str = "", configs: Levels | None = None
) -> Opened:
    """Return the sequence of a label file without its job.

    Parameters
    ----------
    name : str
        Of the sequence; by default, that of the file or its folder.
    configs : iterable of lists of Path, or None
        Where its label category configuration may be; by default, in its folder.

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
    config = _only_config(
        configs if configs is not None else [_json_files(path.parent.absolute())], problems
    )
    context = Context(name=name or _name_alone(path), config=config)
    sequence = read_sequence(path, context, problems=problems, progress=progress)
    return Opened((sequence,), (), path, NAME)


def _sequence(line: ManifestLine, job: _Job, problems: Problems) -> Sequence | None:
    """Return the sequence of a line, or tell why there is none."""
    location = f"line {line.number + 1}"
    if is_clip(line):
        problems.error(
            "clips",
            f"names a clip ({_last(line.source_ref)}), not a sequence; open it alone "
            "to review clips",
            location=location,
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
) -> LabelConfig | None:
    """Return the label category configuration that lies beside labels or up to two folders above.

    Parameters
    ----------
    attributes : set of str or None
        Label attribute names; a configuration that audits one of them is taken first.
    names : set of str or None
        Category names in use, which it must cover.
    """
    return _config_among(
        _levels(folder), problems, attributes=attributes or set(), names=names or set()
    )


def _levels(folder: Path) -> Levels:
    """Return the JSON files beside labels, then those of the folders up to two above."""
    folder = folder.absolute()
    return (_json_files(level) for level in (folder, *list(folder.parents)[:2]))


def _only_config(levels: Levels, problems: Problems) -> LabelConfig | None:
    """Return the configuration of a label file without its job, if there is just one."""
    found = [one for files in levels for one in _configs(files)]
    return _checked(found[0].path, problems) if len(found) == 1 else None


def _config_among(
    levels: Levels, problems: Problems, *, attributes: set[str], names: set[str]
) -> LabelConfig | None:
    """Return the configuration that fits best, of the nearest level that holds one.

    Parameters
    ----------
    attributes : set of str
        Label attribute names; a configuration that audits none, or one of them, is taken first.
    names : set of str
        Category names in use, which it must cover.
    """
    for files in levels:
        found = list(_configs(files))
        fitting = [one for one in found if names <= one.categories.keys()]
        audits = [one for one in fitting if one.audited and one.audited in attributes]
        first = [one for one in fitting if not one.audited]
        for several in (first, audits, fitting):
            if several:
                return _checked(several[0].path, problems)
    return None


def _json_files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.json"))
    except OSError:
        return []


def _configs(files: list[Path]) -> Iterator[LabelConfig]:
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
