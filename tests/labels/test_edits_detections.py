"""Edits over time for annotations without identity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trackproof.errors import EditError
from trackproof.labels import (
    NO_IDENTITY,
    Block,
    Category,
    CopyDetection,
    DeleteBoxes,
    FrameRanges,
    Labels,
    LabelTable,
    Like,
    ScaleRange,
    SetCategory,
    ShiftRange,
)

CAR, BUS = 0, 1
HERE = (20.0, 30.0, 60.0, 50.0)
THERE = (150.0, 40.0, 50.0, 60.0)


def two_a_frame(frames: int = 6) -> Labels:
    """A car on the left that moves by 2 px a frame, and a bus on the right."""
    boxes = np.tile([HERE, THERE], (frames, 1))
    boxes[::2, 0] += 2.0 * np.arange(frames)
    rows = Block.of_boxes(
        np.repeat(np.arange(frames), 2), boxes, category=np.tile([CAR, BUS], frames)
    )
    table = LabelTable([], {NO_IDENTITY: rows})
    return Labels(table, (Category("car"), Category("bus")), np.ones(frames, dtype=bool))


def without(labels: Labels, *frames: int) -> Labels:
    """The labels without the car in some frames."""
    ranges = FrameRanges.of(frames)
    return DeleteBoxes((NO_IDENTITY,), ranges, 0).result(labels)


def boxes(labels: Labels, frame: int) -> list[tuple[float, ...]]:
    rows = labels.table.blocks[NO_IDENTITY]
    return [tuple(box) for box in rows.xywh[rows.frame == frame].tolist()]


def test_a_copy_goes_only_where_nothing_of_its_kind_lies_in_its_place() -> None:
    labels = without(two_a_frame(), 2, 3)
    after = CopyDetection(1, 0, FrameRanges.starting(2)).result(labels)
    assert boxes(after, 2) == [THERE, (22.0, 30.0, 60.0, 50.0)]
    assert boxes(after, 3) == [THERE, (22.0, 30.0, 60.0, 50.0)]
    assert boxes(after, 4) == boxes(labels, 4)


def test_a_copy_replaces_what_lies_in_its_place_when_asked() -> None:
    labels = two_a_frame()
    edit = CopyDetection(1, 0, FrameRanges.at(3), overwrite=True)
    assert edit.covered(labels, 3) == 0
    assert boxes(edit.result(labels), 3) == [(22.0, 30.0, 60.0, 50.0), THERE]
    far = replace(edit, xywh=(400.0, 30.0, 60.0, 50.0))
    assert far.covered(labels, 3) is None
    assert len(boxes(far.result(labels), 3)) == 3


def test_a_box_of_another_category_does_not_keep_a_copy_away() -> None:
    labels = SetCategory((NO_IDENTITY,), BUS, FrameRanges.at(2), 0).result(two_a_frame())
    after = CopyDetection(1, 0, FrameRanges.at(2)).result(labels)
    assert len(boxes(after, 2)) == 3


def test_a_copy_says_what_cannot_be() -> None:
    with pytest.raises(EditError, match="no frames 9 to copy to"):
        CopyDetection(1, 0, FrameRanges.at(9)).result(two_a_frame())
    with pytest.raises(EditError, match="not in frame 1"):
        CopyDetection(1, 2, FrameRanges.at(2)).result(two_a_frame())


@pytest.mark.parametrize(("by", "gone"), [("place", 3), ("category", 3), ("all", 6)])
def test_deleting_over_a_range_takes_what_is_meant(by: str, gone: int) -> None:
    labels = two_a_frame()
    like = Like(0, 0, by)  # type: ignore[arg-type]
    after = DeleteBoxes((NO_IDENTITY,), FrameRanges.span(1, 3), like).result(labels)
    assert len(labels.table) - len(after.table) == gone
    assert THERE in boxes(after, 4)


def test_what_moved_away_is_not_in_the_same_place() -> None:
    labels = two_a_frame(40)
    after = DeleteBoxes((NO_IDENTITY,), FrameRanges.everything(), Like(0, 0)).result(labels)
    left = after.table.blocks[NO_IDENTITY]
    # 60 px wide, moved by 2 px a frame: half an overlap is passed at a third of the width.
    assert left.frame[left.category == CAR].min() == 11


def test_moving_and_scaling_leave_the_others_alone() -> None:
    labels = two_a_frame()
    frames, like = FrameRanges.span(1, 2), Like(1, 1)
    moved = ShiftRange((NO_IDENTITY,), frames, 5.0, 0.0, like).result(labels)
    assert boxes(moved, 2) == [boxes(labels, 2)[0], (155.0, 40.0, 50.0, 60.0)]
    scaled = ScaleRange((NO_IDENTITY,), frames, 2.0, 1.0, "top left", like).result(labels)
    assert boxes(scaled, 1) == [boxes(labels, 1)[0], (150.0, 40.0, 100.0, 60.0)]
    assert boxes(scaled, 3) == boxes(labels, 3)


def test_the_one_that_tells_must_be_there() -> None:
    with pytest.raises(EditError, match="not in frame 3 any more"):
        DeleteBoxes((NO_IDENTITY,), FrameRanges.at(1), Like(3, 2)).result(two_a_frame())
