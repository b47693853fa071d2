"""Motion that all objects share: the camera's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values: TypeAlias = npt.NDArray[np.float64]
    Truths: TypeAlias = npt.NDArray[np.bool_]
    Ints: TypeAlias = npt.NDArray[np.int32]

BLOCK_ROWS = 16_384
"""Rows per pass, so that the columns at work stay in the processor's cache."""

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
        second = _accelerations(centres[axis], inner, count=len(at))
        # One key orders by frame and then by value: frames are set apart by more than values
        # reach, and sorting one column is ten times faster than ordering by two.
        reach = 2.0 * max(float(second.max()), -float(second.min())) + 1.0
        for first in range(0, len(at), BLOCK_ROWS):
            second[first : first + BLOCK_ROWS] += at[first : first + BLOCK_ROWS] * reach
        second.sort()
        median = np.zeros(frames)
        median[has_many] = 0.5 * (second[low] + second[high])
        median[has_many] -= np.flatnonzero(has_many) * reach
        velocity = np.cumsum(median)
        path[axis, 1:] = np.cumsum(velocity[:-1])
    return path


def _accelerations(column: Values, inner: Truths, *, count: int) -> Values:
    """Return second differences of a column at its inner rows, those that count."""
    found = np.empty(count)
    done = 0
    for first in range(0, len(inner), BLOCK_ROWS):
        end = min(first + BLOCK_ROWS, len(inner))
        second = column[first + 2 : end + 2] - column[first + 1 : end + 1]
        second -= column[first + 1 : end + 1]
        second += column[first:end]
        kept = second[inner[first:end]]
        found[done : done + len(kept)] = kept
        done += len(kept)
    return found
