"""What is wrong with the result that a line states for its clip."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from trackproof.clips.lines import CLASS, FAILURES
from trackproof.formats.ground_truth_manifest import METADATA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_INDEX = 99_999_999
_SHOWN = 60


def class_index(value: Any) -> int | None:
    """Return a class index, which the service writes as a number or as text; None for others."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 9):
        return None
    number = int(value)
    return number if 0 <= number <= LARGEST_INDEX else None


def metadata_remarks(document: Mapping[str, Any], attribute: str) -> tuple[str, ...]:
    """Return what is wrong with a line's result under a label attribute; empty without a result.

    Each remark names the key, what it holds, and what was done about it.
    """
    key = f"{attribute}{METADATA}"
    if not attribute or (attribute not in document and key not in document):
        return ()
    metadata = document.get(key)
    if metadata is None:
        return (f"{attribute[:_SHOWN]} has no {key[:_SHOWN]}, so the clip has no label",)
    if not isinstance(metadata, dict):
        return (f"{key[:_SHOWN]} is {_shown(metadata)}, not an object; the clip has no label",)
    if any(failure in metadata for failure in FAILURES):
        return ()
    return tuple(_wrong(document, attribute, metadata))


def _wrong(
    document: Mapping[str, Any], attribute: str, metadata: Mapping[str, Any]
) -> Iterator[str]:
    name = metadata.get(CLASS)
    if name is None:
        yield f"{CLASS} is missing, so the clip has no label"
    elif not isinstance(name, str):
        yield f"{CLASS} is {_shown(name)}, not a text; the clip has no label"
    elif not name.strip():
        yield f"{CLASS} is empty, so the clip has no label"
    elif class_index(document.get(attribute)) is None:
        found = _shown(document[attribute]) if attribute in document else "missing"
        yield f"{attribute[:_SHOWN]} is {found}, not a class index; the class name is trusted"
    confidence = metadata.get("confidence", 0)
    if not is_confidence(confidence):
        yield f"confidence is {_shown(confidence)}, not a number from 0 to 1; it is passed over"
    by_people = metadata.get("human-annotated", "yes")
    if by_people not in ("yes", "no"):
        yield f"human-annotated is {_shown(by_people)}, not yes or no; it is passed over"
    date = metadata.get("creation-date", "")
    if date != "" and not _is_time(date):
        yield f"creation-date is {_shown(date)}, which is no ISO time"


def is_confidence(value: Any) -> bool:
    """Return whether a value is a number from 0 to 1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_time(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, int | float) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
