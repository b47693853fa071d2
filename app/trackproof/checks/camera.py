"""Motion that all objects share: the camera's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values: TypeAlias = npt.NDArray[np.float64]
    Truths: TypeAlias = npt.NDArray[np.bool_]
    Ints: TypeAlias = npt.NDArray[np.int32]

FEWEST_TRACKS = 3
"""Objects in a frame from which a median says something about the camera."""


def shake_path(centres: Values, frame: Ints, whole: Truths, *, frames: int) -> Values:
    """Return ``(2, frames)``: where the camera's shaking has moved the picture, pixels.

    The median acceleration of all objects in a frame is taken for the camera's and summed twice.
    Accelerations, unlike velocities, do not depend on which objects are in view; the slow drift
    that summing leaves is a straight line to every check that looks at a few frames.

    Parameters
    ----------
    centres : (2, n) float64
        Centre x and y, track after track.
    frame : (n,) int32
        Frame of every row.
    whole : (n,) bool
        Rows whose two neighbours are the same track's, one frame away on either side.
    frames : int
        Frames of the sequence.
    """
    path = np.zeros((2, frames))
    inner = whole[1:-1]
    at = frame[1:-1][inner]
    if len(at) < FEWEST_TRACKS:
        return path
    counts = np.bincount(at, minlength=frames)
    ends = np.cumsum(counts)
    has_many = counts >= FEWEST_TRACKS
    low = (ends - counts + np.maximum(counts - 1, 0) // 2)[has_many]
    high = (ends - counts + counts // 2)[has_many]
    for axis in range(2):
        column = centres[axis]
        second = column[2:] - column[1:-1]
        second -= column[1:-1]
        second += column[:-2]
        second = second[inner]
        # One key orders by frame and then by value: frames are set apart by more than values
        # reach, and sorting one column is ten times faster than ordering by two.
        reach = 2.0 * float(np.abs(second).max()) + 1.0
        second += at * reach
        second.sort()
        median = np.zeros(frames)
        median[has_many] = 0.5 * (second[low] + second[high])
        median[has_many] -= np.flatnonzero(has_many) * reach
        velocity = np.cumsum(median)
        path[axis, 1:] = np.cumsum(velocity[:-1])
    return path
