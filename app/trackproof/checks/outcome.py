"""What one check said, kept so that other limits and edits cost little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.checks.model import NO_TRACK, Events, Measurement
from trackproof.checks.places import joined_events, touches
from trackproof.checks.ranking import Hits, Usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from trackproof.checks.model import Check, Measured
    from trackproof.checks.scene import Scene
    from trackproof.labels import Block, Labels

    Ints = npt.NDArray[np.int32]
    Values = npt.NDArray[np.float64]
    Truths = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.intp] | npt.NDArray[np.int64]

MOST_EDITS = 32
"""Edits whose places are kept apart; more are joined, so that memory does not grow."""

END_ROWS = 4
"""Rows at either end of a track in which objects appear or vanish, and change as they do."""

END_SUPPORT = 0.15
"""How much a value counts there, when its check names no places of its own."""

AROUND = 5
"""Rows on either side that tell what is ordinary for the object at that moment."""

FEWEST_AROUND = 4
"""Values around a row from which they tell anything."""

STANDS_OUT = 0.5
"""Share of its own score by which a row must exceed the rows around to count in full."""

LEAST_STANDING_OUT = 0.1

CHUNK = 16_384
"""Rows per pass: temporaries of this size stay in the processor's cache."""


LateValues: TypeAlias = "Mapping[int, tuple[Ints, Values] | None]"


