"""Outlines of shapes as geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.labels import Block, Shape
from trackproof.labels.outlines import box_hausdorff, hausdorff, outline_iou, outlines

places = st.floats(-50, 50, allow_nan=False)
sizes = st.floats(0.5, 60, allow_nan=False)
boxes = st.tuples(places, places, sizes, sizes)


@given(st.lists(st.tuples(boxes, boxes), min_size=1, max_size=5))
def test_hausdorff_of_boxes_is_that_of_their_outlines(pairs) -> None:
    first, second = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    drawn = [outlines(Block.of_boxes(np.arange(len(pairs)), xywh)) for xywh in (first, second)]
    assert box_hausdorff(first, second) == pytest.approx(hausdorff(*drawn), abs=1e-9)


@given(boxes, boxes)
def test_iou_of_outlines_is_that_of_boxes(first, second) -> None:
    from trackproof.labels.boxes import iou

    arrays = np.array([first]), np.array([second])
    drawn = [outlines(Block.of_boxes([0], xywh)) for xywh in arrays]
    assert outline_iou(*drawn) == pytest.approx(iou(*arrays), abs=1e-9)


@pytest.mark.parametrize(
    "ring",
    [
        [(0, 0), (10, 10), (10, 0), (0, 10)],
        [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (-5, -5)],
        [(0, 0), (10, 0), (20, 0), (5, 0)],
        [(3, 3)] * 5,
    ],
)
def test_rings_that_cross_have_spikes_or_no_area_are_compared_all_the_same(ring) -> None:
    points = np.array(ring, dtype=np.float64)
    box = Block.of_boxes([0], [(0.0, 0.0, 10.0, 10.0)])
    low = points.min(axis=0)
    drawn = replace(
        Block.of_boxes([0], [(*low, *np.ptp(points, axis=0))]),
        shape=np.array([Shape.POLYGON], dtype=np.uint8),
        vertices=points,
        offsets=np.array([0, len(points)], dtype=np.int32),
    )
    first, second = outlines(drawn), outlines(box)
    assert 0.0 <= outline_iou(first, second)[0] <= 1.0
    assert hausdorff(first, second)[0] >= 0.0


def test_coordinates_that_are_no_numbers_have_no_outline() -> None:
    block = Block.of_boxes([0, 1], [(0.0, 0.0, 10.0, 10.0), (np.nan, 0.0, 1.0, 1.0)])
    drawn = outlines(block)
    assert [one.is_empty for one in drawn] == [False, True]
    assert np.isnan(hausdorff(drawn[:1], drawn[1:])[0])
