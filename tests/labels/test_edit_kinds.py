"""What each edit does, by example."""

from __future__ import annotations

import re

import numpy as np
import pytest

from trackproof.errors import EditError
from trackproof.labels import (
    AddDetection,
    AddVertex,
    Block,
    Category,
    CopyTo,
    DeleteBoxes,
    Edit,
    FrameRanges,
    Interpolate,
    Labels,
    LabelTable,
    Merge,
    MoveVertex,
    NewTrack,
    PutBox,
    PutBoxes,
    PutVertices,
    RemoveVertex,
    Rename,
    RevertFrameAttributes,
    RevertTracks,
    ScaleRange,
    SetAttribute,
    SetCategory,
    SetFrameAttribute,
    Shape,
    ShiftRange,
    Split,
    Swap,
    Track,
    difference,
    next_name,
    undo,
)

BOX = (5.0, 6.0, 7.0, 8.0)
EVERYWHERE = FrameRanges.everything()


def scene(*, ids: tuple[str, ...] = ("a", "b", "c"), listed: int = 8) -> Labels:
    """Car 1 in frames 0-4, car 2 in frames 3-6, person 1 in frames 0-7; 8 frames."""
    names = ("", "car:1", "car:2", "person:1")
    spans = [(0, 5, 0.0), (3, 7, 100.0), (0, 8, 200.0)]
    blocks = {}
    for track, (first, end, left) in enumerate(spans):
        frames = np.arange(first, end)
        boxes = np.stack([left + 10.0 * frames, *np.full((3, len(frames)), 20.0)], axis=1)
        blocks[track] = Block.of_boxes(
            frames,
            boxes,
            name=track + 1,
            category=int(track == 2),
            source=np.full(len(frames), track),
            columns={"visibility": np.ones(len(frames))},
        )
    tracks = [Track(ids[n], names[n + 1]) for n in range(3)]
    categories = (Category("Car", "1"), Category("Person", "2"))
    present = np.arange(8) < listed
    return Labels(LabelTable(tracks, blocks, names=names), categories, present)


def block(labels: Labels, track: int) -> Block:
    found = labels.table.block(track)
    assert found is not None
    return found


def done(edit: Edit, labels: Labels | None = None) -> Labels:
    return edit.apply(labels or scene())[0]


def name(edit: Edit, labels: Labels | None = None) -> str:
    return edit.apply(labels or scene())[1].label


def test_steps_are_called_what_people_call_them() -> None:
    assert name(PutBox(0, 2, BOX)) == "resize car:1 at frame 2"
    assert name(PutBox(0, 2, (1.0, 2.0, 20.0, 20.0))) == "move car:1 at frame 2"
    assert name(PutBox(0, 7, BOX)) == "add car:1 at frame 7"
    assert name(DeleteBoxes((0, 1), FrameRanges.span(3, 4))) == "delete car:1, car:2 at frames 3-4"
    assert name(Swap(0, 1, FrameRanges.starting(3))) == "swap car:1 and car:2 at frames 3-"
    assert name(Merge(0, 1, "keep first")) == "merge car:2 into car:1"
    assert name(SetAttribute((0,), "hidden", "yes")) == "set hidden to yes of car:1 in all frames"
    assert name(SetCategory((2,), 0)) == "make person:1 Car in all frames"


def test_put_box_keeps_what_the_file_says_of_an_annotation() -> None:
    put = block(done(PutBox(0, 2, BOX)), 0)
    assert put.xywh[2].tolist() == list(BOX)
    assert put.source.tolist() == [0] * 5
    assert put.columns["visibility"].tolist() == [1.0] * 5


def test_new_box_of_a_track_looks_like_its_nearest_and_has_no_place_in_the_file() -> None:
    put = block(done(PutBox(0, 7, BOX)), 0)
    assert put.frame.tolist() == [0, 1, 2, 3, 4, 7]
    assert (put.source[-1], put.name[-1], put.category[-1]) == (-1, 1, 0)
    assert np.isnan(put.columns["visibility"][-1])


