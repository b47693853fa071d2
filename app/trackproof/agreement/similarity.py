"""How much two annotations of one frame agree, 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Shape
from trackproof.labels.boxes import areas, iou
from trackproof.labels.outlines import has_outlines, hausdorff, outline_iou, outlines

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block

    Values = npt.NDArray[np.float64]

TOLERANCE_SHARE = 0.1
"""Lines and points agree by half when they are this share of their diagonal apart ..."""

TOLERANCE_PX = 10.0
"""... or this far, whichever is more: a single point has no size."""

AREAS = (Shape.BOX, Shape.POLYGON)

EPSILON = float(np.finfo(np.float64).eps)
"""Areas and scores up to this are nothing, as TrackEval has it."""


def similarity_of(first: Block, second: Block) -> Values:
    """Return the ``(n, m)`` similarity of every row of one block with every row of another.

    Boxes and polygons: IoU of the areas. Polylines and keypoints: ``1 - d / (2 t)``, at least 0,
    with the Hausdorff distance ``d`` and the tolerance ``t`` (10 % of the mean diagonal of both,
    at least 10 pixels). Different kinds, areas aside, have nothing in common: 0.
    """
    if not len(first) or not len(second):
        return np.zeros((len(first), len(second)))
    if not has_outlines(first) and not has_outlines(second):
        return box_similarity(first.xywh, second.xywh)
    return _mixed(first, second)


def box_similarity(first_xywh: Values, second_xywh: Values) -> Values:
    """Return the ``(n, m)`` IoU of all boxes with all; 0 where one has no area."""
    overlap = iou(first_xywh[:, None], second_xywh[None])
    overlap[areas(first_xywh) <= EPSILON] = 0.0
    overlap[:, areas(second_xywh) <= EPSILON] = 0.0
    return np.nan_to_num(overlap, nan=0.0)


def _mixed(first: Block, second: Block) -> Values:
    similarity = box_similarity(first.xywh, second.xywh)
    left, right = first.shape[:, None], second.shape[None]
    is_area = np.isin(left, AREAS) & np.isin(right, AREAS)
    is_drawn = is_area & ((left != Shape.BOX) | (right != Shape.BOX))
    is_line = (left == right) & ~is_area
    made = outlines(first), outlines(second)
    rows, columns = np.nonzero(is_drawn & (similarity > 0))
    overlap = outline_iou(made[0][rows], made[1][columns])
    similarity[rows, columns] = np.nan_to_num(overlap, nan=0.0)
    similarity[~is_area] = 0.0
    rows, columns = np.nonzero(is_line)
    if len(rows):
        apart = hausdorff(made[0][rows], made[1][columns])
        sizes = np.hypot(*first.xywh[rows, 2:].T) + np.hypot(*second.xywh[columns, 2:].T)
        tolerance = np.maximum(TOLERANCE_SHARE * sizes / 2, TOLERANCE_PX)
        closeness = np.maximum(1.0 - apart / (2 * tolerance), 0.0)
        similarity[rows, columns] = np.nan_to_num(closeness, nan=0.0)
    return similarity
