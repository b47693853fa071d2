"""What holds for every edit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import label_strategies as random
from trackproof.errors import EditError
from trackproof.labels import (
    Block,
    Category,
    Change,
    Compound,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Labels,
    LabelTable,
    PutBox,
    Swap,
    Track,
    difference,
    redo,
    undo,
)


def applied(edit: Edit, labels: Labels) -> tuple[Labels, Change]:
    try:
        return edit.apply(labels)
    except EditError:
        assume(False)
        raise


@settings(max_examples=200, deadline=None)
@given(random.labels(), random.edits)
def test_undo_takes_back_exactly_what_an_edit_did(before: Labels, edit: Edit) -> None:
    after, change = applied(edit, before)
    assert random.same(undo(after, change), before)
    assert random.same(redo(before, change), after)


@settings(max_examples=100, deadline=None)
@given(random.labels(), random.edits)
def test_change_names_every_track_and_frame_that_differs(before: Labels, edit: Edit) -> None:
    after, change = applied(edit, before)
    found = difference(before, after)
    assert set(found.tracks) <= change.tracks
    assert set(found.frames.tolist()) <= set(change.frames.tolist())
    assert change.label


@settings(max_examples=60, deadline=None)
@given(random.labels(), st.lists(random.edits, min_size=1, max_size=6))
def test_undoing_all_steps_leads_back_to_the_start(before: Labels, edits: list[Edit]) -> None:
    labels, changes = before, []
    for edit in edits:
        try:
            labels, change = edit.apply(labels)
        except EditError:
            continue
        changes.append(change)
    for change in reversed(changes):
        labels = undo(labels, change)
    assert random.same(labels, before)


@settings(max_examples=80, deadline=None)
@given(random.labels(), st.sampled_from([(0, 1), (1, 2), (2, 0)]), random.frame_ranges())
def test_swapping_twice_is_the_identity(
    before: Labels, pair: tuple[int, int], frames: FrameRanges
) -> None:
    swap = Swap(*pair, frames)
    once, _ = applied(swap, before)
    twice, _ = swap.apply(once)
    assert difference(before, twice).is_empty


@settings(max_examples=80, deadline=None)
@given(random.labels(), random.frame_ranges(), random.some_tracks)
def test_no_frame_outside_the_range_is_touched(
    before: Labels, frames: FrameRanges, tracks: tuple[int, ...]
) -> None:
    for edit in (Swap(0, 2, frames), DeleteBoxes(tracks, frames)):
        try:
            _, change = edit.apply(before)
        except EditError:
            continue
        assert frames.mask(change.frames).all()


@settings(max_examples=80, deadline=None)
@given(random.labels(), random.edits)
def test_no_frame_of_a_track_ever_holds_two_annotations(before: Labels, edit: Edit) -> None:
    after, _ = applied(edit, before)
    for track, block in after.table.blocks.items():
        step = np.diff(block.frame)
        assert (step >= 0).all()
        assert track == -1 or (step > 0).all()


def test_compound_that_fails_changes_nothing() -> None:
    labels = two_cars()
    good = PutBox(0, 1, (1.0, 2.0, 3.0, 4.0))
    with pytest.raises(EditError, match="a width and a height above 0"):
        Compound("two", (good, PutBox(0, 1, (1.0, 2.0, 0.0, 4.0)))).apply(labels)


def test_empty_change_says_so() -> None:
    labels = two_cars()
    _, change = Compound("nothing", ()).apply(labels)
    assert change.is_empty
    _, change = PutBox(0, 0, (0.0, 0.0, 10.0, 10.0)).apply(labels)
    assert change.is_empty


def two_cars() -> Labels:
    """Two cars side by side in frames 0 to 4."""
    frames = np.arange(5)
    first = np.tile([0.0, 0.0, 10.0, 10.0], (5, 1))
    table = LabelTable(
        [Track("a", "car:1"), Track("b", "car:2")],
        {
            0: Block.of_boxes(frames, first, name=1),
            1: Block.of_boxes(frames, first + np.array([50.0, 0.0, 0.0, 0.0]), name=2),
        },
        names=("", "car:1", "car:2"),
    )
    return Labels(table, (Category("Car"), Category("Person")), np.ones(8, dtype=np.bool_))
