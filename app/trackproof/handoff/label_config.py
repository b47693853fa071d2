"""The label category configuration of a follow-up job.

The original is kept key by key; a follow-up job must offer every original label, so labels that
the annotations use and the original does not name are added, never the other way round.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any

from trackproof.handoff import limits
from trackproof.handoff.instructions import full_instruction, short_instruction
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from trackproof.handoff.instructions import Place
    from trackproof.labels import AttributeSpec, Labels

    Config = dict[str, Any]

DOCUMENT_VERSION = "2020-03-01"

ANNOTATION_TYPES = {
    Shape.BOX: "BoundingBox",
    Shape.POLYGON: "Polygon",
    Shape.POLYLINE: "Polyline",
    Shape.KEYPOINT: "Keypoint",
}
assert set(ANNOTATION_TYPES) == set(Shape)

ATTRIBUTE_LISTS = ("frameAttributes", "categoryGlobalAttributes")

VERDICT_ATTRIBUTE = "verdict"
VERDICTS = ("right", "wrong box", "wrong object", "wrong category", "unsure")
NOTE_ATTRIBUTE = "review note"

DEFAULT_SHORT = "Correct the labels of this clip."
DEFAULT_SHORT_VERIFY = "Judge the labels of this clip. They cannot be changed."


class Follow(StrEnum):
    """What workers may do in a follow-up job."""

    ADJUSTMENT = "adjustment"
    VERIFICATION = "verification"


@dataclass(frozen=True, slots=True)
class Questions:
    """What the attributes are called in which workers of a verification answer.

    Parameters
    ----------
    verdict : str
        On every box.
    note : str
        On every frame.
    """

    verdict: str = VERDICT_ATTRIBUTE
    note: str = NOTE_ATTRIBUTE

    @classmethod
    def beside(
        cls,
        originals: Iterable[Mapping[str, Any] | None],
        *,
        labels: Iterable[Labels],
        specs: Iterable[AttributeSpec] = (),
    ) -> Questions:
        """Return names that no configuration and no label uses already."""
        every = list(labels)
        taken = {spec.name for spec in specs}
        for original in originals:
            if original is not None:
                taken |= names_to_lock(_kept(original))
        for one in every:
            sets = [*one.table.attribute_sets, *one.frame_attributes.values()]
            taken |= {name for values in sets for name, _ in values}
        return cls(_free(VERDICT_ATTRIBUTE, taken), _free(NOTE_ATTRIBUTE, taken))


def follow_up_config(
    original: Mapping[str, Any] | None,
    *,
    labels: Iterable[Labels],
    specs: Iterable[AttributeSpec] = (),
    audit_attribute: str,
    places: Sequence[Place] = (),
    follow: Follow = Follow.ADJUSTMENT,
    locked: Collection[str] = (),
    questions: Questions | None = None,
) -> Config:
    """Return the configuration of a job that adjusts or verifies labels.

    Parameters
    ----------
    original : mapping or None
        The configuration of the job that made the labels; None when it is not at hand, and then
        labels and attributes come from what the annotations hold.
    labels : iterable of Labels
        All labels that the job will show.
    specs : iterable of AttributeSpec
        Attribute rules known otherwise; used when there is no original.
    audit_attribute : str
        Label attribute name of the audited labels, that is the key in the manifest.
    places : sequence of Place
        What to look at first.
    locked : collection of str
        Labels and attributes that workers may not change (adjustment only; a verification locks
        all of them).
    questions : Questions or None
        Attributes that a verification adds; None takes the usual names.
    """
    every = list(labels)
    config = _kept(original) if original is not None else _made(every, list(specs))
    known = {entry["label"] for entry in config["labels"]}
    for name in _used_labels(every):
        if name not in known:
            config["labels"].append({"label": name})
    config["auditLabelAttributeName"] = audit_attribute
    if follow is Follow.VERIFICATION:
        _lock(config, None)
        _add_questions(config, questions or Questions())
    elif locked:
        _lock(config, locked)
    config["instructions"] = _instructions(config.get("instructions"), places, follow)
    return config


def _kept(original: Mapping[str, Any]) -> Config:
    """Return a copy in the spelling that the guide documents today."""
    config = copy.deepcopy(dict(original))
    config.pop("document-version", None)
    config = {"documentVersion": DOCUMENT_VERSION, **config}
    for key in ATTRIBUTE_LISTS:
        if not isinstance(config.get(key, []), list):
            del config[key]
    for entry in config.setdefault("labels", []):
        if "attributes" in entry:
            entry.setdefault("categoryAttributes", entry.pop("attributes"))
    return config


def _made(labels: Sequence[Labels], specs: Sequence[AttributeSpec]) -> Config:
    config: Config = {
        "documentVersion": DOCUMENT_VERSION,
        "annotationType": _annotation_type(labels),
    }
    on_frames = [spec for spec in specs if spec.is_frame_attribute]
    on_all = [spec for spec in specs if not spec.is_frame_attribute and spec.category is None]
    frame_attributes = [*map(_attribute, on_frames), *_seen_on_frames(labels, on_frames)]
    named = [spec for spec in specs if not spec.is_frame_attribute]
    global_attributes = [*map(_attribute, on_all), *_seen_on_annotations(labels, named)]
    if frame_attributes:
        config["frameAttributes"] = frame_attributes
    if global_attributes:
        config["categoryGlobalAttributes"] = global_attributes
    config["labels"] = [_label(name, named) for name in _used_labels(labels)]
    return config


def _label(name: str, specs: Sequence[AttributeSpec]) -> Config:
    own = [_attribute(spec) for spec in specs if spec.category == name]
    return {"label": name, "categoryAttributes": own} if own else {"label": name}


def _used_labels(labels: Iterable[Labels]) -> list[str]:
    return list(dict.fromkeys(category.name for one in labels for category in one.categories))


def _annotation_type(labels: Sequence[Labels]) -> str:
    for one in labels:
        for block in one.table.blocks.values():
            return ANNOTATION_TYPES[Shape(int(block.shape[0]))]
    return ANNOTATION_TYPES[Shape.BOX]


def _attribute(spec: AttributeSpec) -> Config:
    entry: Config = {"name": spec.name, "type": spec.kind}
    if spec.description or spec.is_frame_attribute:
        entry["description"] = spec.description or spec.name
    if spec.choices:
        entry["enum"] = list(spec.choices)
    if spec.minimum is not None:
        entry["minimum"] = int(spec.minimum)
    if spec.maximum is not None:
        entry["maximum"] = int(spec.maximum)
    if spec.is_required:
        entry["isRequired"] = True
    if spec.is_locked:
        entry["editsAllowed"] = "none"
    return entry


def _seen_on_annotations(labels: Sequence[Labels], specs: Sequence[AttributeSpec]) -> list[Config]:
    sets = [values for one in labels for values in one.table.attribute_sets]
    return _seen(sets, {spec.name for spec in specs}, describe=False)


def _seen_on_frames(labels: Sequence[Labels], specs: Sequence[AttributeSpec]) -> list[Config]:
    sets = [values for one in labels for values in one.frame_attributes.values()]
    return _seen(sets, {spec.name for spec in specs}, describe=True)


def _seen(
    sets: Iterable[Iterable[tuple[str, Any]]], known: set[str], *, describe: bool
) -> list[Config]:
    """Describe attributes that nobody described, so that workers see them and keep them.

    Text stays free: a list of the values seen would forbid all others.
    """
    values: dict[str, list[Any]] = {}
    for one in sets:
        for name, value in one:
            if name not in known and value is not None:
                values.setdefault(name, []).append(value)
    entries = []
    for name, seen in values.items():
        entry: Config = {"name": name, "type": "string"}
        numbers = [v for v in seen if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) == len(seen):
            low, high = min(numbers), max(numbers)
            entry |= {"type": "number", "minimum": int(low // 1), "maximum": int(-(-high // 1))}
        if describe:
            entry["description"] = name
        entries.append(entry)
    return entries


def names_to_lock(config: Mapping[str, Any]) -> set[str]:
    """Return the names of all labels and attributes of a configuration."""
    return {name for name, _ in _named_entries(config)}


def _lock(config: Config, names: Collection[str] | None) -> None:
    """Set ``editsAllowed`` to none on the named labels and attributes; None locks all."""
    for name, entry in _named_entries(config):
        if names is None or name in names:
            entry["editsAllowed"] = "none"


def _named_entries(config: Mapping[str, Any]) -> list[tuple[str, Config]]:
    entries = [(entry["label"], entry) for entry in config["labels"]]
    lists = [config.get(key) for key in ATTRIBUTE_LISTS]
    lists += [entry.get("categoryAttributes") for entry in config["labels"]]
    attributes = [one for each in lists if isinstance(each, list) for one in each]
    # One without a name is told of by the rules, and there is nothing to lock by.
    named = [one for one in attributes if isinstance(one, dict) and "name" in one]
    return entries + [(str(one["name"]), one) for one in named]


def _free(name: str, taken: Collection[str]) -> str:
    numbered = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(one for one in numbered if one not in taken)


def _add_questions(config: Config, questions: Questions) -> None:
    config.setdefault("categoryGlobalAttributes", []).append(
        {
            "name": questions.verdict,
            "type": "string",
            "enum": list(VERDICTS),
            "editsAllowed": "any",
        }
    )
    on_frames = config.setdefault("frameAttributes", [])
    if _has_room_for_text(on_frames):
        # A verdict is what the job is for; a note is only welcome.
        on_frames.append(
            {
                "name": questions.note,
                "description": "What is wrong in this frame?",
                "type": "string",
                "editsAllowed": "any",
            }
        )


def _has_room_for_text(on_frames: Sequence[Config]) -> bool:
    texts = sum(one.get("type") == "string" and "enum" not in one for one in on_frames)
    return len(on_frames) < limits.FRAME_ATTRIBUTES and texts < limits.FREE_TEXT_FRAME_ATTRIBUTES


def _instructions(
    original: Mapping[str, str] | None, places: Sequence[Place], follow: Follow
) -> dict[str, str]:
    texts = original or {}
    default = DEFAULT_SHORT_VERIFY if follow is Follow.VERIFICATION else DEFAULT_SHORT
    short = texts.get("shortInstruction") or default
    full = texts.get("fullInstruction") or f"<p>{default}</p>"
    return {
        "shortInstruction": short_instruction(places, original=short),
        "fullInstruction": full_instruction(places, original=full),
    }
