"""Boxes that the evidence predicts, and what sets an actual box apart from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp]

BASELINE = 3


def between(scene: Scene, rows: Rows, length: npt.NDArray[np.int64]) -> Values:
    """Return boxes for the middle of runs, between the row before and the row after each run.

    At the end of a track the row on the other side stands in.
    """
    before, after = rows - 1, rows + length
    last = len(scene) - 1
    has_before = (before >= 0) & (scene.place[np.maximum(before, 0)] == scene.place[rows])
    has_after = (after <= last) & (scene.place[np.minimum(after, last)] == scene.place[rows])
    before = np.where(has_before, before, np.where(has_after, after, rows))
    after = np.where(has_after, after, before)
    middle = rows + (length - 1) // 2
    start, end = scene.frame[before], scene.frame[after]
    share = (scene.frame[middle] - start) / np.maximum(end - start, 1)
    share = np.where(has_before & has_after, share, 0.0)
    start_xywh, end_xywh = scene.boxes_of(before), scene.boxes_of(after)
    boxes: Values = start_xywh + (end_xywh - start_xywh) * share[:, None]
    return boxes


def ahead(scene: Scene, rows: Rows) -> Values:
    """Return boxes on the line through the rows before each row."""
    first = scene.starts[scene.place[rows]]
    near = np.maximum(rows - 1, first)
    far = np.maximum(rows - 1 - BASELINE, first)
    span = np.maximum(scene.frame[near] - scene.frame[far], 1)
    ratio = (scene.frame[rows] - scene.frame[near]) / span
    near_xywh, far_xywh = scene.boxes_of(near), scene.boxes_of(far)
    boxes: Values = near_xywh + (near_xywh - far_xywh) * ratio[:, None]
    boxes[:, 2:] = np.maximum(boxes[:, 2:], 1.0)
    return boxes


LARGEST_POINT = 2.0
"""Pixels; what is expected of a point is given a side of one, so that it can be measured by."""


def describe(actual: Values, expected: Values) -> str:
    """Return the largest difference of two boxes in words: ``width -20 %``.

    Points have no width to measure by; their distance is told in pixels.

    Parameters
    ----------
    actual, expected : (4,) float64
        xywh boxes.
    """
    width, height = (max(float(side), 1.0) for side in expected[2:])
    wider, taller = float(actual[2]) / width - 1.0, float(actual[3]) / height - 1.0
    across = float(actual[0] + actual[2] / 2 - expected[0] - expected[2] / 2) / width
    down = float(actual[1] + actual[3] / 2 - expected[1] - expected[3] / 2) / width
    right, low = "right" if across > 0 else "left", "low" if down > 0 else "high"
    if max(actual[2:]) < 1.0 and max(expected[2:]) < LARGEST_POINT:
        away, way = (across, f"far {right}") if abs(across) >= abs(down) else (down, low)
        return f"point {abs(away):.0f} px too {way}"
    said = {
        f"width {wider * 100:+.0f} %": abs(wider),
        f"height {taller * 100:+.0f} %": abs(taller),
        f"centre {abs(across):.2f} widths too far {right}": abs(across),
        f"centre {abs(down):.2f} widths too {low}": abs(down),
    }
    # A side that moves alone shifts the centre by half as much: size says it better.
    weight = {words: size * (2.1 if "%" in words else 1.0) for words, size in said.items()}
    return max(weight, key=weight.__getitem__)
