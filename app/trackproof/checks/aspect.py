"""Boxes of the wrong shape: wider and lower at once, or narrower and taller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.expected import ahead
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.motion import FLOOR_PIXELS, FLOOR_SHARE, REACH

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]

LEAST = 0.5
"""Sigmas from which a row is kept as a place, whatever limit people drag to."""

ROWS = 3
"""Rows on either side over which the ordinary change is measured."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Measure the smaller of two opposite steps of width and height, in sigmas.

    Poses change the width, distance changes both sides alike; a wrong shape changes them in
    opposite directions.
    """
    values = scene.zeros(at_starts=False)
    rows = np.flatnonzero(scene.motion.step >= LEAST)
    width, height = _size_steps(scene, rows)
    opposite = np.minimum(np.abs(width), np.abs(height)) * (width * height < 0.0)
    values[rows] = np.sqrt(2.0) * opposite
    found = values[rows] >= LEAST
    rows = rows[found]
    expected = ahead(scene, rows)
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        values[rows],
        expected_xywh=expected,
        detail={"actual": scene.boxes_of(rows), "expected": expected},
    )
    return Measured(values, events)


def _size_steps(scene: Scene, rows: Rows) -> Values:
    """Return ``(2, m)`` changes of width and height from the row before, less the ordinary ones."""
    sizes = scene.columns[2:]
    place = scene.place[rows]
    before, after = rows - 1 - ROWS, rows + ROWS
    before = np.where(before >= scene.starts[place], before, rows - 1)
    after = np.where(after < scene.starts[place + 1], after, rows)
    passed = scene.frame[rows - 1] - scene.frame[before] + scene.frame[after] - scene.frame[rows]
    now, last = sizes.take(rows, axis=1), sizes.take(rows - 1, axis=1)
    grown = last - sizes.take(before, axis=1) + sizes.take(after, axis=1) - now
    apart = scene.frame[rows] - scene.frame[rows - 1]
    change = now - last - grown * (apart / np.maximum(passed, 1))
    noise = scene.noise[2:, place]
    sigma = np.sqrt(noise**2 + (FLOOR_SHARE * now) ** 2 + FLOOR_PIXELS**2)
    steps: Values = change / (REACH[1] * sigma)
    return steps


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put a wrong shape into words."""
    actual, expected = detail["actual"], detail["expected"]
    ratio = (actual[2] / max(actual[3], 1.0)) / (expected[2] / max(expected[3], 1.0))
    return f"width to height {(ratio - 1.0) * 100:+.0f} % at once, {value:.0f} sigma"


CHECK = Check(
    name="aspect",
    title="Wrong shape",
    description="Width and height change at once in opposite directions, in units of the track's "
    "own noise.",
    unit="sigma",
    kind=FlagKind.SIZE,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 0.8, "More is suspicious.", "sigma", LEAST),),
    tells=1,
)
