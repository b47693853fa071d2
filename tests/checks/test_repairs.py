"""Repairs that flags propose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.making import changed, sequence, walk, without
from trackproof.checks import Analysis, Flag, analyse
from trackproof.checks.repair_course import onward
from trackproof.checks.repairs import proposals
from trackproof.labels import Block, FrameRanges, Labels, Sequence, Swap, Track


def first_repair(made: Sequence, check: str) -> tuple[Labels, Analysis]:
    """Check, take the strongest flag that one check supports, and make its first repair."""
    analysis = analyse(made, made.labels)
    flag = flagged(analysis, check)
    edit = proposals(analysis, flag)[0]
    return edit.result(made.labels), analysis


def flagged(analysis: Analysis, check: str) -> Flag:
    return next(flag for flag in analysis.flags if check in flag.checks)


def test_missing_frames_are_filled() -> None:
    labels, _ = first_repair(sequence({0: without(walk(), 20, 21)}), "gaps")
    np.testing.assert_allclose(labels.table.blocks[0].xywh, walk().xywh)


def test_a_box_of_wrong_size_gets_the_size_of_its_neighbours() -> None:
    made = sequence({0: changed(walk(), 20, (0, 0, 25, 0))})
    labels, _ = first_repair(made, "size_outlier")
    np.testing.assert_allclose(labels.table.blocks[0].xywh, walk().xywh)


def test_boxes_off_their_object_return_and_no_other_box_moves() -> None:
    made = sequence({0: changed(walk(), slice(20, 22), (25, 0, 0, 0)), 1: walk(start=(900, 600))})
    labels, _ = first_repair(made, "place_outlier")
    np.testing.assert_allclose(labels.table.blocks[0].xywh, walk().xywh)
    assert labels.table.blocks[1] is made.labels.table.blocks[1]


def test_a_frozen_box_follows_its_object_again() -> None:
    block = walk(speed=(6.0, 0.0))
    boxes = block.xywh.copy()
    boxes[20:28] = boxes[20]
    labels, _ = first_repair(sequence({0: Block.of_boxes(block.frame, boxes)}), "frozen")
    np.testing.assert_allclose(labels.table.blocks[0].xywh, block.xywh, atol=3.0)


def crossing() -> tuple[Block, Block]:
    return walk(60, start=(300, 200), speed=(4, 0)), walk(60, start=(540, 230), speed=(-4, 0))


def test_swapped_identities_are_swapped_back_from_the_frame_on() -> None:
    one, two = crossing()
    labels = Swap(0, 1, FrameRanges.starting(30)).result(sequence({0: one, 1: two}).labels)
    made = replace(sequence({0: one, 1: two}), labels=labels)
    repaired, _ = first_repair(made, "identity_swap")
    apart = [*range(27), *range(34, 60)]
    np.testing.assert_allclose(repaired.table.blocks[0].xywh[apart], one.xywh[apart])


def test_two_pieces_of_one_object_are_joined_and_the_gap_is_filled() -> None:
    whole = walk(60)
    made = sequence({0: whole.take(slice(0, 30)), 1: whole.take(slice(32, 60))})
    labels, _ = first_repair(made, "fragment")
    np.testing.assert_allclose(labels.table.blocks[0].xywh, whole.xywh)
    assert 1 not in labels.table.blocks


def test_a_second_box_on_one_object_is_deleted() -> None:
    whole = walk(60)
    double = changed(whole.take(slice(20, 30)), slice(0, 10), (1, 1, 0, 0))
    labels, _ = first_repair(sequence({0: whole, 1: double}), "duplicate")
    assert set(labels.table.blocks) == {0}
    assert len(labels.table.blocks[0]) == 60


def test_a_category_for_a_moment_becomes_the_usual_one() -> None:
    block = walk()
    category = np.zeros(len(block), dtype=np.int16)
    category[10:13] = 1
    labels, _ = first_repair(sequence({0: replace(block, category=category)}), "category_flip")
    assert not labels.table.blocks[0].category.any()


def test_an_attribute_for_a_moment_becomes_the_usual_one() -> None:
    sets = ((), (("seen", "yes"),), (("seen", "no"),))
    block = walk()
    held = np.ones(len(block), dtype=np.int32)
    held[10:12] = 2
    made = sequence({0: replace(block, attributes=held)}, attribute_sets=sets)
    labels, _ = first_repair(made, "attribute_flicker")
    assert (labels.table.blocks[0].attributes == 1).all()


def test_another_name_becomes_the_usual_one() -> None:
    block = walk()
    name = np.zeros(len(block), dtype=np.int32)
    name[10:15] = 1
    made = sequence(
        {0: replace(block, name=name)},
        tracks=(Track("a", "Person:1"),),
        names=("Person:1", "Person:9"),
    )
    labels, _ = first_repair(made, "two_names")
    assert not labels.table.blocks[0].name.any()


@pytest.mark.parametrize("check", ["size_outlier", "gaps"])
def test_a_repair_leaves_no_flag_of_its_kind(check: str) -> None:
    block = changed(walk(), 10, (0, 0, 25, 0))
    made = sequence({0: without(block, 25)})
    labels, analysis = first_repair(made, check)
    again = analysis.recheck(labels, [0])
    assert not any(check in flag.checks for flag in again.flags)


def test_a_flag_of_a_track_that_is_gone_proposes_nothing() -> None:
    made = sequence({0: without(walk(), 20), 1: walk(start=(900, 600))})
    analysis = analyse(made, made.labels)
    flag = flagged(analysis, "gaps")
    gone = replace(made.labels, table=made.labels.table.with_blocks({0: None}))
    assert proposals(analysis.recheck(gone, [0]), flag) == ()


def test_a_name_that_another_object_has_is_not_proposed() -> None:
    block = walk(60)
    name = np.zeros(len(block), dtype=np.int32)
    name[10:15] = 1
    far = walk(5, first_frame=395)
    made = sequence(
        {0: replace(block, name=name), 1: far},
        frames=400,
        tracks=(Track("a", "Person:1"), Track("b", "Person:1")),
        names=("Person:1", "Person:9"),
    )
    analysis = analyse(made, made.labels)
    for edit in proposals(analysis, flagged(analysis, "two_names")):
        edit.result(made.labels)


@pytest.mark.parametrize(
    ("check", "kept"), [("early_end", slice(0, 50)), ("late_start", slice(20, 80))]
)
def test_an_object_that_ends_or_begins_in_plain_view_is_carried_on_along_its_course(
    check: str, kept: slice
) -> None:
    whole = walk(80, start=(600.0, 400.0), speed=(3.0, 0.0))
    made = sequence({0: whole.take(kept), 1: walk(80, start=(1200, 700))}, frames=80)
    labels, _ = first_repair(made, check)
    longer = labels.table.blocks[0]
    assert len(longer) == len(whole.take(kept)) + 10
    first, last = int(longer.frame[0]), int(longer.frame[-1])
    np.testing.assert_allclose(longer.xywh, whole.xywh[first : last + 1])


def test_a_course_that_leaves_the_image_is_followed_to_its_border_only() -> None:
    made = sequence({0: walk(50, start=(1460.0, 400.0), speed=(8.0, 0.0))}, frames=80)
    edit = onward(made.labels, 0, is_end=True, size=(made.width, made.height))
    assert edit is not None
    centres = edit.boxes_xywh[:, 0] + edit.boxes_xywh[:, 2] / 2
    assert made.width is not None
    assert centres.max() < made.width
    assert len(edit.frames) < 10
