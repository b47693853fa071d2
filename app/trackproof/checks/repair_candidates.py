"""Edits that might repair what a flag suspects."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import NO_TRACK, FlagKind
from trackproof.checks.repair_course import along_course, along_line, onward
from trackproof.labels import (
    Compound,
    DeleteBoxes,
    FrameRanges,
    Interpolate,
    Merge,
    Rename,
    SetAttribute,
    SetCategory,
    Swap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackproof.checks.analysis import Analysis
    from trackproof.checks.model import Flag
    from trackproof.labels import Block, Edit, Labels

    Span = tuple[int, int]

REACH = 26
"""Frames around a flag in which the edges of a mistake are looked for."""

LONGEST_SPAN = 30
"""Frames of a track that a repair lays anew at most."""

MOST_SPANS = 16

SHORT_SPAN = 3
"""Frames up to which a straight line is as good as a curve."""

BREAKS = 4
"""Sudden changes near a flag at which a mistake may begin or end."""

BREAK_SIGMAS = 2.0

LONGEST_SWAP = 15

STRAY_SHARE = 0.6
"""A track is a stray one when it lies on another for this share of its life."""

STRAY_ROWS = 6

MOST_EXCHANGES = 3
"""Ranges that are tried for three objects at once."""

ROWS_BESIDE = 4
"""Rows on either side without which an identity cannot be told."""

PRICE_OF_EDIT = 0.5
PRICE_OF_ROW = 0.15
PRICE_OF_OTHER_ROW = 0.6
PRICE_OF_GUESS = -1.0
"""What an edit, and every box it lays anew, must save before it is worth proposing: a smooth
curve over boxes that were right would else always pay. A box that no finding names costs more.
Boxes beyond an end save nothing by themselves: the check that asks for them speaks for them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edit, what it must save, and the two tracks that it makes one, if any."""

    edit: Edit
    price: float
    joins: Span | None = None


BOX_KINDS = frozenset(
    {FlagKind.GAP, FlagKind.SIZE, FlagKind.SHIFT, FlagKind.DRIFT, FlagKind.TRACK}
    | {FlagKind.IDENTITY, FlagKind.DUPLICATE}
)
"""Kinds that a box in the wrong place may raise."""


def candidates(analysis: Analysis, flag: Flag, near: tuple[int, ...]) -> Iterator[Candidate]:
    """Yield candidate repairs of one flag.

    Parameters
    ----------
    near : tuple of int
        Tracks that stand by the flagged one, nearest first.
    """
    labels = analysis.labels
    if flag.track not in labels.table.blocks:
        return
    yield from _said(labels, flag)
    if flag.kind not in BOX_KINDS:
        return
    yield from _boxes(analysis, flag, flag.track)
    other = flag.other_track
    if other in labels.table.blocks and flag.kind is not FlagKind.TRACK:
        yield from _boxes(analysis, flag, other)
    yield from _merges(labels, flag)
    yield from _deletions(labels, flag)
    yield from _swaps(analysis, flag, near)
    yield from _onward(analysis, flag)


def _said(labels: Labels, flag: Flag) -> Iterator[Candidate]:
    """Yield edits of category, name and attributes where rows contradict their track."""
    block = labels.table.blocks[flag.track]
    category = int(np.bincount(block.category).argmax())
    for first, last in _runs(block, block.category != category, flag):
        frames = FrameRanges.span(first, last)
        yield Candidate(SetCategory((flag.track,), category, frames), PRICE_OF_EDIT)
    name = int(np.bincount(block.name).argmax())
    if any(_runs(block, block.name != name, flag)):
        yield Candidate(Rename(flag.track, labels.table.names[name]), PRICE_OF_EDIT)
    rows = _rows(block, flag.frame_start, flag.frame_end)
    if 0 < rows.start < rows.stop < len(block):
        yield from _attributes(labels, flag, block, rows)


def _attributes(labels: Labels, flag: Flag, block: Block, rows: slice) -> Iterator[Candidate]:
    sets = labels.table.attribute_sets
    here = dict(sets[int(block.attributes[rows.start])])
    before = dict(sets[int(block.attributes[rows.start - 1])])
    after = dict(sets[int(block.attributes[rows.stop])])
    if before != after or here == before:
        return
    frames = FrameRanges.span(int(block.frame[rows.start]), int(block.frame[rows.stop - 1]))
    differ = [key for key in {**before, **here} if here.get(key) != before.get(key)]
    edits = tuple(SetAttribute((flag.track,), key, before.get(key), frames) for key in differ)
    edit = edits[0] if len(edits) == 1 else Compound(edits[0].describe(labels), edits)
    yield Candidate(edit, PRICE_OF_EDIT)


def _boxes(analysis: Analysis, flag: Flag, track: int) -> Iterator[Candidate]:
    """Yield boxes laid anew over every range that may hold the mistake."""
    labels = analysis.labels
    named = FrameRanges.joined((f.frame_start, f.frame_end) for f in flag.findings)
    for first, last in spans(analysis, flag, track):
        frames = np.arange(first, last + 1, dtype=np.int32)
        suspected = int(named.mask(frames).sum())
        price = PRICE_OF_EDIT + PRICE_OF_ROW * suspected
        price += PRICE_OF_OTHER_ROW * (len(frames) - suspected)
        line = along_line(labels, track, first, last)
        if line is not None:
            yield Candidate(line, price)
        course = along_course(labels, track, first, last) if last - first >= SHORT_SPAN else None
        if course is not None:
            yield Candidate(course, price)


def spans(analysis: Analysis, flag: Flag, track: int) -> list[Span]:
    """Return ranges of frames that may hold the mistake, without repeats.

    What the findings name, a frame more on either side, runs of equal boxes, ranges between
    sudden changes, and for slow mistakes ranges of several lengths around the worst frame.
    """
    if flag.kind is FlagKind.GAP:
        return [flag.extent]
    block = analysis.labels.table.blocks[track]
    found: dict[Span, None] = {}
    named = [(f.frame_start, f.frame_end) for f in flag.findings] + [(flag.frame, flag.frame)]
    for first, last in dict.fromkeys(named):
        found.setdefault((first, last))
        if last - first < SHORT_SPAN:
            found.setdefault((first, last + 1))
            found.setdefault((first - 1, last))
    breaks = _breaks(analysis, track, flag)
    for first, end in combinations(sorted(breaks), 2):
        if first - 2 <= flag.frame_end and end + 1 >= flag.frame_start:
            found.setdefault((first, end - 1))
    found.update(dict.fromkeys(_equal_runs(block, flag)))
    if flag.kind is FlagKind.DRIFT:
        for half in (5, 7, 9, 12):
            found.setdefault((flag.frame - half, flag.frame + half))
        for first in breaks:
            for rows in (12, 20):
                found.setdefault((first - rows, first - 1))
    return [span for span in found if 0 <= span[1] - span[0] < LONGEST_SPAN][:MOST_SPANS]


def _breaks(analysis: Analysis, track: int, flag: Flag) -> list[int]:
    """Return frames near a flag at which a track changes suddenly, the strongest first."""
    scene = analysis.scene.part_of(track)
    low, high = np.searchsorted(
        scene.frame, [flag.frame_start - REACH, flag.frame_end + REACH + 1]
    ).tolist()
    rows = slice(low, high)
    change = np.maximum(scene.motion.step[rows], scene.motion.turn[rows])
    order = np.argsort(-change, kind="stable")[:BREAKS]
    return [int(scene.frame[rows][i]) for i in order if change[i] >= BREAK_SIGMAS]


def _equal_runs(block: Block, flag: Flag) -> Iterator[Span]:
    """Yield runs of boxes that only repeat the box before them."""
    rows = _rows(block, flag.frame_start - REACH, flag.frame_end + REACH)
    boxes, frames = block.xywh[rows], block.frame[rows]
    repeats = np.zeros(len(boxes) + 1, dtype=np.int8)
    repeats[1:-1] = (boxes[1:] == boxes[:-1]).all(axis=1)
    edges = np.diff(repeats)
    for start, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        first, last = int(frames[start + 1]), int(frames[end])
        if first - 2 <= flag.frame_end and last + 2 >= flag.frame_start and last > first:
            yield first, last


def _merges(labels: Labels, flag: Flag) -> Iterator[Candidate]:
    """Yield the merge of two tracks of which one begins about where the other ends."""
    for other in dict.fromkeys(f.other_track for f in flag.findings):
        one, two = labels.table.blocks[flag.track], labels.table.blocks.get(other)
        if other in (NO_TRACK, flag.track) or two is None:
            continue
        first, second = (flag.track, other) if one.frame[0] <= two.frame[0] else (other, flag.track)
        shared = np.intersect1d(one.frame, two.frame, assume_unique=True)
        if len(shared) > SHORT_SPAN:
            continue
        merge = Merge(first, second, "keep first")
        yield Candidate(merge, PRICE_OF_EDIT, (first, second))
        filling = _filling(labels, first, second)
        if filling is not None:
            words = f"{merge.describe(labels)}, {filling.describe(labels)}"
            yield Candidate(Compound(words, (merge, filling)), PRICE_OF_EDIT, (first, second))


def _filling(labels: Labels, first: int, second: int) -> Interpolate | None:
    """Return what fills the gap between two tracks that become one; None without a short gap."""
    ends = int(labels.table.blocks[first].frame[-1])
    starts = int(labels.table.blocks[second].frame[0])
    if not 1 < starts - ends <= LONGEST_SPAN or not labels.listed[ends + 1 : starts].any():
        return None
    return Interpolate(first, (ends, starts))


def _deletions(labels: Labels, flag: Flag) -> Iterator[Candidate]:
    """Yield deletions of stray tracks and of second boxes on one object."""
    first, last = flag.extent
    for track in dict.fromkeys((flag.track, flag.other_track)):
        block = labels.table.blocks.get(track)
        if block is None:
            continue
        rows = _rows(block, first, last)
        count = rows.stop - rows.start
        is_stray = count >= STRAY_SHARE * len(block) or len(block) <= STRAY_ROWS
        if is_stray:
            price = PRICE_OF_EDIT + PRICE_OF_ROW * len(block)
            frames = FrameRanges.span(int(block.frame[0]), int(block.frame[-1]))
            yield Candidate(DeleteBoxes((track,), frames), price)
        elif flag.kind is FlagKind.DUPLICATE and count:
            price = PRICE_OF_EDIT + PRICE_OF_ROW * count
            yield Candidate(DeleteBoxes((track,), FrameRanges.span(first, last)), price)


def _onward(analysis: Analysis, flag: Flag) -> Iterator[Candidate]:
    """Yield boxes beyond an end that a check calls too early, or a start that is too late."""
    ends = {"early_end": True, "late_start": False}
    size = analysis.sequence.width, analysis.sequence.height
    for check in dict.fromkeys(finding.check for finding in flag.findings if finding.check in ends):
        edit = onward(analysis.labels, flag.track, is_end=ends[check], size=size)
        if edit is not None:
            yield Candidate(edit, PRICE_OF_GUESS)


def _swaps(analysis: Analysis, flag: Flag, near: tuple[int, ...]) -> Iterator[Candidate]:
    """Yield swaps with every near track, from some frame on or over a range."""
    blocks = analysis.labels.table.blocks
    near = tuple(track for track in near if _lives(blocks[track], flag))
    if not _lives(blocks[flag.track], flag):
        return
    shared: dict[Span, None] = {}
    for other in near:
        starts = _shared_edges(analysis, flag, other)
        for start in starts:
            if flag.frame_start - 2 <= start <= flag.frame_end + 2:
                yield _swap(flag.track, other, FrameRanges.starting(start))
        ranges = [
            (first, end - 1)
            for first, end in combinations(starts, 2)
            if end - first <= LONGEST_SWAP
            and first - 2 <= flag.frame_end
            and end + 1 >= flag.frame_start
        ]
        shared.update(dict.fromkeys(ranges))
        for first, last in ranges:
            yield _swap(flag.track, other, FrameRanges.span(first, last))
    for one, two in combinations(near, 2):
        for first, last in list(shared)[:MOST_EXCHANGES]:
            frames = FrameRanges.span(first, last)
            forth = (Swap(flag.track, one, frames), Swap(one, two, frames))
            words = f"exchange three objects at frames {frames}"
            yield Candidate(Compound(words, forth), 4 * PRICE_OF_EDIT)
            yield Candidate(Compound(words, forth[::-1]), 4 * PRICE_OF_EDIT)


def _shared_edges(analysis: Analysis, flag: Flag, other: int) -> list[int]:
    """Return frames at which both tracks change suddenly; and what a finding names of the two."""
    theirs = _breaks(analysis, other, flag)
    edges = {
        frame
        for frame in _breaks(analysis, flag.track, flag)
        if any(abs(frame - each) <= 1 for each in theirs)
    }
    if any(finding.other_track == other for finding in flag.findings):
        edges.update((flag.frame_start, flag.frame_end + 1))
    return sorted(edges)


def _lives(block: Block, flag: Flag) -> bool:
    """Return whether a track is there on both sides of a flag; else there is nothing to swap."""
    rows = _rows(block, flag.frame_start, flag.frame_end)
    return bool(min(rows.start, len(block) - rows.stop) >= ROWS_BESIDE)


def _swap(first: int, second: int, frames: FrameRanges) -> Candidate:
    return Candidate(Swap(first, second, frames), 2 * PRICE_OF_EDIT)


def _rows(block: Block, first: int, last: int) -> slice:
    low, high = np.searchsorted(block.frame, [first, last + 1])
    return slice(int(low), int(high))


def _runs(block: Block, differs: Any, flag: Flag) -> Iterator[Span]:
    """Yield frame ranges of runs of true rows that touch a flag."""
    edges = np.diff(differs.astype(np.int8), prepend=0, append=0)
    for start, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        first, last = int(block.frame[start]), int(block.frame[end - 1])
        if first <= flag.frame_end and last >= flag.frame_start:
            yield first, last
