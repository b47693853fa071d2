"""What differs between two versions of labels, and which frames must be written again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import label_strategies as random
from review_scenes import cars
from trackproof.errors import EditError
from trackproof.labels import (
    DeleteBoxes,
    Edit,
    FrameRanges,
    Labels,
    NewTrack,
    PutBox,
    Rename,
    SetAttribute,
    SetFrameAttribute,
    changed_frames,
    difference,
)

BOX = (1.0, 2.0, 3.0, 4.0)


def after(*edits: Edit) -> Labels:
    labels = cars()
    for edit in edits:
        labels = edit.result(labels)
    return labels


def test_each_kind_of_difference_is_told_by_track_and_frame() -> None:
    found = difference(
        cars(),
        after(
            PutBox(0, 3, BOX),
            PutBox(0, 9, BOX),
            DeleteBoxes((0,), FrameRanges.span(5, 6)),
            SetAttribute((0,), "hidden", "yes", FrameRanges.at(1)),
            Rename(1, "Vehicle:9"),
            NewTrack(1, 4, BOX),
            SetFrameAttribute(FrameRanges.at(2), "weather", "rain"),
        ),
    )
    first, second, third = (found.tracks[n] for n in range(3))
    assert first.changed.tolist() == [1, 3]
    assert first.added.tolist() == [9]
    assert first.removed.tolist() == [5, 6]
    assert second.renamed.tolist() == list(range(8))
    assert not len(second.changed)
    assert third.added.tolist() == [4]
    assert found.frame_attributes.tolist() == [2]
    assert found.frames.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 9]


def test_frames_of_another_identity_are_written_again() -> None:
    before = cars()
    table = before.table.renamed(1, object_id="other")
    now = replace(before, table=table)
    assert difference(before, now).is_empty
    assert changed_frames(before, now).tolist() == list(range(8))


def test_frame_that_became_listed_differs() -> None:
    before = cars()
    before.listed[11] = False
    now = PutBox(0, 11, BOX).result(before)
    assert difference(before, now).listed.tolist() == [11]
    assert changed_frames(before, now).tolist() == [11]


def test_row_that_says_the_same_from_another_place_is_no_difference() -> None:
    before = cars()
    gone = DeleteBoxes((0,), FrameRanges.at(2)).result(before)
    again = PutBox(0, 2, (0.0, 10.0, 30.0, 20.0)).result(gone)
    assert again.table.blocks[0].source[2] == -1
    assert not len(changed_frames(before, again))


@settings(max_examples=60, deadline=None)
@given(random.labels(), st.lists(random.edits, max_size=4))
def test_frames_outside_the_changed_ones_say_the_same(before: Labels, edits: list[Edit]) -> None:
    now = before
    for edit in edits:
        try:
            now = edit.result(now)
        except EditError:
            continue
    changed = set(changed_frames(before, now).tolist())
    assert set(difference(before, now).frames.tolist()) <= changed
    for frame in set(range(random.FRAMES)) - changed:
        old, new = before.table.at(frame), now.table.at(frame)
        assert old.track.tolist() == new.track.tolist()
        assert np.array_equal(old.rows.xywh, new.rows.xywh)
        assert old.rows.category.tolist() == new.rows.category.tolist()
        assert before.frame_attributes.get(frame) == now.frame_attributes.get(frame)
        assert before.listed[frame] == now.listed[frame]
