"""Boxes as arrays: the one module that converts and compares them.

A box is ``xywh`` = left, top, width, height or ``xyxy`` = left, top, right, bottom, float64
pixels with the origin at the top left; width = right - left, with no pixel added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Boxes = npt.NDArray[np.float64]
    Values = npt.NDArray[np.float64]


def xyxy_from_xywh(boxes_xywh: Boxes) -> Boxes:
    """Return ``(n, 4)`` xyxy boxes for ``(n, 4)`` xywh boxes."""
    boxes_xyxy = boxes_xywh.copy()
    boxes_xyxy[..., 2:] += boxes_xyxy[..., :2]
    return boxes_xyxy


def xywh_from_xyxy(boxes_xyxy: Boxes) -> Boxes:
    """Return ``(n, 4)`` xywh boxes for ``(n, 4)`` xyxy boxes."""
    boxes_xywh = boxes_xyxy.copy()
    boxes_xywh[..., 2:] -= boxes_xywh[..., :2]
    return boxes_xywh


def centres(boxes_xywh: Boxes) -> Boxes:
    """Return the ``(n, 2)`` centres, pixels, of ``(n, 4)`` xywh boxes."""
    return boxes_xywh[..., :2] + 0.5 * boxes_xywh[..., 2:]


def areas(boxes_xywh: Boxes) -> Values:
    """Return the ``(n,)`` areas, square pixels, of ``(n, 4)`` xywh boxes."""
    product: Values = boxes_xywh[..., 2] * boxes_xywh[..., 3]
    return product


def intersections(first_xywh: Boxes, second_xywh: Boxes) -> Values:
    """Return the ``(n,)`` overlap areas of box ``i`` of one array with box ``i`` of the other."""
    left = np.maximum(first_xywh[..., 0], second_xywh[..., 0])
    top = np.maximum(first_xywh[..., 1], second_xywh[..., 1])
    right = np.minimum(
        first_xywh[..., 0] + first_xywh[..., 2], second_xywh[..., 0] + second_xywh[..., 2]
    )
    bottom = np.minimum(
        first_xywh[..., 1] + first_xywh[..., 3], second_xywh[..., 1] + second_xywh[..., 3]
    )
    overlap: Values = np.maximum(right - left, 0.0) * np.maximum(bottom - top, 0.0)
    return overlap


def iou(first_xywh: Boxes, second_xywh: Boxes) -> Values:
    """Return the ``(n,)`` intersection over union of boxes ``i``; NaN where both are empty.

    Broadcasts like numpy: ``iou(a[:, None], b[None])`` compares all with all.
    """
    overlap = intersections(first_xywh, second_xywh)
    union = areas(first_xywh) + areas(second_xywh) - overlap
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Values = overlap / union
    return ratio
