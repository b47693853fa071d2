"""What the camera does between two frames, from the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Gray = npt.NDArray[np.uint8]
    Values = npt.NDArray[np.float64]

LONG_SIDE_PX = 400
"""Frames are made this small first: a camera moves everything, so fine detail adds nothing."""

MOST_POINTS = 240
FEWEST_POINTS = 12
STILL = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def small_gray(picture: npt.NDArray[np.uint8]) -> tuple[Gray, float]:
    """Return a frame as grey levels at most 400 pixels long, and its scale."""
    import cv2

    scale = min(1.0, LONG_SIDE_PX / max(picture.shape[:2]))
    if scale < 1.0:
        picture = cv2.resize(
            picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
        ).astype(np.uint8)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8), scale


def camera_motion(before: Gray, after: Gray, *, boxes_xywh: Values, scale: float) -> Values | None:
    """Return the ``(2, 3)`` map of background points from one frame to the next, pixels.

    Corners outside all boxes are followed by Lucas-Kanade, and a shift with rotation and zoom is
    fitted to them by RANSAC. None when too few corners can be followed.

    Parameters
    ----------
    before, after : (height, width) uint8
        Small frames.
    boxes_xywh : (n, 4) float64
        Boxes of both frames, full-size pixels.
    scale : float
        Of the small frames.
    """
    import cv2

    mask = np.full(before.shape, 255, dtype=np.uint8)
    for left, top, width, height in boxes_xywh[np.isfinite(boxes_xywh).all(axis=1)] * scale:
        low, high = max(round(top) - 2, 0), max(round(top + height) + 2, 0)
        mask[low:high, max(round(left) - 2, 0) : max(round(left + width) + 2, 0)] = 0
    points = cv2.goodFeaturesToTrack(before, MOST_POINTS, 0.01, 8, mask=mask)
    if points is None or len(points) < FEWEST_POINTS:
        return None
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, np.empty_like(points), winSize=(15, 15), maxLevel=3
    )
    followed = status.ravel() == 1
    if followed.sum() < FEWEST_POINTS:
        return None
    fitted, _ = cv2.estimateAffinePartial2D(
        points[followed], moved[followed], method=cv2.RANSAC, ransacReprojThreshold=1.0
    )
    if fitted is None:
        return None
    motion = np.asarray(fitted, dtype=np.float64)
    motion[:, 2] /= scale
    return motion


def carried(motions: Values, points: Values) -> Values:
    """Return ``(n, 2)`` points where ``(n, 2, 3)`` camera motions put them, each its own."""
    moved: Values = np.einsum("nij,nj->ni", motions[:, :, :2], points) + motions[:, :, 2]
    return moved
