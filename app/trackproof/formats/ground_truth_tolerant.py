"""One frame entry of a ``SeqLabel.json`` that is not plain: other shapes, odd types, mistakes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.formats.ground_truth_rows import Drawn
from trackproof.formats.problems import Problems
from trackproof.formats.row_checks import LARGEST_PX
from trackproof.labels import NO_ATTRIBUTES, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.labels import AttributeSet

LIST_KEYS = {
    "annotations": Shape.BOX,
    "polygons": Shape.POLYGON,
    "polylines": Shape.POLYLINE,
    "keypoints": Shape.KEYPOINT,
}
"""Lists of annotations by key; ``source`` counts through them in this order."""
assert set(LIST_KEYS.values()) == set(Shape)

_SIDES = ("left", "top", "width", "height")


class _Wrong(Exception):
    """One annotation cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame as far as it can be used."""

    number: str | int | None
    name: str
    attributes: AttributeSet
    annotations: tuple[Drawn, ...]


_NOTHING = Entry(None, "", NO_ATTRIBUTES, ())


def read_entry(text: bytes, *, place: int, problems: Problems, has_identity: bool) -> Entry:
    """Return what can be used of one entry, and tell the rest to ``problems``.

    Parameters
    ----------
    place : int
        Place of the entry in its list, for messages.
    """
    location = f"frame entry {place}"
    try:
        entry = parsed(text)
    except (ValueError, RecursionError) as error:
        problems.error(
            "unreadable frames",
            f"the frame cannot be read: {json_reason(error)}",
            location=location,
        )
        return _NOTHING
    if not isinstance(entry, dict):
        problems.error(
            "unreadable frames", f"{said(entry)} stands where a frame should", location=location
        )
        return _NOTHING
    reader = _Reader(problems, location, has_identity=has_identity)
    return Entry(
        number=reader.number(entry),
        name=reader.name(entry),
        attributes=reader.attributes(entry.get("frame-attributes", {}), "frame-attributes"),
        annotations=tuple(reader.annotations(entry)),
    )


@dataclass
class _Reader:
    """Reads one entry."""

    problems: Problems
    location: str
    has_identity: bool

    def number(self, entry: Mapping[str, Any]) -> str | int | None:
        value = entry.get("frame-no")
        if isinstance(value, str | int) and not isinstance(value, bool):
            if str(value).isdigit() and len(str(value)) < 17:
                return value
        elif isinstance(value, float) and value.is_integer() and 0 <= value < LARGEST_PX:
            return int(value)
        self.problems.add(
            "frame numbers that are none",
            f"frame-no is {short(value)}, which is not a frame number",
            location=self.location,
        )
        return None

    def name(self, entry: Mapping[str, Any]) -> str:
        value = entry.get("frame")
        if isinstance(value, str) and value:
            return value
        self.problems.add(
            "frames without a file name",
            f"frame is {short(value)}, which is not a file name",
            location=self.location,
        )
        return ""

    def annotations(self, entry: Mapping[str, Any]) -> list[Drawn]:
        drawn: list[Drawn] = []
        source = 0
        for key, shape in LIST_KEYS.items():
            values = entry.get(key, [])
            if not isinstance(values, list):
                self._left_out(f"{key} is {short(values)}, which is not a list")
                continue
            for value in values:
                try:
                    drawn.append(self.annotation(value, shape, source))
                except _Wrong as wrong:
                    self._left_out(f"{key}[{source}]: {wrong}")
                source += 1
        if not LIST_KEYS.keys() & entry.keys():
            self._left_out(f"the frame has none of the lists {', '.join(LIST_KEYS)}")
        return drawn

    def _left_out(self, message: str) -> None:
        self.problems.error(
            "annotations that cannot be used", f"{message}; left out", location=self.location
        )

    def annotation(self, value: Any, shape: Shape, source: int) -> Drawn:
        if not isinstance(value, dict):
            raise _Wrong(f"{said(value)} stands where an annotation should")
        vertices = [] if shape is Shape.BOX else vertices_of(value, shape)
        attributes = value.get("label-category-attributes", {})
        if not isinstance(attributes, dict):
            self._odd(f"label-category-attributes is {short(attributes)}, not an object")
            attributes = {}
        return Drawn(
            source=source,
            shape=shape,
            xywh=box_of(value) if shape is Shape.BOX else bounds_of(vertices),
            vertices=vertices,
            class_id=self._text(value, "class-id"),
            object_id=self._identity(value),
            object_name=self._text(value, "object-name") if self.has_identity else "",
            attributes=json.dumps(attributes).encode(),
        )

    def _identity(self, value: Mapping[str, Any]) -> str:
        if not self.has_identity:
            return ""
        identity = value.get("object-id", value.get("object-name"))
        if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
            raise _Wrong("it has no object-id")
        if "object-id" not in value:
            self._odd(f"{short(identity)} has no object-id; its object-name stands for it")
        return str(identity)

    def _text(self, value: Mapping[str, Any], key: str) -> str:
        text = value.get(key, "")
        if isinstance(text, str):
            return text
        if isinstance(text, int) and not isinstance(text, bool):
            return str(text)
        self._odd(f"{key} is {short(text)}, which is neither text nor a whole number")
        return ""

    def _odd(self, message: str) -> None:
        self.problems.add("odd values", message, location=self.location)

    def attributes(self, value: Any, key: str) -> AttributeSet:
        if not isinstance(value, dict):
            self._odd(f"{key} is {short(value)}, not an object")
            return NO_ATTRIBUTES
        return attribute_set(value)


def parsed(text: bytes) -> Any:
    """Return what JSON holds, with halves of surrogate pairs replaced: no text may hold them.

    Raises
    ------
    ValueError, RecursionError
        When it is not JSON.
    """
    value = json.loads(text)
    if b"\\u" in text:
        whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        value = json.loads(whole)
    return value


def is_json(text: bytes) -> bool:
    """Return whether a text is one complete JSON value."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def attribute_set(values: Mapping[str, Any]) -> AttributeSet:
    """Return attributes as a value; lists and objects are kept as JSON text."""
    plain = (str, int, float, bool, type(None))
    return tuple(
        (key, value if isinstance(value, plain) else json.dumps(value))
        for key, value in values.items()
    )


