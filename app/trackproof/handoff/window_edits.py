"""Windows changed by hand: arithmetic on the ranges of one sequence, which stay apart.

A range is (first, last) frame index, inclusive. Every function returns new ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.errors import HandoffError
from trackproof.handoff.limits import FRAMES_PER_SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Collection

    Range = tuple[int, int]

Spans = tuple[tuple[int, int], ...]


def with_edge(
    spans: Spans,
    place: int,
    frame: int,
    *,
    is_first: bool,
    frames: int,
    longest: int = FRAMES_PER_SEQUENCE,
) -> Spans:
    """Return ranges with one edge of one moved, as far as its neighbours and the limit allow.

    Parameters
    ----------
    is_first : bool
        Whether the first frame is moved, else the last.
    frames : int
        Length of the sequence.
    """
    start, end = spans[place]
    if is_first:
        low = spans[place - 1][1] + 1 if place else 0
        start = min(max(frame, low, end - longest + 1), end)
    else:
        high = spans[place + 1][0] - 1 if place + 1 < len(spans) else frames - 1
        end = max(min(frame, high, start + longest - 1), start)
    return (*spans[:place], (start, end), *spans[place + 1 :])


def removed(spans: Spans, places: Collection[int]) -> Spans:
    """Return the ranges without some."""
    return tuple(span for place, span in enumerate(spans) if place not in places)


def added(
    spans: Spans, *, anchor: int, to: int, frames: int, longest: int = FRAMES_PER_SEQUENCE
) -> tuple[Spans, int]:
    """Return the ranges with another from ``anchor`` towards ``to``, and its place.

    It ends where a neighbour, the sequence or the limit ends it.

    Raises
    ------
    HandoffError
        When a window shows the anchor already, or the sequence does not hold it.
    """
    room = room_at(spans, anchor, frames=frames)
    if room is None:
        raise HandoffError(f"frame {anchor} is in a window already")
    low, high = max(room[0], anchor - longest + 1), min(room[1], anchor + longest - 1)
    to = min(max(to, low), high)
    span = (min(anchor, to), max(anchor, to))
    place = sum(one < span for one in spans)
    return (*spans[:place], span, *spans[place:]), place


def merged(spans: Spans, *, first: int, last: int, longest: int = FRAMES_PER_SEQUENCE) -> Spans:
    """Return the ranges with those at the places ``first`` to ``last`` made one.

    Raises
    ------
    HandoffError
        When that is longer than a sequence may be.
    """
    start, end = spans[first][0], spans[last][1]
    if end - start >= longest:
        raise HandoffError(
            f"frames {start}-{end} are {end - start + 1:,}; a window may have {longest:,}"
        )
    return (*spans[:first], (start, end), *spans[last + 1 :])


def room_at(spans: Spans, frame: int, *, frames: int) -> Range | None:
    """Return the free range around a frame; None when a window shows it or there is no such."""
    if not 0 <= frame < frames or any(start <= frame <= end for start, end in spans):
        return None
    low = max((end + 1 for _, end in spans if end < frame), default=0)
    high = min((start - 1 for start, _ in spans if start > frame), default=frames - 1)
    return low, high