def test_first_box_of_a_frame_makes_it_listed_and_undo_takes_that_back() -> None:
    before = scene(listed=7)
    after, change = PutBox(0, 7, BOX).apply(before)
    assert after.listed[7]
    assert not before.listed[7]
    assert change.frames.tolist() == [7]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (PutBox(0, 8, BOX), "no frame 8; the sequence has 8 frames"),
        (PutBox(0, -1, BOX), "no frame -1"),
        (PutBox(0, 1, (0.0, 0.0, -1.0, 5.0)), "above 0; this one is -1 x 5"),
        (PutBox(0, 1, (0.0, float("nan"), 1.0, 5.0)), "above 0"),
        (PutBox(9, 1, BOX), "no object number 9"),
        (PutBoxes(0, (1, 1), np.ones((2, 4))), "each frame once"),
        (PutBoxes(0, (1, 2), np.ones((1, 4))), "2 frames need as many boxes"),
        (AddDetection(0, 5, BOX), "no category number 5"),
        (DeleteBoxes((1,), FrameRanges.at(0)), "car:2: nothing to delete at frame 0"),
        (ShiftRange((1,), FrameRanges.at(0), 1, 1), "car:2: no annotations at frame 0"),
        (ShiftRange((1,), EVERYWHERE, float("inf"), 1), "two numbers of pixels"),
        (ScaleRange((1,), EVERYWHERE, 0, 1), "a number above 0"),
        (NewTrack(7, 0, BOX), "no category number 7"),
        (NewTrack(0, 0, BOX, object_id="b"), "has the identity b already"),
        (Rename(0, "car:2"), "car:2 is the name of another object. Merge the two, or take car:3."),
        (Rename(0, "  "), "one letter at least"),
        (Split(0, FrameRanges.starting(5)), "car:1 is not in frames 5-"),
        (Split(0, EVERYWHERE), "nothing would stay"),
        (Merge(0, 1), "both in frames 3-4. Choose which one"),
        (Merge(0, 0), "two different objects"),
        (Swap(0, 1, FrameRanges.at(7)), "are not in frames 7"),
        (SetAttribute((1,), "hidden", 1, FrameRanges.at(0)), "no annotations at frame 0"),
        (CopyTo((0,), 3, FrameRanges.at(3)), "no frames 3 to copy to"),
        (CopyTo((1,), 0, FrameRanges.at(3)), "car:2 is not in frame 0"),
        (Interpolate(0, (2,)), "two key frames at least"),
        (Interpolate(0, (2, 3)), "no frame between 2 and 3"),
        (PutVertices(0, 1, Shape.POLYGON, ((0.0, 0.0), (1.0, 1.0))), "polygon needs 3 or more"),
        (MoveVertex(0, 1, 0, (1.0, 1.0)), "no vertex 0; the shape has 0"),
        (RevertTracks(scene(), (0,)), "nothing to revert"),
    ],
)
def test_edits_that_do_not_fit_say_why(edit: Edit, message: str) -> None:
    before = scene()
    if isinstance(edit, RevertTracks):
        edit = RevertTracks(before, (0,))
    with pytest.raises(EditError, match=re.escape(message)):
        edit.apply(before)


def test_frame_attributes_need_a_listed_frame() -> None:
    with pytest.raises(EditError, match="list none of the frames 7"):
        SetFrameAttribute(FrameRanges.at(7), "weather", "rain").apply(scene(listed=7))


def test_many_boxes_can_leave_present_frames_alone() -> None:
    boxes = np.tile(BOX, (3, 1))
    kept = block(done(PutBoxes(0, (6, 4, 5), boxes, overwrite=False)), 0)
    assert kept.frame.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert kept.xywh[4, 0] == 40.0
    assert kept.xywh[5].tolist() == list(BOX)
    replaced = block(done(PutBoxes(0, (6, 4, 5), boxes)), 0)
    assert replaced.xywh[4].tolist() == list(BOX)


def test_track_that_lost_all_boxes_can_get_one_again() -> None:
    empty = done(DeleteBoxes((2,), EVERYWHERE))
    assert empty.table.block(2) is None
    again = block(done(PutBox(2, 3, BOX), empty), 2)
    assert (again.category.tolist(), again.name.tolist()) == ([1], [3])


def test_new_objects_get_the_next_free_number_and_an_identity() -> None:
    assert next_name(scene(), 0) == "car:3"
    after = done(NewTrack(1, 2, BOX))
    assert after.table.tracks[3].object_name == "person:2"
    assert len(after.table.tracks[3].object_id) == 36
    numbered = done(NewTrack(1, 2, BOX), scene(ids=("4", "7", "5")))
    assert numbered.table.tracks[3].object_id == "8"


def test_number_of_a_deleted_object_is_not_given_again() -> None:
    after = done(NewTrack(0, 1, BOX), done(DeleteBoxes((1,), EVERYWHERE)))
    assert after.table.tracks[3].object_name == "car:3"


