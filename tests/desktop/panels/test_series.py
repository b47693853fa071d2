"""Curves of the timelines as arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.desktop.panels.timelines import series
from trackproof.labels import Block

SPECS = {spec.name: spec for spec in series.OF_BOXES}


def block_of(frames: list[int], boxes_xywh: list[tuple[float, float, float, float]]) -> Block:
    return Block.of_boxes(frames, np.array(boxes_xywh))


def test_a_missing_frame_breaks_the_curve() -> None:
    block = block_of([3, 4, 6], [(0, 0, 10, 10), (1, 0, 10, 10), (3, 0, 10, 20)])
    mean, left = SPECS["left"].curves(None, block, 0)
    assert left.first == 3
    np.testing.assert_array_equal(left.values, [0, 1, np.nan, 3])
    assert mean.is_reference
    assert math.isnan(mean.values[2])
    assert left.near(5) == pytest.approx(2.0)
    assert math.isnan(left.at(99))


def test_size_difference_is_told_in_pixels_and_percent() -> None:
    block = block_of([0, 1, 3], [(0, 0, 10, 10), (0, 0, 10, 8), (0, 0, 10, 16)])
    (pixels,) = SPECS["size_difference"].curves(None, block, 0)
    (percent,) = SPECS["size_difference_percent"].curves(None, block, 0)
    np.testing.assert_allclose(pixels.values, [np.nan, -20, np.nan, np.nan])
    np.testing.assert_allclose(percent.values, [np.nan, -20, np.nan, np.nan])
    assert SPECS["size_difference_percent"].limits == (20.0, -20.0)


def test_distance_from_the_mean_shows_one_frame_that_jumps() -> None:
    block = block_of(list(range(9)), [(50.0 if i == 4 else 0.0, 0, 10, 10) for i in range(9)])
    (away,) = SPECS["left_from_mean"].curves(None, block, 0)
    assert int(np.argmax(np.abs(away.values))) == 4
    assert away.values[4] == pytest.approx(40.0)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=30))
def test_rolling_mean_is_the_mean_of_the_window(values: list[float]) -> None:
    array = np.array(values, dtype=np.float64)
    means = series.rolling_mean(array)
    for i, mean in enumerate(means):
        if math.isnan(array[i]):
            assert math.isnan(mean)
        else:
            assert mean == pytest.approx(
                float(np.nanmean(array[max(i - 2, 0) : i + 3])), abs=1e-6, rel=1e-9
            )


def test_an_empty_track_has_empty_curves() -> None:
    nothing = Block.of_boxes([], np.empty((0, 4)))
    for spec in series.OF_BOXES:
        for curve in spec.curves(None, nothing, 0):
            assert not len(curve.values)
            assert math.isnan(curve.near(0))


def test_the_usual_range_holds_steady_noise_and_not_a_jump() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(0.0, 1.0, 400)
    values[200] = 12.0
    values[100:103] = np.nan
    low, high = series.usual_range(values)
    inside = (values >= low) & (values <= high)
    assert inside[np.isfinite(values)].mean() > 0.97
    assert not inside[200]
    assert np.isfinite(low[101])


def test_the_usual_range_is_the_median_and_its_deviation() -> None:
    values = np.arange(50, dtype=np.float64)
    low, high = series.usual_range(values, window=5)
    np.testing.assert_allclose((low + high)[5:-5] / 2, values[5:-5])
    np.testing.assert_allclose((high - low)[5:-5], 6 * 1.4826)


def test_edited_frames_are_those_that_differ() -> None:
    before = block_of([1, 2, 3], [(0, 0, 5, 5)] * 3)
    now = block_of([2, 3, 4], [(0, 0, 5, 5), (1, 0, 5, 5), (0, 0, 5, 5)])
    assert series.edited_frames(before, now).tolist() == [1, 3, 4]
    assert series.edited_frames(before, before).tolist() == []
    assert series.edited_frames(None, now).tolist() == [2, 3, 4]
    assert series.edited_frames(None, None).tolist() == []


def test_an_object_without_measurements_has_no_usual_range() -> None:
    low, high = series.usual_range(np.empty(0))
    assert len(low) == len(high) == 0
