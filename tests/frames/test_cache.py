"""The frame cache: what is kept, what is dropped, and what is told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.errors import FrameError, Problem
from trackproof.frames import FrameCache, Picture, frame_value
from trackproof.frames.ranking import most_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FRAME_BYTES = 4 * 4 * 3
PATIENCE_S = 20.0


class SlowFrames:
    """Frames that are read when the test opens the gate, and remembered in order."""

    path = Path("frames")
    size = (4, 4)
    rate_fps: float | None = None
    problems: tuple[Problem, ...] = ()
    parallel_reads = 1

    def __init__(self, length: int = 1000, *, value: int = 0) -> None:
        self.names = [str(index) for index in range(length)]
        self.reads: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.value = value
        self.bad = {13}
        self.heights: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> Picture:
        self.reads.append(index)
        self.entered.set()
        assert self.gate.wait(PATIENCE_S)
        if index in self.bad:
            raise FrameError("the file is cut off", path=Path("13.jpg"))
        height = self.heights.get(index, 4)
        return np.full((height, 4, 3), (index + self.value) % 256, dtype=np.uint8)

    def close(self) -> None:
        pass


@pytest.fixture
def frames() -> SlowFrames:
    return SlowFrames()


@pytest.fixture
def cache(frames: SlowFrames) -> Iterator[FrameCache]:
    cache = FrameCache(frames, budget_bytes=20 * FRAME_BYTES)
    yield cache
    frames.gate.set()
    cache.close()


class Arrivals:
    """Counts what a cache tells, and waits for it."""

    def __init__(self, cache: FrameCache) -> None:
        self.frames: list[int] = []
        self._told = threading.Condition()
        cache.add_listener(self._hear)

    def _hear(self, frame: int) -> None:
        with self._told:
            self.frames.append(frame)
            self._told.notify_all()

    def wait_for(self, count: int) -> list[int]:
        with self._told:
            assert self._told.wait_for(lambda: len(self.frames) >= count, PATIENCE_S)
            return list(self.frames)


def test_frame_at_the_playhead_comes_first_then_those_ahead(
    cache: FrameCache, frames: SlowFrames
) -> None:
    arrivals = Arrivals(cache)
    cache.want(100)
    assert arrivals.wait_for(20)[:16] == list(range(100, 116))
    assert cache.cached()[0][0] < 100


def test_playing_backwards_loads_backwards(cache: FrameCache, frames: SlowFrames) -> None:
    arrivals = Arrivals(cache)
    cache.want(100, direction=-1)
    assert arrivals.wait_for(10)[:10] == list(range(100, 90, -1))


def test_loop_goes_on_at_its_start(cache: FrameCache, frames: SlowFrames) -> None:
    arrivals = Arrivals(cache)
    cache.want(107, span=(100, 110))
    assert arrivals.wait_for(10)[:10] == [107, 108, 109, *range(100, 107)]


def test_a_folder_reads_where_one_goes_next_once_the_nearest_are_there(
    frames: SlowFrames,
) -> None:
    frames.parallel_reads = 2
    cache = FrameCache(frames, budget_bytes=40 * FRAME_BYTES, workers=1)
    arrivals = Arrivals(cache)
    cache.want(100, soon=(700, 701, 699, 101, 5_000))
    assert arrivals.wait_for(19)[:19] == [*range(100, 116), 700, 701, 699]
    arrivals.wait_for(40)
    assert all(cache.get(frame) is not None for frame in (699, 700, 701))
    cache.want(130, soon=(700, 701, 699))
    arrivals.wait_for(60)
    assert all(cache.get(frame) is not None for frame in (699, 700, 701))
    cache.want(160)
    arrivals.wait_for(100)
    assert cache.get(700) is None
    cache.close()


def test_a_video_seeks_to_where_one_goes_next_only_after_all_else(
    cache: FrameCache, frames: SlowFrames
) -> None:
    arrivals = Arrivals(cache)
    cache.want(100, soon=(700, 701))
    arrived = arrivals.wait_for(20)
    assert arrived[-2:] == [700, 701]
    assert set(arrived[:16]) == set(range(100, 116))


def test_threads_begin_by_what_they_are_told_to(frames: SlowFrames) -> None:
    begun = threading.Event()
    cache = FrameCache(frames, budget_bytes=FRAME_BYTES, initializer=begun.set)
    assert begun.wait(PATIENCE_S)
    cache.close()


def test_getting_never_waits(cache: FrameCache, frames: SlowFrames) -> None:
    frames.gate.clear()
    cache.want(5)
    assert frames.entered.wait(PATIENCE_S)
    assert cache.get(5) is None
    frames.gate.set()
    assert int(cache.wait_for(5, timeout_s=PATIENCE_S)[0, 0, 0]) == 5
    assert cache.get(5) is not None


def test_stale_requests_are_never_served(cache: FrameCache, frames: SlowFrames) -> None:
    arrivals = Arrivals(cache)
    frames.gate.clear()
    cache.want(50)
    assert frames.entered.wait(PATIENCE_S)
    for playhead in range(200, 900, 100):
        cache.want(playhead)
    frames.gate.set()
    arrivals.wait_for(20)
    assert frames.reads[0] == 50
    assert all(780 <= frame <= 820 for frame in frames.reads[1:])
    assert cache.get(50) is None


def test_long_read_is_given_up_when_the_playhead_moves_away() -> None:
    class Stubborn(SlowFrames):
        def read_while(self, index: int, is_wanted: Callable[[], bool]) -> Picture | None:
            if index != 50:
                return self.read(index)
            self.entered.set()
            while is_wanted():
                pass
            return None

    frames = Stubborn()
    cache = FrameCache(frames, budget_bytes=20 * FRAME_BYTES)
    cache.want(50)
    assert frames.entered.wait(PATIENCE_S)
    assert int(cache.wait_for(700, timeout_s=PATIENCE_S)[0, 0, 0]) == 700 % 256
    assert cache.reason(50) == ""
    cache.want(50)
    cache.close()


def test_budget_holds_whatever_is_asked(cache: FrameCache, frames: SlowFrames) -> None:
    arrivals = Arrivals(cache)
    cache.want(0)
    arrivals.wait_for(15)
    cache.want(500)
    cache.wait_for(510, timeout_s=PATIENCE_S)
    assert sum(end - start for start, end in cache.cached()) <= 20


def test_frames_larger_than_expected_still_fit_the_budget(frames: SlowFrames) -> None:
    frames.heights = dict.fromkeys(range(1000), 20)
    cache = FrameCache(frames, budget_bytes=20 * FRAME_BYTES)
    arrivals = Arrivals(cache)
    cache.want(100)
    arrivals.wait_for(4)
    assert sum(end - start for start, end in cache.cached()) <= 4
    assert cache.get(100) is not None
    cache.close()
    assert len(frames.reads) < 30


def test_frame_larger_than_the_budget_is_kept_alone(frames: SlowFrames) -> None:
    cache = FrameCache(frames, budget_bytes=10)
    assert int(cache.wait_for(3, timeout_s=PATIENCE_S)[0, 0, 0]) == 3
    assert cache.cached() == [(3, 4)]
    cache.close()


def test_unreadable_frame_is_remembered_with_its_reason_and_told(
    cache: FrameCache, frames: SlowFrames
) -> None:
    arrivals = Arrivals(cache)
    cache.want(12)
    assert 13 in arrivals.wait_for(4)
    assert cache.get(13) is None
    assert cache.reason(13) == "13.jpg: the file is cut off"
    assert cache.reason(12) == ""
    assert list(cache.unreadable()) == [13]
    cache.want(13)
    cache.wait_for(20, timeout_s=PATIENCE_S)
    assert frames.reads.count(13) == 1
    with pytest.raises(FrameError, match="the file is cut off"):
        cache.wait_for(13)


def test_new_source_replaces_pictures_and_late_answers_are_dropped(
    cache: FrameCache, frames: SlowFrames
) -> None:
    frames.gate.clear()
    cache.want(7)
    assert frames.entered.wait(PATIENCE_S)
    other = SlowFrames(value=100)
    cache.set_source(other)
    frames.gate.set()
    assert int(cache.wait_for(7, timeout_s=PATIENCE_S)[0, 0, 0]) == 107
    assert int(cache.wait_for(8, timeout_s=PATIENCE_S)[0, 0, 0]) == 108


def test_nearest_frame_helps_while_scrubbing(cache: FrameCache, frames: SlowFrames) -> None:
    assert cache.nearest(5) is None
    cache.wait_for(100, timeout_s=PATIENCE_S)
    nearest = cache.nearest(0)
    assert nearest is not None
    assert nearest == min(start for start, _ in cache.cached())


def test_waiting_ends_when_another_frame_is_wanted_meanwhile(
    cache: FrameCache, frames: SlowFrames
) -> None:
    with pytest.raises(FrameError, match="not loaded"):
        cache.wait_for(5000)
    frames.gate.clear()
    messages: list[str] = []

    def wait() -> None:
        try:
            cache.wait_for(700)
        except FrameError as error:
            messages.append(error.message)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert frames.entered.wait(PATIENCE_S)
    cache.want(100)
    waiting.join(PATIENCE_S)
    assert messages == ["the frame is not loaded"]


def test_ranges_are_joined_and_ascending(frames: SlowFrames) -> None:
    cache = FrameCache(frames, budget_bytes=1000 * FRAME_BYTES)
    arrivals = Arrivals(cache)
    cache.want(10)
    arrivals.wait_for(100)
    ranges = cache.cached()
    assert ranges == sorted(ranges)
    assert ranges[0] == (0, 13)
    assert ranges[1][0] == 14
    cache.close()


def test_smaller_budget_takes_effect_at_once(cache: FrameCache, frames: SlowFrames) -> None:
    arrivals = Arrivals(cache)
    cache.want(100)
    arrivals.wait_for(20)
    cache.set_budget(5 * FRAME_BYTES)
    assert sum(end - start for start, end in cache.cached()) <= 5
    assert cache.get(100) is not None


def test_closing_ends_all_threads_even_while_reading(frames: SlowFrames) -> None:
    before = set(threading.enumerate())
    cache = FrameCache(frames, budget_bytes=20 * FRAME_BYTES, workers=3)
    workers = set(threading.enumerate()) - before
    assert len(workers) == 3
    cache.want(0)
    assert frames.entered.wait(PATIENCE_S)
    cache.close()
    assert not any(worker.is_alive() for worker in workers)
    with pytest.raises(FrameError, match="not loaded"):
        cache.wait_for(900)


def test_removed_listener_hears_nothing_more(cache: FrameCache, frames: SlowFrames) -> None:
    heard: list[int] = []
    cache.add_listener(heard.append)
    cache.remove_listener(heard.append)
    cache.wait_for(50, timeout_s=PATIENCE_S)
    assert heard == []


spans = st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda s: (s[0], s[0] + s[1]))


@given(st.integers(0, 80), st.sampled_from([1, -1]), st.none() | spans)
def test_frame_at_the_playhead_is_always_worth_most(
    playhead: int, direction: int, span: tuple[int, int] | None
) -> None:
    frames = np.arange(81)
    values = frame_value(frames, playhead, direction=direction, span=span)
    assert values[playhead] == 0
    assert np.all(np.delete(values, playhead) < 0)


@given(st.integers(0, 80), st.sampled_from([1, -1]), st.none() | spans, st.integers(1, 30))
def test_most_wanted_frames_are_those_of_highest_value(
    playhead: int, direction: int, span: tuple[int, int] | None, count: int
) -> None:
    wanted = most_wanted(81, playhead, count=count, direction=direction, span=span)
    values = frame_value(np.arange(81), playhead, direction=direction, span=span)
    assert len(np.unique(wanted)) == len(wanted) == min(count, 81)
    assert sorted(values[wanted], reverse=True) == sorted(values, reverse=True)[: len(wanted)]
