"""All tracks x all frames as levels of heat, and their reduction to pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from trackproof.checks import Analysis, Measurement
    from trackproof.labels import Labels

    Levels = npt.NDArray[np.uint8]
    Values = npt.NDArray[np.float64]
    Key = Callable[[int], tuple[float | str, int]]

ABSENT = 0
CALM = 1
HOTTEST = 254
GAP = 255
"""A hole in a track wins over everything when frames share a pixel, so that it is never lost."""

FULL_SCORE = 4.0
"""Score that is drawn hottest: four times the limit."""

BELOW_SHARE, LIMIT_SHARE = 0.2, 0.4
"""Shares of the colour scale just below and at the limit: passing it must be seen as a step."""

ANY_CHECK = ""
"""Name of the choice that shows the worst of all checks."""


class TrackOrder(StrEnum):
    """Which track stands on top."""

    APPEARANCE = "first frame"
    WORST = "worst score"
    NAME = "name"


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Levels of every track in every frame.

    Parameters
    ----------
    tracks : tuple of int
        Track number of every row, top to bottom.
    levels : (rows, frames) uint8
        `ABSENT`, `CALM` to `HOTTEST`, or `GAP`.
    scores : Scores or None
        What the levels were made from.
    """

    tracks: tuple[int, ...]
    levels: Levels
    scores: Scores | None = None

    def row_of(self, track: int) -> int | None:
        """Return the row of a track, None when it has none."""
        return self.tracks.index(track) if track in self.tracks else None

    def pixels(self, start: float, end: float, *, width: int, rows: slice = slice(None)) -> Levels:
        """Return ``(rows, width)`` levels of a stretch of the frame axis, the worst of each pixel.

        Parameters
        ----------
        start, end : float
            Positions on the frame axis; frame ``i`` covers ``i - 0.5`` to ``i + 0.5``.
        width : int
            Pixels.
        rows : slice
            Rows on screen; the others are not looked at.
        """
        levels = self.levels[rows]
        frames = levels.shape[1]
        if not len(levels) or not frames or width <= 0:
            return np.zeros((len(levels), max(width, 0)), dtype=np.uint8)
        edges = np.linspace(start + 0.5, end + 0.5, width + 1)
        first = np.floor(edges[:-1] + 1e-9).astype(np.intp)
        last = np.maximum(np.ceil(edges[1:] - 1e-9).astype(np.intp), first + 1)
        inside = (last > 0) & (first < frames)
        first, last = np.clip(first, 0, frames - 1), np.clip(last, 1, frames)
        if np.all(last - first == 1):
            result: Levels = levels[:, first]
        else:
            result = _worst(levels, first, last)
        result[:, ~inside] = ABSENT
        return result


