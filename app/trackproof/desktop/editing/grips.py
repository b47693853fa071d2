"""Which part of a box the mouse holds, and where a drag of it leads. Knows nothing of Qt."""

from __future__ import annotations

from typing import TypeAlias

Rect: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height."""
Grip: TypeAlias = tuple[int, int]
"""Side held across and down: -1 left or top, 1 right or bottom, 0 neither."""

MOVE: Grip = (0, 0)
REACH = 6.0
"""Canvas pixels around an edge that still hold it."""
HANDLES: tuple[Grip, ...] = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
LEAST_ROOM = 32.0
"""A side shorter than this, canvas pixels, has no handle in its middle."""
SMALLEST = 1.0
"""A box is never resized below this, picture pixels."""


def grip_at(rect: Rect, x: float, y: float) -> Grip | None:
    """Return the part of a box at a position, all in canvas pixels; None beside the box.

    The whole edge holds, not the handles alone. Inside, an edge reaches over a quarter of the box
    at most, so that even a tiny box can be moved.
    """
    left, top, width, height = rect
    across = _side(x - left, width)
    down = _side(y - top, height)
    if across is None or down is None:
        return None
    return across, down


def _side(at: float, length: float) -> int | None:
    inside = min(REACH, length / 4)
    if not -REACH <= at <= length + REACH:
        return None
    if at < inside:
        return -1
    return 1 if at > length - inside else 0


def handles(rect: Rect) -> dict[Grip, tuple[float, float]]:
    """Return the middle of every handle of a box, canvas pixels."""
    left, top, width, height = rect
    return {
        (across, down): (left + width * (across + 1) / 2, top + height * (down + 1) / 2)
        for across, down in HANDLES
        if (across or width >= LEAST_ROOM) and (down or height >= LEAST_ROOM)
    }


def dragged(
    xywh: Rect, grip: Grip, *, dx: float, dy: float, border: tuple[float, float], reach: float
) -> Rect:
    """Return a box after a drag, picture pixels.

    Edges move by whole pixels, and snap to the picture's border.

    Parameters
    ----------
    xywh : Rect
        The box before.
    grip : Grip
        What the mouse holds.
    dx, dy : float
        How far the mouse went.
    border : (float, float)
        Width and height of the picture.
    reach : float
        Distance at which an edge snaps.
    """
    is_move = grip == MOVE
    left, width = _along(
        (xywh[0], xywh[2]), grip[0], dx, is_move=is_move, end=border[0], reach=reach
    )
    top, height = _along(
        (xywh[1], xywh[3]), grip[1], dy, is_move=is_move, end=border[1], reach=reach
    )
    return left, top, width, height


def _along(
    span: tuple[float, float], side: int, delta: float, *, is_move: bool, end: float, reach: float
) -> tuple[float, float]:
    """Return start and length after a drag along one axis."""
    start, length = span
    step = float(round(delta))
    # What the mouse did not move does not snap either.
    if step == 0.0 or (side == 0 and not is_move):
        return span
    if is_move:
        return _moved(start + step, length, end, reach), length
    if side < 0:
        fixed = start + length
        edge = min(snapped(start + step, end, reach), fixed - SMALLEST)
        return edge, fixed - edge
    edge = max(snapped(start + length + step, end, reach), start + SMALLEST)
    return start, edge - start


def _moved(start: float, length: float, end: float, reach: float) -> float:
    if abs(start) <= reach:
        return 0.0
    return end - length if abs(start + length - end) <= reach else start


def snapped(value: float, end: float, reach: float) -> float:
    """Return 0 or ``end`` when a coordinate is within ``reach`` of it, else the coordinate."""
    if abs(value) <= reach:
        return 0.0
    return end if abs(value - end) <= reach else value


def drawn(
    first: tuple[float, float],
    second: tuple[float, float],
    *,
    border: tuple[float, float],
    reach: float,
) -> Rect:
    """Return the box between two corners in any order: whole pixels, inside the picture."""
    spans = []
    for one, two, end in zip(first, second, border, strict=True):
        low, high = sorted(
            min(max(snapped(float(round(value)), end, reach), 0.0), end) for value in (one, two)
        )
        spans.append((low, high - low))
    (left, width), (top, height) = spans
    return left, top, width, height


def nudged(
    xywh: Rect, *, dx: float = 0.0, dy: float = 0.0, dw: float = 0.0, dh: float = 0.0
) -> Rect:
    """Return a box moved and resized by some pixels; it never gets smaller than one."""
    left, top, width, height = xywh
    return left + dx, top + dy, max(width + dw, SMALLEST), max(height + dh, SMALLEST)
