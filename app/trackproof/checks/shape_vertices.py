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

FLOOR_PIXELS, FLOOR_SHARE = 0.7, 0.0075
"""A sigma is at least this many pixels, and this share of the shape's diagonal."""

LEAST = 3.0
"""Sigmas from which a row is kept as a place at all, whatever limit people drag to."""

SHADOW = 1.5
"""How many times further a neighbour must be away: a jump is seen smaller in the rows beside it."""

ALONE = 1.5
"""Times by which the worst vertex counts beyond the next; it counts whole at three times the next.

Of 1, 1.5 and 2, this found most planted slips at one false finding in 1,000 shapes.
"""

MAD_OF_NORMAL = 0.6745
"""The median absolute deviation of normal noise, in standard deviations."""


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Compare every vertex with the middle of its places before and after.

    What all vertices of a row have in common (their median) is motion; what one has beyond it is
    judged in standard deviations of the hand that drew the track.
    """
    values = scene.no_values()
    block = scene.annotations
    follows = comparable(scene, *DRAWN)
    between = np.flatnonzero(follows[:-1] & follows[1:])
    wide = np.zeros(len(block), dtype=np.bool_)
    wide[2:-2] = follows[1:-3] & follows[2:-2] & follows[3:-1] & follows[4:]
    expected = np.zeros((len(block), 2))
    vertex = np.zeros(len(block), dtype=np.int32)
    away = np.zeros(len(block))
    points = points_of(block)
    for rows, places in by_count(block, between, least=LEAST_VERTICES):
        residual = points[places] - _between(scene, points, rows, places, wide=wide[rows])
        sigma = _sigma(scene, rows, _trembling(residual))
        residual -= np.median(residual, axis=1, keepdims=True)
        apart = np.nan_to_num(np.hypot(residual[..., 0], residual[..., 1]))
        worst = np.argmax(apart, axis=1)
        line = np.arange(len(rows))
        away[rows] = apart[line, worst]
        vertex[rows] = worst
        expected[rows] = points[places[line, worst]] - residual[line, worst]
        # Where two leave the rest together they were exchanged, which is another mistake.
        beyond = away[rows] - np.partition(apart, -2, axis=1)[:, -2]
        values[rows] = np.minimum(away[rows], ALONE * beyond) / sigma
    rows = np.flatnonzero(values >= LEAST)
    shadows = [_is_shadow(values, vertex, rows, step) for step in (-2, -1, 1, 2)]
    rows = rows[~np.logical_or.reduce(shadows)]
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
    """Return which rows are out of line only because a row beside them is.

    They are compared with it, and the same vertex is much further away there.
    """
    beside = np.clip(rows + step, 0, len(values) - 1)
    shadow = (values[beside] > SHADOW * values[rows]) & (vertex[beside] == vertex[rows])
    return np.asarray(shadow, dtype=np.bool_)


def _between(
    scene: Scene, points: Values, rows: Rows, places: Rows, *, wide: npt.NDArray[np.bool_]
) -> Values:
    """Return ``(rows, k, 2)``: where the rows before and after expect every vertex.

    Parameters
    ----------
    places : (rows, k)
        Places of the vertices; those of the rows beside stand right before and after.
    wide : (rows,)
        Where two rows on both sides tell, which halves the part of their own trembling.
    """
    middle = _at_share(scene, points, rows, places, step=1)
    if wide.any():
        further = _at_share(scene, points, rows[wide], places[wide], step=2)
        middle[wide] = (middle[wide] + further) / 2
    return middle


def _at_share(scene: Scene, points: Values, rows: Rows, places: Rows, *, step: int) -> Values:
    """Return places between the rows ``step`` before and after, by the frames in between."""
    frame = scene.annotations.frame.astype(np.float64)
    before = points[places - step * places.shape[1]]
    after = points[places + step * places.shape[1]]
    share = (frame[rows] - frame[rows - step]) / (frame[rows + step] - frame[rows - step])
    middle: Values = before + share[:, None, None] * (after - before)
    return middle


def _trembling(residual: Values) -> Values:
    """Return ``(rows,)``: how far vertices typically are out of line along an axis, pixels.

    The mean of a row is taken off, not the median: how much smaller that makes the noise is known
    exactly also for three vertices.
    """
    count = residual.shape[1]
    own = np.abs(residual - residual.mean(axis=1, keepdims=True)).reshape(len(residual), -1)
    trembling: Values = np.median(own, axis=1) / (MAD_OF_NORMAL * np.sqrt(1 - 1 / count))
    return trembling


def _sigma(scene: Scene, rows: Rows, trembling: Values) -> Values:
    """Return what is ordinary for the track of every row, pixels."""
    sizes = np.hypot(scene.xywh[rows, 2], scene.xywh[rows, 3])
    place = scene.place[rows]
    order = np.argsort(place, kind="stable")
    _, first = np.unique(place[order], return_index=True)
    usual = np.zeros(len(rows))
    for part in np.split(order, first[1:]):
        known = trembling[part][np.isfinite(trembling[part])]
        usual[part] = float(np.median(known)) if len(known) else 0.0
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
