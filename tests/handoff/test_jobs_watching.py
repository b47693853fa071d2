"""When to ask again, on clocks that only tests move."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.handoff.jobs import Counters, Job, JobStatus
from trackproof.handoff.jobs_watching import (
    LATEST_IN_TROUBLE_S,
    LATEST_S,
    SOONEST_S,
    Moment,
    Watch,
    news,
)
from trackproof.handoff.jobs_words import age
from trackproof.storage.s3 import Trouble

START = Moment(100.0, 1_000_000.0)


def job(name: str = "a", status: JobStatus = JobStatus.IN_PROGRESS, **more: object) -> Job:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    counters = more.pop("counters", Counters(0, 0, 2))
    return Job(
        name=name,
        arn=f"arn:{name}",
        status=status,
        counters=counters,  # type: ignore[arg-type]
        created=at,
        modified=at,
        **more,  # type: ignore[arg-type]
    )


def later(moment: Moment, seconds: float, *, wall: float | None = None) -> Moment:
    passed = seconds if wall is None else wall
    return Moment(moment.monotonic_s + seconds, moment.wall_s + passed)


def test_waits_grow_while_nothing_happens_and_start_again_with_news() -> None:
    watch, now = Watch(START), START
    waits = []
    for _ in range(12):
        watch = watch.heard([job()], now, chance=0.5)
        waits.append(watch.due_in_s(now))
        now = later(now, waits[-1])
    assert waits[:3] == [SOONEST_S, SOONEST_S * 1.5, SOONEST_S * 2.25]
    assert waits[-1] == LATEST_S
    changed = watch.heard([job(counters=Counters(1, 0, 1))], now, chance=0.5)
    assert changed.due_in_s(now) == SOONEST_S


@given(chance=st.floats(0, 1))
def test_jitter_stays_within_a_fifth(chance: float) -> None:
    wait_s = Watch(START).heard([job()], START, chance=chance).due_in_s(START)
    assert SOONEST_S * 0.8 <= wait_s <= SOONEST_S * 1.2


@pytest.mark.parametrize("trouble", list(Trouble))
def test_waits_double_in_trouble_up_to_ten_minutes_and_say_why(trouble: Trouble) -> None:
    watch, now = Watch(START).heard([job()], START, chance=0.5), START
    waits = []
    for _ in range(8):
        watch = watch.failed(trouble, "no network", now, chance=0.5)
        waits.append(watch.due_in_s(now))
        now = later(now, waits[-1])
    assert waits[1] == min(2 * waits[0], LATEST_IN_TROUBLE_S)
    assert waits == sorted(waits)
    assert waits[-1] == LATEST_IN_TROUBLE_S
    assert "no network" in watch.said
    well = watch.heard([job()], now, chance=0.5)
    assert (well.said, well.failures, well.due_in_s(now)) == ("", 0, SOONEST_S)


def test_a_computer_that_slept_asks_soon_after_waking() -> None:
    watch = Watch(START, wait_s=300.0, calm_s=300.0)
    woken = later(START, 10, wall=8 * 3_600)
    awake = watch.awake(woken)
    assert awake.due_in_s(woken) == 2.0
    assert awake.said.startswith("The clock moved by 8 h, or the computer slept")
    assert awake.awake(later(woken, 2)).due_in_s(later(woken, 2)) == 0
    assert watch.awake(later(START, 10)) is watch


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_is_set_neither_stops_nor_floods_the_asking(days: int) -> None:
    watch = Watch(START, wait_s=300.0, calm_s=300.0)
    jumped = later(START, 1, wall=days * 86_400)
    assert watch.awake(jumped).due_in_s(jumped) == 2.0
    asked = watch.heard([job()], jumped, chance=0.5).heard([job()], jumped, chance=0.5)
    assert asked.due_in_s(later(jumped, 5)) > 10


@given(
    steps=st.lists(st.tuples(st.floats(0, 400), st.floats(-1e6, 1e6)), max_size=20),
    wait_s=st.floats(0, 600),
)
def test_whatever_the_clocks_do_the_wait_is_never_longer_than_planned(
    steps: list[tuple[float, float]], wait_s: float
) -> None:
    watch, now = Watch(START, wait_s=wait_s), START
    for forward, wall in steps:
        now = later(now, forward, wall=wall)
        watch = watch.awake(now)
        assert 0 <= watch.due_in_s(now) <= wait_s


def test_asking_now_is_due_at_once() -> None:
    watch = Watch(START, wait_s=300.0)
    assert watch.hurried().due_in_s(START) == 0


def test_news_are_jobs_that_ended() -> None:
    before = [job("a"), job("b"), job("c"), job("d", JobStatus.COMPLETED)]
    after = [
        job("a", JobStatus.COMPLETED, counters=Counters(1, 1, 0)),
        job("b", JobStatus.FAILED, failure="The role cannot be used."),
        job("c"),
        job("d", JobStatus.COMPLETED),
        job("new", JobStatus.COMPLETED),
    ]
    assert news(before, after) == [
        "Job a is completed, 1 without labels: 1 of 2 labeled.",
        "Job b failed: The role cannot be used.",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (150, "2 min"), (7_200, "2 h"), (200_000, "2 d")],
)
def test_ages_are_told_in_their_largest_unit(seconds: float, said: str) -> None:
    assert age(seconds) == said
