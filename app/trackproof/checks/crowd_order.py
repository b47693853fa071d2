"""Three or more neighbours that hand their identities on in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.breaks import Breaks, breaks_to_compare, distance
from trackproof.checks.identity import REACH_WIDTHS
from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

FEWEST = 3
"""Two that exchange their identities are the business of `identity`."""

LEAST = 1.0
"""Sigmas from which a circle is kept as a place at all."""

NEVER = 1e6
"""Cost of an identity that would have to jump further than the reach."""


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Find the order of identities that fits the motion best, where several tracks break at once.

    The best order is the assignment of futures to pasts of least cost (Kuhn 1955, the Hungarian
    method); its circles of three and more are what one pair at a time cannot show.
    """
    values = scene.zeros(at_starts=False)
    breaks = breaks_to_compare(scene)
    found = [
        (circle, keep, swap)
        for places in _crowds(scene, breaks)
        for circle, keep, swap in _circles(breaks, places, reach=parameters["reach"])
        if keep - swap >= LEAST
    ]
    tracks, others, frames, margins, keeps, swaps, sizes = ([] for _ in range(7))
    for circle, keep, swap in found:
        values[circle] = np.maximum(values[circle], keep - swap)
        tracks += scene.tracks_of(circle).tolist()
        others += scene.tracks_of(np.roll(circle, -1)).tolist()
        frames += scene.frames_of(circle).tolist()
        margins += [keep - swap] * len(circle)
        keeps += [keep] * len(circle)
        swaps += [swap] * len(circle)
        sizes += [len(circle)] * len(circle)
    detail = {"keep": np.array(keeps), "swap": np.array(swaps), "size": np.array(sizes)}
    return Measured(values, Events.at(tracks, frames, margins, other_track=others, detail=detail))


def _crowds(scene: Scene, breaks: Breaks) -> Iterator[Rows]:
    """Yield places among the breaks of every frame and category in which three or more break."""
    rows = breaks.rows
    key = scene.frames_of(rows).astype(np.int64) * (len(scene.labels.categories) + 2)
    key += scene.categories_of(rows)
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order])) + 1
    begins, ends = np.append(0, edges), np.append(edges, len(order))
    for first, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if end - first >= FEWEST:
            places = order[first:end]
            if not scene.has_focus or scene.are_focus(rows[places]).any():
                yield places


def _circles(breaks: Breaks, places: Rows, *, reach: float) -> Iterator[tuple[Rows, float, float]]:
    """Yield rows of every circle of the best order, with the cost of keeping and of turning it."""
    from scipy.optimize import linear_sum_assignment

    count = len(places)
    one, two = np.divmod(np.arange(count * count), count)
    first, second = places[one], places[two]
    past, future = breaks.past[:, first], breaks.future[:, second]
    wide = np.maximum(breaks.sigma[:, first], breaks.sigma[:, second])
    cost = distance(past, future, wide)
    apart = np.hypot(*(past[:2] - future[:2]))
    cost[~(apart <= reach * np.maximum(past[2], future[2]))] = NEVER
    squares = (cost * cost).reshape(count, count)
    _, best = linear_sum_assignment(squares)
    left = set(range(count))
    while left:
        start = left.pop()
        circle, at = [start], int(best[start])
        while at != start:
            left.discard(at)
            circle.append(at)
            at = int(best[at])
        if len(circle) >= FEWEST:
            members = np.array(circle)
            keep = float(np.sqrt(squares[members, members].sum()))
            swap = float(np.sqrt(squares[members, best[members]].sum()))
            yield breaks.rows[places[members]], keep, swap


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a circle into words."""
    return (
        f"{int(detail['size'])} neighbours hand their identities on in a circle: "
        f"{detail['swap']:.1f} against {detail['keep']:.1f} sigma"
    )


CHECK = Check(
    name="crowd_order",
    title="Crowding order",
    description="How much better the motion of three or more neighbours fits when their "
    "identities are handed on in a circle from here on.",
    unit="sigma",
    kind=FlagKind.IDENTITY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 2.0, "More is suspicious.", "sigma", LEAST),
        Parameter("reach", REACH_WIDTHS, "Objects further apart are not compared.", "widths", 0.1),
    ),
    compares_tracks=True,
    tells=2,
)
