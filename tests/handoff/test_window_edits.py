"""Windows changed by hand stay apart, inside the sequence and within the limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.errors import HandoffError
from trackproof.handoff.window_edits import Spans, added, merged, removed, room_at, with_edge
from trackproof.handoff.windows import given_windows

FRAMES = 60
SPANS: Spans = ((5, 9), (20, 29), (30, 34))


class Mark:
    def __init__(self, frame_start: int, frame_end: int) -> None:
        self.frame_start, self.frame_end = frame_start, frame_end


def test_edge_moves_to_the_frame_that_was_asked_for() -> None:
    assert with_edge(SPANS, 1, 15, is_first=True, frames=FRAMES)[1] == (15, 29)
    assert with_edge(SPANS, 2, 40, is_first=False, frames=FRAMES)[2] == (30, 40)


def test_edge_stops_at_neighbours_at_the_sequence_and_at_the_other_edge() -> None:
    assert with_edge(SPANS, 1, 0, is_first=True, frames=FRAMES)[1] == (10, 29)
    assert with_edge(SPANS, 1, 50, is_first=False, frames=FRAMES)[1] == (20, 29)
    assert with_edge(SPANS, 2, 99, is_first=False, frames=FRAMES)[2] == (30, 59)
    assert with_edge(SPANS, 1, 99, is_first=True, frames=FRAMES)[1] == (29, 29)


def test_edge_stops_at_the_longest_that_the_service_takes() -> None:
    assert with_edge(SPANS, 2, 59, is_first=False, frames=FRAMES, longest=10)[2] == (30, 39)
    assert with_edge(((40, 45),), 0, 0, is_first=True, frames=FRAMES, longest=10) == ((36, 45),)


def test_added_window_ends_before_its_neighbour() -> None:
    assert added(SPANS, anchor=12, to=25, frames=FRAMES) == (
        ((5, 9), (12, 19), (20, 29), (30, 34)),
        1,
    )
    assert added(SPANS, anchor=12, to=3, frames=FRAMES)[0][1] == (10, 12)
    assert added((), anchor=50, to=99, frames=FRAMES, longest=4) == (((50, 53),), 0)


def test_window_is_not_added_over_another() -> None:
    with pytest.raises(HandoffError, match="frame 7 is in a window already"):
        added(SPANS, anchor=7, to=12, frames=FRAMES)


def test_merged_window_holds_what_lay_between() -> None:
    assert merged(SPANS, first=0, last=1) == ((5, 29), (30, 34))
    with pytest.raises(HandoffError, match="frames 5-29 are 25; a window may have 20"):
        merged(SPANS, first=0, last=1, longest=20)


def test_room_is_the_free_range_around_a_frame() -> None:
    assert room_at(SPANS, 12, frames=FRAMES) == (10, 19)
    assert room_at(SPANS, 50, frames=FRAMES) == (35, 59)
    assert room_at(SPANS, 25, frames=FRAMES) is None
    assert room_at(SPANS, 60, frames=FRAMES) is None


def test_given_windows_hold_their_flags_and_a_window_without_is_flagged_all_over() -> None:
    first, second = given_windows([Mark(8, 12), Mark(50, 50)], ((0, 9), (20, 24)), frames=FRAMES)
    assert (first.flagged, first.flags) == (((8, 9),), (0,))
    assert (second.flagged, second.flags) == (((20, 24),), ())


@pytest.mark.parametrize("spans", [((5, 4),), ((0, 5), (5, 9)), ((0, 60),), ((-1, 3),)])
def test_given_windows_that_overlap_or_leave_the_sequence_are_refused(spans: Spans) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        given_windows([], spans, frames=FRAMES)


STEPS = st.lists(
    st.tuples(st.sampled_from("fladm"), st.integers(0, 5), st.integers(-5, 70)), max_size=25
)


@given(STEPS)
def test_any_steps_leave_windows_that_can_be_sent(steps: list[tuple[str, int, int]]) -> None:
    spans = SPANS
    for kind, which, frame in steps:
        place = which % len(spans) if spans else 0
        try:
            if kind in "fl" and spans:
                spans = with_edge(
                    spans, place, frame, is_first=kind == "f", frames=FRAMES, longest=20
                )
            elif kind == "a":
                spans, _ = added(spans, anchor=frame, to=frame + which, frames=FRAMES, longest=20)
            elif kind == "d":
                spans = removed(spans, {place})
            elif place + 1 < len(spans):
                spans = merged(spans, first=place, last=place + 1, longest=20)
        except HandoffError:
            continue
    windows = given_windows([], spans, frames=FRAMES, longest=20)
    assert [(one.frame_start, one.frame_end) for one in windows] == list(spans)
