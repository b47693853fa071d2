"""Boxes that tremble more than is usual for their track."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.runs import peaks_of_runs, true_runs
from trackproof.checks.sliding import sliding_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

ROWS = 9
"""Rows over which trembling is averaged."""

LEAST = 0.6
"""Sigmas from which a stretch is kept as a place at all, whatever limit people drag to."""

MOST = 3.0
"""Sigmas at which one row's part is cut, so that a single jump is not taken for trembling."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Average the size of second differences, in units of the track's own noise."""
    values = scene.no_values()
    if len(scene) >= ROWS:
        values = sliding_mean(np.minimum(scene.motion.bend, MOST), scene.place, rows=ROWS)
    values[scene.track < 0] = np.nan
    return Measured(values, _events(scene, values))


def _events(scene: Scene, values: npt.NDArray[np.float64]) -> Events:
    """Return the stretches that tremble."""
    above = values >= LEAST
    first, end = true_runs(above, breaks=~scene.follows)
    peak = peaks_of_runs(values, first, end)
    return Events.at(
        scene.track[peak],
        scene.frame[peak],
        values[peak],
        frame_start=scene.frame[first],
        frame_end=scene.frame[end - 1],
    )


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put trembling into words."""
    return f"the box trembles, {value:.1f} times the noise of its track over {ROWS} frames"


CHECK = Check(
    name="jitter",
    title="Trembling",
    description="Average size of second differences over nine frames, in units of the track's "
    "own noise.",
    unit="sigma",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 1.0, "More is suspicious.", "sigma", LEAST),),
    explains_range=True,
    tells=1,
)
