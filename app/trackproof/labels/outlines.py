"""Polygons, polylines and keypoints as geometry: the one module that meets shapely.

A box counts as the polygon of its four corners, so that boxes and polygons can be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.labels.block import Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.labels.block import Block, Boxes

    Values = npt.NDArray[np.float64]
    Outlines = npt.NDArray[np.object_]
    Rows = npt.NDArray[np.intp]

LEAST_RING, LEAST_LINE = 3, 2
"""Fewer vertices make no ring, or no line: they are compared as points."""
LEAST_CROSSING = 4
"""Three vertices cannot cross."""

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def has_outlines(block: Block) -> bool:
    """Return whether any row is something else than a box."""
    return block.vertices is not None and bool((block.shape != Shape.BOX).any())


def outlines(block: Block) -> Outlines:
    """Return ``(n,)`` shapely geometries, one per row.

    Boxes and polygons become polygons, made valid where their outline crosses itself; polylines
    become line strings, keypoints multi-points. Rings of fewer than three vertices and lines of
    fewer than two become points, too. Where a coordinate is no number, the geometry is empty.
    """
    import shapely

    made: Outlines = np.empty(len(block), dtype=np.object_)
    counts = np.zeros(len(block), dtype=np.int64)
    if block.offsets is not None:
        counts = np.diff(block.offsets).astype(np.int64)
    known = _are_known(block)
    made[~known] = shapely.MultiPoint()
    is_box = (block.shape == Shape.BOX) & known
    is_ring = (block.shape == Shape.POLYGON) & (counts >= LEAST_RING) & known
    is_line = (block.shape == Shape.POLYLINE) & (counts >= LEAST_LINE) & known
    boxes = np.flatnonzero(is_box)
    low = block.xywh[boxes, :2]
    made[boxes] = shapely.box(*low.T, *(low + block.xywh[boxes, 2:]).T)
    for rows, build in (
        (np.flatnonzero(is_ring), lambda points, of: shapely.polygons(_rings(points, of))),
        (np.flatnonzero(is_line), lambda points, of: shapely.linestrings(points, indices=of)),
        (np.flatnonzero(known & ~(is_box | is_ring | is_line)), _points),
    ):
        if len(rows):
            made[rows] = _built(block, rows, build)
    crossed = np.flatnonzero(~shapely.is_valid(made))
    made[crossed] = shapely.make_valid(made[crossed])
    for row in crossed[
        shapely.get_type_id(made[crossed]) == shapely.GeometryType.GEOMETRYCOLLECTION
    ]:
        made[row] = _of_one_kind(made[row])
    return made


def _of_one_kind(mixed: Any) -> Any:
    """Return the areas of a mended outline, which also holds spikes; GEOS cannot intersect both."""
    import shapely

    areas = [part for part in shapely.get_parts(mixed) if part.area > 0]
    return shapely.union_all(areas) if areas else shapely.MultiPoint(shapely.get_coordinates(mixed))


def _are_known(block: Block) -> npt.NDArray[np.bool_]:
    """Return ``(n,)``: every coordinate of the row is a number."""
    known = np.asarray(np.isfinite(block.xywh).all(axis=1), dtype=np.bool_)
    if block.vertices is not None and block.offsets is not None:
        odd = ~np.isfinite(block.vertices).all(axis=1)
        before = np.concatenate([[0], np.cumsum(odd)])
        known &= before[block.offsets[1:]] == before[block.offsets[:-1]]
    return known


def _rings(points: Boxes, of: Rows) -> Any:
    import shapely

    return shapely.linearrings(points, indices=of)


def _points(points: Boxes, of: Rows) -> Any:
    import shapely

    return shapely.multipoints(shapely.points(points), indices=of)


def _built(block: Block, rows: Rows, build: Any) -> Outlines:
    """Return the geometries of rows of one kind; an annotation without vertices is empty."""
    import shapely

    part = block.take(rows)
    made: Outlines = np.full(len(rows), shapely.MultiPoint(), dtype=np.object_)
    if part.vertices is None or part.offsets is None:
        return made
    counts = np.diff(part.offsets)
    filled = np.flatnonzero(counts)
    if len(filled):
        made[filled] = build(part.vertices, np.repeat(np.arange(len(filled)), counts[filled]))
    return made


def crosses_itself(points: Sequence[tuple[float, float]]) -> bool:
    """Return whether a closed outline crosses or touches itself; the last point may be the first.

    Parameters
    ----------
    points : sequence of (x, y)
        Vertices, pixels.
    """
    import shapely

    open_ring = list(points[:-1] if len(points) > 1 and points[0] == points[-1] else points)
    if len(set(open_ring)) < LEAST_CROSSING:
        return False
    return not shapely.LinearRing(open_ring).is_simple


def outline_iou(first: Outlines, second: Outlines) -> Values:
    """Return the IoU of geometries ``i``; NaN where neither has an area. Broadcasts like numpy."""
    import shapely

    overlap = shapely.area(shapely.intersection(first, second))
    union = shapely.area(first) + shapely.area(second) - overlap
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Values = np.where(union > 0, overlap / union, np.nan)
    return ratio


def hausdorff(first: Outlines, second: Outlines) -> Values:
    """Return the Hausdorff distance of geometries ``i``, pixels; NaN where one is empty.

    Measured at the vertices of both, as GEOS does it; exact for convex outlines.
    """
    import shapely

    distance: Values = np.asarray(shapely.hausdorff_distance(first, second), dtype=np.float64)
    return distance


def box_hausdorff(first_xywh: Boxes, second_xywh: Boxes) -> Values:
    """Return the ``(n,)`` Hausdorff distance, pixels, of boxes ``i`` as filled rectangles.

    The distance to a convex set is convex, so its largest value over a rectangle is at a corner;
    for convex bodies it equals the distance between their outlines. Broadcasts like numpy.
    """
    return np.maximum(_reach(first_xywh, second_xywh), _reach(second_xywh, first_xywh))


def _reach(inner_xywh: Boxes, outer_xywh: Boxes) -> Values:
    """Return how far the corner of one box that is furthest from the other is away from it."""
    low, high = outer_xywh[..., :2], outer_xywh[..., :2] + outer_xywh[..., 2:]
    largest = np.zeros(np.broadcast_shapes(inner_xywh.shape[:-1], outer_xywh.shape[:-1]))
    for share in CORNERS:
        corner = inner_xywh[..., :2] + share * inner_xywh[..., 2:]
        away = np.maximum(np.maximum(low - corner, corner - high), 0.0)
        largest = np.maximum(largest, np.hypot(away[..., 0], away[..., 1]))
    return largest


def matched_vertices(first: Block, second: Block) -> npt.NDArray[np.bool_]:
    """Return ``(n,)``: rows ``i`` of both blocks have vertices of one kind and number."""
    if first.offsets is None or second.offsets is None:
        return np.zeros(len(first), dtype=np.bool_)
    counts = np.diff(first.offsets), np.diff(second.offsets)
    same: npt.NDArray[np.bool_] = (
        (counts[0] == counts[1]) & (counts[0] > 0) & (first.shape == second.shape)
    )
    return same


def vertex_distance(first: Block, second: Block) -> Values:
    """Return the ``(n,)`` mean distance, pixels, between vertices ``k`` of rows ``i``.

    NaN where the rows have different numbers of vertices, or none.
    """
    distance = np.full(len(first), np.nan)
    same = np.flatnonzero(matched_vertices(first, second))
    if len(same):
        left, right = first.take(same), second.take(same)
        if left.vertices is not None and right.vertices is not None and left.offsets is not None:
            apart = np.hypot(*(left.vertices - right.vertices).T)
            sums = np.add.reduceat(apart, left.offsets[:-1])
            distance[same] = sums / np.diff(left.offsets)
    return distance
