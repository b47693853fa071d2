"""Which annotation a click means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def hit(
    boxes_xywh: npt.NDArray[np.float64], *, x: float, y: float, reach: float, preferred: int = -1
) -> int | None:
    """Return the row of the box under a position, None when there is none.

    Parameters
    ----------
    boxes_xywh : (n, 4) float64, pixels
    x, y : float
        Position in picture pixels.
    reach : float
        How far outside a box still counts, picture pixels.
    preferred : int
        Row under the same position that was chosen before: the next smaller or, after the
        smallest, the largest one is meant then, so that repeated clicks walk through a pile.
    """
    left, top, width, height = boxes_xywh.T
    inside = (
        (x >= left - reach)
        & (x <= left + width + reach)
        & (y >= top - reach)
        & (y <= top + height + reach)
    )
    rows = np.flatnonzero(inside)
    if not len(rows):
        return None
    by_size = rows[np.argsort(width[rows] * height[rows], kind="stable")]
    places = np.flatnonzero(by_size == preferred)
    if len(places):
        return int(by_size[(int(places[0]) + 1) % len(by_size)])
    return int(by_size[0])