class LateRows(Mapping[int, "tuple[Ints, Values]"]):
    """Values of some tracks, measured together when the first of them is asked for."""

    def __init__(self, tracks: frozenset[int], run: Callable[[set[int]], LateValues]) -> None:
        self._tracks, self._run = tracks, run

    @cached_property
    def _values(self) -> LateValues:
        return self._run(set(self._tracks))

    def __getitem__(self, track: int) -> tuple[Ints, Values]:
        if track not in self._tracks:
            raise KeyError(track)
        again = self._values.get(track)
        return again if again is not None else (np.empty(0, np.int32), np.empty(0))

    def __contains__(self, track: object) -> bool:
        return track in self._tracks

    def __iter__(self) -> Iterator[int]:
        return iter(self._tracks)

    def __len__(self) -> int:
        return len(self._tracks)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one check said of a sequence, and of its tracks that were edited since.

    Parameters
    ----------
    measurement : Measurement
        Values on every row.
    named : Events or None
        Places that the check named on the whole sequence (None: every row is one).
    usual : Usual
        How common its findings are.
    hits : Hits
        Places that pass the limit.
    edits : tuple of (tracks, Events)
        Tracks of every later edit with the places that were named then, in order.
    """

    measurement: Measurement
    named: Events | None
    usual: Usual
    hits: Hits
    edits: tuple[tuple[Ints, Events], ...] = ()

    @cached_property
    def events(self) -> Events | None:
        """The places that the check names now; asked for when a limit moves, not for an edit."""
        if self.named is None or not self.edits:
            return self.named
        events = self.named
        for touched, places in self.edits:
            events = joined_events([events.take(~touches(events, touched)), places])
        return events

    def with_limit(self, limit: float) -> Outcome:
        """Return the outcome under another limit, from what was measured."""
        measurement = replace(self.measurement, limit=limit)
        places = self.events if self.events is not None else _all_rows_beyond(measurement)
        return replace(
            self, measurement=measurement, hits=_passing(measurement, places, self.usual)
        )

    def partners(self, measured: Measured, touched: Ints) -> set[int]:
        """Return tracks that share a place with touched ones, by this outcome or a new run."""
        found: set[int] = set()
        for events in (self.hits.events, measured.events):
            if events is not None and len(events):
                shared = events.take(touches(events, touched))
                found.update(shared.track.tolist(), shared.other_track.tolist())
        return found - {NO_TRACK} - set(touched.tolist())

    def followed(
        self, before: Outcome, partners: set[int], run: Callable[[set[int]], LateValues]
    ) -> Outcome:
        """Return the outcome that measures tracks again when they are asked for.

        Parameters
        ----------
        before : Outcome
            The outcome before the edit; what it had not measured yet is measured on the new rows.
        partners : set of int
            Tracks that share places with edited ones.
        run : callable
            Measures tracks among the rows as they are after the edit.
        """
        gone = {track for track, again in self.measurement.replaced.items() if again is None}
        waiting = (partners | set(before.measurement.late)) - gone
        if not waiting:
            return self
        late = LateRows(frozenset(waiting), run)
        measurement = self.measurement.replacing({}, late=late)
        return Outcome(measurement, self.named, self.usual, self.hits, self.edits)

    def patched(self, scene: Scene, measured: Measured, touched: Ints) -> tuple[Outcome, set[int]]:
        """Return the outcome after an edit, and all tracks whose findings may differ.

        Parameters
        ----------
        scene : Scene
            What the check saw this time: the touched tracks, with others when it compares.
        measured : Measured
            What it said.
        touched : (k,) int32
            Numbers of the touched tracks.
        """
        old = self.measurement
        again = values_of(scene, measured, touched)
        measurement = old.replacing({**dict.fromkeys(touched.tolist()), **again})
        edits = self.edits
        if self.named is None or measured.events is None:
            places = _rows_beyond(measurement, again)
        else:
            places = measured.events
            if scene.has_other_tracks and len(places):
                places = places.take(touches(places, touched))
            edits = (*edits, (touched, places))
        hits, concerned = self.hits.without(touched)
        if len(places):
            passing = _passing(measurement, places, self.usual)
            concerned |= set(passing.events.track.tolist())
            hits = hits.joined(passing)
        patched = Outcome(measurement, self.named, self.usual, hits, edits)
        return patched.settled(), concerned

    def withdrawn(self, before: Labels, after: Labels, touched: Ints) -> tuple[Outcome, set[int]]:
        """Return the outcome without what it said about boxes that are not as they were.

        For checks whose evidence cannot be had again at once, as pictures cannot.

        Returns
        -------
        outcome : Outcome
        concerned : set of int
            Tracks whose findings differ.
        """
        replaced = dict(self.measurement.replaced)
        gone = np.zeros(len(self.hits), dtype=np.bool_)
        kept_places = np.ones(len(self.named) if self.named is not None else 0, dtype=np.bool_)
        for track in touched.tolist():
            frames, values = self.measurement.of(track)
            is_kept = _unchanged(before.table.block(track), after.table.block(track), frames)
            values = values.copy()
            values[~is_kept] = np.nan
            replaced[track] = (frames, values)
            lost = frames[~is_kept]
            events = self.hits.events
            gone |= (events.track == track) & np.isin(events.frame, lost)
            if self.named is not None:
                kept_places &= (self.named.track != track) | ~np.isin(self.named.frame, lost)
        outcome = replace(
            self,
            measurement=replace(self.measurement, replaced=replaced),
            named=self.named.take(kept_places) if self.named is not None else None,
            hits=self.hits.take(~gone),
        )
        return outcome, set(self.hits.events.track[gone].tolist())

    def settled(self) -> Outcome:
        """Return the outcome with many edits made into one set of places."""
        if len(self.edits) <= MOST_EDITS:
            return self
        return replace(self, named=self.events, edits=())


def outcome_of(
    check: Check, scene: Scene, measured: Measured, places: Events, *, limit: float
) -> Outcome:
    """Return the outcome of a first run, and learn from it what is usual for the sequence.

    Parameters
    ----------
    measured : Measured
        What the check said of all rows of the scene.
    places : Events
        What is judged against the limit: the events, or the rows that pass it.
    """
    measurement = Measurement(check, limit, scene.frame, measured.values, scene.row_ranges)
    scores = check.score(places.value, limit)
    usual = Usual(limit, np.sort(scores[scores >= 1.0]), len(scene))
    return Outcome(measurement, measured.events, usual, _passing(measurement, places, usual))


def _unchanged(before: Block | None, after: Block | None, frames: Ints) -> Truths:
    """Return for each frame whether the track's box there is the same in both."""
    if before is None or after is None:
        return np.zeros(len(frames), dtype=np.bool_)
    common, old, new = np.intersect1d(before.frame, after.frame, return_indices=True)
    equal = common[(before.xywh[old] == after.xywh[new]).all(axis=1)]
    return np.isin(frames, equal)


def values_of(
    scene: Scene, measured: Measured, tracks: Ints
) -> dict[int, tuple[Ints, Values] | None]:
    """Return frames and values of some tracks, without those that have no rows.

    Copies, so that a few rows do not keep the column of all rows alive.
    """
    found: dict[int, tuple[Ints, Values] | None] = {}
    for track in tracks.tolist():
        if track in scene.row_ranges:
            first, end = scene.row_ranges[track]
            found[track] = scene.frame[first:end].copy(), measured.values[first:end].copy()
    return found


