"""Where a box leaves its object's course and comes back, told by labels and pictures together.

A box that slides off its object does two things at once: it bends away from the course around it,
and the object moves the other way inside it. Either alone happens in sound labels, too: objects
turn, and people place boxes loosely around limbs. Both in one place, by the same distance and in
the same way, are hardly chance.

For both, what is ordinary in a sequence is learnt as an autoregressive process and taken out
(a matched filter on whitened noise, S. Kay, Fundamentals of Statistical Signal Processing II, 4.4).
What is left is compared with slips and slides of several lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.pixel_camera import carried
from trackproof.checks.pixel_robust import MAD_TO_SIGMA, filled, of_tracks, running_median

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]

SLIDES = (10, 12, 14, 17, 21, 25)
"""Rows of a box that slides away and comes back as slowly."""

SLIPS = (5, 7, 10, 14, 19, 25)
"""Rows of a box that slides away, or stands still, and is put right at once."""

FEWEST_ROWS = 24
"""Tracks of fewer rows have no course to leave."""

USUAL_ROWS = 91
"""Rows that say how an annotator usually places this box."""

WIDTH_ROWS = 31
MEMORY = (8, 6)
"""Rows before that predict a bend of the course, and an offset in the picture."""

ORDINARY = 4.0
"""Sigmas beyond which values say nothing of what is ordinary."""

MOST = 3.0
"""Sigmas that one row counts at most: single jerks are common, drifts last."""

OF_ALL = 0.75
"""Share of the noise of all tracks in what is taken for the noise of one."""

DISAGREEMENT = 0.25
"""How much it counts against a place when labels and pictures tell of different distances."""

LEAST_BEND_PX = 0.3
"""Least noise of a bend, pixels: boxes are often whole pixels."""

LEAST_NOISE = (0.01, 0.02)
"""Least noise of a bend and of an offset, in widths."""

WORTH_A_LOOK = 0.1
"""Distance in widths under which a departure counts less: nobody would move the box."""

LEAST_LEFT = 0.1
"""Least share of the noise that prediction leaves."""

PAD = 10
"""Rows by which a filtered course is longer, on either side."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One way in which a box leaves its object.

    Parameters
    ----------
    away : (k,) float64
        Distance on every row, 1 at the worst one.
    worst : int
        That row.
    """

    away: Values
    worst: int


@dataclass(frozen=True, slots=True, eq=False)
class Departures:
    """How surely boxes leave their objects, at the worst row of every departure.

    Parameters
    ----------
    sigmas : (rows,) float64
        NaN where a track is too short or unseen.
    away : (rows, 2) float64
        By how much the box lies right and down of its place, pixels.
    first, last : (rows,) int64
        Rows of the departure that fits best.
    """

    sigmas: Values
    away: Values
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """One kind of evidence of one axis, whitened.

    Parameters
    ----------
    memory : (p,) float64
        How rows before predict a row.
    sigma : (tracks,) float64
        Noise that is left, in widths.
    left : sequence of (n,) float64
        What is left of every track, in sigmas.
    is_known : sequence of (n,) bool
    """

    memory: Values
    sigma: Values
    left: list[Values]
    is_known: list[npt.NDArray[np.bool_]]


@cache
def courses() -> tuple[Course, ...]:
    """Return all slides and slips that are looked for."""
    found = []
    for rows in SLIDES:
        away = np.sin(np.pi * np.arange(1, rows + 1) / (rows + 1))
        found.append(Course(away / away.max(), rows // 2))
    for rows in SLIPS:
        found.append(Course(np.arange(1, rows + 1) / rows, rows - 1))
    return tuple(found)


def departures(scene: Scene, offset: Values) -> Departures:
    """Return where boxes leave their objects.

    Parameters
    ----------
    offset : (rows, 2) float64
        Where pictures show the objects against their boxes, pixels; NaN = not known.
    """
    n = len(scene)
    none = np.full(n, np.nan), np.zeros((n, 2)), np.arange(n), np.arange(n)
    found = Departures(*none)
    tracks = [
        own
        for own in of_tracks(scene)
        if own.stop - own.start >= FEWEST_ROWS and np.isfinite(offset[own, 0]).any()
    ]
    if not tracks:
        return found
    width = np.maximum(np.nan_to_num(scene.xywh[:, 2]), 1.0)
    widths = [running_median(width[own], rows=WIDTH_ROWS) for own in tracks]
    by_axis = []
    bends = [_bends(scene, own) for own in tracks]
    for axis in range(2):
        bent = [b[:, axis] / w for b, w in zip(bends, widths, strict=True)]
        noise = np.array([max(LEAST_NOISE[0], LEAST_BEND_PX / float(np.median(w))) for w in widths])
        by_labels = _whitened(bent, least=noise, memory=MEMORY[0])
        beside = [offset[own, axis] / w for own, w in zip(tracks, widths, strict=True)]
        least = np.full(len(tracks), LEAST_NOISE[1])
        by_pictures = _whitened(list(map(_unusual, beside)), least=least, memory=MEMORY[1])
        by_axis.append((by_labels, by_pictures))
    for place, (own, own_width) in enumerate(zip(tracks, widths, strict=True)):
        found.sigmas[own] = 0.0
        for course in courses():
            _look_for(course, by_axis, place, own, own_width, found)
    return found


def _bends(scene: Scene, own: slice) -> Values:
    """Return ``(n, 2)``: change of the velocity at every row of a track, without the camera's."""
    centres, frame = scene.columns[:2, own].T, scene.frame[own]
    elapsed = np.diff(frame)
    camera = scene.pixels.camera[np.clip(frame[1:], 0, len(scene.pixels.camera) - 1)]
    moved = carried(camera, centres[:-1])
    is_told = (elapsed == 1) & np.isfinite(moved).all(axis=1)
    come_from = np.where(is_told[:, None], moved, centres[:-1])
    velocity = (centres[1:] - come_from) / np.maximum(elapsed, 1)[:, None]
    bends = np.zeros_like(centres)
    bends[1:-1] = np.diff(velocity, axis=0)
    return bends


