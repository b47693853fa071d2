"""Pascal VOC: one XML file per frame, to rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackproof.errors import FormatError
from trackproof.formats.drawn_rows import DrawnRows, bounds_of
from trackproof.formats.places import place, whole_number
from trackproof.formats.xml_stream import Broken, Element, read_xml
from trackproof.labels import NO_ATTRIBUTES, Shape
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.problems import Problems
    from trackproof.labels import AttributeSet, AttributeValue

PASSED = frozenset({"annotation"})
WHOLE = frozenset({"object", "size", "filename"})
SIDES = ("xmin", "ymin", "xmax", "ymax")
MARKS = ("truncated", "difficult", "occluded")
TRACK_TAGS = ("track_id", "object_id")
TRACK_ATTRIBUTE = "track_id"
MOST_VERTICES = 512
KEPT = frozenset(
    {"name", "pose", "bndbox", "width", "height", "polygon", "attributes", "attribute", "value"}
    | {*SIDES, *MARKS, *TRACK_TAGS}
    | {f"{axis}{number}" for axis in "xy" for number in range(1, MOST_VERTICES + 1)}
)
UNSPECIFIED = "Unspecified"


class WrongObject(Exception):
    """An object cannot be used; the message says why."""


@dataclass
class VocFile:
    """Takes the elements of one file.

    Parameters
    ----------
    objects : list of Element
        With their places in the file.
    end : int
        First byte of the closing tag, -1 when the file has none.
    """

    objects: list[Element] = field(default_factory=list)
    filename: str = ""
    width: int | None = None
    height: int | None = None
    end: int = -1

    def entered(self, element: Element) -> None:
        """Nothing is to be done."""

    def left(self, element: Element) -> None:
        """Take the end of the file."""
        self.end = element.end

    def took(self, element: Element, parent: Element | None) -> None:
        """Take one element of the file."""
        if parent is None:
            return
        if element.tag == "object":
            self.objects.append(element)
        elif element.tag == "filename":
            self.filename = element.text
        else:
            self.width, self.height = _side(element, "width"), _side(element, "height")


def _side(element: Element, tag: str) -> int | None:
    child = element.child(tag)
    number = whole_number(child.text) if child else None
    return number if number and 0 < number < 10**6 else None


def elements_of(data: bytes, path: Path) -> VocFile:
    """Return what stands in a file.

    Raises
    ------
    FormatError
        When it is broken.
    """
    found = VocFile()
    try:
        read_xml(data, path, found, passed=PASSED, whole=WHOLE, kept=KEPT, progress=NO_PROGRESS)
    except Broken as broken:
        raise FormatError(
            f"is not XML: {broken}", path=path, location=f"line {broken.line}"
        ) from broken
    if found.end < 0:
        raise FormatError("has no element annotation", path=path)
    return found


def take_objects(
    found: VocFile, rows: DrawnRows, frame: int, *, name: str, problems: Problems
) -> None:
    """Add the objects of a file to rows.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    """
    for source, element in enumerate(found.objects):
        try:
            _take(element, rows, frame, source)
        except WrongObject as wrong:
            problems.error(
                "objects that cannot be used",
                f"{wrong}; left out",
                location=f"{name}, line {element.line}",
            )


def _take(element: Element, rows: DrawnRows, frame: int, source: int) -> None:
    category = element.child("name")
    if category is None or not category.text:
        raise WrongObject("the object has no name")
    vertices = _vertices(element)
    values = attribute_values(element)
    identity = str(values.pop(TRACK_ATTRIBUTE, "")) or _tagged(element)
    attributes: AttributeSet = tuple(values.items()) or NO_ATTRIBUTES
    rows.add(
        frame,
        category=category.text,
        xywh=bounds_of(vertices) if vertices else _box(element),
        shape=Shape.POLYGON if vertices else Shape.BOX,
        vertices=vertices,
        object_id=identity or None,
        attributes=attributes,
        source=source,
    )


def _tagged(element: Element) -> str:
    for tag in TRACK_TAGS:
        child = element.child(tag)
        if child is not None and child.text and child.text != "-1":
            return child.text
    return ""


def _box(element: Element) -> tuple[float, float, float, float]:
    box = element.child("bndbox")
    if box is None:
        raise WrongObject("the object has neither bndbox nor polygon")
    sides = []
    for tag in SIDES:
        child = box.child(tag)
        value = place(child.text) if child else None
        if value is None:
            said = repr(child.text[:40]) if child else "missing"
            raise WrongObject(f"{tag} is {said}, which is no place in an image")
        sides.append(value)
    left, top, right, bottom = sides
    return left, top, right - left, bottom - top


def _vertices(element: Element) -> list[tuple[float, float]]:
    polygon = element.child("polygon")
    if polygon is None:
        return []
    values = {one.tag: place(one.text) for one in polygon.children}
    points = []
    for number in range(1, len(values) // 2 + 1):
        x, y = values.get(f"x{number}"), values.get(f"y{number}")
        if x is None or y is None:
            raise WrongObject(f"its polygon has no point {number}")
        points.append((x, y))
    return points if len(points) > 2 else []


def attribute_values(element: Element) -> dict[str, AttributeValue]:
    """Return marks that are set, the pose when there is one, and named attributes."""
    values: dict[str, AttributeValue] = {}
    for mark in MARKS:
        child = element.child(mark)
        if child is not None and child.text == "1":
            values[mark] = True
    pose = element.child("pose")
    if pose is not None and pose.text and pose.text != UNSPECIFIED:
        values["pose"] = pose.text
    several = element.child("attributes")
    for one in several.children if several else ():
        key, value = one.child("name"), one.child("value")
        if key is not None and key.text:
            values[key.text] = value.text if value else ""
    return values
