"""Every kind of mistake is found where it is, and called what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.making import changed, crowd, sequence, walk
from trackproof.checks import FlagKind, analyse
from trackproof.checks.model import Flag
from trackproof.labels import Block, Sequence, Track


def first_flag(made: Sequence) -> Flag:
    return analyse(made, made.labels).flags[0]


def with_column(block: Block, rows: slice, **column: int) -> Block:
    (name, value), *_ = column.items()
    values = getattr(block, name).copy()
    values[rows] = value
    return replace(block, **{name: values})


@pytest.mark.parametrize("side", range(4))
def test_one_moved_side_for_one_frame_is_a_size_flag(side: int) -> None:
    change = [[-14, 0, 14, 0], [0, -30, 0, 30], [0, 0, 14, 0], [0, 0, 0, 30]][side]
    flag = first_flag(sequence({0: changed(walk(60), 25, change)}))
    assert (flag.kind, flag.frame) == (FlagKind.SIZE, 25)
    assert "+3" in flag.evidence
    assert "both" in flag.evidence or "before and after" in flag.evidence
    assert flag.expected_xywh == pytest.approx((375.0, 225.0, 40.0, 100.0))


def test_shift_of_three_frames_is_one_flag_over_all_of_them() -> None:
    made = sequence({0: changed(walk(60), slice(25, 28), [16, 0, 0, 0])})
    flag = first_flag(made)
    assert flag.kind is FlagKind.SHIFT
    assert (flag.frame_start, flag.frame_end) == (25, 27)


def test_common_jump_of_the_camera_is_no_mistake() -> None:
    shaken = {
        number: changed(block, slice(30, None), [40, -25, 0, 0])
        for number, block in crowd().labels.table.blocks.items()
    }
    made = sequence(shaken)
    steps = analyse(made, made.labels).measurements["place_step"]
    assert max(np.nanmax(steps.of(track)[1]) for track in range(6)) < 1.5


def test_category_flip_names_both_categories() -> None:
    flag = first_flag(sequence({0: with_column(walk(60), slice(20, 23), category=1)}))
    assert (flag.kind, flag.frame_start, flag.frame_end) == (FlagKind.CATEGORY, 20, 22)
    assert "Car" in flag.evidence
    assert "Person" in flag.evidence


def test_long_run_is_judged_by_its_first_frame() -> None:
    flag = first_flag(sequence({0: with_column(walk(60), slice(20, 35), category=1)}))
    assert (flag.frame_start, flag.frame_end) == (20, 20)
    assert flag.extent == (20, 34)


def test_attribute_that_comes_back_flickers_and_a_lasting_change_does_not() -> None:
    sets = ((), (("Colour", "red"),), (("Colour", "blue"),))
    block = with_column(walk(60), slice(None), attributes=1)
    flicker = with_column(block, slice(30, 32), attributes=2)
    flag = first_flag(sequence({0: flicker}, attribute_sets=sets))
    assert flag.kind is FlagKind.CATEGORY
    assert "Colour is blue instead of red for 2 frames" in flag.evidence
    lasting = sequence({0: with_column(block, slice(30, None), attributes=2)}, attribute_sets=sets)
    assert analyse(lasting, lasting.labels).flags == ()


def test_two_names_of_one_object() -> None:
    names = ("Person:1", "Person:7")
    made = sequence({0: with_column(walk(60), slice(10, 14), name=1)}, names=names)
    flag = first_flag(made)
    assert flag.kind is FlagKind.IDENTITY
    assert "Person:7" in flag.evidence


def test_one_name_of_two_objects() -> None:
    tracks = (Track("a", "Person:1"), Track("b", "Person:1"))
    made = sequence({0: walk(60), 1: walk(60, start=(1200, 500))}, tracks=tracks)
    flag = first_flag(made)
    assert (flag.kind, flag.track, flag.other_track) == (FlagKind.IDENTITY, 1, 0)


@pytest.mark.parametrize("category", [0, 1])
def test_second_box_on_an_object_is_a_duplicate(category: int) -> None:
    second = changed(walk(60).take(slice(20, 28)), slice(None), [1, 2, 1, -1])
    made = sequence({0: walk(60), 1: with_column(second, slice(None), category=category)})
    flag = first_flag(made)
    assert (flag.kind, flag.track, flag.other_track) == (FlagKind.DUPLICATE, 1, 0)
    assert ("another category" in flag.evidence) == bool(category)


def test_passing_people_are_no_duplicates() -> None:
    one = walk(60, start=(300, 300), speed=(5, 0))
    two = walk(60, start=(600, 305), speed=(-5, 0))
    made = sequence({0: one, 1: two})
    assert FlagKind.DUPLICATE not in {flag.kind for flag in analyse(made, made.labels).flags[:1]}


def test_swapped_identities_of_crossing_objects_are_found_at_the_crossing() -> None:
    one = walk(60, start=(300, 300), speed=(5, 0))
    two = walk(60, start=(590, 330), speed=(-5, 0), size=(36, 90))
    swapped = [np.vstack([a.xywh[:29], b.xywh[29:]]) for a, b in ((one, two), (two, one))]
    made = sequence({n: Block.of_boxes(range(60), boxes) for n, boxes in enumerate(swapped)})
    flag = first_flag(made)
    assert flag.kind is FlagKind.IDENTITY
    assert {flag.track, flag.other_track} == {0, 1}
    assert flag.frame == 29


def test_fragment_names_the_track_that_ended() -> None:
    whole = walk(60)
    made = sequence({0: whole.take(slice(0, 30)), 1: whole.take(slice(32, 60))})
    found = [f for f in analyse(made, made.labels).flags if "fragment" in f.checks]
    assert (found[0].track, found[0].other_track, found[0].frame) == (1, 0, 32)


def test_frozen_box_is_found_at_its_jump() -> None:
    block = walk(60)
    boxes = block.xywh.copy()
    boxes[20:28] = boxes[20]
    made = sequence({0: Block.of_boxes(block.frame, boxes)})
    found = [f for f in analyse(made, made.labels).flags if "frozen" in f.checks]
    assert abs(found[0].frame - 27) <= 1
    assert "8 frames" in " ".join(finding.evidence for finding in found[0].findings)


def test_still_object_is_not_frozen() -> None:
    made = sequence({0: walk(60, speed=(0, 0))})
    assert analyse(made, made.labels).flags == ()


def test_slow_drift_and_return_is_found_in_its_middle() -> None:
    bump = np.zeros((60, 4))
    bump[20:41, 1] = 18.0 * np.sin(np.pi * np.arange(21) / 20)
    made = sequence({0: changed(walk(60, speed=(1, 0)), slice(None), bump)})
    found = [f for f in analyse(made, made.labels).flags if "drift" in f.checks]
    assert any(20 <= flag.frame <= 40 for flag in found)


def test_trembling_is_found() -> None:
    rng = np.random.default_rng(1)
    block = walk(120)
    block = changed(block, slice(50, 66), rng.normal(0.0, 4.0, (16, 4)))
    made = sequence({0: block}, frames=120)
    measured = analyse(made, made.labels).measurements["jitter"].of(0)[1]
    assert 50 <= int(np.nanargmax(measured)) <= 66


def test_end_in_plain_view_counts_and_one_behind_somebody_does_not() -> None:
    made = sequence({0: walk(30), 1: walk(60, start=(900, 200))})
    ends = analyse(made, made.labels).measurements["early_end"]
    in_view = ends.of(0)[1][-1]
    hidden_by = walk(60, start=(250, 190), speed=(3, 1), size=(160, 200))
    made = sequence({0: walk(30), 1: hidden_by})
    hidden = analyse(made, made.labels).measurements["early_end"].of(0)[1][-1]
    assert in_view > 3.0 * hidden
    assert np.isnan(ends.of(1)[1]).all()


def test_stray_track_in_mid_picture_is_flagged() -> None:
    made = sequence({0: walk(60), 1: walk(2, start=(900, 500), first_frame=20)})
    assert any("short_track" in f.checks for f in analyse(made, made.labels).flags if f.track == 1)


def test_box_without_size_is_flagged() -> None:
    made = sequence({0: changed(walk(60), 30, [0, 0, -40, 0])})
    flag = first_flag(made)
    assert (flag.frame, "degenerate" in flag.checks) == (30, True)


def test_box_outside_the_image_is_measured_by_its_share() -> None:
    made = sequence({0: walk(60, start=(-30, 200), speed=(0, 0))})
    assert analyse(made, made.labels).measurements["outside"].of(0)[1][0] == pytest.approx(0.75)


def test_wrong_shape_is_told_from_a_change_of_distance() -> None:
    wrong = sequence({0: changed(walk(60), slice(30, 36), [-8, 10, 16, -20])})
    nearer = sequence({0: changed(walk(60), slice(30, 36), [-4, -10, 8, 20])})
    peaks = [
        np.nanmax(analyse(made, made.labels).measurements["aspect"].of(0)[1])
        for made in (wrong, nearer)
    ]
    assert peaks[0] > 2.0
    assert peaks[1] == 0.0


def test_interpolation_is_measured_and_raises_no_flag() -> None:
    corners = np.array([[300, 200], [400, 200], [400, 300], [500, 300]], dtype=np.float64)
    time = np.arange(61)
    ways = [np.interp(time, [0, 20, 40, 60], corners[:, axis]) for axis in range(2)]
    boxes = np.column_stack([*ways, np.full(61, 40.0), np.full(61, 100.0)])
    made = sequence({0: Block.of_boxes(time, boxes)}, frames=61)
    result = analyse(made, made.labels)
    assert result.measurements["interpolation"].of(0)[1][30] > 0.05
    assert all("interpolation" not in flag.checks for flag in result.flags)


def test_track_unlike_all_others_is_flagged_as_a_whole() -> None:
    rng = np.random.default_rng(2)
    made = crowd(tracks=7)
    block = made.labels.table.blocks[5]
    wild = changed(block, slice(None), rng.normal(0.0, 12.0, (60, 4)))
    labels = replace(made.labels, table=made.labels.table.with_blocks({5: wild}))
    values = analyse(made, labels).measurements["track_overlap"]
    assert values.of(5)[1][0] > 4.0
    assert values.of(1)[1][0] < 2.0


def test_three_neighbours_that_hand_on_their_identities_are_named_as_one_circle() -> None:
    ways = [
        walk(60, start=(300, 300), speed=(4, 0)),
        walk(60, start=(480, 360), speed=(-2, 1)),
        walk(60, start=(420, 250), speed=(0, 3)),
    ]
    rows = np.arange(60)[:, None]
    turned = [np.where(rows < 30, ways[k].xywh, ways[(k + 1) % 3].xywh) for k in range(3)]
    made = sequence({k: Block.of_boxes(ways[k].frame, turned[k]) for k in range(3)})
    analysis = analyse(made, made.labels)
    events = analysis.outcomes["crowd_order"].hits.events
    assert sorted(events.track.tolist()) == [0, 1, 2]
    assert set(events.frame.tolist()) == {30}
    assert {(t, o) for t, o in zip(events.track, events.other_track, strict=True)} == {
        (0, 2),
        (1, 0),
        (2, 1),
    }
    assert any("3 neighbours" in flag.evidence for flag in analysis.flags)
