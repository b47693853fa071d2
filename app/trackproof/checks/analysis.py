"""Runs the checks, and runs them again where something changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.model import Events, Measurement
from trackproof.checks.profile import Profile
from trackproof.checks.ranking import Hits, Usual, flags_of, ranked
from trackproof.checks.registry import all_checks
from trackproof.checks.scene import Scene
from trackproof.checks.track_summary import TrackSummary, summarise
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from trackproof.checks.model import Check, Flag, Measured
    from trackproof.frames.source import FrameSource
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

    Ints = npt.NDArray[np.int32]
    Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one check said: values on every row, and named places when it names some."""

    measurement: Measurement
    events: Events | None
    usual: Usual
    hits: Hits


@dataclass(frozen=True, eq=False)
class Analysis:
    """Measurements and ranked flags of one sequence; every change makes a new one.

    Parameters
    ----------
    sequence : Sequence
        What was checked.
    labels : Labels
        The annotations that were checked.
    profile : Profile
        Parameters in force.
    """

    sequence: Sequence
    labels: Labels
    profile: Profile
    scene: Scene = field(repr=False)
    outcomes: Mapping[str, Outcome] = field(repr=False)
    flags_by_track: Mapping[int, tuple[Flag, ...]] = field(repr=False)

    @cached_property
    def measurements(self) -> Mapping[str, Measurement]:
        """Values on every row, by check name."""
        return {name: outcome.measurement for name, outcome in self.outcomes.items()}

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """Places to review, the likeliest mistakes first."""
        return ranked(self.flags_by_track)

    @cached_property
    def tracks(self) -> Mapping[int, TrackSummary]:
        """Distribution of the overlap and worst frame of every check, by track."""
        return summarise(self.measurements, tuple(self.labels.table.blocks))

    def with_limit(self, check: str, limit: float) -> Analysis:
        """Return the analysis under another limit of one check, from what was measured.

        Raises
        ------
        KeyError
            When no such check ran.
        """
        outcome = self.outcomes[check]
        measurement = replace(outcome.measurement, limit=float(limit))
        places = outcome.events if outcome.events is not None else _rows_beyond(measurement)
        hits = _passing(measurement, places, outcome.usual)
        outcomes = {**self.outcomes, check: replace(outcome, measurement=measurement, hits=hits)}
        touched = set(outcome.hits.events.track.tolist()) | set(hits.events.track.tolist())
        return replace(
            self,
            profile=self.profile.with_value(check, "limit", limit),
            outcomes=outcomes,
            flags_by_track=self._flags_again(outcomes, touched, self.labels),
        )

    def recheck(self, labels: Labels, tracks: Iterable[int]) -> Analysis:
        """Return the analysis of edited labels, checking the touched tracks only.

        What was learnt from the whole sequence (motion of the camera, ordinary noise) is kept.

        Parameters
        ----------
        labels : Labels
            The labels after the edit.
        tracks : iterable of int
            Every track whose rows the edit touched.
        """
        touched = set(tracks)
        alone = self.scene.of_edit(labels, touched)
        outcomes, affected = {}, set(touched)
        for name, outcome in self.outcomes.items():
            check = outcome.measurement.check
            if check.needs_frames:
                outcomes[name] = outcome
                continue
            scene = alone.among_all if check.compares_tracks else alone
            measured = check.run(scene, self.profile.parameters(check))
            outcomes[name], changed = _patched(outcome, scene, measured, touched)
            affected |= changed
        return replace(
            self,
            labels=labels,
            outcomes=outcomes,
            flags_by_track=self._flags_again(outcomes, affected, labels),
        )

    def _flags_again(
        self, outcomes: Mapping[str, Outcome], touched: set[int], labels: Labels
    ) -> dict[int, tuple[Flag, ...]]:
        numbers = np.array(sorted(touched), dtype=np.int32)
        hits = [
            outcome.hits.take(np.isin(outcome.hits.events.track, numbers))
            for outcome in outcomes.values()
            if outcome.measurement.check.is_ranked
        ]
        kept = {
            track: flags for track, flags in self.flags_by_track.items() if track not in touched
        }
        return {**kept, **flags_of(hits, labels.table)}


def analyse(
    sequence: Sequence,
    labels: Labels,
    *,
    frames: FrameSource | None = None,
    profile: Profile | None = None,
    checks: Mapping[str, Check] | None = None,
    progress: Progress = NO_PROGRESS,
) -> Analysis:
    """Return measurements and ranked flags of one sequence.

    Parameters
    ----------
    sequence : Sequence
        Image size, rate and names.
    labels : Labels
        The annotations to check.
    frames : FrameSource or None
        Pixels; without them, checks that need pixels do not run.
    profile : Profile or None
        Parameters; None takes the defaults.
    checks : mapping of str to Check or None
        Checks to run; None runs all that are registered.
    progress : Progress
        Told after every check.
    """
    profile = profile or Profile()
    chosen = [
        check
        for name, check in (checks or all_checks()).items()
        if name not in profile.switched_off and (frames is not None or not check.needs_frames)
    ]
    scene = Scene(sequence, labels, profile=profile, frames=frames)
    outcomes = {}
    for done, check in enumerate(chosen, start=1):
        measured = check.run(scene, profile.parameters(check))
        outcomes[check.name] = _outcome(check, scene, measured, profile)
        progress.step(done, len(chosen))
    hits = [outcomes[check.name].hits for check in chosen if check.is_ranked]
    return Analysis(sequence, labels, profile, scene, outcomes, flags_of(hits, labels.table))


