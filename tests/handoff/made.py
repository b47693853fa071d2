"""A small sequence, and windows of it as workers give them back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trackproof.handoff.excerpt import excerpt, fitted
from trackproof.handoff.merge import Returned
from trackproof.handoff.plan import PlannedWindow
from trackproof.labels import Block, Category, Edit, Labels, LabelTable, PutBox, Sequence, Track

FRAMES = 40


def made_sequence(shift: float = 0.0) -> Sequence:
    """Two cars over 40 frames; the second is absent in frames 30 and later."""
    counts = (FRAMES, 30)
    blocks = {
        track: Block.of_boxes(
            np.arange(count),
            [[10.0 + frame + shift, 20 + 40 * track, 30, 20] for frame in range(count)],
            name=track + 1,
            source=track,
        )
        for track, count in enumerate(counts)
    }
    table = LabelTable(
        [Track("id-a", "Car:1"), Track("id-b", "Car:2")], blocks, names=("", "Car:1", "Car:2")
    )
    labels = Labels(table, (Category("Car", "0"),), np.ones(FRAMES, dtype=np.bool_))
    return Sequence(
        "yard",
        tuple(f"{frame + 1:06d}.jpg" for frame in range(FRAMES)),
        np.arange(FRAMES, dtype=np.int64),
        labels,
        width=1920,
        height=1080,
    )


def window(sequence: Sequence, start: int, end: int, flagged: tuple[int, int]) -> PlannedWindow:
    frames = slice(start, end + 1)
    return PlannedWindow(
        job=1,
        line=0,
        folder="job-1/0",
        sequence=sequence.name,
        frame_start=start,
        frame_end=end,
        flagged=(flagged,),
        frame_names=sequence.frame_names[frames],
        frame_numbers=tuple(range(start, end + 1)),
    )


def returned(sequence: Sequence, edit: Edit | None, *, start: int = 10, end: int = 20) -> Returned:
    """Return a window 10-20, flagged at 14-16, as sent and as workers gave it back."""
    cut = excerpt(sequence, sequence.labels, frame_start=start, frame_end=end)
    inside, _, _ = fitted(cut.labels, width=cut.width, height=cut.height)
    sent = replace(cut, labels=inside)
    back = edit.result(inside) if edit else inside
    planned = window(sequence, start, end, (start + 4, start + 6))
    return Returned(planned, sent, replace(sent, labels=back))


def move(track: int, frame: int) -> PutBox:
    return PutBox(track, frame, (1.0, 2.0, 3.0, 4.0))
