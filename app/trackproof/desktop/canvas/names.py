"""Where names stand, so that none covers another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QRectF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtCore import QSizeF

GAP = 2.0

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom: plain numbers, because placing asks for them thousands of times."""


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
    limits = _edges(bounds)
    edges = [_edges(box) for box in boxes]
    placed: list[QRectF | None] = [None] * len(boxes)
    taken: list[Edges] = []
    favoured = dict.fromkeys(i for i in firsts if 0 <= i < len(boxes))
    rest = sorted(set(range(len(boxes))) - set(favoured), key=lambda i: -edges[i][3])
    for i in (*favoured, *rest):
        if not _meet(edges[i], limits):
            continue
        width, height = sizes[i].width(), sizes[i].height()
        place = _first_free(_places(edges[i], width, height, limits), taken)
        if place is None and i in favoured:
            place = next(_places(edges[i], width, height, limits))
        if place is not None:
            placed[i] = QRectF(place[0], place[1], width, height)
            taken.append(place)
    return placed


def _first_free(places: Iterator[Edges], taken: list[Edges]) -> Edges | None:
    for place in places:
        left, top, right, bottom = place
        for other in taken:
            if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                break
        else:
            return place
    return None


def _places(box: Edges, width: float, height: float, limits: Edges) -> Iterator[Edges]:
    """Yield above, below, the same at the right edge, then inside the top; all within limits."""
    above, below, right = box[1] - height - GAP, box[3] + GAP, box[2] - width
    for left, top in (
        (box[0], above),
        (box[0], below),
        (right, above),
        (right, below),
        (box[0] + GAP, box[1] + GAP),
    ):
        inside_x = max(min(left, limits[2] - width), limits[0])
        inside_y = max(min(top, limits[3] - height), limits[1])
        yield inside_x, inside_y, inside_x + width, inside_y + height


def _edges(rect: QRectF) -> Edges:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _meet(first: Edges, second: Edges) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
