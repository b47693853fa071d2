"""One vertex that leaves the others: a slip of the hand, or a point clicked in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.vertices import DRAWN, by_count, comparable, points_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

LEAST_VERTICES = 3
"""With fewer there is no rest to be out of line with."""

FLOOR_PIXELS, FLOOR_SHARE = 1.0, 0.01
"""A sigma is at least this many pixels, and this share of the shape's diagonal."""

LEAST = 3.0
"""Sigmas from which a row is kept as a place at all, whatever limit people drag to."""

SHADOW = 1.5
"""How many times further the neighbour must be away: a jump is seen at half its size beside it."""

ROBUST = 1.4826
"""A median absolute deviation times this is the standard deviation of normal noise."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Compare every vertex with the middle of its places before and after.

    What all vertices of a row have in common (their median) is motion; what one has beyond it is
    judged in sigmas of the track: the median of such residuals over all its rows. Counted is by
    how much the vertex that is furthest away is further than the next.
    """
    values = scene.no_values()
    block = scene.annotations
    follows = comparable(scene, *DRAWN)
    between = np.flatnonzero(follows[:-1] & follows[1:])
    expected = np.zeros((len(block), 2))
    vertex = np.zeros(len(block), dtype=np.int32)
    away = np.zeros(len(block))
    points = points_of(block)
    for rows, places in by_count(block, between, least=LEAST_VERTICES):
        count = places.shape[1]
        middle = _between(scene, points, rows, places, count)
        residual = points[places] - middle
        residual -= np.median(residual, axis=1, keepdims=True)
        apart = np.hypot(residual[..., 0], residual[..., 1])
        worst = np.argmax(np.nan_to_num(apart), axis=1)
        line = np.arange(len(rows))
        away[rows] = apart[line, worst]
        vertex[rows] = worst
        expected[rows] = points[places[line, worst]] - residual[line, worst]
        # Where two leave the rest together they were exchanged, which is another mistake.
        alone = away[rows] - np.partition(np.nan_to_num(apart), -2, axis=1)[:, -2]
        values[rows] = alone / _sigma(scene, rows, np.median(apart, axis=1))
    rows = np.flatnonzero(values >= LEAST)
    rows = rows[~(_is_shadow(values, vertex, rows, -1) | _is_shadow(values, vertex, rows, 1))]
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        values[rows],
        detail={"vertex": vertex[rows], "away": away[rows], "expected": expected[rows]},
    )
    return Measured(values, events)


def _is_shadow(
    values: Values, vertex: npt.NDArray[np.int32], rows: Rows, step: int
) -> npt.NDArray[np.bool_]:
    """Return which rows are out of line only because the row beside them is.

    They are compared with it, and the same vertex is much further away there.
    """
    beside = np.clip(rows + step, 0, len(values) - 1)
    shadow = (values[beside] > SHADOW * values[rows]) & (vertex[beside] == vertex[rows])
    return np.asarray(shadow, dtype=np.bool_)


def _between(scene: Scene, points: Values, rows: Rows, places: Rows, count: int) -> Values:
    """Return ``(rows, k, 2)``: where the rows before and after expect every vertex."""
    block = scene.annotations
    before = points[places - count]
    after = points[places + count]
    frame = block.frame.astype(np.float64)
    share = (frame[rows] - frame[rows - 1]) / (frame[rows + 1] - frame[rows - 1])
    middle: Values = before + share[:, None, None] * (after - before)
    return middle


def _sigma(scene: Scene, rows: Rows, ordinary: Values) -> Values:
    """Return what is ordinary for the track of every row, pixels."""
    sizes = np.hypot(scene.xywh[rows, 2], scene.xywh[rows, 3])
    place = scene.place[rows]
    order = np.argsort(place, kind="stable")
    _, first = np.unique(place[order], return_index=True)
    usual = np.zeros(len(rows))
    for part in np.split(order, first[1:]):
        known = ordinary[part][np.isfinite(ordinary[part])]
        usual[part] = ROBUST * float(np.median(known)) if len(known) else 0.0
    sigma: Values = np.fmax(np.fmax(usual, FLOOR_SHARE * sizes), FLOOR_PIXELS)
    return sigma


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put a jump into words."""
    number, away = int(detail["vertex"]) + 1, float(detail["away"])
    return f"vertex {number} is {away:.0f} px out of line with the others, {value:.0f} sigma"


CHECK = Check(
    name="vertex_jump",
    title="Vertex out of line",
    description="Distance of one vertex from where the frames before and after and the other "
    "vertices expect it, in units of the track's own noise.",
    unit="sigma",
    kind=FlagKind.SHAPE,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 6.0, "More is suspicious.", "sigma", LEAST),),
    tells=2,
    needs_shapes=DRAWN,
)
