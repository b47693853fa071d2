"""Which frames are worth keeping: the one rule for loading and for evicting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Frames = npt.NDArray[np.int64]

BEHIND_START = 16.0
BEHIND_STEP = 3.0
OUTSIDE_SPAN = 1e6


def frame_value(
    frames: Frames, playhead: int, *, direction: int, span: tuple[int, int] | None
) -> Values:
    """Return what it is worth to have frames decoded; the frame at the playhead is worth 0.

    Ahead of the playhead, every frame further costs 1. Behind it costs 3, after a start of 16:
    a change of direction finds some frames, and the first half second ahead always comes first.
    In a loop, ahead goes on at the loop's start.

    Parameters
    ----------
    frames : (n,) int64
        Frame indices to judge.
    playhead : int
        The frame on screen.
    direction : int
        1 forwards, -1 backwards.
    span : (int, int) or None
        First frame and end of the loop that plays; frames outside are worth less than any inside.

    Returns
    -------
    (n,) float64
        Zero or negative, higher = load sooner, evict later.
    """
    away = (frames - playhead) * (1 if direction >= 0 else -1)
    if span is None or not span[0] <= playhead < span[1]:
        return -_cost(away)
    is_inside = (frames >= span[0]) & (frames < span[1])
    around = away % (span[1] - span[0])
    cost = np.minimum(around, _cost(away))
    return -np.where(is_inside, cost, OUTSIDE_SPAN + np.abs(away))


def most_wanted(
    length: int, playhead: int, *, count: int, direction: int, span: tuple[int, int] | None
) -> Frames:
    """Return the frames of a sequence most worth having, best first, at most ``count``."""
    near = np.arange(max(playhead - count, 0), min(playhead + count + 1, length))
    if span is not None:
        ends = np.concatenate(
            [np.arange(span[0], span[0] + count), np.arange(span[1] - count, span[1])]
        )
        is_inside = (ends >= max(span[0], 0)) & (ends < min(span[1], length))
        near = np.union1d(near, ends[is_inside])
    values = frame_value(near, playhead, direction=direction, span=span)
    best: Frames = near[np.argsort(-values, kind="stable")][:count]
    return best


def _cost(away: Frames) -> Values:
    cost: Values = np.where(away >= 0, away, BEHIND_START - BEHIND_STEP * away).astype(np.float64)
    return cost
