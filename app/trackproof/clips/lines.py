"""Lines of a classification manifest: which are clips, what they hold, and how to change them.

Keys and values that are not changed keep every byte.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from trackproof.errors import FormatError
from trackproof.formats.ground_truth_manifest import METADATA
from trackproof.frames.source import VIDEO_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BOM = b"\xef\xbb\xbf"
SOURCE = "source-ref"
CLASS = "class-name"
FAILURES = ("failure-reason", "failure_reason")
OGG_SUFFIXES = frozenset({".ogg", ".ogv"})

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


def is_clip_line(document: Mapping[str, Any]) -> bool:
    """Return whether a line names a clip, by its address, or by its result when that has no ending.

    The type in the metadata is not asked: no source documents it for clips.
    """
    source = document.get(SOURCE)
    if not isinstance(source, str) or not source:
        return False
    suffix = PurePosixPath(source).suffix.lower()
    if suffix in VIDEO_SUFFIXES or suffix in OGG_SUFFIXES:
        return True
    return not suffix and any(True for _ in results_of(document))


def results_of(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield label attribute and metadata of every classification in a line."""
    for key, metadata in document.items():
        if not key.endswith(METADATA) or not isinstance(metadata, dict):
            continue
        if CLASS in metadata or any(failure in metadata for failure in FAILURES):
            yield key.removesuffix(METADATA), metadata


def value_spans(text: str) -> dict[str, tuple[int, int]]:
    """Return where the value of every key of a JSON object stands; the last of equal keys counts.

    Raises
    ------
    FormatError
        When the text is no JSON object.
    """
    try:
        return dict(_pairs(text))
    except (ValueError, IndexError, RecursionError) as error:
        raise FormatError(f"is no JSON object: {str(error)[:200]}") from error


def with_values(text: str, values: Mapping[str, Any]) -> str:
    """Return a line in which some keys hold other values, and everything else keeps every byte.

    Parameters
    ----------
    text : str
        One JSON object, without line break.
    values : mapping
        New values; keys that the line lacks go to its end.

    Raises
    ------
    FormatError
        When the text is no JSON object.
    """
    spans = value_spans(text)
    is_ascii = text.isascii()
    is_compact = re.match(r'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\S', text) is not None
    separators = (",", ":") if is_compact else (", ", ": ")

    def encoded(value: Any) -> str:
        return json.dumps(value, ensure_ascii=is_ascii, separators=separators)

    changed = text
    replaced = sorted(((spans[key], key) for key in values if key in spans), reverse=True)
    for (start, end), key in replaced:
        changed = changed[:start] + encoded(values[key]) + changed[end:]
    added = [key for key in values if key not in spans]
    if not added:
        return changed
    pairs = separators[0].join(
        f"{encoded(key)}{separators[1]}{encoded(values[key])}" for key in added
    )
    end = changed.rindex("}")
    kept = changed[:end].rstrip()
    return kept + (separators[0] if spans else "") + pairs + changed[end:]


def _pairs(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    at = _after_space(text, 0)
    if text[at] != "{":
        raise ValueError("it does not begin with {")
    at = _after_space(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        if not isinstance(key, str) or text[at] != ":":
            raise ValueError(f"a key is missing at character {at}")
        start = _after_space(text, at + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, (start, end)
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
        elif text[at] != "}":
            raise ValueError(f"a comma is missing at character {at}")
    if _after_space(text, at + 1) != len(text):
        raise ValueError(f"something follows the object at character {at + 1}")


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
