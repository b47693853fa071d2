"""Two boxes on one object."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.neighbours import pair_runs
from trackproof.labels.boxes import iou

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

PASSING = 0.6
"""How much an overlap counts that lasts for next to nothing of both lives."""

LEAST = 0.5
"""Overlap from which a pair is kept as a place at all."""


def run(scene: Scene, _parameters: Mapping[str, float], *, is_same: bool) -> Measured:
    """Find pairs of tracks that lie on each other, as runs of frames.

    The value of a run is its mean overlap, lowered where it lasts only for a small share of the
    shorter track's life: two people who pass each other overlap for a moment of long lives.
    """
    values = np.zeros(len(scene))
    first, second = scene.near_pairs
    categories_match = scene.categories_of(first) == scene.categories_of(second)
    kept = categories_match == is_same
    first, second = first[kept], second[kept]
    overlap = iou(scene.boxes_of(first), scene.boxes_of(second))
    kept = overlap >= LEAST
    first, second, overlap = first[kept], second[kept], overlap[kept]
    np.maximum.at(values, first, overlap)
    np.maximum.at(values, second, overlap)
    if not len(first):
        return Measured(values, Events.none())
    order, starts = pair_runs(scene, first, second)
    first, second, overlap = first[order], second[order], overlap[order]
    begin, end = starts[:-1], starts[1:]
    counts = end - begin
    mean = np.add.reduceat(overlap, begin) / counts
    lives = np.diff(scene.starts)
    one, two = lives[scene.places_of(first[begin])], lives[scene.places_of(second[begin])]
    share = np.minimum(counts / np.minimum(one, two), 1.0)
    value = mean * (PASSING + (1.0 - PASSING) * share)
    # The shorter track is the one to remove.
    keeps_first = one > two
    left, right = scene.tracks_of(first[begin]), scene.tracks_of(second[begin])
    track, other = np.where(keeps_first, right, left), np.where(keeps_first, left, right)
    start, stop = scene.frames_of(first[begin]), scene.frames_of(first[end - 1])
    events = Events.at(
        track,
        start,
        value,
        frame_start=start,
        frame_end=stop,
        other_track=other,
        detail={"overlap": mean, "rows": counts, "share": share},
    )
    return Measured(values, events)


def explain(_value: float, detail: Mapping[str, Any], *, is_same: bool) -> str:
    """Put a duplicate into words."""
    rows = int(detail["rows"])
    frames = f"{rows} frame{'s' if rows > 1 else ''}"
    what = "" if is_same else " of another category"
    whole = ", all its life" if detail["share"] > 0.95 else ""
    return f"overlaps an object{what} by {detail['overlap']:.2f} IoU for {frames}{whole}"


def _check(name: str, title: str, *, is_same: bool) -> Check:
    which = "the same category" if is_same else "different categories"
    return Check(
        name=name,
        title=title,
        description=f"Overlap of two objects of {which} in one frame.",
        unit="IoU",
        kind=FlagKind.DUPLICATE,
        run=partial(run, is_same=is_same),
        explain=partial(explain, is_same=is_same),
        parameters=(Parameter("limit", 0.5, "More overlap is suspicious.", "IoU", 0.3, 1.0),),
        compares_tracks=True,
        tells=2,
    )


CHECK = (
    _check("duplicate", "Two boxes on one object", is_same=True),
    _check("duplicate_other", "Two boxes, two categories", is_same=False),
)
