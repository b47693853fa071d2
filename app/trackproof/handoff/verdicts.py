"""What workers of a verification job said: a verdict per box, a note per frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.handoff.label_config import Questions
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.handoff.merge import Returned
    from trackproof.labels import AttributeSet, Labels


@dataclass(frozen=True, slots=True)
class WorkerVerdict:
    """A worker's word on one box or one frame.

    Parameters
    ----------
    sequence : str
        Name of the sequence.
    frame : int
        Frame index in the original sequence.
    object_id, object_name : str
        The object; empty for a note on a frame.
    verdict : str
        One of `label_config.VERDICTS`; empty for a note on a frame.
    note : str
        Free text on a frame; empty for a verdict on a box.
    """

    sequence: str
    frame: int
    object_id: str
    object_name: str
    verdict: str
    note: str = ""


USUAL = Questions()


def worker_verdicts(
    returned: Iterable[Returned], questions: Questions = USUAL
) -> list[WorkerVerdict]:
    """Return all verdicts and notes of a verification, by sequence and frame."""
    found: list[WorkerVerdict] = []
    for one in returned:
        frame_of = {name: number for number, name in enumerate(one.window.frame_names)}
        whole = {
            frame: one.window.frame_start + frame_of[name]
            for frame, name in enumerate(one.result.frame_names)
            if name in frame_of
        }
        found += _on_boxes(one, whole, questions.verdict)
        found += _on_frames(one, whole, questions.note)
    return sorted(found, key=lambda said: (said.sequence, said.frame, said.object_name))


def without_verdicts(returned: Returned, questions: Questions = USUAL) -> Returned:
    """Return a window whose labels no longer hold the questions of a verification job."""
    labels = returned.result.labels
    table = labels.table
    stripped = tuple(_without(values, questions.verdict) for values in table.attribute_sets)
    plain = replace(
        labels,
        table=type(table)(table.tracks, table.blocks, names=table.names, attribute_sets=stripped),
        frame_attributes={
            frame: _without(values, questions.note)
            for frame, values in labels.frame_attributes.items()
        },
    )
    return replace(returned, result=replace(returned.result, labels=plain))


def _on_boxes(one: Returned, whole: dict[int, int], name: str) -> Iterable[WorkerVerdict]:
    table = one.result.labels.table
    said = [str(_value(values, name) or "") for values in table.attribute_sets]
    for track, block in table.blocks.items():
        record = table.tracks[track] if track != NO_IDENTITY else None
        for row in np.flatnonzero([bool(said[number]) for number in block.attributes]):
            frame = whole.get(int(block.frame[row]))
            if frame is not None:
                yield WorkerVerdict(
                    one.window.sequence,
                    frame,
                    record.object_id if record else "",
                    table.names[int(block.name[row])],
                    said[int(block.attributes[row])],
                )


def _on_frames(one: Returned, whole: dict[int, int], name: str) -> Iterable[WorkerVerdict]:
    labels: Labels = one.result.labels
    for frame, values in labels.frame_attributes.items():
        note = _value(values, name)
        if note and frame in whole:
            yield WorkerVerdict(one.window.sequence, whole[frame], "", "", "", str(note))


def _value(values: AttributeSet, name: str) -> object:
    return next((value for key, value in values if key == name), None)


def _without(values: AttributeSet, name: str) -> AttributeSet:
    return tuple((key, value) for key, value in values if key != name)
