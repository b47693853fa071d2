"""What a label category configuration file must obey (developer guide, video frame jobs)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from trackproof.errors import Problem, Severity
from trackproof.handoff import limits
from trackproof.handoff.request_rules import attribute_name_wrong
from trackproof.handoff.shape import Anything, Choice, Each, Fields, Flag, Text, Whole, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackproof.handoff.shape import Wrong

CLASSIFICATION_VERSION = "2018-11-28"

EDITS = Choice(("any", "none"))

ATTRIBUTE = Fields(
    required={
        "name": Text(least=1, most=limits.ATTRIBUTE_NAME_CHARACTERS),
        "type": Choice(("string", "number")),
    },
    optional={
        "description": Text(most=limits.ATTRIBUTE_DESCRIPTION_CHARACTERS),
        "enum": Each(
            Text(least=1, most=limits.ENUM_VALUE_CHARACTERS), least=1, most=limits.ENUM_VALUES
        ),
        "minimum": Whole(),
        "maximum": Whole(),
        "isRequired": Flag(),
        "editsAllowed": EDITS,
    },
    is_open=True,
)

LABEL = Fields(
    required={"label": Text(least=1, most=limits.READ_LABEL_CHARACTERS)},
    optional={"categoryAttributes": Each(ATTRIBUTE), "editsAllowed": EDITS},
    refused={"attributes": "is an old key; write categoryAttributes"},
    is_open=True,
)

CONFIG = Fields(
    required={"labels": Each(LABEL, least=1, most=limits.LABELS)},
    optional={
        "documentVersion": Text(least=1),
        "document-version": Text(least=1),
        "annotationType": Choice(("BoundingBox", "Polyline", "Polygon", "Keypoint")),
        "categoryGlobalAttributes": Each(ATTRIBUTE),
        "frameAttributes": Each(ATTRIBUTE, most=limits.FRAME_ATTRIBUTES),
        "instructions": Fields(
            required={
                "shortInstruction": Text(most=limits.SHORT_INSTRUCTION_CHARACTERS),
                "fullInstruction": Text(most=limits.FULL_INSTRUCTION_CHARACTERS),
            },
            is_open=True,
        ),
        "auditLabelAttributeName": Anything(),
    },
    is_open=True,
)
"""Keys of others are doubted, not refused: no document says that the service minds them."""


def config_problems(config: Mapping[str, Any], *, path: str = "") -> list[Problem]:
    """Return what is wrong with a label category configuration."""
    wrongs = list(CONFIG.wrongs(dict(config), ""))
    if not wrongs:
        # The rules between entries are about entries that are sound in themselves.
        wrongs = [*_names(config), *_audit(config)]
        if config.get("document-version") == CLASSIFICATION_VERSION:
            wrongs += _classification(config)
        wrongs += _attributes(config)
    problems = [Problem(text, path, place, Severity.ERROR) for place, text in wrongs]
    problems += [Problem(text, path, place) for place, text in _doubts(config)]
    return problems


def is_verification(config: Mapping[str, Any]) -> bool:
    """Return whether workers may only judge: every label is locked."""
    return bool(config.get("labels")) and all(
        entry.get("editsAllowed") == "none" for entry in config["labels"]
    )


def _names(config: Mapping[str, Any]) -> Iterator[Wrong]:
    for name, count in Counter(entry["label"] for entry in config["labels"]).items():
        if count > 1:
            yield "labels", f"name {name!r} {count} times; each label may stand once"


def _audit(config: Mapping[str, Any]) -> Iterator[Wrong]:
    if "auditLabelAttributeName" not in config:
        return
    name = config["auditLabelAttributeName"]
    if not isinstance(name, str):
        yield "auditLabelAttributeName", f"is {shortened(name)}; it must be text"
        return
    wrong = attribute_name_wrong(name, is_reference=True)
    if wrong:
        yield "auditLabelAttributeName", f"cannot be used: {wrong}"


def _classification(config: Mapping[str, Any]) -> Iterator[Wrong]:
    for key in ("annotationType", "categoryGlobalAttributes", "frameAttributes", "instructions"):
        if key in config:
            yield key, "has no place in a clip classification"


def _attributes(config: Mapping[str, Any]) -> Iterator[Wrong]:
    on_frames = config.get("frameAttributes", [])
    on_all = config.get("categoryGlobalAttributes", [])
    yield from _attribute_list(on_frames, "frameAttributes", described=True)
    yield from _attribute_list(on_all, "categoryGlobalAttributes")
    if _free_text(on_frames) > limits.FREE_TEXT_FRAME_ATTRIBUTES:
        yield "frameAttributes", f"have {_free_text(on_frames)} free texts; at most 5 are allowed"
    shared = {entry["name"] for entry in on_all}
    for name in sorted({entry["name"] for entry in on_frames} & shared):
        yield "frameAttributes", f"repeat {name!r} of categoryGlobalAttributes; a name stands once"
    for number, entry in enumerate(config["labels"]):
        own = entry.get("categoryAttributes", [])
        place = f"labels[{number}].categoryAttributes"
        yield from _attribute_list(own, place)
        for name in sorted(shared & {attribute["name"] for attribute in own}):
            yield place, f"repeat {name!r}, which already applies to every label"
        count, free = len(own) + len(on_all), _free_text([*own, *on_all])
        if count > limits.ATTRIBUTES_PER_LABEL:
            yield place, f"and the global ones are {count} together; at most 10 are allowed"
        if free > limits.FREE_TEXT_ATTRIBUTES_PER_LABEL:
            yield place, f"and the global ones hold {free} free texts; at most 5 are allowed"


def _attribute_list(
    attributes: list[dict[str, Any]], place: str, *, described: bool = False
) -> Iterator[Wrong]:
    for name, count in Counter(entry["name"] for entry in attributes).items():
        if count > 1:
            yield place, f"name {name!r} {count} times"
    for number, entry in enumerate(attributes):
        here = f"{place}[{number}]"
        if described and not entry.get("description"):
            yield here, f"({entry['name']}) has no description; frame attributes need one"
        if entry["type"] == "number":
            yield from _number(entry, here)
        elif "minimum" in entry or "maximum" in entry:
            yield here, f"({entry['name']}) is text and cannot have a minimum or maximum"


def _number(entry: Mapping[str, Any], place: str) -> Iterator[Wrong]:
    if "enum" in entry:
        yield place, f"({entry['name']}) is a number and cannot have an enum"
    for key in ("minimum", "maximum"):
        if key not in entry:
            yield place, f"({entry['name']}) is a number and needs a {key}"
    if entry.get("minimum", 0) > entry.get("maximum", entry.get("minimum", 0)):
        yield place, f"({entry['name']}) has a minimum above its maximum"


def _free_text(attributes: list[dict[str, Any]]) -> int:
    return sum(entry["type"] == "string" and "enum" not in entry for entry in attributes)


def _doubts(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "documentVersion" not in config and "document-version" not in config:
        yield "documentVersion", "no documentVersion; every example of the service has one"
    for place, key in _unknown(config):
        yield place, f"{key!r} is no key that the guide names"
    labels = config.get("labels")
    for number, entry in enumerate(labels if isinstance(labels, list) else []):
        name = entry.get("label") if isinstance(entry, dict) else None
        if isinstance(name, str) and len(name) > limits.LABEL_CHARACTERS:
            yield (
                f"labels[{number}]",
                f"label {shortened(name)} has {len(name)} characters; "
                "the guide for video frames allows 16",
            )


def _unknown(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield place and key of everything that the guide does not name."""
    labels = _objects(config.get("labels"), "labels")
    of_labels = [(entry.get("categoryAttributes"), place) for entry, place in labels]
    lists = [
        (config.get("frameAttributes"), "frameAttributes"),
        (config.get("categoryGlobalAttributes"), "categoryGlobalAttributes"),
        *((values, f"{place}.categoryAttributes") for values, place in of_labels),
    ]
    attributes = [one for values, place in lists for one in _objects(values, place)]
    for rule, entries in ((CONFIG, [(config, "")]), (LABEL, labels), (ATTRIBUTE, attributes)):
        known = rule.required.keys() | rule.optional.keys() | rule.refused.keys()
        for entry, place in entries:
            yield from ((place, key) for key in entry if key not in known)


def _objects(values: object, place: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return the objects of a list, each with its place."""
    entries = values if isinstance(values, list) else []
    return [
        (one, f"{place}[{number}]") for number, one in enumerate(entries) if isinstance(one, dict)
    ]
