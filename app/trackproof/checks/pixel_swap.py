"""Identities that fit better when exchanged, by what the objects look like before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.pixel_descriptor import colour_distance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.checks.scene import Scene

    Values = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

NEAR_FRAMES, FAR_FRAMES = 6, 30
"""Frames before and after a meeting whose crops are compared; nearer ones show both objects."""

SAMPLES = 8
FEWEST_SAMPLES = 3
MEETING_WIDTHS = 1.0
"""Two objects meet where their centres come this near, in widths."""

NOISE = 0.03
"""Hellinger distance that separates two lookalikes from one another no better than chance."""


def meetings(scene: Scene, *, reach_widths: float) -> list[tuple[int, int, int]]:
    """Return ``(row of one, row of the other, frame)`` at which two like tracks are closest."""
    ends = list(zip(scene.starts[:-1].tolist(), scene.starts[1:].tolist(), strict=True))
    found = []
    for one in range(len(ends)):
        for two in range(one + 1, len(ends)):
            found += _meetings_of(scene, ends[one], ends[two], reach_widths)
    return found


def _meetings_of(
    scene: Scene, one: tuple[int, int], two: tuple[int, int], reach_widths: float
) -> list[tuple[int, int, int]]:
    first, last = scene.frame[one[0]], scene.frame[one[1] - 1]
    if scene.track[one[0]] < 0 or first > scene.frame[two[1] - 1] or last < scene.frame[two[0]]:
        return []
    frames, rows_one, rows_two = np.intersect1d(
        scene.frame[one[0] : one[1]],
        scene.frame[two[0] : two[1]],
        assume_unique=True,
        return_indices=True,
    )
    rows_one, rows_two = rows_one + one[0], rows_two + two[0]
    if len(frames) < 3:
        return []
    apart = scene.columns[:2, rows_one] - scene.columns[:2, rows_two]
    width = np.maximum(scene.xywh[rows_one, 2], scene.xywh[rows_two, 2])
    away = np.hypot(*apart) / np.maximum(width, 1.0)
    found = []
    for stretch in np.split(np.arange(len(frames)), np.flatnonzero(_leaves(away, reach_widths))):
        near = stretch[away[stretch] <= reach_widths]
        if len(near):
            at = near[int(away[near].argmin())]
            found.append((int(rows_one[at]), int(rows_two[at]), int(frames[at])))
    return found


def _leaves(away: Values, reach: float) -> npt.NDArray[np.bool_]:
    """Return where two objects have just parted again."""
    parted = np.zeros(len(away), dtype=np.bool_)
    parted[1:] = (away[1:] > reach) & (away[:-1] <= reach)
    return parted


def run(scene: Scene, parameters: Mapping[str, float]) -> Measured:
    """Weigh keeping against swapping at every meeting of two objects of one category."""
    values = scene.no_values()
    kept = []
    for one, two, frame in meetings(scene, reach_widths=parameters["reach"]):
        if scene.category[one] != scene.category[two]:
            continue
        margin = _margin(scene, one, two, frame)
        if np.isfinite(margin):
            values[[one, two]] = np.fmax(np.nan_to_num(values[[one, two]]), margin)
            kept.append((one, two, frame, margin))
    rows = np.array([entry[:3] for entry in kept], dtype=np.intp).reshape(-1, 3)
    events = Events.at(
        scene.track[rows[:, 0]],
        rows[:, 2],
        np.array([entry[3] for entry in kept], dtype=np.float64),
        other_track=scene.track[rows[:, 1]],
    )
    return Measured(values, events)


def _margin(scene: Scene, one: int, two: int, frame: int) -> float:
    """Return how much better swapping fits, in units of chance; below 0 when keeping does."""
    before_one, after_one = _windows(scene, one, frame)
    before_two, after_two = _windows(scene, two, frame)
    if min(map(len, (before_one, after_one, before_two, after_two))) < FEWEST_SAMPLES:
        return float("nan")
    keep = _apart(scene, before_one, after_one) + _apart(scene, before_two, after_two)
    swap = _apart(scene, before_one, after_two) + _apart(scene, before_two, after_one)
    return (keep - swap) / (2.0 * NOISE)


def _windows(scene: Scene, row: int, frame: int) -> tuple[Rows, Rows]:
    place = int(scene.place[row])
    first, end = int(scene.starts[place]), int(scene.starts[place + 1])
    away = scene.frame[first:end] - frame
    seen = scene.pixels.is_seen[first:end]
    windows = []
    for side in (-1, 1):
        inside = (side * away >= NEAR_FRAMES) & (side * away <= FAR_FRAMES) & seen
        rows = np.flatnonzero(inside) + first
        windows.append(rows[:: max(len(rows) // SAMPLES, 1)])
    return windows[0], windows[1]


def _apart(scene: Scene, first: Rows, second: Rows) -> float:
    colours = scene.pixels.colours
    return float(np.median(colour_distance(colours[first][:, None], colours[second][None])))


def explain(value: float, _detail: Mapping[str, Any]) -> str:
    """Put a swap into words."""
    return (
        "after they met, each looks like the other did before: "
        f"swapping fits {value:.1f} sigma better"
    )


CHECK = Check(
    name="appearance_swap",
    title="Swapped by appearance",
    description="How much better the colours of two objects fit before and after their meeting "
    "when their identities are exchanged.",
    unit="sigma",
    kind=FlagKind.IDENTITY,
    run=run,
    explain=explain,
    parameters=(
        Parameter("limit", 1.0, "More is suspicious.", "sigma", 0.1),
        Parameter("reach", MEETING_WIDTHS, "Objects further apart do not meet.", "widths", 0.1),
    ),
    needs_frames=True,
    compares_tracks=True,
)
