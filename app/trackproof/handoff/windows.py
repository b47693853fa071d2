"""From flags to focus windows: the few frames that workers have to see, and what they cost.

Everything here is arithmetic on frame indices: no files, no labels.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from trackproof.handoff.limits import FRAMES_PER_SEQUENCE, SEQUENCES_PER_MANIFEST
from trackproof.labels import FrameRanges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Range = tuple[int, int]

Item = TypeVar("Item")

DEFAULT_CONTEXT = 10
"""Frames shown before and after a flag, so that a worker sees the object arrive and leave."""


class Flagged(Protocol):
    """Anything that marks a range of frames; a `checks.Flag` does."""

    @property
    def frame_start(self) -> int:
        """First frame index."""

    @property
    def frame_end(self) -> int:
        """Last frame index, inclusive."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What the user pays, in the user's own currency.

    Parameters
    ----------
    per_task : float
        For one task, that is for one sequence given to one worker.
    per_frame : float
        For one frame shown.
    """

    per_task: float = 0.0
    per_frame: float = 0.0

    def of(self, *, tasks: int, frames: int) -> float:
        """Return the price of some tasks with some frames in all."""
        return self.per_task * tasks + self.per_frame * frames


FREE = Prices()


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive frames of one sequence that become one task.

    Parameters
    ----------
    frame_start, frame_end : int
        First and last frame index, inclusive.
    flagged : tuple of (int, int)
        Ranges of flagged frames inside, ascending, inclusive; the other frames are context.
    flags : tuple of int
        Which of the given flags lie inside, as places in what was given.
    """

    frame_start: int
    frame_end: int
    flagged: tuple[Range, ...] = ()
    flags: tuple[int, ...] = ()

    def __len__(self) -> int:
        return self.frame_end - self.frame_start + 1

    def is_flagged(self, frame: int) -> bool:
        """Return whether a frame index is flagged rather than context."""
        return any(start <= frame <= end for start, end in self.flagged)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much work an export is.

    Parameters
    ----------
    frames, tasks, jobs : int
        Frames shown, sequences given to workers, and manifests (one job each).
    cost : float
        At the user's prices.
    """

    frames: int
    tasks: int
    jobs: int
    cost: float


def focus_windows(
    flags: Sequence[Flagged],
    *,
    frames: int,
    context: int = DEFAULT_CONTEXT,
    prices: Prices = FREE,
    longest: int = FRAMES_PER_SEQUENCE,
) -> tuple[Window, ...]:
    """Return the windows that show every flag with its context, for the least money.

    Windows that touch are one. Two windows are also joined when the frames between them cost less
    than another task would. No frame is in two windows, so what comes back has one place to go.

    Parameters
    ----------
    flags : sequence of Flagged
        In any order. Ranges are clipped to the sequence; one that lies outside is left out.
    frames : int
        Length of the sequence.
    context : int
        Frames before and after each flag.
    longest : int
        Most frames in one window.

    Raises
    ------
    ValueError
        When ``context`` is negative or ``longest`` is not positive.
    """
    if context < 0 or longest < 1:
        raise ValueError(f"context {context} must be 0 or more and longest {longest} 1 or more")
    cores = _clipped(flags, frames=frames)
    flagged = FrameRanges.joined(cores.values()).ranges
    around = ((max(a - context, 0), min(b + context, frames - 1)) for a, b in flagged)
    padded = FrameRanges.joined(around).ranges
    pieces = [piece for one in padded for piece in _split(one, flagged, longest)]
    return _windows(_join(pieces, prices=prices, longest=longest), flagged, cores)


def whole_windows(
    flags: Sequence[Flagged], *, frames: int, longest: int = FRAMES_PER_SEQUENCE
) -> tuple[Window, ...]:
    """Return windows that cover every frame: one, or as many as the service's limit asks for."""
    cores = _clipped(flags, frames=frames)
    flagged = FrameRanges.joined(cores.values()).ranges
    pieces = _split((0, frames - 1), flagged, longest) if frames else []
    return _windows(pieces, flagged, cores)


def given_windows(
    flags: Sequence[Flagged],
    spans: Sequence[Range],
    *,
    frames: int,
    longest: int = FRAMES_PER_SEQUENCE,
) -> tuple[Window, ...]:
    """Return windows over ranges that a person chose, with the flags that each of them shows.

    A window that shows no flag was asked for as a whole, so all its frames count as flagged: what
    workers change there is no change beside the point.

    Parameters
    ----------
    spans : sequence of (int, int)
        First and last frame index of each, inclusive; ascending and apart.

    Raises
    ------
    ValueError
        When a range is longer than ``longest``, leaves the sequence or overlaps the one before.
    """
    least = 0
    for start, end in spans:
        if not least <= start <= end < frames or end - start >= longest:
            raise ValueError(f"a window {start}-{end} does not fit after frame {least - 1}")
        least = end + 1
    cores = _clipped(flags, frames=frames)
    flagged = FrameRanges.joined(cores.values()).ranges
    made = _windows(spans, flagged, cores)
    return tuple(
        one if one.flags else replace(one, flagged=((one.frame_start, one.frame_end),))
        for one in made
    )


