"""Names and ids that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.checks.model import Check, Events, FlagKind, Measured, Parameter
from trackproof.checks.runs import minority_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks.scene import Scene

LIMIT = Parameter("limit", 1.0, "1 flags every contradiction.", "", 0.5, 1.0)


def run_two_names(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name every run of rows that carry another name than most rows of the track."""
    usual, first, end = minority_runs(scene, scene.name)
    values = np.where(scene.name != usual, 1.0, 0.0)
    values[scene.track < 0] = np.nan
    names = np.array(scene.labels.table.names or ("",), dtype=object)
    events = Events.at(
        scene.track[first],
        scene.frame[first],
        np.ones(len(first)),
        frame_start=scene.frame[first],
        frame_end=scene.frame[end - 1],
        detail={"is": names[scene.name[first]], "usual": names[usual[first]]},
    )
    return Measured(values, events)


def explain_two_names(_value: float, detail: Mapping[str, Any]) -> str:
    """Put another name into words."""
    return f"is called {detail['is']} here, {detail['usual']} on most frames of the object"


def run_shared_name(scene: Scene, _parameters: Mapping[str, float]) -> Measured:
    """Name the start of every track whose name an earlier track has, too."""
    values = scene.zeros(at_starts=True)
    bearers: dict[str, list[int]] = defaultdict(list)
    for place, track in enumerate(scene.track_numbers.tolist()):
        if track >= 0 and scene.labels.table.tracks[track].object_name:
            bearers[scene.labels.table.tracks[track].object_name].append(place)
    first_frames = scene.frames_of(scene.starts[:-1])
    pairs = []
    for places in bearers.values():
        in_order = sorted(places, key=lambda place: (first_frames[place], place))
        pairs += [(later, in_order[0]) for later in in_order[1:]]
    second = np.array([later for later, _ in pairs], dtype=np.intp)
    first = np.array([earlier for _, earlier in pairs], dtype=np.intp)
    row = scene.starts[second]
    values[row] = 1.0
    numbers = scene.track_numbers
    tracks = scene.labels.table.tracks
    events = Events.at(
        numbers[second],
        first_frames[second],
        np.ones(len(row)),
        other_track=numbers[first],
        detail={
            "name": np.array([tracks[n].object_name for n in numbers[second]], dtype=object),
            "id": np.array([tracks[n].object_id for n in numbers[second]], dtype=object),
            "other": np.array([tracks[n].object_id for n in numbers[first]], dtype=object),
        },
    )
    return Measured(values, events)


def explain_shared_name(_value: float, detail: Mapping[str, Any]) -> str:
    """Put a shared name into words."""
    if detail["id"] == detail["other"]:
        return f"{detail['name']} is in one frame twice under one object id"
    return f"{detail['name']} is the name of two objects with different ids"


CHECK = (
    Check(
        name="two_names",
        title="One object, two names",
        description="Frames in which an object carries another name than on most of its frames.",
        unit="",
        kind=FlagKind.IDENTITY,
        run=run_two_names,
        explain=explain_two_names,
        parameters=(LIMIT,),
        tells=2,
    ),
    Check(
        name="shared_name",
        title="One name, two objects",
        description="Start of an object whose name another object has, too.",
        unit="",
        kind=FlagKind.IDENTITY,
        run=run_shared_name,
        explain=explain_shared_name,
        parameters=(LIMIT,),
        compares_tracks=True,
        tells=2,
    ),
)
