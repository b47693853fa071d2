"""Check any package of labeling files, ours or others', against the rules of the service.

Every file is checked by itself; then what must agree between files: label files with sequence
files, class maps with label category configurations, manifests with audited names, and requests
with what they point at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import HandoffError, Problem, Severity, StorageError
from trackproof.formats.ground_truth_tolerant import json_reason
from trackproof.frames.extraction import RECORD_NAME
from trackproof.handoff.addresses import PLACEHOLDER_BUCKET
from trackproof.handoff.config_rules import config_problems, is_verification
from trackproof.handoff.label_file_rules import (
    DETECTION_KEY,
    TRACKING_KEY,
    LabelFacts,
    bounded,
    label_problems,
    sequence_problems,
)
from trackproof.handoff.manifest_rules import TASK_TYPES, Line, manifest_problems
from trackproof.handoff.plan import PLAN_NAME, read_plan
from trackproof.handoff.request_rules import request_problems
from trackproof.handoff.value_rules import value_doubts
from trackproof.progress import NO_PROGRESS
from trackproof.storage import UriMap, check_there, files_beneath, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackproof.formats.ground_truth_job import Finder
    from trackproof.progress import Progress


MANIFEST_SUFFIXES = (".manifest", ".jsonl")
OWN_NAMES = (PLAN_NAME, RECORD_NAME)
LOOKED_AT = 4_096
BINARY = "this is not UTF-8 text: it holds zero bytes, as binary files and UTF-16 do"
"""Notes of this program that no labeling job reads."""


@dataclass(slots=True)
class _Package:
    """What was read, by path; ``root`` is the folder beneath which addresses are looked up.

    Only files that are sound in themselves are kept to be compared with others.
    """

    root: Path
    size: tuple[int, int] | None = None
    finder: Finder | None = None
    problems: list[Problem] = field(default_factory=list)
    manifests: dict[Path, list[Line]] = field(default_factory=dict)
    labels: dict[Path, LabelFacts] = field(default_factory=dict)
    sequences: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    configs: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    requests: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)

    def find(self, uri: str) -> Path | None:
        return (self.finder or UriMap(root=self.root)).find(uri)

    def error(self, message: str, path: Path, location: str = "") -> None:
        self.problems.append(Problem(message, str(path), location, Severity.ERROR))

    def note(self, message: str, path: Path, location: str = "") -> None:
        self.problems.append(Problem(message, str(path), location, Severity.NOTE))


def validate(
    path: Path,
    *,
    size: tuple[int, int] | None = None,
    finder: Finder | None = None,
    progress: Progress = NO_PROGRESS,
) -> list[Problem]:
    """Return everything that is wrong with a package folder or with a single file of one.

    Parameters
    ----------
    size : (int, int) or None
        Width and height of the images, pixels; None leaves right and bottom edges unchecked.
    finder : Finder or None
        What knows the file of an address; by default, what lies in the folder under a like path.

    Problems of severity ``ERROR`` break a rule of the service, ``WARNING`` probably make trouble,
    ``NOTE`` says what could not be checked.

    Raises
    ------
    HandoffError
        When there is nothing to check at the path.
    Cancelled
        When ``progress`` says so.
    """
    try:
        check_there(path)
    except StorageError as error:
        raise HandoffError(error.message, path=path) from error
    files = sorted(_files(path)) if path.is_dir() else [path]
    if not files:
        raise HandoffError("no .manifest and no .json file is in this folder", path=path)
    package = _Package(path if path.is_dir() else path.parent, size, finder)
    for number, file in enumerate(files):
        progress.step(number, len(files))
        _read(file, package)
    for manifest, lines in package.manifests.items():
        _manifest(manifest, lines, package)
    for file, request in package.requests.items():
        _request(file, request, package)
    if (package.root / PLAN_NAME).is_file() and path.is_dir():
        _plan(package)
    progress.step(len(files), len(files))
    return package.problems


def is_clean(problems: list[Problem]) -> bool:
    """Return whether no rule is broken; warnings and notes do not count."""
    return not any(problem.severity is Severity.ERROR for problem in problems)


def _files(folder: Path) -> Iterator[Path]:
    for file in files_beneath(folder):
        if file.suffix in (".json", *MANIFEST_SUFFIXES) and file.name not in OWN_NAMES:
            yield file


def _read(file: Path, package: _Package) -> None:
    """Read one file, find out from its content what it is, and check it by itself."""
    try:
        data = read_bytes(file)
    except StorageError as error:
        package.error(error.message, file)
        return
    if b"\0" in data[:LOOKED_AT]:
        package.error(BINARY, file)
        package.broken.add(file)
        return
    if file.suffix in MANIFEST_SUFFIXES:
        problems, package.manifests[file] = manifest_problems(data, path=str(file))
        package.problems += bounded(problems, str(file))
        _placeholders(data, file, package)
        return
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        package.error(f"this is not JSON: {json_reason(_placed(error, data))}", file)
        package.broken.add(file)
        return
    if not isinstance(document, dict):
        package.note("this is no file of a labeling job, so it was not checked", file)
        return
    _document(document, file, package)


def _placed(error: Exception, data: bytes) -> Exception:
    """Return the error with the byte's place in the file; the decoder counts inside one text."""
    if isinstance(error, UnicodeDecodeError):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as exact:
            return exact
    return error