def _unusual(beside: Values) -> Values:
    """Return offsets without how the box is usually placed; NaN stays."""
    rest: Values = beside - running_median(filled(beside), rows=USUAL_ROWS)
    return rest


def _whitened(series: list[Values], *, least: Values, memory: int) -> _Evidence:
    """Return series of all tracks without what rows before predict, in sigmas."""
    known = [np.isfinite(values) for values in series]
    whole = [filled(values) for values in series]
    of_all = MAD_TO_SIGMA * float(np.median(np.abs(np.concatenate(whole))))
    own = np.array([MAD_TO_SIGMA * float(np.median(np.abs(values))) for values in whole])
    noise = np.maximum(np.sqrt(OF_ALL * of_all**2 + (1.0 - OF_ALL) * own**2), least)
    in_noise = [values / sigma for values, sigma in zip(whole, noise, strict=True)]
    predicted_by = _memory([np.clip(v, -ORDINARY, ORDINARY) for v in in_noise], memory)
    left = [_without(values, predicted_by) for values in in_noise]
    spread = MAD_TO_SIGMA * float(np.median(np.abs(np.concatenate(left))))
    spread = max(spread, LEAST_LEFT)
    return _Evidence(predicted_by, noise * spread, [v / spread for v in left], known)


def _memory(series: list[Values], rows: int) -> Values:
    """Return the weights by which rows before predict a row best (Yule-Walker)."""
    covariance = np.zeros(rows + 1)
    for values in series:
        for lag in range(min(rows + 1, len(values))):
            covariance[lag] += float(values[lag:] @ values[: len(values) - lag])
    covariance /= max(sum(map(len, series)), 1)
    # A little white noise keeps it solvable where a sequence is all alike.
    covariance[0] = covariance[0] * 1.001 + 1e-6
    apart = np.abs(np.arange(rows)[:, None] - np.arange(rows)[None, :])
    return np.asarray(np.linalg.solve(covariance[apart], covariance[1:]))


def _without(values: Values, memory: Values) -> Values:
    """Return what rows before do not predict."""
    return np.convolve(values, np.concatenate([[1.0], -memory]))[: len(values)]


def _look_for(
    course: Course,
    by_axis: list[tuple[_Evidence, _Evidence]],
    place: int,
    own: slice,
    width: Values,
    found: Departures,
) -> None:
    """Keep the places of one track at which one course fits better than those before."""
    n = len(width)
    padded = np.concatenate([np.zeros(PAD), course.away, np.zeros(PAD)])
    bent = np.zeros(len(padded))
    bent[1:-1] = np.diff(padded, 2)
    squares, away = np.zeros(n), np.zeros((n, 2))
    for axis, kinds in enumerate(by_axis):
        # The box goes one way, the object in it the other.
        bends = _matched(kinds[0], place, bent)
        seen = _matched(kinds[1], place, -padded)
        strength = bends.strength + seen.strength
        away[:, axis] = (bends.whole + seen.whole) / strength
        squares += (bends.clipped + seen.clipped) ** 2 / strength
        apart = bends.clipped / bends.strength - seen.clipped / seen.strength
        squares -= DISAGREEMENT * apart**2 * bends.strength * seen.strength / strength
    matters = np.minimum(np.hypot(*away.T) / WORTH_A_LOOK, 1.0)
    sigmas = matters * np.sqrt(np.maximum(squares, 0.0))
    at = np.arange(n - course.worst)
    worst = own.start + at + course.worst
    better = sigmas[at] > found.sigmas[worst]
    at, worst = at[better], worst[better]
    found.sigmas[worst] = sigmas[at]
    found.away[worst] = away[at] * width[at + course.worst, None]
    found.first[worst] = own.start + at
    found.last[worst] = own.start + np.minimum(at + len(course.away), n) - 1


@dataclass(frozen=True, slots=True, eq=False)
class _Match:
    """How well a course fits that begins at every row of a track.

    Parameters
    ----------
    whole, clipped : (n,) float64
        Product with the evidence, and with no row of it above `MOST` sigmas.
    strength : (n,) float64
        What the product is where a box leaves its object by one width: inverse variance.
    """

    whole: Values
    clipped: Values
    strength: Values


def _matched(evidence: _Evidence, place: int, shape: Values) -> _Match:
    white = _without(shape, evidence.memory) / evidence.sigma[place]
    known = evidence.is_known[place].astype(np.float64)
    left = evidence.left[place] * known
    before, after, n = np.zeros(PAD), np.zeros(len(shape)), len(known)

    def product(values: Values, weights: Values) -> Values:
        return np.correlate(np.concatenate([before, values, after]), weights)[:n]

    return _Match(
        whole=product(left, white),
        clipped=product(np.clip(left, -MOST, MOST), white),
        strength=np.maximum(product(known, white**2), 1e-9),
    )
