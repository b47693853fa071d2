"""How a measurement is distributed: histogram, mean, median, mode, quartiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.desktop.panels.timelines.series import LARGEST_LOG, LOG_UNIT

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks import Measurement
    from trackproof.labels import Labels

    Values = npt.NDArray[np.float64]

BINS = 40
SHOWN_SHARE = 0.998
"""Share of all values that the axis shows; what lies outside is counted in the last bins."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Values of one group in a few numbers.

    Parameters
    ----------
    name : str
        Object or category.
    count : int
        Values.
    mean, median, mode : float
        NaN without values; the mode is the middle of the fullest bin.
    low, first, third, high : float
        5th, 25th, 75th and 95th percentile.
    """

    name: str
    count: int
    mean: float
    median: float
    mode: float
    low: float
    first: float
    third: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """One measurement of one track against all.

    Parameters
    ----------
    edges : (bins + 1,) float64
        Edges of the bins, in the unit shown.
    of_all, of_track : (bins,) float64
        Share of the values in each bin; zeros without a track.
    everything : Spread
        Of all values.
    track : Spread or None
        Of the selected track.
    categories : tuple of Spread
        Of every category with values.
    """

    edges: Values
    of_all: Values
    of_track: Values
    everything: Spread
    track: Spread | None
    categories: tuple[Spread, ...]


def shown_values(measurement: Measurement, values: Values) -> Values:
    """Return values in the unit that people see, without NaN."""
    finite = values[np.isfinite(values)]
    if measurement.unit == LOG_UNIT:
        shown: Values = 100.0 * np.expm1(np.minimum(finite, LARGEST_LOG))
        return shown
    return finite


def distribution(
    measurement: Measurement, labels: Labels, *, track: int, name: str
) -> Distribution:
    """Return how one measurement is distributed.

    Parameters
    ----------
    track : int
        Selected track; -1 for none.
    name : str
        What people call it.
    """
    by_category: dict[int, list[Values]] = {}
    for number in measurement.tracks():
        block = labels.table.block(number)
        if block is not None and len(block):
            category = int(np.bincount(np.maximum(block.category, 0)).argmax())
            values = shown_values(measurement, measurement.of(number)[1])
            by_category.setdefault(category, []).append(values)
    groups = {category: np.concatenate(parts) for category, parts in by_category.items()}
    every = np.concatenate(list(groups.values())) if groups else np.empty(0)
    edges = _edges(every)
    own = shown_values(measurement, measurement.of(track)[1])
    names = [category.name for category in labels.categories]
    return Distribution(
        edges=edges,
        of_all=_shares(every, edges),
        of_track=_shares(own, edges),
        everything=spread("all objects", every, edges),
        track=spread(name, own, edges) if len(own) else None,
        categories=tuple(
            spread(names[category] if category < len(names) else "without", values, edges)
            for category, values in sorted(groups.items())
            if len(values)
        ),
    )


def spread(name: str, values: Values, edges: Values) -> Spread:
    """Return values in a few numbers."""
    if not len(values):
        nothing = float("nan")
        return Spread(name, 0, *(nothing,) * 7)
    low, first, median, third, high = np.percentile(values, [5, 25, 50, 75, 95]).tolist()
    fullest = int(_shares(values, edges).argmax())
    mode = float(edges[fullest] + edges[fullest + 1]) / 2
    return Spread(name, len(values), float(values.mean()), median, mode, low, first, third, high)


def _edges(values: Values) -> Values:
    if not len(values):
        return np.linspace(0.0, 1.0, BINS + 1)
    outside = (1 - SHOWN_SHARE) / 2 * 100
    low, high = np.percentile(values, [outside, 100 - outside]).tolist()
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def _shares(values: Values, edges: Values) -> Values:
    if not len(values):
        return np.zeros(len(edges) - 1)
    inside = np.clip(values, edges[0], edges[-1])
    counts, _ = np.histogram(inside, bins=edges)
    shares: Values = counts / len(values)
    return shares
