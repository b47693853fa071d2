"""Where things stand on the timeline of an export, and what is under the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.handoff.selection import Reviewed
    from trackproof.handoff.windows import Window

    Ints = npt.NDArray[np.int64]

REACH = 5.0
"""Pixels around an edge that grab it."""

LEAST_BAR = 7.0
"""Pixels of the narrowest bar, so that one frame of thousands can still be hit."""


class Part(Enum):
    """What of a bar is meant."""

    FIRST = "first frame"
    LAST = "last frame"
    BODY = "window"


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One sequence on the timeline.

    Parameters
    ----------
    objects : (frames,) int64
        How many objects every frame has.
    flagged : tuple of (int, int)
        Ranges of the flags that are to be sent, inclusive.
    is_edited : bool
        Whether a person changed its windows.
    """

    name: str
    frames: int
    objects: Ints
    flagged: tuple[tuple[int, int], ...]
    windows: tuple[Window, ...]
    is_edited: bool = False


def objects_in_frames(reviewed: Reviewed) -> Ints:
    """Return how many objects every frame of a sequence has."""
    counts = np.zeros(len(reviewed.sequence), dtype=np.int64)
    for block in reviewed.labels.table.blocks.values():
        counts += np.bincount(block.frame, minlength=len(counts))[: len(counts)]
    return counts


def highest(counts: Ints, *, width: int) -> Ints:
    """Return the highest count under each of ``width`` pixels that share all frames."""
    if not len(counts) or width <= 0:
        return np.zeros(max(width, 0), dtype=np.int64)
    edges = np.linspace(0, len(counts), width + 1)
    first = np.minimum(np.floor(edges[:-1]).astype(np.intp), len(counts) - 1)
    result: Ints = np.maximum.reduceat(counts, first)
    return result


@dataclass(frozen=True, slots=True)
class Axis:
    """The frames of one lane in pixels; frame ``i`` covers ``i`` to ``i + 1``.

    Parameters
    ----------
    left, width : float
        Pixels.
    frames : int
        Length of the sequence.
    """

    left: float
    width: float
    frames: int

    def x_of(self, frame: float) -> float:
        """Return the left edge of a frame."""
        return self.left + frame * self.width / max(self.frames, 1)

    def frame_at(self, x: float) -> int:
        """Return the frame under a pixel, the nearest one outside."""
        frame = int((x - self.left) * self.frames / max(self.width, 1.0) // 1)
        return min(max(frame, 0), max(self.frames - 1, 0))

    def bar(self, window: Window) -> tuple[float, float]:
        """Return the left and right edge of a window's bar."""
        left, right = self.x_of(window.frame_start), self.x_of(window.frame_end + 1)
        lack = max(LEAST_BAR - (right - left), 0.0) / 2
        return left - lack, right + lack


def part_at(axis: Axis, windows: Sequence[Window], x: float) -> tuple[int, Part] | None:
    """Return the window under a pixel and what of it: an edge wins over a body.

    Where two windows touch, the side of the mouse tells whose edge is meant.
    """
    nearest: tuple[float, int, Part] | None = None
    body: int | None = None
    for place, window in enumerate(windows):
        left, right = axis.bar(window)
        if left <= x < right:
            body = place
        # Within a narrow bar both edges stay apart, and its middle still takes it as a whole.
        reach = min(REACH, (right - left) / 3)
        for edge, part, is_own in ((left, Part.FIRST, x >= left), (right, Part.LAST, x < right)):
            distance = abs(x - edge) + (0.0 if is_own else 0.5)
            if abs(x - edge) <= (reach if is_own else REACH) and (
                nearest is None or distance < nearest[0]
            ):
                nearest = (distance, place, part)
    if nearest is not None:
        return nearest[1], nearest[2]
    return None if body is None else (body, Part.BODY)
