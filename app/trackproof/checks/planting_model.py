"""The words of planting: what kinds of mistakes there are, how strong, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.labels import Labels


class Difficulty(StrEnum):
    """How hard a planted mistake is to see."""

    OBVIOUS = "obvious"
    MODERATE = "moderate"
    SUBTLE = "subtle"


class PlantKind(StrEnum):
    """Kinds of mistakes that can be planted."""

    SIZE_JUMP = "size jump"
    SIZE_STEP = "size step"
    SHIFT = "shift"
    JUMP = "jump to another object"
    MISSING = "missing frames"
    EARLY_END = "early end"
    LATE_START = "late start"
    SWAP = "identity swap"
    SHORT_SWITCH = "short identity switch"
    CROWD_ORDER = "crowd order"
    DUPLICATE = "duplicate box"
    DUPLICATE_OTHER = "duplicate of another category"
    CATEGORY_FLIP = "category flip"
    ATTRIBUTE_FLICKER = "attribute flicker"
    DRIFT = "drift"
    FROZEN = "frozen box"
    COPIED = "copied forward"
    JITTER = "jitter"
    ASPECT = "wrong aspect"
    OUTSIDE = "outside the image"
    DEGENERATE = "degenerate box"
    TWO_NAMES = "one id, two names"
    TWO_IDS = "one name, two ids"
    SHORT_TRACK = "stray track"
    FRAGMENT = "fragment"
    INTERPOLATED = "interpolated curve"


RANKED_KINDS = tuple(kind for kind in PlantKind if kind is not PlantKind.INTERPOLATED)
"""Kinds that the ranking must find. Interpolation is left out: annotation tools interpolate on
purpose, and so does the ground truth of MOT17, so it is measured but not flagged by default."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Size of the mistakes of one difficulty.

    Parameters
    ----------
    change : (float, float)
        Range of a change of size, as a ratio of the side.
    offset : (float, float)
        Range of shifts and drifts, in box widths.
    jitter : (float, float)
        Range of the standard deviation of jitter, in box widths.
    removed : (int, int)
        Frames that an early end or late start takes away.
    """

    change: tuple[float, float]
    offset: tuple[float, float]
    jitter: tuple[float, float]
    removed: tuple[int, int]


STRENGTHS = {
    Difficulty.OBVIOUS: Strength((0.6, 0.9), (0.6, 1.0), (0.16, 0.25), (20, 40)),
    Difficulty.MODERATE: Strength((0.2, 0.6), (0.25, 0.6), (0.08, 0.16), (10, 30)),
    Difficulty.SUBTLE: Strength((0.1, 0.3), (0.125, 0.3), (0.04, 0.08), (6, 12)),
}
assert set(STRENGTHS) == set(Difficulty)


@dataclass(frozen=True, slots=True)
class PlantedEvent:
    """One planted mistake.

    Parameters
    ----------
    kind : PlantKind
        What was done.
    tracks : tuple of int
        Tracks that show it; a flag on any of them points at the mistake.
    frame_start, frame_end : int
        First and last frame concerned, inclusive frame indices.
    description : str
        What was done, in words.
    difficulty : Difficulty
        How strong it is.
    """

    kind: PlantKind
    tracks: tuple[int, ...]
    frame_start: int
    frame_end: int
    description: str
    difficulty: Difficulty

    def __len__(self) -> int:
        """Return the number of frames concerned."""
        return self.frame_end - self.frame_start + 1


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """Labels with mistakes in them, and the list of these mistakes by first frame."""

    labels: Labels
    events: tuple[PlantedEvent, ...]
