"""Manifests of labeling jobs: one JSON object per line, one line per sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import FormatError, Severity
from trackproof.formats.ground_truth_tolerant import json_reason, parsed, short
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackproof.formats.problems import Problems

LONGEST_LINE = 100_000
LONGEST_VALUE = 20_000
METADATA = "-metadata"
JOB_TYPES = "groundtruth/"
TYPE_PREFIX = f"{JOB_TYPES}video-object-"
JOB_KEYS = frozenset({"class-map", "class-name", "job-name", "human-annotated", "creation-date"})


@dataclass(frozen=True, slots=True, eq=False)
class ManifestLine:
    """One line of a manifest.

    Parameters
    ----------
    number : int
        Zero-based line, as the folders of a job's output are named.
    document : mapping
        The whole line, as read, in its order.
    source_ref : str
        Address of the sequence file.
    label_attribute : str
        The newest result's key; empty when nobody has labelled the sequence.
    label_uri : str
        Address of its label file.
    class_map : mapping of str to str
        Category name by class id, of this line's results.
    """

    number: int
    document: Mapping[str, Any]
    source_ref: str
    label_attribute: str
    label_uri: str
    class_map: Mapping[str, str]


def read_manifest(path: Path, problems: Problems) -> list[ManifestLine]:
    """Return the lines of a manifest that can be used.

    Raises
    ------
    FormatError
        When there is none.
    StorageError
        When it cannot be read.
    """
    data = read_bytes(path).removeprefix(b"\xef\xbb\xbf")
    lines = []
    for number, text in enumerate(data.splitlines()):
        if text.strip():
            line = _line(number, text, problems)
            if line is not None:
                lines.append(line)
    if not lines:
        told = problems.listed()
        wrong = told[0].message if told else "it is empty"
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        raise FormatError(
            f"no line of this manifest can be used: {wrong}{more}",
            path=path,
            location=told[0].location if told else None,
        )
    return lines


def encode_manifest_line(document: Mapping[str, Any]) -> bytes:
    """Return a line with its line break, keys in the given order.

    Raises
    ------
    FormatError
        When the line is longer than the service takes.
    """
    line = msgspec.json.encode(document) + b"\n"
    if len(line.decode()) > LONGEST_LINE:
        raise FormatError(
            f"a manifest line would have {len(line):,} characters; the service takes at most "
            f"{LONGEST_LINE:,}"
        )
    return line


def is_of_job(name: str, metadata: object) -> bool:
    """Return whether ``<name>-metadata`` stands beside a job's result.

    Other keys may end like that, too: they are the owner's own and pass through.
    """
    if name.endswith("-ref"):
        return True
    if not isinstance(metadata, dict):
        return False
    return str(metadata.get("type", "")).startswith(JOB_TYPES) or bool(JOB_KEYS & metadata.keys())


def _line(number: int, text: bytes, problems: Problems) -> ManifestLine | None:
    location = f"line {number + 1}"
    try:
        document = parsed(text)
    except (ValueError, RecursionError) as error:
        problems.error(
            "lines that are not JSON", f"is not JSON: {json_reason(error)}", location=location
        )
        return None
    if not isinstance(document, dict):
        problems.error("lines that are no objects", f"holds {short(document)}", location=location)
        return None
    source = document.get("source-ref")
    if not isinstance(source, str) or not source:
        problems.error(
            "lines without source-ref", "has no source-ref that names a file", location=location
        )
        return None
    _tell_lengths(document, text, location, problems)
    attribute = _newest_result(document, location, problems)
    return ManifestLine(
        number=number,
        document=document,
        source_ref=source,
        label_attribute=attribute,
        label_uri=document[attribute] if attribute else "",
        class_map=_class_map(document, attribute, location, problems),
    )


def _tell_lengths(
    document: Mapping[str, Any], text: bytes, location: str, problems: Problems
) -> None:
    length = len(text.decode("utf-8", "replace"))
    if length > LONGEST_LINE:
        problems.add(
            "lines that are too long",
            f"has {length:,} characters; the service takes at most {LONGEST_LINE:,}. It is read "
            "all the same",
            location=location,
        )
    for key, value in document.items():
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            problems.add(
                "values that are too long",
                f"{key[:60]} has {len(value):,} characters; the service takes at most "
                f"{LONGEST_VALUE:,}",
                location=location,
            )


def _newest_result(document: Mapping[str, Any], location: str, problems: Problems) -> str:
    """Return the key of the newest label file, empty when there is none."""
    results = []
    for place, (key, value) in enumerate(document.items()):
        metadata = document.get(f"{key}{METADATA}")
        if key == "source-ref" or not isinstance(value, str):
            if isinstance(metadata, dict) and key.endswith("-ref") and value is not None:
                problems.error(
                    "results that name no file",
                    f"{key} is {short(value)}, which names no label file",
                    location=location,
                )
            continue
        if isinstance(metadata, dict) and is_of_job(key, metadata):
            kind = metadata.get("type", TYPE_PREFIX)
            if isinstance(kind, str) and kind.startswith(TYPE_PREFIX):
                results.append((_date(metadata), place, key))
        elif value.endswith("SeqLabel.json"):
            results.append(("", place, key))
    if len(results) > 1:
        problems.add(
            "several results",
            f"has {len(results)} results; the newest, {max(results)[2]}, is shown",
            location=location,
            severity=Severity.NOTE,
        )
    return max(results)[2] if results else ""


def _date(metadata: Mapping[str, Any]) -> str:
    """Return a creation date that sorts as text; dates are ISO 8601 without a zone."""
    date = metadata.get("creation-date")
    return date.removesuffix("Z")[:26] if isinstance(date, str) else ""


def _class_map(
    document: Mapping[str, Any], attribute: str, location: str, problems: Problems
) -> dict[str, str]:
    """Return the class map of the chosen result, completed by those of other results."""
    keys = [f"{attribute}{METADATA}", *(key for key in document if key.endswith(METADATA))]
    merged: dict[str, str] = {}
    for key in dict.fromkeys(keys):
        metadata = document.get(key)
        found = metadata.get("class-map", {}) if isinstance(metadata, dict) else {}
        if not isinstance(found, dict):
            problems.add(
                "class maps that are none",
                f"class-map of {key[:60]} is {short(found)}, not an object",
                location=location,
            )
            continue
        for class_id, name in found.items():
            if isinstance(name, str) and name:
                merged.setdefault(class_id, name)
    return merged


def is_clip(line: ManifestLine) -> bool:
    """Return whether a line names a clip (of a classification job), not a sequence file."""
    return line.source_ref.lower().endswith((".mp4", ".ogg", ".webm"))
