"""Where boxes lie against the border of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values: TypeAlias = npt.NDArray[np.float64]
    Rows: TypeAlias = npt.NDArray[np.intp] | npt.NDArray[np.int64]


def image_size(scene: Scene) -> tuple[float, float]:
    """Return width and height of the image, pixels; without it, the extent of the labels."""
    if scene.sequence.width and scene.sequence.height:
        return float(scene.sequence.width), float(scene.sequence.height)
    return scene.extent


def border_widths(scene: Scene, rows: Rows) -> Values:
    """Return how far boxes are inside the image, in their own widths; 0 at the border or beyond."""
    width, height = image_size(scene)
    left, top, wide, high = scene.boxes_of(rows).T
    nearest = np.minimum(
        np.minimum(left, width - left - wide), np.minimum(top, height - top - high)
    )
    inside: Values = np.maximum(nearest, 0.0) / np.maximum(wide, 1.0)
    return inside
