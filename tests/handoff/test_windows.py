"""Focus windows: every flag is shown, for the least money, within the service's limits."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.handoff.windows import (
    Estimate,
    Prices,
    Window,
    batches,
    estimate,
    focus_windows,
    most_within,
    whole_windows,
)


@dataclass(frozen=True)
class Mark:
    frame_start: int
    frame_end: int


def spans(windows: tuple[Window, ...]) -> list[tuple[int, int]]:
    return [(window.frame_start, window.frame_end) for window in windows]


def test_window_shows_flag_with_context_on_both_sides() -> None:
    windows = focus_windows([Mark(100, 104)], frames=300, context=10)
    assert windows == (Window(90, 114, ((100, 104),), (0,)),)
    assert windows[0].is_flagged(104)
    assert not windows[0].is_flagged(105)


def test_context_stops_at_the_ends_of_the_sequence() -> None:
    windows = focus_windows([Mark(2, 3), Mark(298, 299)], frames=300, context=10)
    assert spans(windows) == [(0, 13), (288, 299)]


def test_flags_outside_the_sequence_are_left_out() -> None:
    assert focus_windows([Mark(400, 410), Mark(-5, -1)], frames=300) == ()


def test_overlapping_and_touching_windows_become_one() -> None:
    windows = focus_windows(
        [Mark(100, 100), Mark(115, 115), Mark(136, 136)], frames=300, context=10
    )
    assert spans(windows) == [(90, 146)]
    assert windows[0].flagged == ((100, 100), (115, 115), (136, 136))
    assert windows[0].flags == (0, 1, 2)


def test_gap_is_bridged_only_when_its_frames_cost_less_than_a_task() -> None:
    marks = [Mark(10, 10), Mark(40, 40)]
    cheap = focus_windows(marks, frames=100, context=5, prices=Prices(per_task=2.0, per_frame=0.1))
    dear = focus_windows(marks, frames=100, context=5, prices=Prices(per_task=1.8, per_frame=0.1))
    assert spans(cheap) == [(5, 45)]
    assert spans(dear) == [(5, 15), (35, 45)]


def test_long_flag_is_split_to_the_limit() -> None:
    windows = focus_windows([Mark(0, 4_999)], frames=5_000)
    assert [len(window) for window in windows] == [2_000, 2_000, 1_000]
    assert all(window.flags == (0,) for window in windows)


def test_split_falls_between_flags_and_leaves_context() -> None:
    windows = focus_windows([Mark(0, 50), Mark(80, 130)], frames=200, context=20, longest=120)
    assert spans(windows) == [(0, 69), (70, 150)]


def test_whole_sequence_marks_only_what_is_flagged() -> None:
    windows = whole_windows([Mark(10, 12)], frames=2_500)
    assert spans(windows) == [(0, 1_999), (2_000, 2_499)]
    assert windows[0].flagged == ((10, 12),)
    assert windows[1].flagged == ()


def test_estimate_counts_tasks_jobs_and_money() -> None:
    work = estimate([4_500, 21, 0, *[10] * 9], prices=Prices(per_task=1.0, per_frame=0.01))
    assert (work.frames, work.tasks, work.jobs) == (4_611, 13, 2)
    assert work.cost == pytest.approx(59.11)


def test_budget_takes_the_best_flags_first() -> None:
    marks = [Mark(50, 50), Mark(100, 100), Mark(150, 150)]
    prices = Prices(per_task=1.0)

    def work_of(count: int) -> Estimate:
        return estimate(
            map(len, focus_windows(marks[:count], frames=200, context=5)), prices=prices
        )

    assert most_within(3, work_of, frame_budget=22) == 2
    assert most_within(3, work_of, frame_budget=21) == 1
    assert most_within(3, work_of) == 3
    assert most_within(3, work_of, money_budget=0.5) == 0
    assert most_within(3, work_of, money_budget=2.0, frame_budget=500) == 2


def test_batches_hold_at_most_ten() -> None:
    assert [len(batch) for batch in batches(list(range(23)))] == [10, 10, 3]


def test_impossible_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="context -1"):
        focus_windows([], frames=10, context=-1)


marks = st.lists(
    st.tuples(st.integers(-20, 320), st.integers(0, 80)).map(lambda p: Mark(p[0], p[0] + p[1])),
    max_size=12,
)
prices = st.builds(Prices, per_task=st.integers(0, 9), per_frame=st.integers(0, 3))


@given(marks, st.integers(0, 25), prices, st.integers(1, 200))
def test_windows_cover_every_flag_once_and_keep_the_limit(
    flags: list[Mark], context: int, prices: Prices, longest: int
) -> None:
    windows = focus_windows(flags, frames=300, context=context, prices=prices, longest=longest)
    shown = [frame for w in windows for frame in range(w.frame_start, w.frame_end + 1)]
    assert shown == sorted(set(shown))
    wanted = {f for mark in flags for f in range(mark.frame_start, mark.frame_end + 1)}
    assert wanted & set(range(300)) <= set(shown)
    assert all(len(window) <= longest for window in windows)
    assert {number for window in windows for number in window.flags} == {
        number
        for number, mark in enumerate(flags)
        if mark.frame_start < 300 and mark.frame_end >= 0
    }


@given(marks, prices)
def test_joining_is_as_cheap_as_trying_every_way(flags: list[Mark], prices: Prices) -> None:
    apart = focus_windows(flags, frames=300, context=3)
    chosen = focus_windows(flags, frames=300, context=3, prices=prices)
    edges = spans(apart)
    costs = []
    for cuts in itertools.product([False, True], repeat=max(len(edges) - 1, 0)):
        starts = [0, *(i + 1 for i, cut in enumerate(cuts) if cut)] if edges else []
        ends = [*(i for i, cut in enumerate(cuts) if cut), len(edges) - 1]
        lengths = [edges[b][1] - edges[a][0] + 1 for a, b in zip(starts, ends, strict=False)]
        costs.append(estimate(lengths, prices=prices).cost)
    assert estimate(map(len, chosen), prices=prices).cost == min(costs)