def _outcome(check: Check, scene: Scene, measured: Measured, profile: Profile) -> Outcome:
    slices = dict(
        zip(
            scene.track_numbers.tolist(),
            zip(scene.starts[:-1].tolist(), scene.starts[1:].tolist(), strict=True),
            strict=True,
        )
    )
    limit = profile.parameters(check)["limit"]
    measurement = Measurement(check, limit, scene.frame, measured.values, slices)
    places = measured.events if measured.events is not None else _rows_beyond(measurement)
    scores = check.score(places.value, limit)
    usual = Usual(limit, np.sort(scores[scores >= 1.0]), len(scene))
    hits = _passing(measurement, places, usual)
    return Outcome(measurement, measured.events, usual, hits)


def _passing(measurement: Measurement, places: Events, usual: Usual) -> Hits:
    """Return the places that pass the limit."""
    check = measurement.check
    score = check.score(places.value, measurement.limit)
    passing = score >= 1.0
    as_learnt = check.score(places.value[passing], usual.limit)
    return Hits(check, places.take(passing), score[passing], usual.per_1000(as_learnt))


def _rows_beyond(measurement: Measurement) -> Events:
    """Return rows whose own value passes the limit, as events."""
    check, limit = measurement.check, measurement.limit
    beyond = check.score(measurement.values, limit) >= 1.0
    numbers = np.fromiter(measurement.slices, np.int32, len(measurement.slices))
    ends = np.array([end for _, end in measurement.slices.values()], dtype=np.int64)
    rows = np.flatnonzero(beyond)
    owner = numbers[np.searchsorted(ends, rows, side="right")] if len(rows) else numbers[:0]
    if measurement.replaced:
        fresh = ~np.isin(owner, np.fromiter(measurement.replaced, np.int32))
        rows, owner = rows[fresh], owner[fresh]
    pieces = [(owner, measurement.frames[rows], measurement.values[rows])]
    for number, again in measurement.replaced.items():
        if again is not None:
            passing = check.score(again[1], limit) >= 1.0
            where = again[0][passing]
            pieces.append((np.full(len(where), number, np.int32), where, again[1][passing]))
    tracks, frames, values = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Events.at(tracks, frames, values)


def _patched(
    outcome: Outcome, scene: Scene, measured: Measured, touched: set[int]
) -> tuple[Outcome, set[int]]:
    """Return an outcome with the touched tracks' part replaced, and the tracks concerned."""
    old = outcome.measurement
    replaced = {**old.replaced, **dict.fromkeys(touched)}
    for place, track in enumerate(scene.track_numbers.tolist()):
        if track in touched:
            rows = slice(int(scene.starts[place]), int(scene.starts[place + 1]))
            replaced[track] = (scene.frame[rows], measured.values[rows])
    measurement = replace(old, replaced=replaced)
    numbers = np.array(sorted(touched), dtype=np.int32)
    events: Events | None = None
    if outcome.events is not None and measured.events is not None:
        stale = _touches(outcome.events, numbers)
        fresh = measured.events.take(_touches(measured.events, numbers))
        events = joined_events([outcome.events.take(~stale), fresh])
    places = measured.events
    if places is None:
        places = Events.at(scene.track, scene.frame, measured.values)
    again = _passing(measurement, places.take(_touches(places, numbers)), outcome.usual)
    kept = outcome.hits.take(~_touches(outcome.hits.events, numbers))
    hits = Hits(
        old.check,
        joined_events([kept.events, again.events]),
        np.concatenate([kept.score, again.score]),
        np.concatenate([kept.per_1000, again.per_1000]),
    )
    concerned = set(outcome.hits.events.track[_touches(outcome.hits.events, numbers)].tolist())
    concerned |= set(again.events.track.tolist())
    return Outcome(measurement, events, outcome.usual, hits), concerned


def _touches(events: Events, numbers: Ints) -> npt.NDArray[np.bool_]:
    return np.isin(events.track, numbers) | np.isin(events.other_track, numbers)


def joined_events(pieces: list[Events]) -> Events:
    """Return the events of all pieces; an extra column is kept where every piece has it."""
    pieces = [piece for piece in pieces if len(piece)] or pieces[:1]
    keys = set.intersection(*(set(piece.detail) for piece in pieces))
    return Events(
        track=np.concatenate([piece.track for piece in pieces]),
        other_track=np.concatenate([piece.other_track for piece in pieces]),
        frame=np.concatenate([piece.frame for piece in pieces]),
        frame_start=np.concatenate([piece.frame_start for piece in pieces]),
        frame_end=np.concatenate([piece.frame_end for piece in pieces]),
        value=np.concatenate([piece.value for piece in pieces]),
        expected_xywh=_optional([piece.expected_xywh for piece in pieces]),
        support=_optional([piece.support for piece in pieces]),
        detail={key: np.concatenate([piece.detail[key] for piece in pieces]) for key in keys},
    )


def _optional(columns: list[Values | None]) -> Values | None:
    present = [column for column in columns if column is not None]
    return np.concatenate(present) if len(present) == len(columns) else None
