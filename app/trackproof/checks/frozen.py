"""Boxes that stand still, or were copied forward, while the object moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.motion import FLOOR_PIXELS, FLOOR_SHARE
from trackproof.checks.runs import spread, true_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

BASELINE = 4
"""Rows over which the motion before and after is measured."""


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Compare how far a frozen object should have come with how far its box jumps afterwards."""
    values = scene.zeros(at_starts=True)
    columns = scene.columns
    same = np.zeros(len(scene), dtype=np.bool_)
    still = same[1:]
    np.equal(columns[0, 1:], columns[0, :-1], out=still)
    for column in columns[1:]:
        still &= column[1:] == column[:-1]
    same &= scene.follows
    first, end = true_runs(same, breaks=~scene.follows)
    long_enough = end - first + 1 >= parameters["shortest"]
    # The run begins with the box that was copied.
    first, end = first[long_enough] - 1, end[long_enough]
    before, after = first - BASELINE, np.minimum(end + BASELINE - 1, len(scene) - 1)
    whole = (
        (before >= 0)
        & (end + BASELINE - 1 < len(scene))
        & (scene.place[np.maximum(before, 0)] == scene.place[first])
        & (scene.place[after] == scene.place[first])
    )
    first, end, before, after = first[whole], end[whole], before[whole], after[whole]
    centre = scene.columns[:2]
    frames = scene.frame.astype(np.float64)
    gone_before = centre[:, first] - centre[:, before]
    gone_after = centre[:, after] - centre[:, end]
    speed_before = gone_before / np.maximum(frames[first] - frames[before], 1.0)
    speed_after = gone_after / np.maximum(frames[after] - frames[end], 1.0)
    jump = centre[:, end] - centre[:, end - 1]
    lasting = frames[end] - frames[first]
    due = 0.5 * (speed_before + speed_after) * lasting
    length = np.maximum(np.hypot(*due), 1e-9)
    # Only a jump along the way that was due shows that the object went on meanwhile.
    along = np.clip((jump * due).sum(axis=0) / length, 0.0, None)
    size = np.minimum(scene.columns[2, first], scene.columns[3, first])
    sigma = np.hypot(FLOOR_PIXELS, FLOOR_SHARE * size)
    value = np.minimum(along, length) / sigma
    spread(value, first + 1, end, values)
    events = Events.at(
        scene.track[first],
        scene.frame[end - 1],
        value,
        frame_start=scene.frame[first + 1],
        frame_end=scene.frame[end - 1],
        expected_xywh=np.column_stack([scene.xywh[end - 1, :2] + due.T, scene.xywh[end - 1, 2:]]),
        detail={"rows": end - first, "widths": length / np.maximum(scene.columns[2, first], 1.0)},
    )
    return Measured(values, events)


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a frozen box into words."""
    return (
        f"the same box for {int(detail['rows'])} frames, while the object should have moved "
        f"{detail['widths']:.2f} widths"
    )


CHECK = Check(
    name="frozen",
    title="Frozen box",
    description="Equal boxes over several frames of an object that moves before and after, "
    "ending in a jump along its way.",
    unit="sigma",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 1.5, "More is suspicious.", "sigma", 0.1),
        Parameter("shortest", 3.0, "Equal boxes from which a run counts.", "frames", 2.0),
    ),
    explains_range=True,
    tells=2,
)
