"""Boxes that the frames before and after contradict, for one to three frames."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.expected import between, describe
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

LEAST = 0.8
"""Sigmas from which a row is kept as a place at all, whatever limit people drag to."""


def run(scene: Scene, _parameters: Mapping[str, float], *, is_size: bool) -> Measured:
    """Keep the rows in which size (or place) makes up most of the evidence."""
    motion = scene.motion
    mine = (motion.outlier_size_share >= 0.5) == is_size
    values = np.where(mine, motion.outlier, 0.0)
    values[scene.track < 0] = np.nan
    rows = np.flatnonzero(values >= LEAST)
    length = motion.length[rows].astype(np.int64)
    expected = between(scene, rows, length)
    middle = rows + (length - 1) // 2
    events = Events.at(
        scene.track[rows],
        scene.frame[middle],
        values[rows],
        frame_start=scene.frame[rows],
        frame_end=scene.frame[rows + length - 1],
        expected_xywh=expected,
        detail={"actual": scene.boxes_of(middle), "expected": expected},
    )
    return Measured(values, events)


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put an outlier into words."""
    change = describe(detail["actual"], detail["expected"])
    return f"{change} against the frames before and after, {value:.0f} sigma"


def _check(name: str, title: str, kind: FlagKind, *, is_size: bool) -> Check:
    what = "size" if is_size else "place"
    return Check(
        name=name,
        title=title,
        description=f"How far the {what} of a box is from what the frames before and after "
        "predict, in units of the track's own noise; runs of one to three frames are judged "
        "as a whole.",
        unit="sigma",
        kind=kind,
        run=partial(run, is_size=is_size),
        explain=explain,
        parameters=(Parameter("limit", 1.2, "More is suspicious.", "sigma", LEAST),),
        tells=2,
    )


CHECK = (
    _check("size_outlier", "Size against both sides", FlagKind.SIZE, is_size=True),
    _check("place_outlier", "Place against both sides", FlagKind.SHIFT, is_size=False),
)
