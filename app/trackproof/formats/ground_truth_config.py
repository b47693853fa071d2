"""Label category configurations: which categories and attributes a job offers to workers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackproof.errors import FormatError
from trackproof.formats.ground_truth_tolerant import json_reason, parsed, short
from trackproof.labels import AttributeSpec
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.problems import Problems

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_KINDS = ("string", "number")
FREE_TEXT_ANSWER_CHARACTERS = 80
FREE_TEXT_FRAME_ANSWER_CHARACTERS = 1_000
"""How much workers may write (developer guide, "Create a Labeling Category Configuration File")."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelConfig:
    """A configuration with what is needed of it as values.

    Parameters
    ----------
    path : Path
        Local file.
    document : mapping
        Everything, as read, in the order of the file.
    categories : mapping of str to str or None
        Category names in the order of the file, with the colour (``#rrggbb``) that one states.
    specs : tuple of AttributeSpec
        Rules for attributes.
    audited : str
        ``auditLabelAttributeName``, empty in first jobs.
    """

    path: Path
    document: Mapping[str, Any]
    categories: Mapping[str, str | None]
    specs: tuple[AttributeSpec, ...]
    audited: str = ""


def read_label_config(path: Path, problems: Problems) -> LabelConfig:
    """Return the content of a label category configuration.

    Raises
    ------
    FormatError
        When it is none.
    StorageError
        When it cannot be read.
    """
    try:
        document = parsed(read_bytes(path).removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {json_reason(error)}", path=path) from error
    if not is_label_config(document):
        raise FormatError("is no label category configuration", path=path)
    return label_config_of(document, path, problems)


def label_config_of(document: Mapping[str, Any], path: Path, problems: Problems) -> LabelConfig:
    """Return what a document says that `is_label_config` knows."""
    reader = _Reader(path, problems)
    for place, label in enumerate(document["labels"]):
        reader.label(label, place)
    reader.attributes(document.get("categoryGlobalAttributes"), "categoryGlobalAttributes")
    reader.attributes(document.get("frameAttributes"), "frameAttributes", is_frame=True)
    audited = document.get("auditLabelAttributeName")
    return LabelConfig(
        path=path,
        document=document,
        categories=reader.categories,
        specs=tuple(reader.specs),
        audited=audited if isinstance(audited, str) else "",
    )


def is_label_config(document: object) -> bool:
    """Return whether a JSON document is a label category configuration."""
    if not isinstance(document, Mapping):
        return False
    labels = document.get("labels")
    return (
        isinstance(labels, list)
        and bool(labels)
        and all(isinstance(label, Mapping) and "label" in label for label in labels)
    )


@dataclass
class _Reader:
    """Gathers categories and rules."""

    path: Path
    problems: Problems
    categories: dict[str, str | None] = field(default_factory=dict)
    specs: list[AttributeSpec] = field(default_factory=list)

    def label(self, label: Mapping[str, Any], place: int) -> None:
        name = label["label"]
        if not isinstance(name, str) or not name:
            self._odd(f"label is {short(name)}, which is not a name", f"labels[{place}]")
            return
        if name in self.categories:
            self._odd(f"{name} is listed twice", f"labels[{place}]")
            return
        colour = label.get("color", label.get("colour"))
        is_colour = isinstance(colour, str) and _COLOUR.fullmatch(colour)
        self.categories[name] = str(colour).lower() if is_colour else None
        key = "categoryAttributes" if "categoryAttributes" in label else "attributes"
        self.attributes(label.get(key), f"labels[{place}].{key}", category=name)

    def attributes(
        self, values: object, place: str, *, category: str | None = None, is_frame: bool = False
    ) -> None:
        if values is None:
            return
        if not isinstance(values, list):
            self._odd(f"is {short(values)}, which is not a list", place)
            return
        for number, value in enumerate(values):
            name = value.get("name") if isinstance(value, Mapping) else None
            if isinstance(name, str) and name:
                spec = _spec(name, value, category=category, is_frame=is_frame)
                self.specs.append(spec)
            else:
                self._odd(f"{short(value)} is no attribute with a name", f"{place}[{number}]")

    def _odd(self, message: str, place: str) -> None:
        self.problems.add(
            "odd values in the label category configuration",
            message,
            location=f"{self.path.name}, {place}",
        )


def _spec(
    name: str, value: Mapping[str, Any], *, category: str | None, is_frame: bool
) -> AttributeSpec:
    kind = value.get("type")
    choices = value.get("enum")
    description = value.get("description")
    return AttributeSpec(
        name=name,
        kind=kind if kind in _KINDS else "string",
        choices=tuple(str(one) for one in choices) if isinstance(choices, list) else (),
        minimum=_limit(value.get("minimum")),
        maximum=_limit(value.get("maximum")),
        category=category,
        is_required=value.get("isRequired") is True,
        is_locked=value.get("editsAllowed") == "none",
        description=description if isinstance(description, str) else "",
        is_frame_attribute=is_frame,
        longest=FREE_TEXT_FRAME_ANSWER_CHARACTERS if is_frame else FREE_TEXT_ANSWER_CHARACTERS,
    )


def _limit(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None
