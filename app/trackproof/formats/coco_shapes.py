"""What a COCO annotation draws, and how a drawing is written into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from trackproof.formats.drawn_rows import bounds_of
from trackproof.formats.ground_truth_tolerant import short
from trackproof.formats.places import place
from trackproof.labels import Shape

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float, float, float]

VISIBLE = 2


class CannotUse(Exception):
    """An annotation cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The geometry of one annotation; ``has_mask`` when the file knows more than its box."""

    shape: Shape
    xywh: Box
    vertices: tuple[Point, ...] = ()
    has_mask: bool = False


def drawing_of(annotation: Mapping[str, Any]) -> Drawing:
    """Return what an annotation draws: keypoints, one polygon, or a box, in this order.

    Raises
    ------
    CannotUse
        When it draws nothing.
    """
    points = labelled_keypoints(annotation.get("keypoints"))
    if points:
        return Drawing(Shape.KEYPOINT, bounds_of(points), tuple(points))
    parts, has_mask = polygons_of(annotation.get("segmentation"))
    box = _box(annotation.get("bbox"))
    if len(parts) == 1 and not has_mask and not _is_rectangle(parts[0], box):
        return Drawing(Shape.POLYGON, bounds_of(parts[0]), tuple(parts[0]))
    if box is None:
        if has_mask and not parts:
            raise CannotUse("its mask is run-length encoded and it has no bbox to show instead")
        if not parts:
            raise CannotUse(
                f"bbox is {short(annotation.get('bbox'))}, which is not left, top, width, height"
            )
        box = bounds_of([point for part in parts for point in part])
    return Drawing(Shape.BOX, box, has_mask=has_mask or len(parts) > 1)


def labelled_keypoints(values: object) -> list[Point]:
    """Return the keypoints that are labelled: x, y and a visibility above zero."""
    if not isinstance(values, list):
        return []
    if len(values) % 3:
        raise CannotUse("its keypoints are not triples of x, y and visibility")
    points = []
    for start in range(0, len(values), 3):
        if values[start + 2]:
            points.append(_point(values[start], values[start + 1]))
    return points


def polygons_of(values: object) -> tuple[list[list[Point]], bool]:
    """Return the polygons of a segmentation, and whether it is (also) something else: a mask."""
    if not values:
        return [], False
    if not isinstance(values, list):
        return [], True
    flat = [values] if not any(isinstance(part, list | Mapping) for part in values) else values
    parts: list[list[Point]] = []
    for part in flat:
        if not isinstance(part, list) or len(part) % 2 or len(part) < 6:
            return parts, True
        parts.append([_point(part[i], part[i + 1]) for i in range(0, len(part), 2)])
    return parts, False


def _point(x: object, y: object) -> Point:
    left, top = place(x), place(y)
    if left is None or top is None:
        raise CannotUse(f"{short(x)}, {short(y)} is no place in an image")
    return left, top


def _box(value: object) -> Box | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    sides = [place(one) for one in value]
    left, top, width, height = sides
    if left is None or top is None or width is None or height is None:
        raise CannotUse(f"bbox is {short(value)}, which is no place in an image")
    return left, top, width, height


def _is_rectangle(part: Sequence[Point], box: Box | None) -> bool:
    """Return whether a polygon only repeats the box, as many tools write it."""
    if box is None or len(part) != 4:
        return False
    left, top, width, height = box
    corners = {(x, y) for x in (left, left + width) for y in (top, top + height)}
    return set(part) == corners


def draw(annotation: dict[str, Any], drawing: Drawing, *, was: Drawing | None = None) -> None:
    """Write a drawing into an annotation, keeping what still holds.

    Parameters
    ----------
    was : Drawing or None
        What the annotation draws now; None for a new one.
    """
    vertices = list(drawing.vertices)
    annotation["bbox"] = [plain(value) for value in drawing.xywh]
    annotation["area"] = plain(_area(drawing))
    if drawing.shape is Shape.KEYPOINT:
        old = annotation.get("keypoints")
        annotation["keypoints"] = _keypoints(vertices, old if isinstance(old, list) else [])
        annotation["num_keypoints"] = len(vertices)
        return
    if was is not None and was.shape is Shape.KEYPOINT:
        annotation.pop("keypoints", None)
        annotation.pop("num_keypoints", None)
    if drawing.shape is Shape.POLYGON:
        annotation["segmentation"] = [[plain(value) for point in vertices for value in point]]
    elif annotation.get("segmentation"):
        # A mask or outline of the old place would contradict the box that a person moved.
        annotation["segmentation"] = []


def _keypoints(vertices: list[Point], old: list[Any]) -> list[Any]:
    """Return triples; unlabelled ones keep their place when the number of labelled ones is."""
    labelled = [start for start in range(0, len(old) - 2, 3) if old[start + 2]]
    if len(labelled) != len(vertices):
        return [value for x, y in vertices for value in (plain(x), plain(y), VISIBLE)]
    values = list(old)
    for start, (x, y) in zip(labelled, vertices, strict=True):
        values[start : start + 2] = [plain(x), plain(y)]
    return values


def _area(drawing: Drawing) -> float:
    """Return the area in square pixels, of a polygon by the shoelace formula."""
    if drawing.shape is not Shape.POLYGON:
        return drawing.xywh[2] * drawing.xywh[3]
    points = drawing.vertices
    following = (*points[1:], points[0])
    pairs = zip(points, following, strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def plain(value: float) -> float | int:
    """Return a whole number as such, which keeps files short."""
    return int(value) if float(value).is_integer() else float(value)
