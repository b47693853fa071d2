"""A small language for what JSON must look like, with answers in words.

Requests and files are described as data; one walk finds everything that is wrong and where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Wrong: TypeAlias = tuple[str, str]
"""Place in the document (``HumanTaskConfig.TaskTitle``), and what is wrong there."""


class Rule(Protocol):
    """What a value must be."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string of some length that matches a pattern or a test.

    ``form`` says in words what is allowed, and follows "must be".
    """

    least: int = 0
    most: int | None = None
    pattern: str = ""
    form: str = ""
    test: Callable[[str], bool] | None = None

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if not isinstance(value, str):
            yield place, f"is {_kind(value)}; it must be text"
            return
        if len(value) < self.least:
            yield place, f"has {len(value)} characters; at least {self.least} are needed"
        if self.most is not None and len(value) > self.most:
            yield place, f"has {len(value):,} characters; at most {self.most:,} are allowed"
        matches = not self.pattern or re.fullmatch(self.pattern, value) is not None
        if not matches or (self.test is not None and not self.test(value)):
            yield place, f"is {shortened(value)}; it must be {self.form or self.pattern}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two limits, both inclusive."""

    least: int | None = None
    most: int | None = None

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if isinstance(value, bool) or not isinstance(value, int):
            yield place, f"is {_kind(value)}; it must be a whole number"
        elif self.least is not None and value < self.least:
            yield place, f"is {value:,}; the least allowed is {self.least:,}"
        elif self.most is not None and value > self.most:
            yield place, f"is {value:,}; the most allowed is {self.most:,}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if not isinstance(value, bool):
            yield place, f"is {_kind(value)}; it must be true or false"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if value not in self.words:
            yield place, f"is {shortened(value)}; it must be one of {', '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class Each:
    """A list whose items all follow one rule."""

    item: Rule
    least: int = 0
    most: int | None = None

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if not isinstance(value, list):
            yield place, f"is {_kind(value)}; it must be a list"
            return
        if len(value) < self.least:
            yield place, f"has {len(value)} entries; at least {self.least} are needed"
        if self.most is not None and len(value) > self.most:
            yield place, f"has {len(value):,} entries; at most {self.most:,} are allowed"
        for number, item in enumerate(value):
            yield from self.item.wrongs(item, f"{place}[{number}]")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with required and optional keys.

    Keys in ``refused`` bring their own message; other keys are unknown, and ``is_open`` says
    whether they may stand there.
    """

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    is_open: bool = False

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:
        """Yield what is wrong with a value at a place."""
        if not isinstance(value, dict):
            yield place, f"is {_kind(value)}; it must be an object"
            return
        for key in self.required:
            if key not in value:
                yield _inside(place, key), "is missing"
        for key, inner in value.items():
            rule = self.required.get(key) or self.optional.get(key)
            if rule is not None:
                yield from rule.wrongs(inner, _inside(place, key))
            elif key in self.refused:
                yield _inside(place, key), self.refused[key]
            elif not self.is_open:
                yield _inside(place, key), "is not a key that the service knows"


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value."""

    def wrongs(self, value: object, place: str) -> Iterator[Wrong]:  # noqa: ARG002 - a protocol
        """Yield nothing."""
        return iter(())


def shortened(value: Any, *, most: int = 60) -> str:
    """Return a value as people can read it in a sentence."""
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _inside(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number"}
    if value is None:
        return "null"
    return names.get(type(value), "a number" if isinstance(value, float) else repr(type(value)))