def test_split_and_merge_are_each_others_inverse() -> None:
    split = done(Split(2, FrameRanges.starting(4)))
    assert split.table.tracks[3].object_name == "person:2"
    assert block(split, 2).frame.tolist() == [0, 1, 2, 3]
    assert block(split, 3).frame.tolist() == [4, 5, 6, 7]
    assert set(block(split, 3).name.tolist()) == {4}
    merged = done(Merge(2, 3), split)
    assert difference(scene(), merged).is_empty


@pytest.mark.parametrize(("overlap", "left"), [("keep first", 30.0), ("keep second", 130.0)])
def test_merge_resolves_overlap_as_asked(overlap: str, left: float) -> None:
    merged = done(Merge(0, 1, overlap))  # type: ignore[arg-type]
    assert block(merged, 0).frame.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert block(merged, 0).xywh[3, 0] == left
    assert set(block(merged, 0).name.tolist()) == {1}
    assert merged.table.block(1) is None


def test_merge_makes_one_category() -> None:
    merged = done(Merge(0, 2, "keep first"))
    assert set(block(merged, 0).category.tolist()) == {0}


def test_swap_exchanges_names_categories_and_boxes_in_the_range_only() -> None:
    after = done(Swap(0, 2, FrameRanges.starting(4)))
    car, person = block(after, 0), block(after, 2)
    assert car.xywh[:, 0].tolist() == [0.0, 10.0, 20.0, 30.0, 240.0, 250.0, 260.0, 270.0]
    assert set(car.category.tolist()) == {0}
    assert set(car.name.tolist()) == {1}
    assert person.frame.tolist() == [0, 1, 2, 3, 4]
    assert set(person.category.tolist()) == {1}
    assert car.source.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]


def test_whole_change_of_category_renames_and_a_partial_one_does_not() -> None:
    whole = done(SetCategory((2,), 0))
    assert whole.table.tracks[2].object_name == "car:3"
    assert {whole.table.names[n] for n in block(whole, 2).name} == {"car:3"}
    part = done(SetCategory((2,), 0, FrameRanges.at(3)))
    assert part.table.tracks[2].object_name == "person:1"
    assert block(part, 2).category.tolist() == [1, 1, 1, 0, 1, 1, 1, 1]


def test_attribute_keeps_its_type_and_the_order_of_others() -> None:
    labels = done(SetAttribute((0,), "a", 1))
    labels = done(SetAttribute((0,), "b", "x"), labels)
    labels = done(SetAttribute((0,), "a", True, FrameRanges.at(1)), labels)
    sets = [labels.table.attribute_sets[n] for n in block(labels, 0).attributes]
    assert repr(sets[0]) == "(('a', 1), ('b', 'x'))"
    assert repr(sets[1]) == "(('a', True), ('b', 'x'))"
    cleared = done(SetAttribute((0,), "a", None), labels)
    assert cleared.table.attribute_sets[block(cleared, 0).attributes[0]] == (("b", "x"),)


def test_copy_fills_following_frames_and_overwrites_only_when_asked() -> None:
    filled = block(done(CopyTo((0,), 2, FrameRanges.starting(3))), 0)
    assert filled.xywh[:, 0].tolist() == [0.0, 10.0, 20.0, 30.0, 40.0, 20.0, 20.0, 20.0]
    over = block(done(CopyTo((0,), 2, FrameRanges.starting(3), overwrite=True)), 0)
    assert over.xywh[3:, 0].tolist() == [20.0] * 5
    assert over.source.tolist() == [0] * 5 + [-1] * 3


def test_interpolation_is_exact_at_keys_and_straight_between() -> None:
    labels = done(PutBox(0, 4, (80.0, 20.0, 40.0, 20.0)))
    after = block(done(Interpolate(0, (0, 4)), labels), 0)
    assert after.xywh[:, 0].tolist() == [0.0, 20.0, 40.0, 60.0, 80.0]
    assert after.xywh[:, 2].tolist() == [20.0, 25.0, 30.0, 35.0, 40.0]


def test_interpolation_leaves_unlisted_frames_alone() -> None:
    labels = done(PutBox(0, 7, BOX), scene(listed=6))
    after = block(done(Interpolate(0, (4, 7)), labels), 0)
    assert after.frame.tolist() == [0, 1, 2, 3, 4, 5, 7]


