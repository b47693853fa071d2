"""Brightness, contrast and gamma of the picture on screen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


@lru_cache(maxsize=4)
def tone_table(*, brightness: float, contrast: float, gamma: float) -> Pixels:
    """Return ``(256,)`` uint8: what every level of the picture becomes.

    Contrast turns around the middle grey, gamma above 1 lightens the shadows.
    """
    level = np.linspace(0.0, 1.0, 256)
    level = np.clip((level - 0.5) * contrast + 0.5 + brightness, 0.0, 1.0) ** (1.0 / gamma)
    table: Pixels = np.round(level * 255.0).astype(np.uint8)
    table.setflags(write=False)
    return table


def toned(picture: Pixels, *, brightness: float, contrast: float, gamma: float) -> Pixels:
    """Return a picture with other tones; the one given is not touched."""
    import cv2

    table = tone_table(brightness=brightness, contrast=contrast, gamma=gamma)
    return cv2.LUT(picture, table).astype(np.uint8, copy=False)
