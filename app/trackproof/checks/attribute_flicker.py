"""Attribute values that change for a moment and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Find runs between equal values; the value is how often the run fits into the limit."""
    values = scene.zeros(at_starts=True)
    held = scene.attributes
    breaks = np.ones(len(scene) + 1, dtype=np.bool_)
    breaks[1:-1] = ~scene.follows[1:] | (held[1:] != held[:-1])
    edges = np.flatnonzero(breaks)
    first, end = edges[:-1], edges[1:]
    inside = (first > 0) & (end < len(scene))
    first, end = first[inside], end[inside]
    returns = (
        (scene.place[first - 1] == scene.place[end])
        & (held[first - 1] == held[end])
        & (end - first <= parameters["longest"])
        & (scene.track[first] >= 0)
    )
    first, end = first[returns], end[returns]
    for start, stop in zip(first, end, strict=True):
        values[start:stop] = 1.0
    sets = scene.labels.table.attribute_sets
    said = [_difference(sets[a], sets[b]) for a, b in zip(held[first], held[end], strict=True)]
    events = Events.at(
        scene.track[first],
        scene.frame[first],
        np.ones(len(first)),
        frame_start=scene.frame[first],
        frame_end=scene.frame[end - 1],
        detail={"said": np.array(said, dtype=object), "rows": end - first},
    )
    return Measured(values, events)


def _difference(here: Any, around: Any) -> str:
    """Return the first value that differs, in words."""
    now, usual = dict(here), dict(around)
    for name in (*now, *usual):
        if now.get(name) != usual.get(name):
            return f"{name} is {now.get(name, 'not set')} instead of {usual.get(name, 'not set')}"
    return "attributes differ"


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a flicker into words."""
    rows = int(detail["rows"])
    return f"{detail['said']} for {rows} frame{'s' if rows > 1 else ''} only"


CHECK = Check(
    name="attribute_flicker",
    title="Attribute flickers",
    description="An attribute changes and comes back within a few frames.",
    unit="",
    kind=FlagKind.CATEGORY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 1.0, "1 flags every flicker.", "", 0.5, 1.0),
        Parameter("longest", 8.0, "Longer spells count as meant.", "frames", 1.0),
    ),
    tells=2,
)
