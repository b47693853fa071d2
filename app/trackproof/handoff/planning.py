"""From windows of reviewed sequences to what the plan and the instructions say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.handoff.instructions import Place
from trackproof.handoff.plan import PlannedFlag, PlannedSequence, PlannedWindow
from trackproof.labels import is_provisional

if TYPE_CHECKING:
    from trackproof import labels as model
    from trackproof.checks import Flag
    from trackproof.handoff.origin import Origin
    from trackproof.handoff.selection import Reviewed
    from trackproof.handoff.windows import Window

ALL_OBJECTS = "all objects"


@dataclass(frozen=True, slots=True, eq=False)
class WindowTask:
    """One window of one sequence; ``fitted`` are the labels of all its frames as they are sent."""

    reviewed: Reviewed
    fitted: model.Labels
    origin: Origin
    window: Window


def planned_window(task: WindowTask, *, job: int, line: int, folder: str) -> PlannedWindow:
    """Return what the plan says of a window."""
    window, sequence = task.window, task.reviewed.sequence
    frames = slice(window.frame_start, window.frame_end + 1)
    return PlannedWindow(
        job=job,
        line=line,
        folder=folder,
        sequence=sequence.name,
        frame_start=window.frame_start,
        frame_end=window.frame_end,
        flagged=window.flagged,
        frame_names=sequence.frame_names[frames],
        frame_numbers=tuple(int(number) for number in sequence.frame_numbers[frames]),
        flags=tuple(_planned_flag(task, task.reviewed.flags[number]) for number in window.flags),
    )


def _planned_flag(task: WindowTask, flag: Flag) -> PlannedFlag:
    tracks = task.reviewed.labels.table.tracks
    track = tracks[flag.track] if 0 <= flag.track < len(tracks) else None
    other = tracks[flag.other_track] if 0 <= flag.other_track < len(tracks) else None
    return PlannedFlag(
        frame_start=flag.frame_start,
        frame_end=flag.frame_end,
        object_id=track.object_id if track and not is_provisional(track) else "",
        object_name=(track.object_name or track.object_id) if track else "a missing object",
        score=round(float(flag.score), 4),
        checks=flag.checks,
        evidence=flag.evidence,
        other_object_id=other.object_id if other and not is_provisional(other) else "",
        key=flag.key,
    )


def places_of(planned: PlannedWindow, *, name_sequences: bool) -> list[Place]:
    """Return the flags of a window as workers meet them.

    Parameters
    ----------
    name_sequences : bool
        Whether a file name alone does not tell clips apart, since several sequences are sent.

    Returns
    -------
    list of Place
        A window that a person added without a flag is one place as a whole.
    """
    names = planned.frame_names
    clip = f"{planned.sequence}/{names[0]}" if name_sequences else names[0]
    if not planned.flags:
        return [Place(clip, 0, len(names) - 1, names[0], names[-1], ALL_OBJECTS)]
    places = []
    for flag in planned.flags:
        start = max(flag.frame_start, planned.frame_start) - planned.frame_start
        end = min(flag.frame_end, planned.frame_end) - planned.frame_start
        places.append(
            Place(clip, start, end, names[start], names[end], flag.object_name, flag.evidence)
        )
    return places


def planned_sequence(task: WindowTask) -> PlannedSequence:
    """Return what the plan says of a sequence."""
    sequence, source = task.reviewed.sequence, task.reviewed.sequence.source
    return PlannedSequence(
        name=sequence.name,
        frames=len(sequence),
        prefix=task.origin.prefix,
        labels=str(source.uri or source.path) if source else "",
        labels_sha256=source.sha256 if source else "",
        source_ref=task.origin.source_ref,
    )
