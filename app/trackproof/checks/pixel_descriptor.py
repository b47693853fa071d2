"""What a box shows, as numbers: colours in three stripes, and edges.

Colours: an 8 x 4 x 4 histogram of hue, saturation and value for the upper, middle and lower third
of the box (people change from head to feet), compared by the Hellinger distance. Edges: a
histogram of oriented gradients over 64 x 128 pixels (Dalal and Triggs, 2005). On the pair of
labels and video that the project measures with (``benchmarks/bench_appearance.py``), colours
alone are nearly as good as both, and both beat small neural networks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import cv2
    import numpy.typing as npt

    Picture = npt.NDArray[np.uint8]
    Values = npt.NDArray[np.float64]
    Colours = npt.NDArray[np.uint8]
    Edges = npt.NDArray[np.float32]

CROP_WIDTH, CROP_HEIGHT = 64, 128
STRIPES = 3
BINS = (8, 4, 4)
COLOUR_LENGTH = STRIPES * BINS[0] * BINS[1] * BINS[2]
LEAST_SIDE_PX = 4.0
"""Boxes with less than this inside the picture show nothing to compare."""

COLOUR_STEPS = 255.0
"""Square roots of frequencies are kept as bytes, 384 for a box."""

EDGE_BLOCKS = 105
"""Blocks of a 64 x 128 gradient histogram, each of length 1: two differ by sqrt(210) at most."""


def crop_of(picture: Picture, box_xywh: Values) -> Picture | None:
    """Return what a box shows, 128 x 64 pixels, or None when too little lies in the picture."""
    import cv2

    height, width = picture.shape[:2]
    left, top = np.maximum(box_xywh[:2], 0.0)
    right = min(float(box_xywh[0] + box_xywh[2]), float(width))
    bottom = min(float(box_xywh[1] + box_xywh[3]), float(height))
    # written so that NaN counts as too small
    if not (right - left >= LEAST_SIDE_PX and bottom - top >= LEAST_SIDE_PX):
        return None
    part = picture[round(top) : round(bottom), round(left) : round(right)]
    shrinks = part.shape[0] > CROP_HEIGHT and part.shape[1] > CROP_WIDTH
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(part, (CROP_WIDTH, CROP_HEIGHT), interpolation=how).astype(np.uint8)


def colours(crop: Picture) -> Colours:
    """Return the ``(384,)`` square roots of colour frequencies, scaled to bytes."""
    import cv2

    hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
    stripes = np.array_split(hsv, STRIPES)
    counts = [
        cv2.calcHist([stripe], [0, 1, 2], None, list(BINS), [0, 180, 0, 256, 0, 256]).ravel()
        / stripe[..., 0].size
        for stripe in stripes
    ]
    return np.round(np.sqrt(np.concatenate(counts)) * COLOUR_STEPS).astype(np.uint8)


def edges(crop: Picture) -> Edges:
    """Return the ``(3780,)`` histogram of oriented gradients."""
    import cv2

    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return np.asarray(_hog().compute(gray), dtype=np.float32).ravel()


def colour_distance(first: Colours, second: Colours) -> Values:
    """Return Hellinger distances, 0 (equal) to 1 (nothing in common), of ``(..., 384)`` colours."""
    one = first.astype(np.float32) / COLOUR_STEPS
    two = second.astype(np.float32) / COLOUR_STEPS
    overlap = (one * two).sum(axis=-1) / STRIPES
    return np.asarray(np.sqrt(np.maximum(1.0 - overlap, 0.0)), dtype=np.float64)


def edge_distance(first: Edges, second: Edges) -> Values:
    """Return distances, 0 (equal) to 1, of ``(..., 3780)`` gradient histograms."""
    gap = np.linalg.norm(first - second, axis=-1) / np.sqrt(2.0 * EDGE_BLOCKS)
    return np.asarray(gap, dtype=np.float64)


@cache
def _hog() -> cv2.HOGDescriptor:
    import cv2

    return cv2.HOGDescriptor()
