"""Sudden changes: the box breaks with the course of the frames before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.expected import ahead, describe
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

LEAST = 0.8
"""Sigmas from which a row is kept as a place at all, whatever limit people drag to."""


def run(scene: Scene, _parameters: Mapping[str, float], *, is_size: bool) -> Measured:
    """Keep the rows in which size (or place) makes up most of the evidence."""
    motion = scene.motion
    mine = (motion.step_size_share >= 0.5) == is_size
    values = np.where(mine & scene.follows, motion.step, np.nan)
    rows = np.flatnonzero(values >= LEAST)
    expected = ahead(scene, rows)
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        values[rows],
        expected_xywh=expected,
        detail={"actual": scene.boxes_of(rows), "expected": expected},
    )
    return Measured(values, events)


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put a step into words."""
    change = describe(detail["actual"], detail["expected"])
    return f"{change} against the course of the frames before, {value:.0f} sigma"


def _check(name: str, title: str, kind: FlagKind, *, is_size: bool) -> Check:
    what = "size" if is_size else "place"
    return Check(
        name=name,
        title=title,
        description=f"Sudden change of {what} from one frame to the next that neither the motion "
        "before nor the motion after explains, in units of the track's own noise.",
        unit="sigma",
        kind=kind,
        run=partial(run, is_size=is_size),
        explain=explain,
        parameters=(Parameter("limit", 1.5, "More is suspicious.", "sigma", LEAST),),
        tells=1,
    )


CHECK = (
    _check("size_step", "Sudden size", FlagKind.SIZE, is_size=True),
    _check("place_step", "Sudden place", FlagKind.SHIFT, is_size=False),
)
