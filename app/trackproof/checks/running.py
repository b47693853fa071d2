"""Runs checks over all rows of a scene, part by part, so that the work stays in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.breaks import Breaks, joined_breaks
from trackproof.checks.model import Events, Measured
from trackproof.checks.outcome import outcome_of, rows_beyond
from trackproof.checks.places import joined_events
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from trackproof.checks.model import Check
    from trackproof.checks.outcome import Outcome
    from trackproof.checks.profile import Profile
    from trackproof.checks.scene import Scene
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]

FRAME_ROWS = 1000
"""Rows whose labels are checked while one frame is looked at, roughly, for progress."""


def run_checks(
    checks: Iterable[Check], scene: Scene, profile: Profile, *, progress: Progress = NO_PROGRESS
) -> dict[str, Outcome]:
    """Return what checks say about a whole scene, by name, in their order.

    Parameters
    ----------
    progress : Progress
        Told after every part of the rows, every frame, and every check that needs all rows; it
        never goes back.
    """
    checks = list(checks)
    gathered = {check.name: _Gathering(check, scene, profile) for check in checks}
    alone = [check for check in checks if not (check.compares_tracks or check.needs_frames)]
    others = [check for check in checks if check not in alone]
    shared = _Shared() if any(check.compares_tracks for check in others) else None
    looks = any(check.needs_frames for check in checks)
    frames = len(scene.sequence) * FRAME_ROWS if looks else 0
    done, total = 0, len(scene) + frames + len(others)
    if alone or shared:
        for part in scene.parts():
            for check in alone:
                gathered[check.name].add(part)
            if shared:
                shared.add(part)
            done += len(part)
            progress.step(done, total)
    if shared:
        shared.give(scene)
    if looks:
        scene.progress = _Onward(progress, done, frames, total)
        _ = scene.pixels
        done += frames
    for check in others:
        gathered[check.name].add(scene)
        done += 1
        progress.step(done, total)
    return {name: each.outcome() for name, each in gathered.items()}


class _Onward:
    """Tells what was done of one part of the work as steps of all of it."""

    def __init__(self, progress: Progress, before: int, share: int, total: int) -> None:
        self.progress, self.before, self.share, self.total = progress, before, share, total

    def step(self, done: int, total: int) -> None:
        part = self.share * done // max(total, 1)
        self.progress.step(self.before + part, self.total)


class _Gathering:
    """What one check says of the parts of a scene, in their order."""

    def __init__(self, check: Check, scene: Scene, profile: Profile) -> None:
        self.check, self.scene = check, scene
        self.parameters = profile.parameters(check)
        self.values: Values = np.empty(0)
        self.places: list[Events] = []
        self.names_places = True

    def add(self, part: Scene) -> None:
        said = self.check.run(part, self.parameters)
        limit = self.parameters["limit"]
        if len(part) == len(self.scene):
            self.values = said.values
        else:
            if not len(self.values):
                self.values = np.empty(len(self.scene))
            self.values[part.first_row : part.first_row + len(part)] = said.values
        self.names_places = said.events is not None
        places = said.events
        if places is None:
            places = rows_beyond(self.check, part, said.values, limit=limit)
        self.places.append(places)

    def outcome(self) -> Outcome:
        places = joined_events(self.places) if self.places else Events.none()
        measured = Measured(self.values, places if self.names_places else None)
        limit = self.parameters["limit"]
        return outcome_of(self.check, self.scene, measured, places, limit=limit)


class _Shared:
    """What every part derives and checks that compare tracks ask for of all rows."""

    def __init__(self) -> None:
        self.noise: list[Values] = []
        self.usual_overlap: list[Values] = []
        self.breaks: list[tuple[Breaks, int]] = []

    def add(self, part: Scene) -> None:
        self.noise.append(part.noise)
        self.usual_overlap.append(part.usual_overlap)
        self.breaks.append((part.breaks, part.first_row))

    def give(self, scene: Scene) -> None:
        scene.noise = np.concatenate(self.noise, axis=1)
        scene.usual_overlap = np.concatenate(self.usual_overlap)
        scene.breaks = joined_breaks(self.breaks)
