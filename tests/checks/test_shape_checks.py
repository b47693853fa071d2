"""Checks of polygons, polylines and keypoints find what is wrong, and repairs take it away."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from checks.making import crowd, sequence, walk
from trackproof.checks import FlagKind, all_checks, analyse
from trackproof.checks.repairs import proposals
from trackproof.labels import (
    Block,
    ExchangeVertices,
    FrameRanges,
    PutVertices,
    ReverseVertices,
    Shape,
    undo,
)

FRAMES = 40
SQUARE = [(0, 0), (40, 0), (60, 30), (40, 80), (0, 80)]
LINE = [(0, 0), (40, 10), (90, 15), (140, 60)]
BODY = [(20, 0), (0, 30), (40, 30), (5, 80), (35, 80)]
SHAPE_CHECKS = {name for name, check in all_checks().items() if check.needs_shapes}


def shapes(
    outline: list[tuple[float, float]], shape: Shape, *, frames: int = FRAMES, noise: float = 0.3
) -> Block:
    """A shape that moves evenly, drawn by a hand that trembles a little."""
    random = np.random.default_rng(7)
    points = np.array(outline, dtype=np.float64)[None] + np.arange(frames)[:, None, None] * (3, 1)
    return with_points(points + random.normal(0, noise, points.shape), shape)


def with_points(points: np.ndarray, shape: Shape) -> Block:
    low, high = points.min(axis=1), points.max(axis=1)
    block = Block.of_boxes(np.arange(len(points)), np.hstack([low, high - low]))
    count = points.shape[1]
    return replace(
        block,
        shape=np.full(len(points), shape, dtype=np.uint8),
        vertices=points.reshape(-1, 2),
        offsets=np.arange(0, (len(points) + 1) * count, count, dtype=np.int32),
    )


def points_of(block: Block) -> np.ndarray:
    return block.vertices.reshape(len(block), -1, 2).copy()


def flags(block: Block):
    made = sequence({0: block})
    result = analyse(made, made.labels)
    return result, [flag for flag in result.flags if set(flag.checks) & SHAPE_CHECKS]


@pytest.mark.parametrize(
    ("outline", "shape"),
    [(SQUARE, Shape.POLYGON), (LINE, Shape.POLYLINE), (BODY, Shape.KEYPOINT)],
)
def test_steady_shapes_raise_no_flag(outline, shape) -> None:
    assert flags(shapes(outline, shape))[1] == []


@pytest.mark.parametrize(
    ("outline", "shape"),
    [(SQUARE, Shape.POLYGON), (LINE, Shape.POLYLINE), (BODY, Shape.KEYPOINT)],
)
def test_vertex_that_jumps_alone_is_named_and_put_back(outline, shape) -> None:
    block = shapes(outline, shape)
    points = points_of(block)
    right = points[20, 2].copy()
    points[20, 2] += (18, -14)
    result, found = flags(with_points(points, shape))
    assert [flag.frame for flag in found] == [20]
    assert found[0].kind is FlagKind.SHAPE
    assert "vertex 3 is" in found[0].evidence
    edit = proposals(result, found[0])[0]
    repaired = edit.result(result.labels).table.blocks[0]
    assert points_of(repaired)[20, 2] == pytest.approx(right, abs=1.5)


def test_whole_shape_that_jumps_is_no_vertex_out_of_line() -> None:
    block = shapes(SQUARE, Shape.POLYGON)
    points = points_of(block)
    points[20] += (25, 0)
    result, _ = flags(with_points(points, Shape.POLYGON))
    _, values = result.measurements["vertex_jump"].of(0)
    assert np.nanmax(values) < 3.0


def test_crossed_outline_is_found_and_untangled() -> None:
    block = shapes(SQUARE, Shape.POLYGON)
    points = points_of(block)
    points[12:15, [2, 3]] = points[12:15, [3, 2]]
    points[12:15, [3, 4]] = points[12:15, [4, 3]]
    result, found = flags(with_points(points, Shape.POLYGON))
    crossing = next(flag for flag in found if "self_crossing" in flag.checks)
    assert crossing.frame_start == 12
    for edit in proposals(result, crossing)[:1]:
        after = replace(result.sequence, labels=edit.result(result.labels))
        values = analyse(after, after.labels).measurements["self_crossing"].of(0)[1]
        assert not values.any()


def test_ring_that_goes_the_other_way_for_some_frames_is_turned_back() -> None:
    block = shapes(SQUARE, Shape.POLYGON)
    points = points_of(block)
    points[10:16] = points[10:16, ::-1]
    result, found = flags(with_points(points, Shape.POLYGON))
    flip = next(flag for flag in found if "ring_flip" in flag.checks)
    assert flip.findings[0].frame_start == 10 or flip.frame_start in range(9, 17)
    assert ReverseVertices(0, FrameRanges.span(10, 15)) in proposals(result, flip)


def test_line_from_its_other_end_is_turned_back() -> None:
    block = shapes(LINE, Shape.POLYLINE)
    points = points_of(block)
    points[25:30] = points[25:30, ::-1]
    result, found = flags(with_points(points, Shape.POLYLINE))
    flip = next(flag for flag in found if "line_flip" in flag.checks)
    edits = proposals(result, flip)
    assert ReverseVertices(0, FrameRanges.span(25, 29)) in edits


def test_line_that_turns_for_good_is_judged_by_where_it_is_most() -> None:
    block = shapes(LINE, Shape.POLYLINE)
    points = points_of(block)
    points[:8] = points[:8, ::-1]
    result, found = flags(with_points(points, Shape.POLYLINE))
    assert any(ReverseVertices(0, FrameRanges.span(0, 7)) in proposals(result, f) for f in found)


def test_left_and_right_exchanged_for_some_frames_are_exchanged_back() -> None:
    block = shapes(BODY, Shape.KEYPOINT)
    points = points_of(block)
    points[18:22, [1, 2]] = points[18:22, [2, 1]]
    result, found = flags(with_points(points, Shape.KEYPOINT))
    swap = next(flag for flag in found if "point_swap" in flag.checks)
    assert "points 2 and 3 fit the frame before" in " ".join(f.evidence for f in swap.findings)
    edits = [edit for flag in found for edit in proposals(result, flag)]
    assert ExchangeVertices(0, 1, 2, FrameRanges.span(18, 21)) in edits


def test_measurements_of_neighbours_are_those_of_geometry() -> None:
    square = np.array([(0, 0), (40, 0), (40, 40), (0, 40)], dtype=np.float64)
    points = square + np.array([(0, 0), (10, 0), (10, 30)])[:, None]
    made = sequence({0: with_points(points, Shape.POLYGON)}, frames=3)
    result = analyse(made, made.labels)
    measured = {name: m.of(0)[1] for name, m in result.measurements.items()}
    assert measured["polygon_iou"][1:] == pytest.approx([30 / 50, 10 / 70])
    assert measured["outline_distance"][1:] == pytest.approx([10, 30])
    assert measured["point_shift"][1:] == pytest.approx([10, 30])
    assert math.isnan(measured["polygon_iou"][0])


def test_other_number_of_vertices_has_an_overlap_but_no_shift() -> None:
    first = shapes(SQUARE, Shape.POLYGON, frames=1, noise=0)
    second = shapes(SQUARE[:4], Shape.POLYGON, frames=1, noise=0)
    block = replace(
        Block.of_boxes([0, 1], np.vstack([first.xywh, second.xywh])),
        shape=np.full(2, Shape.POLYGON, dtype=np.uint8),
        vertices=np.vstack([first.vertices, second.vertices]),
        offsets=np.array([0, 5, 9], dtype=np.int32),
    )
    made = sequence({0: block}, frames=2)
    measured = analyse(made, made.labels).measurements
    assert 0 < measured["polygon_iou"].of(0)[1][1] < 1
    assert math.isnan(measured["point_shift"].of(0)[1][1])


def test_boxes_are_never_measured_as_shapes_and_rank_as_before() -> None:
    made = crowd()
    made.labels.table.blocks[2].xywh[20, 2] *= 1.5
    of_boxes = (c for c in all_checks().values() if not (c.needs_shapes or c.needs_frames))
    boxes_only = {check.name: check for check in of_boxes}
    result = analyse(made, made.labels)
    assert not SHAPE_CHECKS & result.outcomes.keys()
    before = analyse(made, made.labels, checks=boxes_only)
    assert result.flags == before.flags
    assert result.flags


def test_shapes_among_boxes_are_checked_for_what_they_are() -> None:
    points = points_of(shapes(SQUARE, Shape.POLYGON))
    points[20, 2] += (18, -14)
    made = sequence({0: with_points(points, Shape.POLYGON), 1: walk(FRAMES)})
    result = analyse(made, made.labels)
    assert np.isnan(result.measurements["vertex_jump"].of(1)[1]).all()
    assert any("vertex_jump" in flag.checks and flag.track == 0 for flag in result.flags)
    assert "line_flip" not in result.outcomes


def test_edited_shape_is_checked_again() -> None:
    points = points_of(shapes(SQUARE, Shape.POLYGON))
    points[20, 2] += (18, -14)
    result, found = flags(with_points(points, Shape.POLYGON))
    after = result.recheck(proposals(result, found[0])[0].result(result.labels), [0])
    assert not any("vertex_jump" in flag.checks for flag in after.flags)


def test_first_polygon_among_boxes_asks_for_the_checks_of_shapes() -> None:
    made = crowd()
    result = analyse(made, made.labels)
    assert result.covers(made.labels)
    outline = tuple((float(x), float(y)) for x, y in SQUARE)
    drawn = PutVertices(0, 5, Shape.POLYGON, outline).result(made.labels)
    assert not result.recheck(drawn, [0]).covers(drawn)
    assert analyse(made, drawn).covers(drawn)


def test_detections_without_identity_are_only_looked_at_one_by_one() -> None:
    points = points_of(shapes(SQUARE, Shape.POLYGON))
    points[5, [2, 3]] = points[5, [3, 2]]
    made = sequence({-1: with_points(points, Shape.POLYGON)})
    result = analyse(made, made.labels)
    assert result.measurements["self_crossing"].of(-1)[1][5] == 1.0
    assert np.isnan(result.measurements["vertex_jump"].of(-1)[1]).all()


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    st.integers(1, 5),
    st.integers(0, 2**32 - 1),
    st.sampled_from([Shape.POLYGON, Shape.POLYLINE, Shape.KEYPOINT]),
)
def test_odd_shapes_are_survived(count: int, seed: int, shape: Shape) -> None:
    odd = [0.0, 1.0, 5.0, -1e6, 1e9, np.nan]
    random = np.random.default_rng(seed)
    points = random.choice(odd, (12, count, 2), p=[0.3, 0.3, 0.3, 0.04, 0.03, 0.03])
    made = sequence({0: with_points(points, shape)}, frames=60)
    with np.errstate(all="ignore"):
        result = analyse(made, made.labels)
    assert all(np.isfinite(flag.score) for flag in result.flags)


def test_orders_are_put_back_exactly_by_undo() -> None:
    made = sequence({0: shapes(SQUARE, Shape.POLYGON)})
    for edit in (
        ReverseVertices(0, FrameRanges.span(3, 5)),
        ExchangeVertices(0, 1, 3, FrameRanges.starting(7)),
    ):
        after, change = edit.apply(made.labels)
        assert not after.table.equals(made.labels.table)
        assert undo(after, change).table.equals(made.labels.table)
        twice, _ = edit.apply(after)
        assert twice.table.equals(made.labels.table)


@pytest.mark.parametrize(
    ("shape", "points"),
    [(Shape.KEYPOINT, [(0, 0)]), (Shape.POLYLINE, [(0, 0), (40, 0)])],
)
def test_points_and_level_lines_are_not_without_size(
    shape: Shape, points: list[tuple[float, float]]
) -> None:
    moving = np.array(points, dtype=np.float64)[None] + np.arange(60)[:, None, None] * (3.0, 0.0)
    made = sequence({0: with_points(moving + 200.0, shape)})
    assert not any("degenerate" in flag.checks for flag in analyse(made, made.labels).flags)


def test_point_that_jumps_is_told_in_pixels() -> None:
    points = np.arange(60)[:, None, None] * np.array([3.0, 1.0]) + 200.0
    points[30, :, 0] += 40.0
    made = sequence({0: with_points(points, Shape.KEYPOINT)})
    flag = analyse(made, made.labels).flags[0]
    assert flag.frame == 30
    assert "point 40 px too far right" in flag.evidence
    assert "box's size" not in flag.evidence
