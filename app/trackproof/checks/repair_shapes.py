"""Repairs of shapes: what is proposed takes the finding away, or it is not proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.registry import all_checks
from trackproof.checks.scene import Scene
from trackproof.errors import EditError
from trackproof.labels import (
    ExchangeVertices,
    FrameRanges,
    Interpolate,
    MoveVertex,
    ReverseVertices,
)
from trackproof.labels.whole_pixels import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackproof.checks.analysis import Analysis
    from trackproof.checks.model import Events, Finding, Flag
    from trackproof.labels import Edit, Labels

LONGEST_RUN = 30
"""Frames of a shape that a repair lays anew at most."""

MOST_VERTICES = 60
"""Vertices of a ring up to which every pair of neighbours is tried."""


def shape_repairs(analysis: Analysis, flag: Flag) -> tuple[Edit, ...]:
    """Return edits that take a flag's findings about shapes away, the strongest finding first."""
    found: list[Edit] = []
    for finding in flag.findings:
        make = _REPAIRS.get(finding.check)
        if make is None:
            continue
        events = _measured(analysis, analysis.labels, finding)
        for edit in make(analysis.labels, finding, events):
            if edit not in found and _helps(analysis, finding, edit):
                found.append(edit)
    return tuple(found)


def _measured(analysis: Analysis, labels: Labels, finding: Finding) -> Events:
    """Return the places that the finding's check names on its track, whatever the limit."""
    check = all_checks()[finding.check]
    scene = Scene(analysis.sequence, labels, tracks={finding.track}, profile=analysis.profile)
    events = check.run(scene, analysis.profile.parameters(check)).events
    if events is None:
        raise ValueError(f"check {check.name} names no places")
    return events


def _helps(analysis: Analysis, finding: Finding, edit: Edit) -> bool:
    """Return whether the check is silent in the finding's frames after an edit, and no louder."""
    try:
        after = edit.result(analysis.labels)
    except EditError:
        return False
    limit = analysis.outcomes[finding.check].measurement.limit
    before = _measured(analysis, analysis.labels, finding)
    events = _measured(analysis, after, finding)
    beyond = events.value >= limit
    here = (events.frame_end >= finding.frame_start) & (events.frame_start <= finding.frame_end)
    is_quiet = not (beyond & here).any()
    return is_quiet and int(beyond.sum()) < int((before.value >= limit).sum())


def _at(events: Events, frame: int) -> int | None:
    """Return the event at a frame."""
    rows = np.flatnonzero(events.frame == frame)
    return int(rows[0]) if len(rows) else None


def _vertex(labels: Labels, finding: Finding, events: Events) -> Iterator[Edit]:
    """Yield the vertex where the frames around and the other vertices expect it."""
    row = _at(events, finding.frame)
    if row is not None:
        x, y = (float(value) for value in events.detail["expected"][row])
        if is_whole(labels.table.blocks[finding.track]):
            x, y = float(round(x)), float(round(y))
        yield MoveVertex(finding.track, finding.frame, int(events.detail["vertex"][row]), (x, y))
    yield Interpolate(finding.track, (finding.frame - 1, finding.frame + 1))


def _turn(_labels: Labels, finding: Finding, _events: Events) -> Iterator[Edit]:
    """Yield the run the other way round."""
    frames = FrameRanges.span(finding.frame_start, finding.frame_end)
    yield ReverseVertices(finding.track, frames)


def _exchange(_labels: Labels, finding: Finding, events: Events) -> Iterator[Edit]:
    """Yield the exchange until the pair is exchanged back, from when it was, or for good."""
    row = _at(events, finding.frame)
    if row is None:
        return
    one, two = (int(number) for number in events.detail["pair"][row])
    same = (events.detail["pair"] == events.detail["pair"][row]).all(axis=1)
    frames = np.sort(events.frame[same])
    place = int(np.searchsorted(frames, finding.frame))
    if place + 1 < len(frames):
        until = FrameRanges.span(finding.frame, int(frames[place + 1]) - 1)
        yield ExchangeVertices(finding.track, one, two, until)
    if place:
        since = FrameRanges.span(int(frames[place - 1]), finding.frame - 1)
        yield ExchangeVertices(finding.track, one, two, since)
    yield ExchangeVertices(finding.track, one, two, FrameRanges.starting(finding.frame))


def _untangle(labels: Labels, finding: Finding, _events: Events) -> Iterator[Edit]:
    """Yield two neighbours exchanged, and the shapes between the frames around the run."""
    first, last = finding.frame_start, finding.frame_end
    if last - first >= LONGEST_RUN:
        return
    block = labels.table.blocks[finding.track]
    row = block.row_at(first)
    count = 0 if row is None else len(block.vertices_of(row))
    if count <= MOST_VERTICES:
        for one in range(count):
            two, frames = (one + 1) % count, FrameRanges.span(first, last)
            yield ExchangeVertices(finding.track, min(one, two), max(one, two), frames)
    yield Interpolate(finding.track, (first - 1, last + 1))


_REPAIRS: dict[str, Callable[[Labels, Finding, Events], Iterator[Edit]]] = {
    "vertex_jump": _vertex,
    "ring_flip": _turn,
    "line_flip": _turn,
    "point_swap": _exchange,
    "self_crossing": _untangle,
}
