"""A label category configuration while somebody writes it.

Entries are edited in place, so that keys which this program does not know stay where they are.
"""

from __future__ import annotations

import copy
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.label_config import ANNOTATION_TYPES, DOCUMENT_VERSION
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.errors import Problem

Place: TypeAlias = tuple[str | int, ...]
"""Where an entry stands in the document, e.g. ``("labels", 0, "categoryAttributes", 1)``."""

LABELS = "labels"
OWN = "categoryAttributes"
GLOBAL = "categoryGlobalAttributes"
FRAME = "frameAttributes"
INSTRUCTIONS = "instructions"
LISTS = (LABELS, GLOBAL, FRAME)


class Kind(StrEnum):
    """What an answer to an attribute is."""

    CHOICE = "one of a list"
    TEXT = "free text"
    NUMBER = "a whole number"


class ConfigDraft:
    """A configuration and what may be done to it.

    Parameters
    ----------
    document : mapping or None
        What a file holds; None starts a new one.
    """

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.document: dict[str, Any] = (
            copy.deepcopy(dict(document)) if document is not None else _fresh()
        )
        for entry in self.document.get(LABELS, []):
            if isinstance(entry, dict) and "attributes" in entry:
                entry.setdefault(OWN, entry.pop("attributes"))

    def entry(self, place: Place) -> dict[str, Any]:
        """Return the label or attribute at a place; changing it changes the document."""
        found: Any = self.document
        for step in place:
            found = found[step]
        return found  # type: ignore[no-any-return]

    def places(self) -> list[Place]:
        """Return the place of every label and attribute, in the order of the document's lists."""
        found: list[Place] = []
        for name in LISTS:
            for number, entry in enumerate(self.document.get(name, [])):
                found.append((name, number))
                if name == LABELS:
                    own = range(len(entry.get(OWN, [])))
                    found += [(LABELS, number, OWN, each) for each in own]
        return found

    def add_label(self) -> Place:
        """Add a label under a name that is free, and return its place."""
        labels = self.document.setdefault(LABELS, [])
        taken = {entry.get("label") for entry in labels}
        labels.append({"label": _free("Label", taken)})
        return (LABELS, len(labels) - 1)

    def add_attribute(self, of: Place) -> Place:
        """Add an attribute and return its place.

        Parameters
        ----------
        of : Place
            ``("labels", n)`` for one label, or ``("categoryGlobalAttributes",)`` or
            ``("frameAttributes",)``.
        """
        where: Place = (*of, OWN) if of[0] == LABELS else of
        attributes = self.entry(where[:-1]).setdefault(str(where[-1]), [])
        taken = {self.entry(place).get("name") for place in self.places()}
        fresh: dict[str, Any] = {"name": _free("attribute", taken), "type": "string"}
        if of[0] == FRAME:
            fresh["description"] = "What is it?"
        attributes.append(fresh)
        return (*where, len(attributes) - 1)

    def remove(self, place: Place) -> None:
        """Remove a label or attribute; a list of attributes that is empty then goes too."""
        siblings = self._siblings(place)
        del siblings[int(place[-1])]
        if not siblings and place[-2] != LABELS:
            del self.entry(place[:-2])[str(place[-2])]

    def move(self, place: Place, by: int) -> Place:
        """Move an entry among its siblings, at most to the end, and return where it is then."""
        siblings = self._siblings(place)
        old = int(place[-1])
        new = min(max(old + by, 0), len(siblings) - 1)
        siblings.insert(new, siblings.pop(old))
        return (*place[:-1], new)

    def _siblings(self, place: Place) -> list[dict[str, Any]]:
        return self.entry(place[:-1])  # type: ignore[return-value]

    def set(self, place: Place, key: str, value: object) -> None:
        """Set one value of an entry; None takes the key away."""
        entry = self.entry(place)
        if value is None:
            entry.pop(key, None)
        else:
            entry[key] = value

    def kind(self, place: Place) -> Kind:
        """Return what an answer to the attribute is."""
        entry = self.entry(place)
        if entry.get("type") == "number":
            return Kind.NUMBER
        return Kind.CHOICE if "enum" in entry else Kind.TEXT

    def set_kind(self, place: Place, kind: Kind) -> None:
        """Make an attribute a choice, a text or a number, with the limits that it needs."""
        entry = self.entry(place)
        entry["type"] = "number" if kind is Kind.NUMBER else "string"
        if kind is Kind.NUMBER:
            entry.pop("enum", None)
            entry.setdefault("minimum", 0)
            entry.setdefault("maximum", 100)
            return
        entry.pop("minimum", None)
        entry.pop("maximum", None)
        if kind is Kind.CHOICE:
            entry.setdefault("enum", ["yes", "no"])
        else:
            entry.pop("enum", None)

    def instruction(self, key: str) -> str:
        """Return ``shortInstruction`` or ``fullInstruction``."""
        return str(self.document.get(INSTRUCTIONS, {}).get(key, ""))

    def set_instruction(self, key: str, text: str) -> None:
        """Set an instruction; the service wants both or none."""
        texts = self.document.setdefault(INSTRUCTIONS, {})
        texts.setdefault("shortInstruction", "")
        texts.setdefault("fullInstruction", "")
        texts[key] = text
        if not texts["shortInstruction"] and not texts["fullInstruction"]:
            del self.document[INSTRUCTIONS]

    def problems(self) -> list[Problem]:
        """Return what the service would refuse or what deserves a second thought."""
        return config_problems(self.document)

    def encoded(self) -> bytes:
        """Return the file."""
        return msgspec.json.format(msgspec.json.encode(self.document), indent=1) + b"\n"


def _fresh() -> dict[str, Any]:
    return {
        "documentVersion": DOCUMENT_VERSION,
        "annotationType": ANNOTATION_TYPES[Shape.BOX],
        LABELS: [{"label": "Label 1"}],
    }


def _free(stem: str, taken: set[Any]) -> str:
    number = 1
    while (name := f"{stem} {number}") in taken:
        number += 1
    return name
