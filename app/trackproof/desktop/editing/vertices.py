"""Which vertex or edge of a shape the mouse holds, and where it leads. Knows nothing of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from trackproof.desktop.editing.grips import snapped
from trackproof.labels import FEWEST_VERTICES, Shape

Point: TypeAlias = tuple[float, float]

REACH = 7.0
"""Canvas pixels around a vertex that still hold it."""
LEAST_EDGE = 28.0
"""An edge shorter than this, canvas pixels, has no handle in its middle."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is held of a shape.

    Parameters
    ----------
    place : int
        Number of the vertex; of an edge, the number that a vertex on it would get.
    is_edge : bool
        Whether it is the middle of an edge, where a vertex can be added.
    """

    place: int
    is_edge: bool = False


def part_at(points: list[Point], at: Point, shape: Shape) -> Part | None:
    """Return the vertex, else the middle of an edge, at a position; all in canvas pixels."""
    spots = [(Part(place), point) for place, point in enumerate(points)]
    spots += [(Part(place, is_edge=True), point) for place, point in middles(points, shape)]
    near = [(_apart(point, at), part.is_edge, part) for part, point in spots]
    within = [one for one in near if one[0] <= REACH]
    return min(within, key=lambda one: (one[1], one[0]))[2] if within else None


def middles(points: list[Point], shape: Shape) -> list[tuple[int, Point]]:
    """Return the middles of the long edges, with the number that a vertex there would get."""
    if shape is Shape.KEYPOINT or len(points) < 2:
        return []
    ends = [*points[1:], points[0]] if shape is Shape.POLYGON and len(points) > 2 else points[1:]
    return [
        (place + 1, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        for place, (start, end) in enumerate(zip(points, ends, strict=False))
        if _apart(start, end) >= LEAST_EDGE
    ]


def middle_after(points: list[Point], vertex: int, shape: Shape) -> tuple[int, Point]:
    """Return where a vertex after another one goes, and its number; for adding by keys."""
    is_last = vertex == len(points) - 1
    if is_last and shape is not Shape.POLYGON:
        x, y = points[vertex]
        return vertex + 1, (x + 10.0, y)
    start, end = points[vertex], points[(vertex + 1) % len(points)]
    return vertex + 1, (round((start[0] + end[0]) / 2), round((start[1] + end[1]) / 2))


def placed_at(point: Point, *, border: Point, reach: float, is_inside: bool = False) -> Point:
    """Return a vertex on whole pixels, snapped to the picture's border.

    Parameters
    ----------
    border : (float, float)
        Width and height of the picture.
    reach : float
        Distance at which it snaps, picture pixels.
    is_inside : bool
        True keeps it in the picture however far the mouse went.
    """
    x, y = (
        snapped(float(round(value)), end, reach) for value, end in zip(point, border, strict=True)
    )
    if is_inside:
        return min(max(x, 0.0), border[0]), min(max(y, 0.0), border[1])
    return x, y


def closes(points: list[Point], at: Point, shape: Shape) -> bool:
    """Return whether a click closes a polygon that is being drawn; canvas pixels."""
    has_enough = shape is Shape.POLYGON and len(points) >= FEWEST_VERTICES[shape]
    return has_enough and _apart(points[0], at) <= REACH


def lacking(points: list[Point], shape: Shape) -> int:
    """Return how many vertices a shape still needs."""
    return max(FEWEST_VERTICES[shape] - len(points), 0)


def starting_shape(shape: Shape, middle: Point, size: float) -> list[Point]:
    """Return a plain shape to begin with when it is made by keys: square, line or point."""
    x, y = (float(round(value)) for value in middle)
    half = float(round(size / 2))
    if shape is Shape.KEYPOINT:
        return [(x, y)]
    if shape is Shape.POLYLINE:
        return [(x - half, y), (x + half, y)]
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]


def _apart(one: Point, other: Point) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)
