"""Where names stand, so that none covers another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QSizeF

GAP = 2.0


def place_names(
    boxes: Sequence[QRectF],
    sizes: Sequence[QSizeF],
    bounds: QRectF,
    *,
    firsts: Sequence[int] = (),
) -> list[QRectF | None]:
    """Return where every name stands, in widget pixels; None for a name without room.

    Parameters
    ----------
    boxes, sizes : sequences of the same length
        Boxes on screen and the sizes of their names.
    bounds : QRectF
        Names stay inside; boxes wholly outside get none.
    firsts : sequence of int
        Places that choose first and always get a name (selected, flagged); the others follow
        from the nearest (lowest edge) to the farthest.
    """
    placed: list[QRectF | None] = [None] * len(boxes)
    taken: list[QRectF] = []
    favoured = [i for i in firsts if 0 <= i < len(boxes)]
    rest = sorted(set(range(len(boxes))) - set(favoured), key=lambda i: -boxes[i].bottom())
    for i in (*favoured, *rest):
        if not boxes[i].intersects(bounds):
            continue
        choices = [_inside(place, bounds) for place in _places(boxes[i], sizes[i])]
        free = (place for place in choices if not any(place.intersects(t) for t in taken))
        place = next(free, choices[0] if i in favoured else None)
        if place is not None:
            placed[i] = place
            taken.append(place)
    return placed


def _places(box: QRectF, size: QSizeF) -> tuple[QRectF, ...]:
    """Return above, below, then inside the top, then above and below at the right edge."""
    above, below = box.top() - size.height() - GAP, box.bottom() + GAP
    right = box.right() - size.width()
    corners = (
        QPointF(box.left(), above),
        QPointF(box.left(), below),
        QPointF(right, above),
        QPointF(right, below),
        QPointF(box.left() + GAP, box.top() + GAP),
    )
    return tuple(QRectF(corner, size) for corner in corners)


def _inside(place: QRectF, bounds: QRectF) -> QRectF:
    left = min(max(place.left(), bounds.left()), max(bounds.right() - place.width(), bounds.left()))
    top = min(max(place.top(), bounds.top()), max(bounds.bottom() - place.height(), bounds.top()))
    return QRectF(QPointF(left, top), place.size())
