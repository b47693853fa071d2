"""Merge-back: only what workers changed comes home, and nothing is lost unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.made import made_sequence, move, returned
from trackproof.errors import EditError, HandoffError
from trackproof.handoff.acceptance import AcceptResults
from trackproof.handoff.excerpt import excerpt
from trackproof.handoff.merge import MergeBack, merge_back
from trackproof.labels import (
    Category,
    Compound,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Labels,
    NewTrack,
    PutBox,
    Rename,
    Sequence,
    SetFrameAttribute,
    Track,
    undo,
)


def merged(edit: Edit | None, *, labels: Labels | None = None) -> tuple[Sequence, MergeBack]:
    sequence = made_sequence()
    result = merge_back(sequence, labels or sequence.labels, [returned(sequence, edit)])
    return sequence, result


def test_untouched_window_changes_nothing() -> None:
    sequence, result = merged(None)
    assert result.is_empty
    labels, change = AcceptResults(result).apply(sequence.labels)
    assert change.is_empty
    assert labels.table.equals(sequence.labels.table)


def test_moved_box_comes_home_to_its_frame_and_track() -> None:
    sequence, result = merged(move(0, 5))
    (change,) = result.changes
    assert (change.track, change.name, change.diff.changed.tolist()) == (0, "Car:1", [15])
    labels = AcceptResults(result).result(sequence.labels)
    block = labels.table.blocks[0]
    assert block.xywh[15].tolist() == [1, 2, 3, 4]
    assert block.source[15] == 0
    assert labels.table.blocks[1] is sequence.labels.table.blocks[1]


def test_rounding_for_sending_is_no_change() -> None:
    sequence = made_sequence(shift=0.25)
    result = merge_back(sequence, sequence.labels, [returned(sequence, move(0, 5))])
    labels = AcceptResults(result).result(sequence.labels)
    lefts = labels.table.blocks[0].xywh[:, 0]
    assert lefts[14] == 24.25
    assert lefts[15] == 1.0


def test_added_and_removed_boxes_come_home() -> None:
    sequence = made_sequence()
    edit = Compound("", (PutBox(1, 4, (5, 5, 5, 5)), DeleteBoxes((0,), FrameRanges.at(1))))
    late = returned(sequence, edit, start=28, end=38)
    result = merge_back(sequence, sequence.labels, [late])
    by_track = {change.track: change.diff for change in result.changes}
    assert by_track[1].added.tolist() == [32]
    assert by_track[0].removed.tolist() == [29]
    labels = AcceptResults(result).result(sequence.labels)
    assert labels.table.blocks[1].frame[-1] == 32
    assert labels.table.blocks[0].row_at(29) is None


def test_tracks_are_accepted_one_by_one() -> None:
    sequence, result = merged(Compound("", (move(0, 5), move(1, 5))))
    edit = AcceptResults(result, tracks=(1,))
    labels = edit.result(sequence.labels)
    assert labels.table.blocks[0] is sequence.labels.table.blocks[0]
    assert labels.table.blocks[1].xywh[15].tolist() == [1, 2, 3, 4]
    assert edit.describe(labels) == "merge back 1 track"


def test_changes_on_context_frames_stand_apart() -> None:
    sequence, result = merged(Compound("", (move(0, 5), move(0, 0))))
    (change,) = result.changes
    assert change.context.tolist() == [10]
    labels = AcceptResults(result, with_context=False).result(sequence.labels)
    assert labels.table.blocks[0].xywh[10, 0] == 20
    assert labels.table.blocks[0].xywh[15, 0] == 1


def test_frame_that_did_not_come_back_is_unchanged() -> None:
    sequence = made_sequence()
    one = returned(sequence, move(0, 5))
    cut = excerpt(one.result, one.result.labels, frame_start=4, frame_end=10)
    result = merge_back(sequence, sequence.labels, [replace(one, result=cut)])
    assert result.missing.tolist() == [10, 11, 12, 13]
    assert [change.diff.frames.tolist() for change in result.changes] == [[15]]
    labels = AcceptResults(result).result(sequence.labels)
    assert len(labels.table) == len(sequence.labels.table)


def test_emptied_frame_is_asked_about_and_never_deleted_unasked() -> None:
    sequence, result = merged(DeleteBoxes((0, 1), FrameRanges.at(7)))
    assert result.emptied.tolist() == [17]
    assert result.changes == ()
    assert not result.is_empty
    kept = AcceptResults(result).result(sequence.labels)
    assert len(kept.table) == len(sequence.labels.table)
    deleted = AcceptResults(result, deleting=(17, 18)).result(sequence.labels)
    assert len(deleted.table.at(17)) == 0
    assert len(deleted.table) == len(sequence.labels.table) - 2


def test_new_identity_is_a_new_track_even_under_an_old_name() -> None:
    new = NewTrack(0, 5, (7, 7, 7, 7), name="Car:1", object_id="id-new")
    sequence, result = merged(new)
    (change,) = result.changes
    assert change.is_new
    assert (change.said_name, change.name) == ("Car:1", "Car:3")
    labels = AcceptResults(result).result(sequence.labels)
    assert labels.table.tracks[2] == Track("id-new", "Car:3")
    assert labels.table.names[labels.table.blocks[2].name[0]] == "Car:3"


def test_new_track_can_be_linked_to_the_one_it_belongs_to() -> None:
    sequence = made_sequence()
    new = NewTrack(0, 5, (7, 7, 7, 7), name="Car:2", object_id="id-new")
    late = returned(sequence, new, start=29, end=39)
    result = merge_back(sequence, sequence.labels, [late])
    (change,) = result.changes
    assert change.relink == (1,)
    labels = AcceptResults(result, relink={change.track: 1}).result(sequence.labels)
    block = labels.table.blocks[1]
    assert block.frame[-1] == 34
    assert labels.table.names[block.name[-1]] == "Car:2"
    assert 2 not in labels.table.blocks
    with pytest.raises(EditError, match="already has an annotation at frame 34"):
        AcceptResults(result, relink={change.track: 0}).result(sequence.labels)


def test_new_tracks_of_two_windows_offer_each_other() -> None:
    sequence = made_sequence()
    ones = [
        returned(
            sequence,
            NewTrack(0, 5, (7, 7, 7, 7), name="Car:9", object_id=f"id-{start}"),
            start=start,
            end=start + 10,
        )
        for start in (0, 20)
    ]
    result = merge_back(sequence, sequence.labels, ones)
    first, second = result.changes
    assert (first.name, first.relink) == ("Car:9", ())
    assert (second.said_name, second.name, second.relink) == ("Car:9", "Car:10", (first.track,))
    labels = AcceptResults(result, relink={second.track: first.track}).result(sequence.labels)
    assert labels.table.blocks[first.track].frame.tolist() == [5, 25]


def test_new_name_reaches_the_whole_track() -> None:
    sequence, result = merged(Rename(0, "Car:7"))
    (change,) = result.changes
    assert (change.said_name, change.name) == ("Car:7", "Car:7")
    assert len(change.diff.renamed) == 11
    labels = AcceptResults(result).result(sequence.labels)
    assert labels.table.tracks[0] == Track("id-a", "Car:7")
    assert {labels.table.names[name] for name in labels.table.blocks[0].name} == {"Car:7"}


def test_name_of_another_object_is_not_taken_over() -> None:
    sequence = made_sequence()
    one = returned(sequence, move(0, 5))
    table = one.result.labels.table
    clash = replace(table.blocks[0], name=np.full(11, 2, dtype=np.int32))
    labels = replace(one.result.labels, table=table.with_blocks({0: clash}))
    result = merge_back(
        sequence, sequence.labels, [replace(one, result=replace(one.result, labels=labels))]
    )
    (change,) = result.changes
    assert (change.said_name, change.name) == ("Car:2", "Car:1")
    accepted = AcceptResults(result).result(sequence.labels)
    assert {accepted.table.names[name] for name in accepted.table.blocks[0].name} == {"Car:1"}


def test_what_was_edited_here_meanwhile_is_a_conflict() -> None:
    sequence = made_sequence()
    one = returned(sequence, Compound("", (move(0, 5), move(0, 6))))
    now = PutBox(0, 15, (50, 60, 70, 80)).result(sequence.labels)
    result = merge_back(sequence, now, [one])
    (change,) = result.changes
    assert change.conflicts.tolist() == [15]
    ours = AcceptResults(result).result(now)
    assert ours.table.blocks[0].xywh[15:17, 0].tolist() == [50, 1]
    theirs = AcceptResults(result, with_conflicts=True).result(now)
    assert theirs.table.blocks[0].xywh[15:17, 0].tolist() == [1, 1]


def test_frame_attributes_come_home() -> None:
    sequence, result = merged(SetFrameAttribute(FrameRanges.at(5), "weather", "rain"))
    assert result.frame_attributes.tolist() == [15]
    labels = AcceptResults(result).result(sequence.labels)
    assert labels.frame_attributes == {15: (("weather", "rain"),)}
    kept = AcceptResults(result, with_frame_attributes=False).result(sequence.labels)
    assert kept.frame_attributes == {}


def test_new_category_of_the_workers_is_added() -> None:
    sequence = made_sequence()
    one = returned(sequence, move(0, 5))
    labels = one.result.labels
    block = labels.table.blocks[0]
    vans = replace(block, category=np.where(block.frame == 5, 0, 1).astype(np.int16))
    swapped = replace(
        labels,
        table=labels.table.with_blocks({0: vans}),
        categories=(Category("Van", "0"), Category("Car", "1")),
    )
    one = replace(one, result=replace(one.result, labels=swapped))
    result = merge_back(sequence, sequence.labels, [one])
    by_track = {change.track: change.diff.frames.tolist() for change in result.changes}
    assert by_track[0] == [15]
    accepted = AcceptResults(result, tracks=(0,)).result(sequence.labels)
    assert accepted.categories == (Category("Car", "0"), Category("Van", "1"))
    assert accepted.table.blocks[0].category[14:17].tolist() == [0, 1, 0]


def test_accepting_needs_the_labels_that_were_compared() -> None:
    sequence, result = merged(move(0, 5))
    with pytest.raises(EditError, match="compare again"):
        AcceptResults(result).result(move(1, 1).result(sequence.labels))


def test_accepting_can_be_undone() -> None:
    sequence, result = merged(
        Compound("", (move(0, 5), NewTrack(0, 2, (7, 7, 7, 7), object_id="new")))
    )
    labels, change = AcceptResults(result).apply(sequence.labels)
    assert change.tracks == {0, 2}
    assert undo(labels, change).table.equals(sequence.labels.table)


def test_plan_of_other_labels_is_refused() -> None:
    sequence = made_sequence()
    other = replace(sequence, frame_names=tuple(f"x{name}" for name in sequence.frame_names))
    with pytest.raises(HandoffError, match="not the ones that were exported"):
        merge_back(other, other.labels, [returned(sequence, None)])


edits: Callable[[], st.SearchStrategy[Edit]] = lambda: st.one_of(  # noqa: E731
    st.builds(
        PutBox,
        st.sampled_from([0, 1]),
        st.integers(0, 10),
        st.tuples(*[st.integers(1, 90).map(float)] * 4),
    ),
    st.builds(
        DeleteBoxes,
        st.sampled_from([(0,), (1,)]),
        st.integers(0, 10).map(FrameRanges.at),
    ),
)


@given(st.lists(edits(), max_size=6))
def test_window_after_merging_says_what_workers_said(steps: list[Edit]) -> None:
    sequence = made_sequence()
    one = returned(sequence, None)
    back = one.sent.labels
    for step in steps:
        try:
            back = step.result(back)
        except EditError:
            continue
    one = replace(one, result=replace(one.result, labels=back))
    result = merge_back(sequence, sequence.labels, [one])
    labels = AcceptResults(result, deleting=result.emptied.tolist()).result(sequence.labels)
    for track in (0, 1):
        cut = excerpt(sequence, labels, frame_start=10, frame_end=20).labels.table.block(track)
        said = back.table.block(track)
        assert (cut is None) == (said is None)
        if cut is not None and said is not None:
            assert cut.frame.tolist() == said.frame.tolist()
            assert cut.xywh.tolist() == said.xywh.tolist()
        outside = labels.table.blocks[track]
        before = sequence.labels.table.blocks[track]
        away = (outside.frame < 10) | (outside.frame > 20)
        kept = (before.frame < 10) | (before.frame > 20)
        assert outside.xywh[away].tolist() == before.xywh[kept].tolist()
