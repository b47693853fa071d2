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


def run(scene: Scene, _parameters: Mapping[str, float], *, is_end: bool) -> Measured:
    """Measure how far inside the picture, and how uncovered, first (or last) boxes are."""
    values = scene.no_values()
    rows = (scene.starts[1:] - 1 if is_end else scene.starts[:-1])[scene.track_numbers >= 0]
    frame = scene.frame[rows]
    listed = np.flatnonzero(scene.labels.listed)
    edge = (listed[-1] if is_end else listed[0]) if len(listed) else 0
    rows = rows[np.abs(frame - edge) > 1].astype(np.intp)
    away = np.minimum(border_widths(scene, rows), MOST_WIDTHS)
    value = away * (1.0 - covered(scene, rows)) ** 2
    values[rows] = value
    kept = value > 0.25
    rows = rows[kept]
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        value[kept],
        detail={"away": away[kept]},
    )
    return Measured(values, events)


def covered(scene: Scene, rows: Rows) -> Values:
    """Return the share of each box, 0..1, that the one box covering most of it hides."""
    order, frames = scene.by_frame
    low = np.searchsorted(frames, scene.frame[rows])
    counts = np.searchsorted(frames, scene.frame[rows], side="right") - low
    which = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    others = order[np.repeat(low, counts) + within]
    apart = others != rows[which]
    which, others = which[apart], others[apart]
    share = np.zeros(len(rows))
    mine, theirs = scene.xywh[rows[which]], scene.xywh[others]
    hidden = intersections(mine, theirs) / np.maximum(areas(mine), 1.0)
    np.maximum.at(share, which, hidden)
    return np.clip(share, 0.0, 1.0)


def explain(_value: float, detail: Mapping[str, Any], *, is_end: bool) -> str:
    """Put an end into words."""
    away = float(detail["away"])
    inside = f"{away:.1f} widths" if away < MOST_WIDTHS else f"more than {MOST_WIDTHS:.0f} widths"
    return f"the object {'ends' if is_end else 'begins'} {inside} inside the picture, in plain view"


def _check(name: str, title: str, *, is_end: bool) -> Check:
    which = "ends" if is_end else "begins"
    return Check(
        name=name,
        title=title,
        description=f"How far inside the picture an object {which}, in box widths, less what "
        "another object covers.",
        unit="widths",
        kind=FlagKind.TRACK,
        run=partial(run, is_end=is_end),
        explain=partial(explain, is_end=is_end),
        parameters=(Parameter("limit", 1.0, "Further inside is suspicious.", "widths", 0.25),),
        compares_tracks=True,
    )


CHECK = (
    _check("early_end", "Ends inside the picture", is_end=True),
    _check("late_start", "Begins inside the picture", is_end=False),
)
