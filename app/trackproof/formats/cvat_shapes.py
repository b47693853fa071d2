"""One shape of a CVAT track: from XML, between two others, and back to XML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.annotations import number_text
from trackproof.formats.places import finite, place, whole_number
from trackproof.formats.xml_stream import start_tag, xml_text
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.formats.xml_stream import Element
    from trackproof.labels import AttributeSet, AttributeValue

    Points = npt.NDArray[np.float64]

SHAPES = {
    "box": Shape.BOX,
    "polygon": Shape.POLYGON,
    "polyline": Shape.POLYLINE,
    "points": Shape.KEYPOINT,
}
assert set(SHAPES.values()) == set(Shape)
TAG_OF = {shape: tag for tag, shape in SHAPES.items()}

OTHERS = frozenset({"cuboid", "mask", "skeleton", "ellipse", "tag"})
"""Shapes of CVAT that trackproof does not draw."""

CORNERS = ("xtl", "ytl", "xbr", "ybr")
OCCLUDED = "occluded"


class WrongShape(Exception):
    """A shape cannot be used; the message says why."""


@dataclass(slots=True)
class CvatShape:
    """One shape as the file states it.

    Parameters
    ----------
    number : int
        The frame as the file counts.
    source : int
        Which shape of the file it is, counted from 0; -1 for one that is worked out.
    points : (n, 2) float64, pixels
        Vertices; of a box its left top and right bottom corner.
    attributes : dict of str to str
        As the file states them.
    """

    number: int
    source: int
    shape: Shape
    points: Points
    is_outside: bool
    is_occluded: bool
    is_keyframe: bool
    attributes: dict[str, str]

    @property
    def xywh(self) -> tuple[float, float, float, float]:
        """Left, top, width and height; of vertices, of the rectangle around them."""
        if self.shape is Shape.BOX:
            (left, top), (right, bottom) = self.points.tolist()
        else:
            left, top = self.points.min(axis=0).tolist()
            right, bottom = self.points.max(axis=0).tolist()
        return left, top, right - left, bottom - top

    @property
    def vertices(self) -> Points:
        """Vertices; none for a box."""
        return self.points[:0] if self.shape is Shape.BOX else self.points


def shape_of(element: Element, source: int) -> CvatShape:
    """Return the shape that an element states.

    Raises
    ------
    WrongShape
        When it has no frame or no place.
    """
    said = element.attributes
    number = whole_number(said.get("frame"))
    if number is None or number < 0:
        raise WrongShape(f"frame is {_short(said.get('frame'))}, which is no frame number")
    return CvatShape(
        number=number,
        source=source,
        shape=SHAPES[element.tag],
        points=_corners(said) if element.tag == "box" else _points(said.get("points", "")),
        is_outside=said.get("outside") == "1",
        is_occluded=said.get("occluded") == "1",
        is_keyframe=said.get("keyframe", "1") == "1",
        attributes={
            one.attributes.get("name", ""): one.text
            for one in element.children
            if one.tag == "attribute" and one.attributes.get("name")
        },
    )


def _corners(said: Mapping[str, str]) -> Points:
    values = []
    for key in CORNERS:
        value = place(said.get(key))
        if value is None:
            raise WrongShape(f"{key} is {_short(said.get(key))}, which is no place in an image")
        values.append(value)
    return np.array(values, dtype=np.float64).reshape(2, 2)


def _points(text: str) -> Points:
    values: list[float] = []
    for pair in text.split(";"):
        x, comma, y = pair.partition(",")
        left, top = place(x), place(y)
        if not comma or left is None or top is None:
            raise WrongShape(f"{_short(pair)} is no point x,y in an image")
        values += (left, top)
    return np.array(values, dtype=np.float64).reshape(-1, 2)


def _short(text: object) -> str:
    return "missing" if text is None else repr(str(text)[:60])


def between(first: CvatShape, second: CvatShape, ratio: float) -> Points | None:
    """Return the points part of the way from one shape to the next, or None when it is not known.

    As CVAT's ``TrackManager.get_interpolated_shapes``: boxes and single points move on straight
    lines, several points stay. Outlines are matched along their length there; where both have as
    many vertices and each is matched with its own, that is a straight line as well. Any other
    outline is None: it stays as it was here.

    Parameters
    ----------
    ratio : float
        0 at the first, 1 at the second.
    """
    if first.shape is not second.shape or len(first.points) != len(second.points):
        return None
    if first.shape is Shape.KEYPOINT and len(first.points) > 1:
        return first.points
    if first.shape in (Shape.POLYGON, Shape.POLYLINE) and not _match(first, second):
        return None
    moved: Points = first.points + (second.points - first.points) * ratio
    return moved


def _match(first: CvatShape, second: CvatShape) -> bool:
    """Return whether every vertex lies nearest to its own in the other, along the outline."""
    one, other = _along(first), _along(second)
    nearest = np.abs(one[:, None] - other[None, :]).argmin(axis=1)
    return bool((nearest == np.arange(len(one))).all())


def _along(shape: CvatShape) -> npt.NDArray[np.float64]:
    """Return how far along its outline every vertex lies, 0 to 1."""
    points = shape.points
    if shape.shape is Shape.POLYGON:
        points = np.vstack([points, points[:1]])
    steps = np.hypot(*np.diff(points, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)]) / max(float(steps.sum()), 1e-12)


def value_of(text: str, kind: str) -> AttributeValue:
    """Return an attribute's value by its input type in CVAT."""
    if kind == "number":
        number = finite(text)
        if number is not None:
            return int(number) if number.is_integer() and "." not in text else number
    if kind == "checkbox" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def text_of(value: AttributeValue) -> str:
    """Return an attribute's value as CVAT writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def encode_shape(
    shape: Shape,
    *,
    number: int,
    xywh: tuple[float, float, float, float],
    vertices: tuple[tuple[float, float], ...],
    attributes: AttributeSet,
    is_keyframe: bool,
    is_outside: bool = False,
    original: Mapping[str, str] | None = None,
    has_flag: bool = True,
) -> bytes:
    """Return the element of a shape, indented as CVAT does.

    Parameters
    ----------
    original : mapping or None
        Attributes of the element that it replaces; those that are not known are kept.
    has_flag : bool
        Whether the attribute ``occluded`` means CVAT's own mark.
    """
    values = dict(attributes)
    said: dict[str, str] = {**(original or {})}
    flag = said.get(OCCLUDED, "0")
    if has_flag:
        is_flag = isinstance(values.get(OCCLUDED), bool)
        flag = "1" if is_flag and values.pop(OCCLUDED) else "0"
    said |= {"frame": str(number), "outside": str(int(is_outside)), OCCLUDED: flag}
    said |= {"keyframe": str(int(is_keyframe))}
    if shape is Shape.BOX:
        left, top, width, height = xywh
        sides = (left, top, left + width, top + height)
        said |= dict(zip(CORNERS, map(number_text, sides), strict=True))
    else:
        pairs = (f"{number_text(x)},{number_text(y)}" for x, y in vertices)
        said["points"] = ";".join(pairs)
    said.setdefault("z_order", "0")
    tag = TAG_OF[shape]
    lines = [
        b'      <attribute name="%s">%s</attribute>\n' % (xml_text(key), xml_text(text_of(value)))
        for key, value in values.items()
    ]
    return b"%s\n%s    </%s>" % (start_tag(tag, said), b"".join(lines), tag.encode())