def _worst(levels: Levels, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> Levels:
    # reduceat takes pairs (first, last) and its odd results, from last to the next first, are
    # thrown away; a column of zeros lets the final pair end at the edge
    padded = np.concatenate([levels, np.zeros((len(levels), 1), dtype=np.uint8)], axis=1)
    pairs = np.stack([first, last], axis=1).ravel()
    worst: Levels = np.maximum.reduceat(padded, pairs, axis=1)[:, ::2]
    return worst


def heat_map(
    labels: Labels,
    analysis: Analysis | None,
    *,
    measurement: str = ANY_CHECK,
    order: TrackOrder = TrackOrder.APPEARANCE,
    frames: int,
    before: HeatMap | None = None,
) -> HeatMap:
    """Return the heat map of one measurement, or of the worst of all.

    Parameters
    ----------
    frames : int
        Length of the sequence.
    before : HeatMap or None
        A map that was made before: scores of tracks that did not change are taken from it.
    """
    blocks = {track: block for track, block in labels.table.blocks.items() if track >= 0}
    scores_of = Scores(analysis, measurement, before=before.scores if before else None)
    scores = {track: scores_of.of(track, len(block)) for track, block in blocks.items()}
    tracks = sorted(blocks, key=_key(labels, scores, order))
    levels = np.zeros((len(tracks), frames), dtype=np.uint8)
    for row, track in enumerate(tracks):
        present = blocks[track].frame
        first, end = int(present[0]), int(present[-1]) + 1
        if end - first > len(present):
            levels[row, first:end][labels.listed[first:end]] = GAP
        levels[row, present] = levels_of(scores[track])
    return HeatMap(tuple(tracks), levels, scores_of)


def levels_of(scores: Values) -> Levels:
    """Return levels: calm under the limit (score 1), then hotter with every doubling up to 4."""
    with np.errstate(divide="ignore"):
        beyond = LIMIT_SHARE + (1 - LIMIT_SHARE) * np.log2(scores) / np.log2(FULL_SCORE)
    share = np.where(scores >= 1, np.minimum(beyond, 1.0), BELOW_SHARE * scores**2)
    return np.round(CALM + share * (HOTTEST - CALM)).astype(np.uint8)


def _key(labels: Labels, scores: Mapping[int, Values], order: TrackOrder) -> Key:
    table = labels.table

    def key(track: int) -> tuple[float | str, int]:
        if order is TrackOrder.WORST:
            return -float(np.max(scores[track], initial=0.0)), track
        if order is TrackOrder.NAME:
            return table.tracks[track].object_name.casefold(), track
        return int(table.blocks[track].frame[0]), track

    return key


class Scores:
    """Scores of one measurement, or the worst of all, track by track.

    The values of all checks stand in the same rows, so the worst of all is found for every
    track at once; tracks that were checked again after an edit are looked up alone, once.

    Parameters
    ----------
    before : Scores or None
        Of an earlier analysis: what stands on the same values is taken from there.
    """

    def __init__(
        self, analysis: Analysis | None, name: str, *, before: Scores | None = None
    ) -> None:
        known = analysis.measurements if analysis is not None else {}
        chosen = [m for m in known.values() if m.check.is_ranked or m.name == name]
        self._measurements = [known[name]] if name in known else chosen
        self._of_track: dict[int, tuple[tuple[object, ...], Values]] = {}
        self._known: dict[int, tuple[tuple[object, ...], Values]]
        if before is not None and self._stands_on_the_same(before):
            self._flat: Values = before._flat
            self._known = before._of_track
        else:
            self._flat = self._worst_of_all()
            self._known = {}

    def _stands_on_the_same(self, before: Scores) -> bool:
        ours, theirs = self._measurements, before._measurements
        return len(ours) == len(theirs) and all(
            one.values is two.values and one.check is two.check and one.limit == two.limit
            for one, two in zip(ours, theirs, strict=True)
        )

    def _worst_of_all(self) -> Values:
        result: Values | None = None
        for measurement in self._measurements:
            scores = _scores(measurement, measurement.values)
            result = scores if result is None else np.fmax(result, scores)
        return np.empty(0) if result is None else result

    def of(self, track: int, rows: int) -> Values:
        """Return ``(rows,)`` scores of one track; zeros while nothing is measured."""
        if not self._measurements:
            return np.zeros(rows)
        again = [one for one in self._measurements if track in one.replaced or track in one.late]
        if not again:
            first, end = self._measurements[0].slices.get(track, (0, 0))
            scores = self._flat[first:end]
        else:
            scores = self._looked_up(track, rows)
        return np.nan_to_num(scores) if len(scores) == rows else np.zeros(rows)

    def _looked_up(self, track: int, rows: int) -> Values:
        parts = [measurement.of(track) for measurement in self._measurements]
        key = tuple(values for _, values in parts)
        known = self._known.get(track)
        if (
            known is not None
            and len(known[1]) == rows
            and all(one is two for one, two in zip(known[0], key, strict=True))
        ):
            self._of_track[track] = known
            return known[1]
        scores = np.zeros(rows)
        for measurement, (_, values) in zip(self._measurements, parts, strict=True):
            part = _scores(measurement, values)
            scores = np.fmax(scores, part) if len(part) == rows else scores
        self._of_track[track] = (key, scores)
        return scores


def _scores(measurement: Measurement, values: Values) -> Values:
    with np.errstate(invalid="ignore"):
        scores: Values = measurement.check.score(values, measurement.limit)
    return scores
