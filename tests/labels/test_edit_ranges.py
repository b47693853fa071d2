"""Frames as people write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.errors import EditError
from trackproof.labels import FrameRanges


def test_written_ranges_are_read_sorted_and_joined() -> None:
    ranges = FrameRanges.parse(" 20, 2-5,8 - 10, 6–6,")
    assert ranges.ranges == ((2, 6), (8, 10), (20, 20))
    assert str(ranges) == "2-6,8-10,20"
    assert str(FrameRanges.parse("7-")) == "7-"
    assert FrameRanges.parse("3-").frames(6).tolist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write frames like"),
        ("a", "'a' is not a frame"),
        ("3-1", "runs backwards; write 1-3"),
        ("1-2-3", "is not a frame"),
        ("-4", "is not a frame"),
        ("9999999999", "is not a frame"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, message: str) -> None:
    with pytest.raises(EditError, match=message):
        FrameRanges.parse(text)


@given(st.sets(st.integers(0, 200), min_size=1))
def test_ranges_hold_exactly_their_frames(frames: set[int]) -> None:
    ranges = FrameRanges.of(np.array(sorted(frames)))
    everything = np.arange(250, dtype=np.int32)
    assert set(everything[ranges.mask(everything)].tolist()) == frames
    assert set(ranges.frames(250).tolist()) == frames
    assert FrameRanges.parse(str(ranges)) == ranges


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        ranges = FrameRanges.parse(text)
    except EditError:
        return
    assert FrameRanges.parse(str(ranges)) == ranges


def test_no_ranges_hold_nothing() -> None:
    assert not FrameRanges(()).mask(np.arange(3, dtype=np.int32)).any()
    assert not len(FrameRanges(()).frames(5))
