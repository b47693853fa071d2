"""Computed geometry in whole pixels, where a track is drawn in whole pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Block

    Values = npt.NDArray[np.float64]


def in_whole_pixels(rows: Block, like: Block | None) -> Block:
    """Return computed rows rounded as a file would, when all rows of their track are whole.

    What is on screen is then what is written: Ground Truth's files hold whole pixels alone.

    Parameters
    ----------
    rows : Block
        Boxes and vertices that an edit computed.
    like : Block or None
        The track that they go to; None rounds nothing.
    """
    if like is None or not len(like) or not is_whole(like):
        return rows
    boxes = _rounded(rows.xywh)
    boxes[:, 2:] = np.where(rows.xywh[:, 2:] > 0, np.maximum(boxes[:, 2:], 1.0), boxes[:, 2:])
    if rows.vertices is None or rows.offsets is None:
        return replace(rows, xywh=boxes)
    vertices = _rounded(rows.vertices)
    drawn = np.diff(rows.offsets) > 0
    if drawn.any():
        starts = rows.offsets[:-1][drawn]
        low = np.minimum.reduceat(vertices, starts)
        boxes[drawn] = np.hstack([low, np.maximum.reduceat(vertices, starts) - low])
    return replace(rows, xywh=boxes, vertices=vertices)


def is_whole(block: Block) -> bool:
    """Return whether every box and vertex lies on whole pixels."""
    whole = bool((block.xywh == np.round(block.xywh)).all())
    if whole and block.vertices is not None:
        whole = bool((block.vertices == np.round(block.vertices)).all())
    return whole


def _rounded(values: Values) -> Values:
    """Return values rounded half up, as the writer of Ground Truth's files does."""
    rounded: Values = np.floor(values + 0.5)
    return rounded