def test_interpolation_can_fill_gaps_only() -> None:
    labels = done(PutBox(0, 7, (0.0, 20.0, 20.0, 20.0)))
    after = block(done(Interpolate(0, (0, 7), overwrite=False), labels), 0)
    assert after.xywh[:5, 0].tolist() == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert len(after) == 8


def test_smooth_interpolation_equals_scipy_and_never_overshoots() -> None:
    from scipy.interpolate import PchipInterpolator

    keys, widths = [0, 2, 5, 7], [10.0, 60.0, 12.0, 12.0]
    labels = scene()
    for key, width in zip(keys, widths, strict=True):
        labels = done(PutBox(2, key, (0.0, 0.0, width, 20.0)), labels)
    after = block(done(Interpolate(2, tuple(keys), "smooth", is_exact=True), labels), 2)
    inner = PchipInterpolator(keys, widths)(np.arange(2, 6))
    assert np.allclose(after.xywh[2:6, 2], inner)
    assert after.xywh[:, 2].min() >= 10.0
    assert after.xywh[:, 2].max() <= 60.0


def test_what_is_computed_stays_in_whole_pixels_where_the_track_is() -> None:
    labels = done(PutBox(0, 2, (21.0, 20.0, 25.0, 20.0)))
    between = block(done(Interpolate(0, (1, 4)), labels), 0)
    assert between.xywh[2].tolist() == [20.0, 20.0, 20.0, 20.0]
    between = block(done(Interpolate(0, (2, 4)), labels), 0)
    assert between.xywh[3].tolist() == [31.0, 20.0, 23.0, 20.0]
    put = PutBoxes(0, (1, 6), np.array([[1.4, 2.5, 0.2, 9.0]] * 2))
    assert block(done(put), 0).xywh[[1, 5]].tolist() == [[1.0, 3.0, 1.0, 9.0]] * 2
    scaled = block(done(ScaleRange((0,), FrameRanges.at(1), 1.05, 1.01)), 0)
    assert scaled.xywh[1].tolist() == [10.0, 20.0, 21.0, 20.0]


def test_a_track_with_fractions_of_pixels_gets_fractions() -> None:
    labels = done(PutBox(0, 0, (0.25, 20.0, 20.0, 20.0)))
    between = block(done(Interpolate(0, (0, 3)), labels), 0)
    assert between.xywh[1, 0] == pytest.approx(0.25 + 29.75 / 3)


def test_computed_vertices_stay_in_whole_pixels_and_the_box_goes_around_them() -> None:
    labels = scene()
    for frame, right in ((0, 9.0), (2, 16.0)):
        ring = ((0.0, 0.0), (right, 0.0), (right, 8.0))
        labels = done(PutVertices(0, frame, Shape.POLYGON, ring), labels)
    for frame in (1, 3, 4):
        labels = done(DeleteBoxes((0,), FrameRanges.at(frame)), labels)
    between = block(done(Interpolate(0, (0, 2)), labels), 0)
    assert between.vertices_of(1).tolist() == [[0.0, 0.0], [13.0, 0.0], [13.0, 8.0]]
    assert between.xywh[1].tolist() == [0.0, 0.0, 13.0, 8.0]


def test_shift_and_scale_keep_what_is_outside_the_range() -> None:
    shifted = block(done(ShiftRange((0,), FrameRanges.span(1, 2), 3.0, -1.0)), 0)
    assert shifted.xywh[:, 0].tolist() == [0.0, 13.0, 23.0, 30.0, 40.0]
    scaled = block(done(ScaleRange((0,), FrameRanges.at(1), 2.0, 0.5, "bottom")), 0)
    assert scaled.xywh[1].tolist() == [0.0, 30.0, 40.0, 10.0]
    centred = block(done(ScaleRange((0,), FrameRanges.at(1), 2.0, 2.0)), 0)
    assert centred.xywh[1].tolist() == [0.0, 10.0, 40.0, 40.0]


def test_polygon_moves_and_stretches_with_its_rectangle() -> None:
    triangle = ((0.0, 0.0), (10.0, 0.0), (10.0, 20.0))
    labels = done(PutVertices(0, 2, Shape.POLYGON, triangle))
    assert block(labels, 0).xywh[2].tolist() == [0.0, 0.0, 10.0, 20.0]
    moved = block(done(PutBox(0, 2, (100.0, 0.0, 20.0, 20.0)), labels), 0)
    assert moved.vertices_of(2).tolist() == [[100.0, 0.0], [120.0, 0.0], [120.0, 20.0]]
    assert len(moved.vertices_of(1)) == 0