def estimate(
    lengths: Iterable[int],
    *,
    prices: Prices = FREE,
    longest: int = FRAMES_PER_SEQUENCE,
    per_manifest: int = SEQUENCES_PER_MANIFEST,
) -> Estimate:
    """Return the work in sequences of the given lengths; longer ones are split to the limit."""
    sizes = [length for length in lengths if length > 0]
    tasks = sum(-(-size // longest) for size in sizes)
    total = sum(sizes)
    return Estimate(
        frames=total,
        tasks=tasks,
        jobs=-(-tasks // per_manifest),
        cost=prices.of(tasks=tasks, frames=total),
    )


def most_within(
    count: int,
    work_of: Callable[[int], Estimate],
    *,
    frame_budget: int | None = None,
    money_budget: float | None = None,
) -> int:
    """Return how many of the best flags fit into a budget of frames or money.

    Parameters
    ----------
    count : int
        How many flags there are.
    work_of : callable
        Work of showing the best n flags; must not fall as n grows.
    """

    def fits(number: int) -> bool:
        work = work_of(number)
        return (frame_budget is None or work.frames <= frame_budget) and (
            money_budget is None or work.cost <= money_budget
        )

    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def batches(items: Sequence[Item], *, size: int = SEQUENCES_PER_MANIFEST) -> list[Sequence[Item]]:
    """Return the items in runs of at most ``size``: the windows of each manifest."""
    return [items[first : first + size] for first in range(0, len(items), size)]


def _clipped(flags: Sequence[Flagged], *, frames: int) -> dict[int, Range]:
    """Return the ranges inside the sequence by place of the flag."""
    return {
        number: (max(flag.frame_start, 0), min(flag.frame_end, frames - 1))
        for number, flag in enumerate(flags)
        if flag.frame_start < frames and flag.frame_end >= 0
    }


def _split(whole: Range, flagged: Sequence[Range], longest: int) -> list[Range]:
    """Cut a range to the limit, between two flags where possible, so that both keep context."""
    start, end = whole
    if end - start < longest:
        return [whole]
    bounds = [start - 1, *(edge for a, b in flagged if a <= end and b >= start for edge in (a, b))]
    gaps = [
        (before + 1, after - 1)
        for before, after in zip(bounds[::2], [*bounds[1::2], end + 1], strict=True)
    ]
    pieces = []
    while end - start + 1 > longest:
        limit = start + longest
        cuts = [
            min(limit, max((first + last + 1) // 2, last + 1 - DEFAULT_CONTEXT))
            for first, last in gaps
            if first <= limit
        ]
        cut = max((cut for cut in cuts if start < cut), default=limit)
        pieces.append((start, cut - 1))
        start = cut
    return [*pieces, (start, end)]


def _join(pieces: Sequence[Range], *, prices: Prices, longest: int) -> list[Range]:
    """Join neighbouring ranges where one longer task is cheaper than two.

    Shortest path over the pieces: ``best[i]`` is the least (money, frames) for the first i.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]
    first_of: list[int] = []
    for last, (_, end) in enumerate(pieces):
        options = []
        for first in range(last, -1, -1):
            length = end - pieces[first][0] + 1
            if length > longest:
                break
            money, shown = best[first]
            options.append(
                (money + prices.of(tasks=1, frames=length), shown + length, first),
            )
        money, shown, first = min(options)
        best.append((money, shown))
        first_of.append(first)
    joined = []
    last = len(pieces) - 1
    while last >= 0:
        first = first_of[last]
        joined.append((pieces[first][0], pieces[last][1]))
        last = first - 1
    return joined[::-1]


def _windows(
    spans: Sequence[Range], flagged: Sequence[Range], cores: Mapping[int, Range]
) -> tuple[Window, ...]:
    """Return windows over disjoint ascending spans, each with the flags that it shows."""
    starts = [start for start, _ in spans]
    ranges: list[list[Range]] = [[] for _ in spans]
    numbers: list[list[int]] = [[] for _ in spans]
    for start, end in flagged:
        for place in _overlapping(spans, starts, start, end):
            first, last = spans[place]
            ranges[place].append((max(start, first), min(end, last)))
    for number, (start, end) in cores.items():
        for place in _overlapping(spans, starts, start, end):
            numbers[place].append(number)
    return tuple(
        Window(first, last, tuple(inside), tuple(flags))
        for (first, last), inside, flags in zip(spans, ranges, numbers, strict=True)
    )


def _overlapping(spans: Sequence[Range], starts: Sequence[int], start: int, end: int) -> range:
    """Return the places of the spans that share a frame with a range."""
    first = max(bisect_right(starts, start) - 1, 0)
    if spans and spans[first][1] < start:
        first += 1
    return range(first, bisect_right(starts, end))
