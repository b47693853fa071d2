"""One object under two identities, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.labels.boxes import centres

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Rows: TypeAlias = npt.NDArray[np.intp]

DEFAULT_RATE_FPS = 15.0


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Pair ends of tracks with starts soon after, near by and of like size."""
    values = scene.zeros(at_starts=True)
    has_identity = scene.track_numbers >= 0
    starts = scene.starts[:-1][has_identity]
    ends = scene.starts[1:][has_identity] - 1
    rate = scene.sequence.rate_fps or DEFAULT_RATE_FPS
    longest = max(round(parameters["longest_s"] * rate), 2)
    ended, started = _candidates(scene, ends, starts, longest=longest)
    gap = scene.frames_of(started) - scene.frames_of(ended)
    before, after = scene.boxes_of(ended), scene.boxes_of(started)
    forward = before[:, :2] + _speed(scene, ended) * gap[:, None]
    expected = np.column_stack([forward, before[:, 2:]])
    width = np.maximum(np.minimum(before[:, 2], after[:, 2]), 1.0)
    centre_away = after[:, :2] + after[:, 2:] / 2 - expected[:, :2] - expected[:, 2:] / 2
    away = np.hypot(*centre_away.T) / width
    sizes = np.abs(np.log(np.maximum(after[:, 2:], 1.0) / np.maximum(before[:, 2:], 1.0)))
    # Distance and size may each differ a little more with every frame that is missing.
    spread = parameters["spread"] * (1.0 + 0.1 * (gap - 1))
    misfit = np.hypot(away, sizes.max(axis=1, initial=0.0)) / spread
    likeness = np.exp(-misfit)
    best = _best_per_start(started, likeness)
    ended, started, likeness = ended[best], started[best], likeness[best]
    values[started] = np.maximum(values[started], likeness)
    events = Events.at(
        scene.tracks_of(started),
        scene.frames_of(started),
        likeness,
        other_track=scene.tracks_of(ended),
        expected_xywh=expected[best],
        detail={"gap": gap[best] - 1, "away": away[best]},
    )
    return Measured(values, events)


def _speed(scene: Scene, rows: Rows) -> npt.NDArray[np.float64]:
    """Return pixels per frame over the last rows of tracks, ``(m, 2)`` for x and y."""
    far = np.maximum(rows - 4, 0)
    far = np.where(scene.places_of(far) == scene.places_of(rows), far, rows)
    span = np.maximum(scene.frames_of(rows) - scene.frames_of(far), 1)[:, None]
    speed: npt.NDArray[np.float64] = centres(scene.boxes_of(rows)) - centres(scene.boxes_of(far))
    speed /= span
    return speed


def _candidates(scene: Scene, ends: Rows, starts: Rows, *, longest: int) -> tuple[Rows, Rows]:
    """Return rows of ends and starts where the start follows within so many frames."""
    order = np.argsort(scene.frames_of(starts), kind="stable")
    starts = starts[order]
    at = scene.frames_of(starts)
    ended_at = scene.frames_of(ends)
    low = np.searchsorted(at, ended_at + 1)
    high = np.searchsorted(at, ended_at + longest, side="right")
    counts = high - low
    which = np.repeat(np.arange(len(ends)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    ended, started = ends[which], starts[np.repeat(low, counts) + within]
    near = scene.are_focus(ended) | scene.are_focus(started)
    near &= scene.categories_of(ended) == scene.categories_of(started)
    return ended[near].astype(np.intp), started[near].astype(np.intp)


def _best_per_start(started: Rows, likeness: npt.NDArray[np.float64]) -> Rows:
    """Return the places of the likeliest end for every start."""
    order = np.lexsort((-likeness, started))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = started[order][1:] != started[order][:-1]
    best: Rows = order[first]
    return best


def explain(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a fragment into words."""
    gap = int(detail["gap"])
    when = "in the frame before" if gap == 0 else f"{gap} frame{'s' if gap > 1 else ''} earlier"
    return f"begins where another object ended {when}, {detail['away']:.2f} widths away"


CHECK = Check(
    name="fragment",
    title="One object, two tracks",
    description="An object begins where another one ended shortly before, with the same size "
    "and on its way.",
    unit="likeness",
    kind=FlagKind.IDENTITY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 0.15, "More likeness is suspicious.", "likeness", 0.01, 1.0),
        Parameter("longest_s", 1.0, "Longest break between the two.", "s", 0.05),
        Parameter("spread", 0.35, "Distance that counts as alike.", "widths", 0.01),
    ),
    compares_tracks=True,
    tells=2,
)
