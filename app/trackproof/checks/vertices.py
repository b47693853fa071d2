"""Vertices of shapes over time, as arrays that checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from trackproof.checks.scene import Scene
    from trackproof.labels import Block

    Rows = npt.NDArray[np.intp]
    Values = npt.NDArray[np.float64]
    Truths = npt.NDArray[np.bool_]

DRAWN = (Shape.POLYGON, Shape.POLYLINE, Shape.KEYPOINT)


def counts_of(block: Block) -> npt.NDArray[np.int64]:
    """Return the ``(n,)`` number of vertices of every row."""
    if block.offsets is None:
        return np.zeros(len(block), dtype=np.int64)
    return np.diff(block.offsets).astype(np.int64)


def comparable(scene: Scene, *shapes: Shape) -> Truths:
    """Return ``(n,)``: the row before is the same object's, of the same kind and vertex number.

    Frames that are missing between the two part them: nobody knows how the shape went there.
    """
    block = scene.annotations
    counts = counts_of(block)
    same: Truths = scene.follows & (scene.missing == 0) & np.isin(block.shape, shapes)
    same &= counts > 0
    same[1:] &= (counts[1:] == counts[:-1]) & (block.shape[1:] == block.shape[:-1])
    return same


def by_count(block: Block, rows: Rows, *, least: int = 1) -> Iterator[tuple[Rows, Rows]]:
    """Yield rows of one vertex number with the places ``(rows, k)`` of their vertices.

    Parameters
    ----------
    least : int
        Rows with fewer vertices are left out.
    """
    if block.offsets is None or not len(rows):
        return
    counts = counts_of(block)[rows]
    for count in np.unique(counts[counts >= least]).tolist():
        chosen = rows[counts == count]
        yield chosen, block.offsets[chosen].astype(np.intp)[:, None] + np.arange(count)


def points_of(block: Block) -> Values:
    """Return the ``(m, 2)`` vertices of all rows; none where every row is a box."""
    return block.vertices if block.vertices is not None else np.empty((0, 2))