def _passing(measurement: Measurement, places: Events, usual: Usual) -> Hits:
    """Return the places that pass the limit."""
    check = measurement.check
    score = check.score(places.value, measurement.limit)
    passing = score >= 1.0
    as_learnt = check.score(places.value[passing], usual.limit)
    return Hits(check, places.take(passing), score[passing], usual.per_1000(as_learnt))


def rows_beyond(check: Check, scene: Scene, values: Values, *, limit: float) -> Events:
    """Return rows of a scene whose own value passes the limit as events."""
    score = check.score(values, limit)
    rows = np.flatnonzero(score >= 1.0)
    place = scene.place[rows]
    support = _support(score, rows, scene.starts[place], scene.starts[place + 1])
    return Events.at(scene.track[rows], scene.frame[rows], values[rows], support=support)


def _rows_beyond(
    measurement: Measurement, tracks: Mapping[int, tuple[Ints, Values] | None]
) -> Events:
    """Return rows of some tracks whose own value passes the limit as events."""
    pieces = []
    for number, again in tracks.items():
        if again is not None and len(again[0]):
            frames, values = again
            score = measurement.check.score(values, measurement.limit)
            rows = np.flatnonzero(score >= 1.0)
            if len(rows):
                whole = np.zeros(len(rows), dtype=np.intp), np.full(len(rows), len(frames))
                support = _support(score, rows, *whole)
                numbers = np.full(len(rows), number)
                pieces.append(Events.at(numbers, frames[rows], values[rows], support=support))
    return joined_events(pieces) if pieces else Events.none()


def _all_rows_beyond(measurement: Measurement) -> Events:
    """Return rows of all tracks whose own value passes the limit as events."""
    edited = _rows_beyond(measurement, measurement.replaced)
    return joined_events([_base_rows_beyond(measurement), edited])


def _base_rows_beyond(measurement: Measurement) -> Events:
    """Return the rows of tracks that no edit has touched."""
    numbers = np.fromiter(measurement.slices, np.int32, len(measurement.slices))
    starts = np.array([first for first, _ in measurement.slices.values()], dtype=np.int64)
    ends = np.array([end for _, end in measurement.slices.values()], dtype=np.int64)
    score = measurement.check.score(measurement.values, measurement.limit)
    rows = np.flatnonzero(score >= 1.0)
    place = np.searchsorted(ends, rows, side="right")
    if measurement.replaced:
        kept = ~np.isin(numbers[place], np.fromiter(measurement.replaced, np.int32))
        rows, place = rows[kept], place[kept]
    support = _support(score, rows, starts[place], ends[place])
    frames, values = measurement.frames[rows], measurement.values[rows]
    return Events.at(numbers[place], frames, values, support=support)


def _support(score: Values, rows: Rows, starts: Rows, ends: Rows) -> Values:
    """Return how much rows say that pass a limit, 0..1.

    Less near the ends of a track, where objects appear and vanish, and less the more the rows
    around are as bad: what is ordinary for an object at that moment, a fast walker at a low frame
    rate for example, is no mistake.

    Parameters
    ----------
    score : (n,) float64
        Of all rows, NaN where not defined.
    rows, starts, ends : (m,) intp
        Rows that pass, and first row and end of their tracks.
    """
    support = np.empty(len(rows))
    steps = np.concatenate([np.arange(-AROUND, 0), np.arange(1, AROUND + 1)])
    for first in range(0, len(rows), CHUNK):
        part = slice(first, first + CHUNK)
        at = rows[part, None] + steps
        is_own = (at >= starts[part, None]) & (at < ends[part, None])
        around = np.where(is_own, score[np.clip(at, 0, len(score) - 1)], np.nan)
        # Undefined values are sorted to the end, so that the middle of the others is known.
        around.sort(axis=1)
        known = np.isfinite(around).sum(axis=1)
        level = around[np.arange(len(around)), np.maximum(known - 1, 0) // 2]
        own = score[rows[part]]
        stands_out = (own - np.where(known >= FEWEST_AROUND, level, 0.0)) / (STANDS_OUT * own)
        support[part] = np.clip(stands_out, LEAST_STANDING_OUT, 1.0) ** 2
    from_end = np.minimum(rows - starts, ends - 1 - rows)
    return np.where(from_end < END_ROWS, END_SUPPORT * support, support)