def _document(document: dict[str, Any], file: Path, package: _Package) -> None:
    kept: dict[Path, Mapping[str, Any]]
    if TRACKING_KEY in document or DETECTION_KEY in document:
        problems, package.labels[file] = label_problems(document, path=str(file), size=package.size)
        package.problems += problems
        return
    if "seq-no" in document or {"frames", "prefix"} <= document.keys():
        problems, kept = sequence_problems(document, path=str(file)), package.sequences
    elif "LabelingJobName" in document or "HumanTaskConfig" in document:
        problems, kept = request_problems(document, path=str(file)), package.requests
    elif "labels" in document:
        problems, kept = config_problems(document, path=str(file)), package.configs
    else:
        package.note("this is no file of a labeling job, so it was not checked", file)
        return
    package.problems += problems
    if is_clean(problems):
        kept[file] = document
    else:
        package.broken.add(file)


def _placeholders(data: bytes, file: Path, package: _Package) -> None:
    if PLACEHOLDER_BUCKET.encode() in data:
        package.problems.append(
            Problem(
                f"addresses still name s3://{PLACEHOLDER_BUCKET}; export again and say where the "
                "package and the frames will be",
                str(file),
            )
        )


def _beneath(package: _Package, uri: str) -> Path | None:
    """Return the file of the package that an address means, if it is here."""
    try:
        return package.find(uri)
    except StorageError:
        return None


def _found(uri: str, manifest: Path, line: str, package: _Package) -> Path | None:
    """Return the file that a manifest names; say so when it is elsewhere or leads astray."""
    try:
        file = package.find(uri)
    except StorageError as error:
        package.error(error.message, manifest, line)
        return None
    if file is None:
        package.note(f"{uri} is not in this folder", manifest, line)
    return file


def _manifest(manifest: Path, lines: list[Line], package: _Package) -> None:
    config = _config_of(manifest, lines, package)
    for line in lines:
        place = f"line {line.number}"
        sequence_file = _found(line.source_ref, manifest, place, package)
        if sequence_file and sequence_file not in {*package.sequences, *package.broken}:
            package.error(f"{line.source_ref} is not a sequence file", manifest, place)
        for name, (uri, metadata) in line.results.items():
            _result(name, uri, metadata, _Place(manifest, place, sequence_file), package)
        if config is not None and _audited(config[1]):
            _against_config(line, config, manifest, package)


@dataclass(frozen=True, slots=True)
class _Place:
    manifest: Path
    line: str
    sequence_file: Path | None


def _result(
    name: str, uri: str, metadata: Mapping[str, Any], at: _Place, package: _Package
) -> None:
    file = _found(uri, at.manifest, at.line, package)
    if file is None:
        return
    facts = package.labels.get(file)
    if facts is None:
        if file not in package.broken:
            package.error(f"{uri} is not a label file", at.manifest, at.line)
        return
    if TASK_TYPES[metadata["type"]] != facts.is_tracking:
        package.error(f"{name}-metadata has another type than its label file", at.manifest, at.line)
    missing = sorted(facts.class_ids - metadata["class-map"].keys())
    if missing:
        text = f"class-map lacks class ids that the labels use: {', '.join(missing)}"
        package.error(text, at.manifest, at.line)
    if at.sequence_file in package.sequences:
        _labels_against_sequence(file, facts, package.sequences[at.sequence_file], package)


def _labels_against_sequence(
    file: Path, facts: LabelFacts, sequence: Mapping[str, Any], package: _Package
) -> None:
    numbers = {frame["frame"]: str(frame["frame-no"]) for frame in sequence["frames"]}
    strangers = [name for _, name in facts.frames if name not in numbers]
    if strangers:
        package.error(
            f"{len(strangers)} labelled frames are not in the sequence file; "
            f"the first is {strangers[0]!r}",
            file,
        )
    shifted = [
        (number, name)
        for number, name in facts.frames
        if name in numbers and numbers[name] != number
    ]
    if shifted:
        number, name = shifted[0]
        package.error(
            f"{len(shifted)} frames have another frame-no than in the sequence file; "
            f"the first is {name!r}: {number} here, {numbers[name]} there",
            file,
        )


