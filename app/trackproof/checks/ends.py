"""Objects that begin or end in the middle of the picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.borders import border_widths
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.labels.boxes import areas, intersections

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]

MOST_WIDTHS = 4.0
"""Further inside than this makes an end no more suspicious."""

COVER_EXCUSES = 0.85
"""How much an object that is wholly covered by a nearer one is excused."""

GLIMPSE = 20.0
"""Boxes of a track whose ends count half."""

LEAST = 0.1
"""Value from which an end is kept as a place, whatever limit people drag to."""


def run(scene: Scene, _parameters: Mapping[str, float], *, is_end: bool) -> Measured:
    """Measure how far inside the picture, and how uncovered, first (or last) boxes are."""
    values = scene.no_values()
    rows = (scene.starts[1:] - 1 if is_end else scene.starts[:-1])[scene.track_numbers >= 0]
    frame = scene.frames_of(rows)
    listed = np.flatnonzero(scene.labels.listed)
    edge = (listed[-1] if is_end else listed[0]) if len(listed) else 0
    rows = rows[(np.abs(frame - edge) > 1) & scene.are_focus(rows)].astype(np.intp)
    away = np.minimum(border_widths(scene, rows), MOST_WIDTHS)
    hidden = covered(scene, rows)
    boxes = np.diff(scene.starts)[scene.places_of(rows)]
    # Brief tracks are glimpses, and begin and end anywhere.
    value = np.sqrt(away) * (1.0 - COVER_EXCUSES * hidden) * boxes / (boxes + GLIMPSE)
    values[rows] = value
    kept = value >= LEAST
    rows = rows[kept]
    events = Events.at(
        scene.tracks_of(rows),
        scene.frames_of(rows),
        value[kept],
        detail={"away": away[kept], "covered": hidden[kept]},
    )
    return Measured(values, events)


def covered(scene: Scene, rows: Rows) -> Values:
    """Return the share of each box, 0..1, that one nearer box hides at most.

    Of two boxes the one that reaches lower in the image is taken for the nearer one.
    """
    which, others = _in_the_same_frames(scene, rows)
    nearer = _bottom(scene, others) > _bottom(scene, rows[which])
    which, others = which[nearer], others[nearer]
    share = np.zeros(len(rows))
    mine, theirs = scene.boxes_of(rows[which]), scene.boxes_of(others)
    hidden = intersections(mine, theirs) / np.maximum(areas(mine), 1.0)
    np.maximum.at(share, which, hidden)
    return np.clip(share, 0.0, 1.0)


def _bottom(scene: Scene, rows: Rows) -> Values:
    boxes = scene.boxes_of(rows)
    bottom: Values = boxes[:, 1] + boxes[:, 3]
    return bottom


def _in_the_same_frames(scene: Scene, rows: Rows) -> tuple[Rows, Rows]:
    """Return pairs: which of the rows, and a row of its frame."""
    wanted = scene.frames_of(rows)
    if scene.has_focus:
        # The ends of the one or two tracks of an edit do not pay for an order of all rows.
        found = [np.flatnonzero(scene.frame == frame) for frame in wanted.tolist()]
        which = np.repeat(np.arange(len(rows)), [len(others) for others in found])
        return which, np.concatenate([rows[:0], *found])
    order, frames = scene.by_frame
    low = np.searchsorted(frames, wanted)
    counts = np.searchsorted(frames, wanted, side="right") - low
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.arange(len(rows)), counts), order[np.repeat(low, counts) + within]


def explain(_value: float, detail: Mapping[str, Any], *, is_end: bool) -> str:
    """Put an end into words."""
    away = float(detail["away"])
    inside = f"{away:.1f} widths" if away < MOST_WIDTHS else f"more than {MOST_WIDTHS:.0f} widths"
    sight = "in plain view" if detail["covered"] < 0.3 else "partly covered"
    return f"the object {'ends' if is_end else 'begins'} {inside} inside the picture, {sight}"


def _check(name: str, title: str, *, is_end: bool) -> Check:
    which = "ends" if is_end else "begins"
    return Check(
        name=name,
        title=title,
        description=f"How far inside the picture an object {which} (root of the distance in "
        "box widths), less where a nearer object covers it or the track is brief.",
        unit="",
        kind=FlagKind.TRACK,
        run=partial(run, is_end=is_end),
        explain=partial(explain, is_end=is_end),
        parameters=(Parameter("limit", 0.2, "More is suspicious.", "", LEAST),),
        compares_tracks=True,
        tells=1,
    )


CHECK = (
    _check("early_end", "Ends inside the picture", is_end=True),
    _check("late_start", "Begins inside the picture", is_end=False),
)
