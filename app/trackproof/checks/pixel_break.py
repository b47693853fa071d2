"""Crops that look unlike the rest of their track."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.pixel_descriptor import colour_distance
from trackproof.checks.pixel_robust import filled, in_sight, of_tracks, running_median, sigma_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

EDGE_WEIGHT = 0.5
"""Share of edges in the distance of successive crops; colours have 1."""

USUAL_ROWS = 61
FLOOR = 0.02
"""Least noise of a distance: coding and light change crops that much."""

NEAR_ROWS, FAR_ROWS, STEP_ROWS = 4, 32, 4
"""Rows of the gallery on either side of a crop: nearer ones may share its mistake."""


def steps(scene: Scene) -> Values:
    """Return ``(rows,)``: distance of each crop to the crop before, NaN where there is none."""
    evidence = scene.pixels
    distance: Values = evidence.colour_step + EDGE_WEIGHT * evidence.edge_step
    return distance


def strangeness(scene: Scene) -> Values:
    """Return ``(rows,)``: distance of each crop to its track's gallery, before or after.

    The gallery is every fourth crop from 4 to 32 rows away. The smaller of both sides counts: an
    object that turns or passes into shade is like one side, a wrong object is like neither.
    """
    evidence = scene.pixels
    sides = []
    for side in (-1, 1):
        distances = []
        for away in range(NEAR_ROWS, FAR_ROWS + 1, STEP_ROWS):
            distances.append(_distance_to(scene, evidence.colours, evidence.is_seen, side * away))
        sides.append(_median_of_known(np.array(distances)))
    nearer: Values = np.fmin(sides[0], sides[1])
    return nearer


def _distance_to(
    scene: Scene,
    colours: npt.NDArray[np.uint8],
    is_seen: npt.NDArray[np.bool_],
    away: int,
) -> Values:
    rows = np.arange(len(scene))
    other = np.clip(rows + away, 0, max(len(scene) - 1, 0))
    valid = (other == rows + away) & (scene.track[other] == scene.track[rows])
    valid &= is_seen & is_seen[other]
    distance = np.full(len(scene), np.nan)
    where = np.flatnonzero(valid)
    for part in np.array_split(where, max(len(where) // 20_000, 1)):
        distance[part] = colour_distance(colours[part], colours[other[part]])
    return distance


def _median_of_known(distances: Values) -> Values:
    """Return the lower median over the first axis, NaN where fewer than two are known."""
    ordered = np.sort(distances, axis=0)
    counts = np.isfinite(ordered).sum(axis=0)
    middle = np.maximum(counts - 1, 0) // 2
    median = np.take_along_axis(ordered, middle[None], axis=0)[0]
    return np.where(counts >= 2, median, np.nan)


def in_sigmas(scene: Scene, values: Values) -> Values:
    """Return values above what is usual around them in their track, in robust sigmas."""
    out = np.full(len(scene), np.nan)
    tracks = of_tracks(scene)
    rest = np.full(len(scene), np.nan)
    for own in tracks:
        known = np.isfinite(values[own])
        if known.any():
            usual = running_median(filled(values[own]), rows=USUAL_ROWS)
            rest[own] = np.where(known, values[own] - usual, np.nan)
    of_all = sigma_of(rest, floor=FLOOR)
    for own in tracks:
        of_track = sigma_of(rest[own], floor=FLOOR)
        out[own] = np.maximum(rest[own], 0.0) / np.sqrt(0.5 * of_all**2 + 0.5 * of_track**2)
    return out


def run_steps(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Compare every crop with the one before."""
    values = in_sigmas(scene, steps(scene))
    return Measured(values, _each_known_row(scene, values))


def run_neural(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Compare every crop with the one before, as a neural network sees them."""
    values = in_sigmas(scene, scene.pixels.neural_step)
    return Measured(values, _each_known_row(scene, values))


def run_strangeness(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Compare every crop with crops well before and well after it."""
    values = in_sigmas(scene, strangeness(scene))
    return Measured(values, _each_known_row(scene, values))


def _each_known_row(scene: Scene, values: Values) -> Events:
    """Return rows above 1 sigma that are highest among their two neighbours."""
    high = np.nan_to_num(values)
    before = np.concatenate([[0.0], high[:-1]]) * scene.follows
    after = np.zeros(len(high))
    after[:-1] = high[1:] * scene.follows[1:]
    rows = np.flatnonzero((high >= 1.0) & (high >= before) & (high > after))
    support = in_sight(scene, rows)
    return Events.at(scene.track[rows], scene.frame[rows], values[rows], support=support)


def explain_step(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a break into words."""
    return f"looks unlike the frame before, {value:.1f} sigma"


def explain_strangeness(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a stranger into words."""
    return f"looks unlike this object one second before and after, {value:.1f} sigma"


CHECK = (
    Check(
        name="appearance_break",
        title="Change of appearance",
        description="Distance of colours and edges between successive crops of one object, above "
        "what is usual for it.",
        unit="sigma",
        kind=FlagKind.IDENTITY,
        run=run_steps,
        explain=explain_step,
        parameters=(Parameter("limit", 5.0, "More is suspicious.", "sigma", 1.0),),
        needs_frames=True,
    ),
    Check(
        name="appearance_stranger",
        title="Unlike the rest of its track",
        description="Distance of colours between a crop and the track's own crops well before and "
        "well after; the better side counts.",
        unit="sigma",
        kind=FlagKind.IDENTITY,
        run=run_strangeness,
        explain=explain_strangeness,
        parameters=(Parameter("limit", 4.0, "More is suspicious.", "sigma", 1.0),),
        needs_frames=True,
        is_ranked=False,
    ),
    Check(
        name="neural_break",
        title="Change of appearance, by a network",
        description="Distance between successive crops of one object as the chosen neural "
        "backbone describes them, above what is usual for it. Without a backbone it says nothing.",
        unit="sigma",
        kind=FlagKind.IDENTITY,
        run=run_neural,
        explain=explain_step,
        parameters=(Parameter("limit", 5.0, "More is suspicious.", "sigma", 1.0),),
        needs_frames=True,
    ),
)
