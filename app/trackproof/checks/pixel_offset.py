"""How far objects lie off their boxes, by what the frames show.

A curve only: real boxes are placed so loosely around moving limbs that most of what stands out
in it is the annotator's ordinary hand. `pixel_drift` weighs it together with the course of the box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.pixel_robust import (
    filled,
    in_sight,
    of_tracks,
    peaks,
    running_median,
    sigma_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

SMOOTHING = (3, 7, 13)
"""Rows over which an offset must last: frozen boxes are short, drifts long."""

USUAL_ROWS = 91
"""Rows that say how an annotator usually places this box."""

WORST_MISFIT = 2.0
"""Beyond this many times the track's usual misfit the object is covered: no word on its place."""

LEAST_MISFIT = 0.02
"""Misfit of pictures that are all but equal, as drawn ones are: rounding is no cover."""

FLOOR_SHARE = 0.025
"""Least noise, as a share of the geometric mean of the sides."""


def deviations(scene: Scene) -> tuple[Values, Values]:
    """Return how far every object lies from where its box usually has it.

    Returns
    -------
    sigmas : (rows,) float64
        Against the noise of the track and of the sequence; NaN where the frames do not say.
    offset : (rows, 2) float64
        Right and down, pixels, at the smoothing that shows it best.
    """
    side = np.sqrt(np.maximum(scene.xywh[:, 2], 1.0) * np.maximum(scene.xywh[:, 3], 1.0))
    tracks = of_tracks(scene)
    shares = seen_offsets(scene) / side[:, None]
    known = np.isfinite(shares[:, 0])
    best, offset = np.zeros(len(scene)), np.zeros((len(scene), 2))
    for rows in SMOOTHING:
        smooth = _smoothed(shares, tracks, rows=rows)
        sigmas = _sigmas(smooth, tracks)
        better = sigmas > best
        best[better] = sigmas[better]
        offset[better] = smooth[better] * side[better, None]
    best[~known] = np.nan
    return best, offset


def seen_offsets(scene: Scene) -> Values:
    """Return ``(rows, 2)``: where pictures show objects against boxes, pixels; NaN if covered."""
    evidence = scene.pixels
    offset = evidence.offset.copy()
    for own in of_tracks(scene):
        usual = running_median(filled(evidence.misfit[own]), rows=USUAL_ROWS)
        worst = WORST_MISFIT * np.maximum(usual, LEAST_MISFIT)
        offset[own][evidence.misfit[own] > worst] = np.nan
    return offset


def _smoothed(shares: Values, tracks: list[slice], *, rows: int) -> Values:
    smooth = np.zeros_like(shares)
    for own in tracks:
        for axis in range(2):
            series = filled(shares[own, axis])
            usual = running_median(series, rows=USUAL_ROWS)
            smooth[own, axis] = running_median(series - usual, rows=rows)
    return smooth


def _sigmas(smooth: Values, tracks: list[slice]) -> Values:
    squares = np.zeros(len(smooth))
    for axis in range(2):
        of_all = sigma_of(smooth[:, axis], floor=FLOOR_SHARE)
        for own in tracks:
            of_track = sigma_of(smooth[own, axis], floor=FLOOR_SHARE)
            squares[own] += smooth[own, axis] ** 2 / (0.5 * of_all**2 + 0.5 * of_track**2)
    distance: Values = np.sqrt(squares)
    return distance


def run(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name the worst place of every stretch in which a box lies off its object."""
    values, offset = deviations(scene)
    rows, low, high = peaks(values, least=1.0, rows=of_tracks(scene))
    expected = scene.xywh[rows].copy()
    expected[:, :2] += offset[rows]
    events = Events.at(
        scene.track[rows],
        scene.frame[rows],
        values[rows],
        frame_start=scene.frame[low],
        frame_end=scene.frame[high],
        expected_xywh=expected,
        support=in_sight(scene, rows),
        detail={
            "right": offset[rows, 0] / np.maximum(scene.xywh[rows, 2], 1.0),
            "down": offset[rows, 1] / np.maximum(scene.xywh[rows, 3], 1.0),
            "is_frozen": repeats_box(scene, rows),
        },
    )
    return Measured(values, events)


def repeats_box(scene: Scene, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Return which rows repeat the box of the row before."""
    before = np.maximum(rows - 1, 0)
    same = (scene.xywh[rows] == scene.xywh[before]).all(axis=1)
    frozen: npt.NDArray[np.bool_] = same & scene.follows[rows]
    return frozen


def in_words(detail: Mapping[str, Any]) -> str:
    """Return where an object lies against its box."""
    parts = [
        f"{100 * abs(detail[key]):.0f} % of its {side} {ways[int(detail[key] < 0)]}"
        for key, side, ways in (
            ("right", "width", ("to the right", "to the left")),
            ("down", "height", ("lower", "higher")),
        )
        if abs(detail[key]) >= 0.05
    ]
    return " and ".join(parts) or "slightly beside it"


def explain(value: float, detail: Mapping[str, Any]) -> str:
    """Put an offset into words."""
    said = f"the picture shows the object {in_words(detail)}, {value:.1f} sigma"
    return f"the box stands still, {said}" if detail["is_frozen"] else said


CHECK = Check(
    name="picture_offset",
    title="Object beside its box",
    description="Where the track's usual picture fits best, against where the box is. Finds boxes "
    "that drift off their object or stand still while it moves.",
    unit="sigma",
    kind=FlagKind.DRIFT,
    run=run,
    explain=explain,
    parameters=(Parameter("limit", 2.5, "More is suspicious.", "sigma", 1.0),),
    needs_frames=True,
    explains_range=True,
    is_ranked=False,
)
