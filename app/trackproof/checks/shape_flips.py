"""Orders that turn round: rings the other way, lines from the other end, left and right swapped."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.runs import events_of_runs, minority_runs
from trackproof.checks.vertices import by_count, comparable, points_of
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]
    Signs = npt.NDArray[np.int8]

LEAST_RING, LEAST_LINE, LEAST_POINTS = 3, 2, 2
MOST_POINTS = 40
"""Keypoints up to which every pair is tried: a skeleton has 17 to 33."""

LEAST_STEP = 1.0
"""Pixels that swapping must save before it is believed: points on each other swap for nothing."""

TURNED = 2.0
"""How many times nearer the frame before a line must be from its other end."""


def run_rings(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name runs of rows whose ring goes round the other way than most of the track's rings.

    The sign of the signed area tells the way (positive: clockwise on screen).
    """
    block = scene.annotations
    points = points_of(block)
    sign = np.zeros(len(block), dtype=np.int8)
    rings = np.flatnonzero(block.shape == Shape.POLYGON)
    for rows, places in by_count(block, rings, least=LEAST_RING):
        here, following = points[places], points[np.roll(places, -1, axis=1)]
        cross = here[..., 0] * following[..., 1] - following[..., 0] * here[..., 1]
        sign[rows] = np.sign(np.nan_to_num(cross.sum(axis=1)))
    return _minority(scene, sign, Shape.POLYGON)


def run_lines(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name runs of rows whose line starts at the other end than on most frames of the track."""
    block = scene.annotations
    points = points_of(block)
    is_turned = np.zeros(len(block), dtype=np.bool_)
    rows_of_lines = np.flatnonzero(comparable(scene, Shape.POLYLINE))
    for rows, places in by_count(block, rows_of_lines, least=LEAST_LINE):
        before = points[places - places.shape[1]]
        straight = _apart(points[places], before)
        turned = _apart(points[places[:, ::-1]], before)
        is_turned[rows] = straight > TURNED * turned + LEAST_STEP
    # Every turn changes the side; a track begins on one of the two.
    turns = np.cumsum(is_turned)
    began = turns[scene.starts[:-1]][scene.place] if len(block) else turns
    side = np.where((turns - began) % 2 == 0, 1, -1).astype(np.int8)
    side[block.shape != Shape.POLYLINE] = 0
    return _minority(scene, side, Shape.POLYLINE)


def _minority(scene: Scene, sign: Signs, shape: Shape) -> Measured:
    """Return the rows of a shape that have another sign than most of their track."""
    block = scene.annotations
    usual, first, end = minority_runs(scene, sign)
    is_told = (sign[first] != 0) & (usual[first] != 0)
    first, end = first[is_told], end[is_told]
    flipped = (sign != usual) & (sign != 0) & (usual != 0)
    values = np.where(block.shape == shape, flipped.astype(np.float64), np.nan)
    values[scene.track < 0] = np.nan
    return Measured(values, events_of_runs(scene, first, end))


def _apart(first: Values, second: Values) -> Values:
    """Return the ``(rows,)`` mean distance of vertices of one place."""
    distance: Values = np.hypot(*np.moveaxis(first - second, -1, 0)).mean(axis=1)
    return distance


def run_points(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Find the pair of keypoints whose exchange brings both nearest to the frame before.

    The value is how many times the two are further away as they are than exchanged.
    """
    values = scene.no_values()
    block = scene.annotations
    points = points_of(block)
    pair = np.full((len(block), 2), -1, dtype=np.int32)
    rows_of_points = np.flatnonzero(comparable(scene, Shape.KEYPOINT))
    for rows, places in by_count(block, rows_of_points, least=LEAST_POINTS):
        here, before = points[places], points[places - places.shape[1]]
        values[rows] = 0.0
        for one, two in combinations(range(min(places.shape[1], MOST_POINTS)), 2):
            kept = _between(here, before, one, one) + _between(here, before, two, two)
            swapped = _between(here, before, one, two) + _between(here, before, two, one)
            is_nearer = swapped + 2 * LEAST_STEP < kept
            times = np.where(is_nearer, kept / np.maximum(swapped, LEAST_STEP), 0.0)
            is_best = times > values[rows]
            pair[rows[is_best]] = one, two
            values[rows[is_best]] = times[is_best]
    rows = np.flatnonzero(values > 1.0)
    events = Events.at(
        scene.track[rows], scene.frame[rows], values[rows], detail={"pair": pair[rows]}
    )
    return Measured(values, events)


def _between(here: Values, before: Values, one: int, two: int) -> Values:
    apart: Values = np.hypot(*(here[:, one] - before[:, two]).T)
    return apart


def explain_ring(_value: float, _detail: Mapping[str, Any]) -> str:
    """Put a turned ring into words."""
    return "the vertices go round the other way than on most frames of the object"


def explain_line(_value: float, _detail: Mapping[str, Any]) -> str:
    """Put a turned line into words."""
    return "the line starts at its other end here"


def explain_points(value: float, detail: Mapping[str, Any]) -> str:
    """Put a swap into words."""
    one, two = (int(number) + 1 for number in detail["pair"])
    return f"points {one} and {two} fit the frame before {value:.1f} times better when exchanged"


def _turn(name: str, title: str, description: str, run: Any, explain: Any, shape: Shape) -> Check:
    return Check(
        name=name,
        title=title,
        description=description,
        unit="",
        kind=FlagKind.SHAPE,
        run=run,
        explain=explain,
        parameters=(Parameter("limit", 1.0, "1 flags every turn.", "", 0.5, 1.0),),
        tells=2,
        needs_shapes=(shape,),
    )


CHECK = (
    _turn(
        "ring_flip",
        "Ring turns round",
        "Frames in which a polygon's vertices go round the other way than on most of its frames.",
        run_rings,
        explain_ring,
        Shape.POLYGON,
    ),
    _turn(
        "line_flip",
        "Line turns round",
        "Frames in which a polyline starts at the other end than on most of its frames.",
        run_lines,
        explain_line,
        Shape.POLYLINE,
    ),
    Check(
        name="point_swap",
        title="Points exchanged",
        description="How many times further from the frame before two keypoints are than they "
        "would be exchanged, as left and right are.",
        unit="times",
        kind=FlagKind.SHAPE,
        run=run_points,
        explain=explain_points,
        parameters=(Parameter("limit", 2.0, "More is suspicious.", "times", 1.0),),
        tells=2,
        needs_shapes=(Shape.KEYPOINT,),
    ),
)
