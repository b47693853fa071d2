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
    edges = [edges_of(box) for box in boxes]
    wide = [(size.width(), size.height()) for size in sizes]
    return [
        None if corner is None else QRectF(*corner, *size)
        for corner, size in zip(corners(edges, wide, bounds, firsts=firsts), wide, strict=True)
    ]


def corners(
    edges: Sequence[Edges],
    sizes: Sequence[tuple[float, float]],
    bounds: QRectF,
    *,
    firsts: Sequence[int] = (),
) -> list[tuple[float, float] | None]:
    """Return the left upper corner of every name; the parameters are those of `place_names`."""
    limits = edges_of(bounds)
    placed: list[tuple[float, float] | None] = [None] * len(edges)
    taken = Taken(max((height for _, height in sizes), default=0.0))
    favoured = dict.fromkeys(i for i in firsts if 0 <= i < len(edges))
    rest = [i for i in range(len(edges)) if i not in favoured]
    rest.sort(key=lambda i: -edges[i][3])
    for i in (*favoured, *rest):
        if not _meet(edges[i], limits):
            continue
        width, height = sizes[i]
        place = _first_free(_places(edges[i], width, height, limits), taken)
        if place is None and i in favoured:
            place = next(_places(edges[i], width, height, limits))
        if place is not None:
            placed[i] = place[0], place[1]
            taken.add(place)
    return placed


class Taken:
    """Places that names have, by the bands of the picture that they lie in.

    Parameters
    ----------
    height : float
        Of the highest name: each lies in two bands of this height at most.
    """

    def __init__(self, height: float) -> None:
        self._height = max(height, 1.0)
        self._bands: dict[int, list[Edges]] = {}

    def _bands_of(self, place: Edges) -> tuple[int, int]:
        return int(place[1] // self._height), int(place[3] // self._height)

    def add(self, place: Edges) -> None:
        """Take a place."""
        for band in set(self._bands_of(place)):
            self._bands.setdefault(band, []).append(place)

    def is_free(self, place: Edges) -> bool:
        """Return whether no other name lies there."""
        left, top, right, bottom = place
        first, last = self._bands_of(place)
        for band in (first, last) if first != last else (first,):
            for other in self._bands.get(band, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return False
        return True


def _first_free(places: Iterator[Edges], taken: Taken) -> Edges | None:
    for place in places:
        if taken.is_free(place):
            return place
    return None


def _places(box: Edges, width: float, height: float, limits: Edges) -> Iterator[Edges]:
    """Yield above, below, the same at the right edge, then inside the top; all within limits."""
    above, below, right = box[1] - height - GAP, box[3] + GAP, box[2] - width
    last_x, last_y = limits[2] - width, limits[3] - height
    for left, top in (
        (box[0], above),
        (box[0], below),
        (right, above),
        (right, below),
        (box[0] + GAP, box[1] + GAP),
    ):
        # Branches: calling min and max was half of all placing.
        if left > last_x:
            left = last_x
        if left < limits[0]:
            left = limits[0]
        if top > last_y:
            top = last_y
        if top < limits[1]:
            top = limits[1]
        yield left, top, left + width, top + height


def edges_of(rect: QRectF) -> Edges:
    """Return the edges of a rectangle."""
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _meet(first: Edges, second: Edges) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
