"""Pairs, distances, frames and tables of two label sets."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agreement.label_sets import label_set, set_of, walk
from trackproof.agreement import Quantity, compare, course, frame_places, track_rows
from trackproof.errors import TrackproofError
from trackproof.formats import open_labels
from trackproof.labels import Block, LabelTable, Shape, Track
from trackproof.progress import Cancelled


def moved(rows, dx=0.0, dy=0.0, identity=None):
    return [
        (f, one if identity is None else identity, left + dx, top + dy, *size)
        for f, one, left, top, *size in rows
    ]


def test_distances_of_a_shifted_box_are_its_shift() -> None:
    rows = walk(1, 0, 4)
    found = compare(label_set(rows, frames=5), label_set(moved(rows, 3, 4), frames=5))
    assert found.distances.centre_px == pytest.approx(np.full(5, 5.0))
    assert found.distances.hausdorff_px == pytest.approx(np.full(5, 5.0))
    assert found.distances.centre_relative == pytest.approx(np.full(5, 0.25))
    assert np.isnan(found.distances.vertex_px).all()


def test_pair_below_the_threshold_is_a_miss_and_a_false_positive() -> None:
    rows = walk(1, 0, 4)
    sets = label_set(rows, frames=5), label_set(moved(rows, 10), frames=5)
    clear = compare(*sets).overall.clear
    assert (clear.pairs, clear.misses, clear.false_positives) == (0, 5, 5)
    assert compare(*sets, threshold=0.3).overall.clear.pairs == 5


def test_frames_that_one_file_does_not_list_are_not_compared() -> None:
    rows = walk(1, 0, 9)
    second = label_set(rows[:5], frames=10, listed=(True,) * 7 + (False,) * 3)
    found = compare(label_set(rows, frames=10), second)
    assert found.frames.tolist() == list(range(7))
    assert found.overall.clear.misses == 2


def test_frames_beyond_the_end_of_a_set_count_as_empty() -> None:
    rows = walk(1, 0, 9)
    found = compare(label_set(rows, frames=10), label_set(rows[:6], frames=6))
    assert len(found.frames) == 10
    assert found.overall.clear.misses == 4


def test_range_of_frames_is_compared_alone() -> None:
    rows = walk(1, 0, 9)
    found = compare(label_set(rows, frames=10), label_set(rows, frames=10), frames=(3, 5))
    assert found.frames.tolist() == [3, 4, 5]
    assert found.overall.clear.pairs == 3


def test_sets_without_a_common_frame_are_refused_by_name() -> None:
    sets = (label_set(walk(1, 0, 4), frames=5, title=name) for name in ("Ann", "Ben"))
    with pytest.raises(TrackproofError, match="Ann and Ben have no frame in common"):
        compare(*sets, frames=(8, 9))


def test_categories_are_compared_by_name_whatever_their_number() -> None:
    first = label_set(
        [*walk(1, 0, 4), *((*row, 1) for row in walk(2, 0, 4, left=100))],
        frames=5,
        categories=("car", "person"),
    )
    second = label_set(
        [*((*row, 1) for row in walk(1, 0, 4)), *((*row, 1) for row in walk(2, 0, 4, left=100))],
        frames=5,
        categories=("Person", "Car"),
    )
    found = compare(first, second)
    assert found.overall.clear.detection_rate == 1.0
    assert found.same_category_share == pytest.approx(0.5)
    assert set(found.by_category) == {"car", "person"}
    assert found.by_category["car"].clear.false_positives == 5
    assert found.by_category["person"].clear.misses == 5


def test_frames_meet_by_name_then_by_number_then_by_position() -> None:
    first = label_set([], frames=5).sequence
    shifted = replace(first, frame_names=first.frame_names[2:], frame_numbers=np.arange(3))
    assert frame_places(first, shifted).tolist() == [2, 3, 4]
    other = tuple(f"b{place}" for place in range(5))
    numbered = replace(first, frame_names=other, frame_numbers=np.arange(3, 8))
    assert frame_places(first, numbered).tolist() == [3, 4, -1, -1, -1]
    far = replace(first, frame_names=other, frame_numbers=np.arange(100, 105))
    assert frame_places(first, far).tolist() == [0, 1, 2, 3, 4]


def test_names_that_are_only_counted_from_one_do_not_shift_the_frames(tmp_path: Path) -> None:
    names = tuple(f"{place:06d}.jpg" for place in range(5))
    first = replace(label_set([], frames=5).sequence, frame_names=names)
    path = tmp_path / "tracker.txt"
    path.write_text("1,1,10,20,30,40,1,-1,-1,-1\n3,1,12,20,30,40,1,-1,-1,-1\n")
    (shorter,) = open_labels(path).sequences
    assert shorter.frame_names[0] == "000001.jpg"
    assert frame_places(first, shorter).tolist() == [0, 1, 2]
    assert frame_places(shorter, first).tolist() == [0, 1, 2, -1, -1]
    from_one = replace(first, frame_names=tuple(f"{place:06d}.jpg" for place in range(1, 6)))
    assert frame_places(from_one, shorter).tolist() == [0, 1, 2]
    cut = replace(from_one, frame_names=shorter.frame_names[1:])
    assert frame_places(cut, shorter).tolist() == [-1, 0, 1]


def test_row_of_a_track_names_partners_and_the_worst_frame() -> None:
    rows = walk(1, 0, 9)
    elsewhere = (4, 9, 300.0, 300.0, 20.0, 20.0)
    second = [*moved(rows[:4], identity=7), elsewhere, *moved(rows[5:8], 4, identity=8), *rows[8:]]
    found = compare(label_set(rows, frames=10), label_set(second, frames=10))
    (row,) = track_rows(found)
    assert (row.frames, row.pairs, row.missed) == (10, 9, 1)
    assert row.partners[0] == "object:7"
    assert set(row.partners) == {"object:1", "object:7", "object:8"}
    assert row.worst_frame == 4
    assert (row.switches, row.fragmentations) == (2, 1)
    others = track_rows(found, of_second=True)
    assert [one.rate for one in others] == [0.0, 1.0, 1.0, 1.0]
    assert all(math.isnan(one.switches) for one in others)


def test_course_tells_every_frame_of_a_track() -> None:
    rows = walk(1, 0, 4)
    second = moved([rows[0], *rows[2:]], 3, 4)
    found = compare(label_set(rows, frames=5), label_set(second, frames=5))
    shown = course(found, 0, Quantity.CENTRE)
    assert shown.frames.tolist() == [0, 1, 2, 3, 4]
    assert shown.is_paired.tolist() == [True, False, True, True, True]
    assert shown.values[0] == pytest.approx(5.0)
    assert np.isnan(shown.values[1])
    assert len(course(found, 99, Quantity.IOU).frames) == 0


def shapes(vertices_by_frame, shape, identity="1"):
    points = [np.array(one, dtype=np.float64) for one in vertices_by_frame]
    boxes = np.array([[*p.min(axis=0), *np.ptp(p, axis=0)] for p in points])
    block = Block.of_boxes(np.arange(len(points)), boxes)
    block = replace(
        block,
        shape=np.full(len(points), shape, dtype=np.uint8),
        vertices=np.concatenate(points),
        offsets=np.cumsum([0, *map(len, points)]).astype(np.int32),
    )
    return set_of(LabelTable([Track(identity, "a shape")], {0: block}), frames=len(points))


TRIANGLE = [(0, 0), (40, 0), (0, 40)]


def test_polygons_are_compared_by_their_area() -> None:
    first = shapes([TRIANGLE] * 3, Shape.POLYGON)
    square = label_set([(f, 1, 0, 0, 40, 40) for f in range(3)], frames=3)
    found = compare(first, square, threshold=0.4)
    assert found.pairs.similarity == pytest.approx(np.full(3, 0.5))
    assert found.distances.hausdorff_px == pytest.approx(np.full(3, math.hypot(20, 20)))


def test_polylines_and_keypoints_are_compared_by_distance() -> None:
    line = [(0, 0), (100, 0), (200, 0)]
    for shape in (Shape.POLYLINE, Shape.KEYPOINT):
        first = shapes([line], shape)
        second = shapes([[(x, y + 10) for x, y in line]], shape)
        found = compare(first, second)
        assert found.pairs.similarity == pytest.approx([1 - 10 / 40])
        assert found.distances.vertex_px == pytest.approx([10.0])


def test_kinds_that_have_nothing_in_common_never_pair() -> None:
    first = shapes([TRIANGLE], Shape.POLYGON)
    second = shapes([TRIANGLE], Shape.POLYLINE)
    assert compare(first, second, threshold=0.01).overall.clear.pairs == 0


def test_cancelling_stops_the_comparison() -> None:
    class Stop:
        def step(self, done, total):
            raise Cancelled

    sets = [label_set(walk(1, 0, 4), frames=5) for _ in range(2)]
    with pytest.raises(Cancelled):
        compare(*sets, progress=Stop())
