"""Outlines of shapes as geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.labels import Block
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
