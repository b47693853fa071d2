"""What the lines of input, output and follow-up manifests must obey."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import Problem, Severity
from trackproof.formats.ground_truth_manifest import METADATA, is_of_job
from trackproof.formats.ground_truth_tolerant import json_reason
from trackproof.handoff import limits
from trackproof.handoff.request_rules import S3_URI, attribute_name_wrong
from trackproof.handoff.shape import Anything, Choice, Fields, Text, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.handoff.shape import Wrong

CLIP_SUFFIXES = (".mp4", ".ogg", ".webm")
TASK_TYPES = {
    "groundtruth/video-object-tracking": True,
    "groundtruth/video-object-detection": False,
}
"""Metadata type of video frame results, and whether their annotations have identity."""


@dataclass(frozen=True, slots=True)
class _ClassMap:
    """Class id to label."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        if not isinstance(value, dict):
            yield place, "must be an object that maps class ids to labels"
            return
        for key, label in value.items():
            if not key.isdecimal() or not isinstance(label, str) or not label:
                yield place, f"maps {shortened(key)} to {shortened(label)}; ids are numbers as text"


RESULT = Fields(
    required={"class-map": _ClassMap(), "type": Choice(tuple(TASK_TYPES))},
    optional={
        "human-annotated": Choice(("yes", "no")),
        "job-name": Text(least=1, pattern=r"labeling-job/.+", form="labeling-job/ and a name"),
        "creation-date": Text(least=1),
        "adjustment-status": Choice(("adjusted", "unadjusted")),
        "confidence": Anything(),
    },
    is_open=True,
)


@dataclass(frozen=True, slots=True)
class _Share:
    """A number from 0 to 1."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= float(str(value)) <= 1:
            yield place, f"is {shortened(value)}; it must be a number from 0 to 1"


CLIP_RESULT = Fields(
    required={"class-name": Text(least=1)},
    optional={"confidence": _Share(), "human-annotated": Choice(("yes", "no"))},
    is_open=True,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A sound line of a manifest of video frames.

    Parameters
    ----------
    number : int
        Counted from 1.
    source_ref : str
        S3 address of the sequence file.
    results : mapping of str to (str, mapping)
        By label attribute name: address of the label file, and its metadata.
    broken : frozenset of str
        Label attribute names whose result breaks a rule; they are not among the results.
    """

    number: int
    source_ref: str
    results: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()


def manifest_problems(data: bytes, *, path: str = "") -> tuple[list[Problem], list[Line]]:
    """Return what is wrong with a manifest, and its lines of video frames as far as they are sound.

    Lines of clip classification are checked and not returned: they point at no other file.
    """
    problems: list[Problem] = []
    lines: list[Line] = []
    rows = [row.rstrip(b"\r") for row in data.split(b"\n")]
    rows = rows[:-1] if rows[-1] == b"" else rows
    if not rows:
        problems.append(Problem("the manifest is empty", path, "", Severity.ERROR))
    for number, row in enumerate(rows, start=1):
        wrongs, line = _line(row, number)
        place = f"line {number}"
        problems += [
            Problem(f"{key} {text}".strip(), path, place, Severity.ERROR) for key, text in wrongs
        ]
        if line is not None:
            lines.append(line)
    if len(lines) > limits.SEQUENCES_PER_MANIFEST:
        text = f"{len(lines)} sequences; a manifest of video frames holds at most 10"
        problems.append(Problem(text, path, "", Severity.ERROR))
    return problems, lines


def _line(row: bytes, number: int) -> tuple[list[Wrong], Line | None]:
    try:
        text = row.decode("utf-8")
        raw = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
        line = msgspec.json.decode(row)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        return [("", f"this is not one complete JSON object: {json_reason(error)}")], None
    wrongs: list[Wrong] = []
    if len(text) > limits.MANIFEST_LINE_CHARACTERS:
        wrongs.append(("", f"the line has {len(text):,} characters; at most 100,000 are allowed"))
    for key, value in raw.items():
        length = len(bytes(value).decode("utf-8"))
        if length > limits.MANIFEST_ATTRIBUTE_CHARACTERS:
            wrongs.append((key, f"has {length:,} characters; at most 20,000 are allowed"))
        if key.startswith("$"):
            wrongs.append((key, "starts with $, which no key may"))
    source = line.get("source-ref")
    if source is None:
        missing = "" if "source" in line else "neither source-ref nor source is given"
        wrongs += [("", missing)] if missing else [("source", "video work needs source-ref")]
        return wrongs, None
    wrongs += S3_URI.wrongs(source, "source-ref")
    if not isinstance(source, str):
        return wrongs, None
    if source.lower().endswith(CLIP_SUFFIXES):
        return [*wrongs, *_clip(line)], None
    if not source.lower().endswith(".json"):
        wrongs.append(("source-ref", "must point to a sequence file (.json) or a clip"))
    found, results, broken = _results(line)
    return [*wrongs, *found], Line(number, source, results, frozenset(broken))


def _results(
    line: Mapping[str, Any],
) -> tuple[list[Wrong], dict[str, tuple[str, Mapping[str, Any]]], set[str]]:
    wrongs: list[Wrong] = []
    results: dict[str, tuple[str, Mapping[str, Any]]] = {}
    broken: set[str] = set()
    for key, value in line.items():
        if not key.endswith(METADATA):
            if key.endswith("-ref") and key != "source-ref" and key + METADATA not in line:
                wrongs.append((key, f"has no {key}{METADATA} beside it"))
                broken.add(key)
            continue
        name = key.removesuffix(METADATA)
        if not is_of_job(name, value):
            continue
        wrong = attribute_name_wrong(name, is_reference=True)
        if wrong:
            wrongs.append((name, f"cannot be used: {wrong}"))
        found = list(RESULT.wrongs(value, key))
        if not found:
            found += _date(value, key)
        uri = line.get(name)
        if name not in line:
            found.append((key, f"stands without {name}"))
        else:
            found += S3_URI.wrongs(uri, name)
        wrongs += found
        if found:
            broken.add(name)
        elif isinstance(uri, str):
            results[name] = (uri, value)
    return wrongs, results, broken


def _date(metadata: Mapping[str, Any], place: str) -> Iterator[Wrong]:
    date = metadata.get("creation-date")
    if date is None:
        return
    try:
        datetime.fromisoformat(str(date))
    except ValueError:
        yield f"{place}.creation-date", f"is {shortened(date)}; it must be an ISO date and time"


def _clip(line: Mapping[str, Any]) -> Iterator[Wrong]:
    for key, metadata in line.items():
        if not key.endswith(METADATA):
            continue
        name = key.removesuffix(METADATA)
        if not is_of_job(name, metadata):
            continue
        wrong = attribute_name_wrong(name, is_reference=False)
        if wrong:
            yield name, f"cannot be used: {wrong}"
        if not isinstance(metadata, dict) or not isinstance(metadata.get("class-name"), str):
            yield key, "names no class (class-name)"
        else:
            yield from CLIP_RESULT.wrongs(metadata, key)
            yield from _date(metadata, key)
        if name not in line:
            yield key, f"stands without {name}"
