"""Objects that are labelled for a few frames only, in the middle of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.borders import border_widths
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Measure how many times shorter than the usual minimum every track is."""
    counts = np.diff(scene.starts)
    value = parameters["shortest"] / np.maximum(counts, 1)
    first, last = scene.starts[:-1], scene.starts[1:] - 1
    away = np.minimum(border_widths(scene, first), border_widths(scene, last))
    frames = len(scene.sequence)
    # What the beginning or the end of the sequence cuts off is short for another reason.
    is_cut = (scene.frame[first] <= 0) | (scene.frame[last] >= frames - 1)
    value = np.where((scene.track_numbers >= 0) & ~is_cut, value, 0.0)
    value *= np.clip(away, 0.1, 1.0)
    values = np.repeat(value, counts)
    values[scene.track < 0] = np.nan
    short = np.flatnonzero(value > 0.5)
    middle = first[short] + counts[short] // 2
    events = Events.at(
        scene.track_numbers[short],
        scene.frame[middle],
        value[short],
        frame_start=scene.frame[first[short]],
        frame_end=scene.frame[last[short]],
        detail={"rows": counts[short]},
    )
    return Measured(values, events)


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a short track into words."""
    rows = int(detail["rows"])
    return f"the object exists for {rows} frame{'s' if rows > 1 else ''} only, inside the picture"


CHECK = Check(
    name="short_track",
    title="Short object",
    description="Objects with few boxes that neither enter nor leave the picture.",
    unit="times",
    kind=FlagKind.TRACK,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 1.0, "Times shorter than the usual minimum.", "times", 0.5),
        Parameter("shortest", 8.0, "Fewer boxes than this are unusual.", "boxes", 1.0),
    ),
    tells=1,
)
