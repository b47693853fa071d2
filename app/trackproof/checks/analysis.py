"""Runs the checks, and runs them again where something changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.outcome import Outcome, values_of
from trackproof.checks.places import among
from trackproof.checks.profile import Profile
from trackproof.checks.ranking import flags_of, ranked
from trackproof.checks.registry import all_checks
from trackproof.checks.running import run_checks
from trackproof.checks.scene import Scene
from trackproof.checks.scene_edited import after_edit
from trackproof.checks.track_summary import TrackSummary, summarise
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from trackproof.checks.model import Check, Flag, Measurement
    from trackproof.checks.outcome import LateValues
    from trackproof.frames.source import FrameSource
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress


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
    scene : Scene
        The rows that were checked, with all that was derived from them.
    outcomes : mapping of str to Outcome
        What every check said, by name.
    flags_by_track : mapping of int to tuple of Flag
        Flags before ranking.
    stale_in_pictures : frozenset of int
        Tracks that were edited since the pictures were looked at. What pictures said about boxes
        that are as they were still stands; about the others it was withdrawn.
    """

    sequence: Sequence
    labels: Labels
    profile: Profile
    scene: Scene = field(repr=False)
    outcomes: Mapping[str, Outcome] = field(repr=False)
    flags_by_track: Mapping[int, tuple[Flag, ...]] = field(repr=False)
    stale_in_pictures: frozenset[int] = frozenset()

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
        before = self.outcomes[check]
        after = before.with_limit(float(limit))
        outcomes = {**self.outcomes, check: after}
        concerned = set(before.hits.events.track.tolist()) | set(after.hits.events.track.tolist())
        return replace(
            self,
            profile=self.profile.with_value(check, "limit", limit),
            outcomes=outcomes,
            flags_by_track=self._flags_again(outcomes, concerned, self.labels),
        )

    def covers(self, labels: Labels) -> bool:
        """Return whether every check of shapes that fits these labels has run.

        The first polygon among boxes asks for checks that had nothing to measure before; only
        `analyse` runs them.
        """
        return all(
            name in self.outcomes or name in self.profile.switched_off
            for name, check in _fitting(labels).items()
            if check.needs_shapes
        )

    def recheck(self, labels: Labels, tracks: Iterable[int]) -> Analysis:
        """Return the analysis of edited labels, checking the touched tracks only.

        What was learnt from the whole sequence (motion of the camera, ordinary noise) is kept,
        and checks that need pixels keep what they said about boxes that did not change.

        Parameters
        ----------
        labels : Labels
            The labels after the edit.
        tracks : iterable of int
            Every track whose rows the edit touched.
        """
        touched = np.array(sorted(set(tracks)), dtype=np.int32)
        alone, whole = after_edit(self.scene, labels, touched.tolist())
        outcomes, concerned = {}, set(touched.tolist())
        for name, outcome in self.outcomes.items():
            check = outcome.measurement.check
            if check.needs_frames:
                outcomes[name], changed = outcome.withdrawn(self.labels, labels, touched)
                concerned |= changed
                continue
            scene = whole if check.compares_tracks else alone
            measured = check.run(scene, self.profile.parameters(check))
            outcomes[name], changed = outcome.patched(scene, measured, touched)
            concerned |= changed
            if check.compares_tracks:
                # A pair's value stands on both curves, and each also knows other partners.
                partners = outcome.partners(measured, touched)
                late = partial(_measured_again, check, whole, self.profile)
                outcomes[name] = outcomes[name].followed(outcome, partners, late)
        return replace(
            self,
            labels=labels,
            scene=whole,
            outcomes=outcomes,
            flags_by_track=self._flags_again(outcomes, concerned, labels),
            stale_in_pictures=self._stale_after(touched),
        )

    def _stale_after(self, touched: npt.NDArray[np.int32]) -> frozenset[int]:
        if not any(outcome.measurement.check.needs_frames for outcome in self.outcomes.values()):
            return frozenset()
        return self.stale_in_pictures | set(touched.tolist())

    def _flags_again(
        self, outcomes: Mapping[str, Outcome], concerned: set[int], labels: Labels
    ) -> dict[int, tuple[Flag, ...]]:
        numbers = np.array(sorted(concerned), dtype=np.int32)
        hits = [
            outcome.hits.take(among(outcome.hits.events.track, numbers))
            for outcome in outcomes.values()
            if outcome.measurement.check.is_ranked and len(outcome.hits)
        ]
        kept = {t: flags for t, flags in self.flags_by_track.items() if t not in concerned}
        return {**kept, **flags_of(hits, labels.table)}


def _measured_again(check: Check, scene: Scene, profile: Profile, tracks: set[int]) -> LateValues:
    """Return frames and values of some tracks among all others."""
    focused = scene.focused_on(tracks)
    numbers = np.array(sorted(tracks), dtype=np.int32)
    return values_of(focused, check.run(focused, profile.parameters(check)), numbers)


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
        Pixels; without them, checks that need pixels do not run. Their size is that of the image
        where the labels state none.
    profile : Profile or None
        Parameters; None takes the defaults.
    checks : mapping of str to Check or None
        Checks to run; None runs all that are registered and find in these labels what they
        measure.
    progress : Progress
        Told after every check.
    """
    profile = profile or Profile()
    if frames is not None:
        sequence = sequence.sized(frames.size)
    chosen = [
        check
        for name, check in (checks or _fitting(labels)).items()
        if name not in profile.switched_off and (frames is not None or not check.needs_frames)
    ]
    scene = Scene(sequence, labels, profile=profile, frames=frames, progress=progress)
    outcomes = run_checks(chosen, scene, profile, progress=progress)
    hits = [outcomes[check.name].hits for check in chosen if check.is_ranked]
    return Analysis(sequence, labels, profile, scene, outcomes, flags_of(hits, labels.table))


def _fitting(labels: Labels) -> dict[str, Check]:
    """Return all checks but those of shapes that the labels do not hold."""
    drawn = [block.shape for block in labels.table.blocks.values() if block.vertices is not None]
    held = set(np.unique(np.concatenate(drawn)).tolist()) if drawn else set()
    return {
        name: check
        for name, check in all_checks().items()
        if not check.needs_shapes or held & set(check.needs_shapes)
    }