def box_of(annotation: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return left, top, width, height of a box annotation.

    Raises
    ------
    Exception
        `_Wrong`, caught in this module, when a side is no usable number.
    """
    left, top, width, height = (_coordinate(annotation, key) for key in _SIDES)
    return left, top, width, height


def vertices_of(annotation: Mapping[str, Any], shape: Shape) -> list[tuple[float, float]]:
    """Return the vertices of an annotation; a keypoint may carry its place directly."""
    if shape is Shape.KEYPOINT and "vertices" not in annotation:
        return [(_coordinate(annotation, "x"), _coordinate(annotation, "y"))]
    points = annotation.get("vertices")
    if not isinstance(points, list) or not points:
        raise _Wrong("it has no vertices")
    if not all(isinstance(point, dict) for point in points):
        raise _Wrong("its vertices are not objects with x and y")
    return [(_coordinate(point, "x"), _coordinate(point, "y")) for point in points]


def bounds_of(vertices: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return the bounding rectangle of vertices as left, top, width, height."""
    xs, ys = [x for x, _ in vertices], [y for _, y in vertices]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def usable(annotation: object, shape: Shape, *, has_identity: bool) -> bool:
    """Return whether reading takes an annotation; what it does not take is not in the table."""
    reader = _Reader(Problems(""), "", has_identity=has_identity)
    try:
        reader.annotation(annotation, shape, 0)
    except _Wrong:
        return False
    return True


def _coordinate(values: Mapping[str, Any], key: str) -> float:
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong(f"{key} is {short(value)}, which is not a number")
    if not abs(value) <= LARGEST_PX:
        raise _Wrong(f"{key} is {short(value)}, which is no place in an image")
    return float(value)


def json_reason(error: Exception) -> str:
    """Return why something is not JSON, in words for people."""
    if isinstance(error, RecursionError):
        return "lists and objects are nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start:,} is not UTF-8 text"
    return str(error)[:200]


def said(value: Any) -> str:
    """Return a value that stands somewhere as JSON writes it, cut short."""
    return "null" if value is None else short(value)


def short(value: Any) -> str:
    """Return a value as JSON writes it, cut short."""
    if value is None:
        return "missing"
    try:
        text = json.dumps(value)
    except (ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
