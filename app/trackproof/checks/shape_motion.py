"""How much a shape differs from itself in the frame before: for timelines, without flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter
from trackproof.checks.vertices import DRAWN, comparable, counts_of
from trackproof.labels import Shape
from trackproof.labels.outlines import hausdorff, outline_iou, outlines, vertex_distance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]


def run_iou(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the overlap of the areas of neighbouring frames; their vertices may differ."""
    return Measured(_outlines_apart(scene, outline_iou, Shape.POLYGON))


def run_hausdorff(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the largest distance between the outlines of neighbouring frames."""
    return Measured(_outlines_apart(scene, hausdorff, Shape.POLYGON, Shape.POLYLINE))


def run_shift(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the mean distance between vertices of one place in neighbouring frames."""
    values = scene.no_values()
    rows = np.flatnonzero(comparable(scene, *DRAWN))
    if len(rows):
        block = scene.annotations
        values[rows] = vertex_distance(block.take(rows - 1), block.take(rows))
    return Measured(values)


def _outlines_apart(scene: Scene, measure: Callable[[Any, Any], Values], *shapes: Shape) -> Values:
    values = scene.no_values()
    block = scene.annotations
    same = scene.follows & (scene.missing == 0) & np.isin(block.shape, shapes)
    same &= counts_of(block) > 0
    same[1:] &= block.shape[1:] == block.shape[:-1]
    rows = np.flatnonzero(same)
    if len(rows):
        needed = np.union1d(rows, rows - 1)
        drawn = outlines(block.take(needed))
        here = np.searchsorted(needed, rows)
        before = np.searchsorted(needed, rows - 1)
        values[rows] = measure(drawn[before], drawn[here])
    return values


def explain_iou(value: float, _detail: Mapping[str, Any]) -> str:
    """Put an overlap into words."""
    return f"the area overlaps that of the frame before by only {value:.2f}"


def explain_distance(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a distance into words."""
    return f"the outline is {value:.0f} px away from that of the frame before"


CHECK = (
    Check(
        name="polygon_iou",
        title="Polygon IoU",
        description="Overlap of the polygon's area with its area in the frame before.",
        unit="IoU",
        kind=FlagKind.SHAPE,
        run=run_iou,
        explain=explain_iou,
        parameters=(Parameter("limit", 0.5, "Less is suspicious.", "IoU", 0.0, 1.0),),
        is_low_bad=True,
        is_ranked=False,
        needs_shapes=(Shape.POLYGON,),
    ),
    Check(
        name="outline_distance",
        title="Outline distance",
        description="Hausdorff distance of a polygon or polyline to itself in the frame before: "
        "how far the vertex that moved most is from the old outline.",
        unit="px",
        kind=FlagKind.SHAPE,
        run=run_hausdorff,
        explain=explain_distance,
        parameters=(Parameter("limit", 50.0, "More is suspicious.", "px"),),
        is_ranked=False,
        needs_shapes=(Shape.POLYGON, Shape.POLYLINE),
    ),
    Check(
        name="point_shift",
        title="Point shift",
        description="Mean distance of the vertices or keypoints to where they were in the frame "
        "before, vertex by vertex; not defined where their number changes.",
        unit="px",
        kind=FlagKind.SHAPE,
        run=run_shift,
        explain=explain_distance,
        parameters=(Parameter("limit", 50.0, "More is suspicious.", "px"),),
        is_ranked=False,
        needs_shapes=DRAWN,
    ),
)
