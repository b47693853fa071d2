"""Frames in which an object is missing between two of its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Count the listed frames between a box and the box before; exits are not gaps."""
    values = np.where(scene.follows, scene.missing, np.nan).astype(np.float64)
    row = np.flatnonzero(scene.missing > 0)
    before, after = scene.xywh[row - 1], scene.xywh[row]
    start, end = scene.frame[row - 1] + 1, scene.frame[row] - 1
    along = 1.0 / (scene.frame[row] - scene.frame[row - 1])
    expected = before + (after - before) * along[:, None]
    events = Events.at(
        scene.track[row],
        start,
        values[row],
        frame_start=start,
        frame_end=end,
        expected_xywh=expected,
    )
    return Measured(values, events)


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a gap into words."""
    frames = "1 frame" if value == 1 else f"{value:.0f} frames"
    return f"no box for {frames}, although the object is there before and after"


CHECK = Check(
    name="gaps",
    title="Missing frames",
    description="Listed frames without a box between two boxes of one object. "
    "The end of an object is not a gap.",
    unit="frames",
    kind=FlagKind.GAP,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 1.0, "Gaps of at least this many frames.", "frames", 1.0),),
    tells=2,
)