def test_vertices_are_added_moved_and_removed_down_to_the_fewest() -> None:
    triangle = ((0.0, 0.0), (10.0, 0.0), (10.0, 20.0))
    labels = done(PutVertices(0, 2, Shape.POLYGON, triangle))
    labels = done(AddVertex(0, 2, 3, (0.0, 30.0)), labels)
    assert block(labels, 0).xywh[2].tolist() == [0.0, 0.0, 10.0, 30.0]
    labels = done(MoveVertex(0, 2, 3, (-5.0, 30.0)), labels)
    assert block(labels, 0).xywh[2, 0] == -5.0
    labels = done(RemoveVertex(0, 2, 3), labels)
    with pytest.raises(EditError, match="3 or more"):
        RemoveVertex(0, 2, 0).apply(labels)


def test_polygons_interpolate_vertex_by_vertex() -> None:
    labels = done(PutVertices(0, 0, Shape.POLYLINE, ((0.0, 0.0), (10.0, 0.0))))
    labels = done(PutVertices(0, 2, Shape.POLYLINE, ((20.0, 0.0), (30.0, 8.0))), labels)
    between = block(done(Interpolate(0, (0, 2)), labels), 0)
    assert between.vertices_of(1).tolist() == [[10.0, 0.0], [20.0, 4.0]]
    assert between.xywh[1].tolist() == [10.0, 0.0, 10.0, 4.0]
    labels = done(PutVertices(0, 2, Shape.POLYLINE, ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))), labels)
    with pytest.raises(EditError, match="same number of vertices"):
        Interpolate(0, (0, 2)).apply(labels)


def test_keypoint_moves_without_extent() -> None:
    labels = done(PutVertices(0, 2, Shape.KEYPOINT, ((3.0, 4.0),)))
    moved = block(done(ShiftRange((0,), FrameRanges.at(2), 1.0, 1.0), labels), 0)
    assert moved.vertices_of(2).tolist() == [[4.0, 5.0]]
    assert moved.xywh[2].tolist() == [4.0, 5.0, 0.0, 0.0]


def test_detections_are_told_apart_by_their_place_in_the_frame() -> None:
    labels = done(AddDetection(2, 0, BOX))
    labels = done(AddDetection(2, 1, (50.0, 6.0, 7.0, 8.0)), labels)
    labels = done(AddDetection(1, 1, BOX), labels)
    labels = done(PutBox(-1, 2, (9.0, 9.0, 9.0, 9.0), place=1), labels)
    assert block(labels, -1).xywh[:, 0].tolist() == [5.0, 5.0, 9.0]
    labels = done(DeleteBoxes((-1,), FrameRanges.at(2), place=0), labels)
    assert block(labels, -1).xywh[:, 0].tolist() == [5.0, 9.0]
    with pytest.raises(EditError, match="detections is not in frame 2"):
        PutBox(-1, 2, BOX, place=1).apply(labels)


def test_tracks_can_be_reverted_wholly_or_in_some_frames() -> None:
    original = scene()
    labels = done(ShiftRange((0, 1), EVERYWHERE, 5.0, 0.0), original)
    labels = done(Rename(0, "car:9"), labels)
    labels = done(DeleteBoxes((2,), FrameRanges.starting(4)), labels)
    labels = done(NewTrack(0, 1, BOX), labels)
    whole = done(RevertTracks(original, (0, 1, 2, 3)), labels)
    assert difference(original, whole).is_empty
    assert whole.table.tracks[0].object_name == "car:1"
    assert whole.table.block(3) is None
    part = done(RevertTracks(original, (2,), FrameRanges.at(5)), labels)
    assert block(part, 2).frame.tolist() == [0, 1, 2, 3, 5]


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (1.0, True), (True, 1)])
def test_frame_attributes_that_only_differ_in_type_are_a_change(old: float, new: float) -> None:
    first = SetFrameAttribute(FrameRanges.at(2), "lanes", old).result(scene())
    after, change = SetFrameAttribute(FrameRanges.at(2), "lanes", new).apply(first)
    assert not change.is_empty
    assert repr(after.frame_attributes[2]) == repr((("lanes", new),))
    assert repr(undo(after, change).frame_attributes[2]) == repr((("lanes", old),))
    assert difference(first, after).frame_attributes.tolist() == [2]
    reverted = RevertFrameAttributes(first).result(after)
    assert repr(reverted.frame_attributes[2]) == repr((("lanes", old),))
