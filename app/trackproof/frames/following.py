"""Where an object is in the next frame: from its motion so far, and from the pictures.

`benchmarks/bench_following.py` compares the ways to do this; what measured best is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.frames.source import Picture

    Boxes = npt.NDArray[np.float64]
    Grey = npt.NDArray[np.uint8]
    Points = npt.NDArray[np.float32]

REMEMBERED = 5
"""Boxes that tell how an object moves."""
OLDEST = 10
"""Frames after which a box says nothing about the motion now."""

TRUST_A_STEP = 0.15
MOST_TRUST = 0.8
"""How far from where the motion leads to where the picture says, by how many of the last boxes were
predicted themselves. Labels move more smoothly than pixels do, so the motion of boxes that a person
saw is the better guide for a step; what it knows grows old, and the picture does not. Chosen among
20 courses of trust on the first half of PETS09-S2L1. Trusting the picture at once where it says a
place far from the motion measured worse at every step: mostly, it has lost the object then."""
GRID = 10
"""Points followed across and down a box."""
INSET = 0.1
"""Part of a box at each side that mostly shows what is behind the object."""
WINDOW = 15
LEVELS = 3
LEAST_POINTS = 5
FARTHEST_BACK = 3.0
"""Pixels that a point may miss its start by when it is followed there and back."""
FARTHEST = 1.0
"""Sizes of the object that the picture may lie from the motion: beyond, it followed another."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A predicted box.

    Parameters
    ----------
    box_xywh : (4,) float64, pixels
        Where the object should be.
    is_from_picture : bool
        False when the motion alone tells.
    """

    box_xywh: Boxes
    is_from_picture: bool


def follow(
    frames: npt.NDArray[np.int32],
    boxes_xywh: Boxes,
    *,
    pictures: tuple[Picture, Picture] | None = None,
    guessed: int = 0,
) -> Followed:
    """Return where a track goes on in the frame after its last one.

    Parameters
    ----------
    frames : (n,) int32
        Frames of the track so far, ascending, one at least.
    boxes_xywh : (n, 4) float64, pixels
        Its boxes there.
    pictures : tuple of ((h, w, 3) uint8 BGR, (h, w, 3) uint8 BGR) or None
        The last frame and the one after it; None where there are no pictures.
    guessed : int
        How many of the last boxes were predicted, one from the other, and seen by nobody.
    """
    moved = by_motion(frames, boxes_xywh)
    box = np.asarray(boxes_xywh[-1], dtype=np.float64)
    # One box alone has no motion: then the picture is all there is.
    is_known = len(frames) > 1 and frames[-2] > frames[-1] - OLDEST
    trust = min(TRUST_A_STEP * guessed, MOST_TRUST) if is_known else 1.0
    seen = None
    if pictures is not None and trust > 0:
        seen = by_picture(*pictures, box, guess_xywh=moved)
    if seen is None:
        return Followed(moved, is_from_picture=False)
    between = moved.copy()
    between[:2] += trust * (seen[:2] - moved[:2])
    return Followed(between, is_from_picture=True)


def by_motion(frames: npt.NDArray[np.int32], boxes_xywh: Boxes) -> Boxes:
    """Return a track's last box moved on by one frame.

    Its centre goes along the straight line (least squares) through its last five boxes; its size
    stays. Parameters as in `follow`.
    """
    at = frames[-REMEMBERED:].astype(np.float64) - float(frames[-1])
    boxes = np.asarray(boxes_xywh[-REMEMBERED:], dtype=np.float64)
    recent = at > -OLDEST
    at, boxes = at[recent], boxes[recent]
    moved: Boxes = boxes[-1].copy()
    if len(at) > 1:
        centres = boxes[:, :2] + 0.5 * boxes[:, 2:]
        apart = at - at.mean()
        moved[:2] += (apart @ (centres - centres.mean(axis=0))) / (apart**2).sum()
    return moved


def by_picture(
    before: Picture, after: Picture, box_xywh: Boxes, *, guess_xywh: Boxes
) -> Boxes | None:
    """Return a box of one frame where the next frame shows its content; None when it is lost.

    A grid of points is followed by pyramidal Lucas-Kanade (Bouguet, Intel 2001) there and back;
    those that return to their start tell by their median how far the box moved (Kalal and others,
    Forward-Backward Error, ICPR 2010). The size stays: its estimate drifts.

    Parameters
    ----------
    before, after : (h, w, 3) uint8
        BGR pictures of two successive frames.
    box_xywh : (4,) float64, pixels
        In the first.
    guess_xywh : (4,) float64, pixels
        Where the search begins in the second.
    """
    if before.shape != after.shape:
        return None
    start = (guess_xywh[:2] - box_xywh[:2]).astype(np.float32)
    first, second, corner = _around(before, after, box_xywh, guess_xywh)
    points = _grid(box_xywh, before.shape[1], before.shape[0]) - corner
    if len(points) < LEAST_POINTS or min(first.shape) <= WINDOW:
        return None
    steps = _steps(first, second, points, start)
    if len(steps) < LEAST_POINTS:
        return None
    moved: Boxes = box_xywh.copy()
    moved[:2] += np.median(steps, axis=0)
    is_lost = np.abs(moved[:2] - guess_xywh[:2]) > FARTHEST * box_xywh[2:]
    return None if is_lost.any() else moved


def _around(before: Picture, after: Picture, box: Boxes, guess: Boxes) -> tuple[Grey, Grey, Points]:
    """Return the grey surroundings of a box in both pictures, and their corner."""
    import cv2

    height, width = before.shape[:2]
    low = np.minimum(box[:2], guess[:2])
    high = np.maximum(box[:2] + box[2:], guess[:2] + guess[2:])
    margin = box[2:].max() + 2.0 * WINDOW
    x0, y0 = np.maximum(np.floor(low - margin), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + margin), (width, height)).astype(int)
    corner = np.array([x0, y0], dtype=np.float32)
    if x1 <= x0 or y1 <= y0:
        nothing = np.empty((0, 0), dtype=np.uint8)
        return nothing, nothing, corner
    first, second = (
        cv2.cvtColor(np.ascontiguousarray(one[y0:y1, x0:x1]), cv2.COLOR_BGR2GRAY).astype(
            np.uint8, copy=False
        )
        for one in (before, after)
    )
    return first, second, corner


def _grid(box: Boxes, width: int, height: int) -> Points:
    """Return points spread over a box, those inside the picture: ``(n, 2)`` float32."""
    places = np.linspace(INSET, 1.0 - INSET, GRID)
    across, down = np.meshgrid(box[0] + places * box[2], box[1] + places * box[3])
    points = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32)
    inside = (points >= 0).all(axis=1) & (points < (width, height)).all(axis=1)
    return points[inside]


def _steps(first: Grey, second: Grey, points: Points, start: Points) -> Points:
    """Return how far the points moved that can be followed there and back: ``(n, 2)``."""
    import cv2

    flow = partial(
        cv2.calcOpticalFlowPyrLK,
        winSize=(WINDOW, WINDOW),
        maxLevel=LEVELS,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    there, is_found, _ = flow(first, second, points, points + start)
    back, is_back, _ = flow(second, first, there, points.copy())
    missed = np.linalg.norm(back - points, axis=1)
    found = (is_found.ravel() == 1) & (is_back.ravel() == 1) & (missed < FARTHEST_BACK)
    if not found.any():
        return np.empty((0, 2), dtype=np.float32)
    found &= missed <= max(float(np.median(missed[found])), 0.5)
    steps: Points = there[found] - points[found]
    return steps