def _config_of(
    manifest: Path, lines: list[Line], package: _Package
) -> tuple[Path, Mapping[str, Any]] | None:
    """Return the label category configuration for a manifest.

    A request that names both settles it; else the audited name does, in the nearest folder that
    holds a configuration for an audit.
    """
    for request in package.requests.values():
        source = _at(request, "InputConfig", "DataSource", "S3DataSource", "ManifestS3Uri")
        config = _at(request, "LabelCategoryConfigS3Uri")
        if isinstance(source, str) and _beneath(package, source) == manifest:
            file = _beneath(package, config) if isinstance(config, str) else None
            return (file, package.configs[file]) if file in package.configs else None
    names = {name for line in lines for name in line.results}
    for folder in manifest.parents:
        audits = {
            file: config
            for file, config in package.configs.items()
            if file.parent == folder and "auditLabelAttributeName" in config
        }
        fitting = [pair for pair in audits.items() if _audited(pair[1]) in names]
        if len(audits) == 1 or fitting:
            return fitting[0] if fitting else next(iter(audits.items()))
        if folder == package.root:
            break
    return None


def _audited(config: Mapping[str, Any]) -> str:
    return str(config.get("auditLabelAttributeName", ""))


def _against_config(
    line: Line, pair: tuple[Path, Mapping[str, Any]], manifest: Path, package: _Package
) -> None:
    file, config = pair
    name = _audited(config)
    place = f"line {line.number}"
    if name in line.broken:
        return
    if name not in line.results:
        text = f"no {name} and {name}-metadata, which {file.name} names as the labels to audit"
        package.error(text, manifest, place)
        return
    uri, metadata = line.results[name]
    offered = {entry["label"] for entry in config["labels"]}
    for label in metadata["class-map"].values():
        if label not in offered:
            package.error(f"class-map names {label!r}, which {file.name} lacks", manifest, place)
    labels = _beneath(package, uri)
    facts = package.labels.get(labels) if labels else None
    wanted = config.get("annotationType", "BoundingBox")
    if facts:
        package.problems += [
            Problem(text, str(labels), "", Severity.WARNING)
            for text in value_doubts(facts.values, config, metadata["class-map"])
        ]
    if facts and facts.annotation_types and wanted not in facts.annotation_types:
        held = ", ".join(sorted(facts.annotation_types))
        package.error(f"the labels are {held}, but {file.name} asks for {wanted}", manifest, place)


def _request(file: Path, request: Mapping[str, Any], package: _Package) -> None:
    uri = _at(request, "LabelCategoryConfigS3Uri")
    config_file = _beneath(package, uri) if isinstance(uri, str) else None
    config = package.configs.get(config_file) if config_file else None
    function = _at(request, "HumanTaskConfig", "PreHumanTaskLambdaArn")
    is_audit = isinstance(function, str) and ":PRE-Adjustment" in function
    if config is None:
        return
    name = _audited(config)
    if is_audit and not name:
        package.error(
            f"the functions are those of an audit, but {config_file} names no labels to audit "
            "(auditLabelAttributeName)",
            file,
        )
    if not is_audit and name:
        kind = "a verification" if is_verification(config) else "an adjustment"
        package.error(f"{config_file} is that of {kind}, but the functions are not", file)
    if name and _at(request, "LabelAttributeName") == name:
        package.error(
            f"LabelAttributeName is {name!r}, the name of the labels to audit; choose another", file
        )


def _at(document: Mapping[str, Any], *keys: str) -> object:
    value: object = document
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _plan(package: _Package) -> None:
    """Check that the plan still describes the files beside it."""
    file = package.root / PLAN_NAME
    try:
        plan = read_plan(file)
    except HandoffError as error:
        package.error(error.message, file)
        return
    for number, window in enumerate(plan.windows):
        if len(window.frame_names) != window.frame_end - window.frame_start + 1:
            package.error(
                "frame_names do not fit frame_start and frame_end", file, f"window {number}"
            )
        listed = package.root / window.folder / "sequence.json"
        sequence = package.sequences.get(listed)
        if listed in package.broken:
            continue
        if sequence is None:
            package.error(f"{window.folder}/sequence.json is missing", file, f"window {number}")
        elif [one["frame"] for one in sequence["frames"]] != list(window.frame_names):
            package.error(
                f"{window.folder}/sequence.json lists other frames", file, f"window {number}"
            )
