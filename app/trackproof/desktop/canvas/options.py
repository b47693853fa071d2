"""What the canvas draws over the picture, and how it shows the picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.labels.attributes import AttributeSet, AttributeValue


class ColourBy(StrEnum):
    """What the colour of a box says."""

    TRACK = "track"
    CATEGORY = "category"
    SCORE = "score"


UNFLAGGED = ""
"""Stands among kinds of flags for objects without one."""


@dataclass(frozen=True, slots=True)
class ObjectRule:
    """Which annotations something applies to: any of these makes it apply.

    Parameters
    ----------
    tracks, categories : frozenset of int
        Track and category numbers.
    attributes : frozenset of (str, value)
        Names and values.
    kinds : frozenset of str
        Kinds of open flags; ``UNFLAGGED`` for objects without one.
    """

    tracks: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    attributes: frozenset[tuple[str, AttributeValue]] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Return whether it applies to anything at all."""
        return bool(self.tracks or self.categories or self.attributes or self.kinds)

    def covers(self, *, track: int, category: int, attributes: AttributeSet, kind: str) -> bool:
        """Return whether it applies to an annotation."""
        return (
            track in self.tracks
            or category in self.categories
            or kind in self.kinds
            or (bool(self.attributes) and not self.attributes.isdisjoint(attributes))
        )


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """Choices of the person in front of the canvas; they never change labels or files.

    Parameters
    ----------
    has_boxes, has_names, has_details : bool
        Outlines; names beside them; category and attributes in the names.
    trail : int
        Frames before and after whose centres are drawn; 0 for no trail.
    has_onion : bool
        Boxes of the frames before and after, thin.
    has_expected : bool
        The box that the checks expected, dashed.
    colour_by : ColourBy
        Meaning of colour.
    hidden_tracks : frozenset of int
        Tracks not drawn.
    isolated_track : int
        The only track drawn; -1 for all.
    only_flagged : bool
        Draw flagged objects alone.
    hidden, locked : ObjectRule
        Annotations not drawn; annotations that the mouse can neither select nor change.
    brightness, contrast, gamma : float
        Of the picture on screen: added (-1 to 1), multiplied, exponent's inverse.
    follows_track : bool
        Keep the selected object in the middle.
    zooms_to_flag : bool
        Bring an object near when its flag comes under review.
    """

    has_boxes: bool = True
    has_names: bool = True
    has_details: bool = False
    trail: int = 0
    has_onion: bool = False
    has_expected: bool = True
    colour_by: ColourBy = ColourBy.TRACK
    hidden_tracks: frozenset[int] = frozenset()
    isolated_track: int = -1
    only_flagged: bool = False
    hidden: ObjectRule = field(default_factory=ObjectRule)
    locked: ObjectRule = field(default_factory=ObjectRule)
    brightness: float = 0.0
    contrast: float = 1.0
    gamma: float = 1.0
    follows_track: bool = False
    zooms_to_flag: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether the picture is shown as stored."""
        return self.brightness == 0.0 and self.contrast == 1.0 and self.gamma == 1.0

    def draws(self, track: int, *, is_flagged: bool) -> bool:
        """Return whether a track is drawn."""
        if track in self.hidden_tracks or (self.only_flagged and not is_flagged):
            return False
        return self.isolated_track in (-1, track)
