"""Polygons whose outline crosses itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, FlagKind, Measured, Parameter
from trackproof.checks.runs import events_of_runs, true_runs
from trackproof.checks.vertices import counts_of, points_of
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

LEAST_RING = 4
"""Three vertices cannot cross."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name every run of rows whose ring is not simple; rings are measured one by one."""
    import shapely

    block = scene.annotations
    values = np.where(block.shape == Shape.POLYGON, 0.0, np.nan)
    counts = counts_of(block)
    rows = np.flatnonzero((block.shape == Shape.POLYGON) & (counts >= LEAST_RING))
    part = block.take(rows)
    points = points_of(part)
    if len(rows) and part.offsets is not None:
        whole = np.logical_and.reduceat(np.isfinite(points).all(axis=1), part.offsets[:-1])
        values[rows[~whole]] = np.nan
        kept = part.take(whole)
        if len(kept):
            of = np.repeat(np.arange(len(kept)), counts_of(kept))
            rings = shapely.linearrings(points_of(kept), indices=of)
            values[rows[whole]] = np.where(shapely.is_simple(rings), 0.0, 1.0)
    is_crossed = np.nan_to_num(values) > 0
    first, end = true_runs(is_crossed, breaks=~scene.follows)
    return Measured(values, events_of_runs(scene, first, end, {"vertices": counts[first]}))


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a crossing into words."""
    return f"the outline of {int(detail['vertices'])} vertices crosses itself"


CHECK = Check(
    name="self_crossing",
    title="Crosses itself",
    description="Polygons whose outline crosses or touches itself, so that no area is inside "
    "without doubt.",
    unit="",
    kind=FlagKind.SHAPE,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 1.0, "1 flags every crossing.", "", 0.5, 1.0),),
    tells=2,
    needs_shapes=(Shape.POLYGON,),
)
