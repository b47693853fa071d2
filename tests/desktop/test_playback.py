"""The player follows the clock, drops what is late, and never goes back."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from trackproof.desktop.playback import Player


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Rig:
    """A player with a clock in hand and frames that can be made to miss."""

    def __init__(self, *, count: int = 100, rate_fps: float = 10.0) -> None:
        self.clock = Clock()
        self.missing: set[int] = set()
        self.shown: list[int] = []
        self.player = Player(lambda frame: frame not in self.missing, clock=self.clock)
        self.player.frame_due.connect(self.shown.append)
        self.player.set_extent(count, rate_fps=rate_fps)

    def run(self, seconds: float, *, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.clock.now += seconds / ticks
            self.player.tick()


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    made = Rig()
    yield made
    made.player.pause()


def test_every_frame_is_shown_at_its_time(rig: Rig) -> None:
    rig.player.play()
    rig.run(1.0, ticks=100)
    assert rig.shown == list(range(1, 10)) or rig.shown == list(range(1, 11))


def test_speed_multiplies_the_rate(rig: Rig) -> None:
    rig.player.set_speed(2.0)
    rig.player.play()
    rig.run(0.26, ticks=26)
    assert rig.shown == [1, 2, 3, 4, 5]


def test_speed_stays_within_its_limits(rig: Rig) -> None:
    rig.player.set_speed(100.0)
    assert rig.player.speed == 8.0
    rig.player.set_speed(0.0)
    assert rig.player.speed == 0.25


def test_late_tick_drops_frames_on_screen(rig: Rig) -> None:
    rig.player.play()
    rig.run(0.35)
    assert rig.shown == [3]


def test_missing_frame_gives_way_to_the_last_one_before_it(rig: Rig) -> None:
    rig.missing = {3, 4}
    rig.player.play()
    rig.run(0.45)
    assert rig.shown == [2]
    rig.run(0.1)
    assert rig.shown == [2, 5]


def test_frames_never_go_back_while_playing(rig: Rig) -> None:
    rig.missing = set(range(5, 100))
    rig.player.play()
    rig.run(2.0, ticks=40)
    assert rig.shown == [1, 2, 3, 4]
    assert rig.player.is_playing


def test_after_waiting_the_player_goes_on_instead_of_jumping(rig: Rig) -> None:
    rig.missing = set(range(5, 100))
    rig.player.play()
    rig.run(2.0, ticks=40)
    rig.missing = set()
    rig.run(0.1, ticks=2)
    assert rig.shown[-1] <= 12


def test_no_frame_is_sent_before_the_last_was_painted(rig: Rig) -> None:
    rig.player.waits_for_paint = True
    rig.player.play()
    rig.run(0.15)
    rig.run(0.1)
    assert rig.shown == [1]
    rig.player.painted()
    rig.run(0.0)
    assert rig.shown == [1, 2]


def test_playing_stops_at_the_last_frame(rig: Rig) -> None:
    rig.player.set_frame(97)
    rig.player.play()
    rig.run(1.0, ticks=50)
    assert rig.shown == [98, 99]
    assert not rig.player.is_playing


def test_playing_at_the_end_starts_over(rig: Rig) -> None:
    rig.player.set_frame(99)
    rig.player.play()
    assert rig.shown == [0]


def test_loop_repeats_both_ends(rig: Rig) -> None:
    rig.player.set_loop((10, 12))
    rig.player.set_frame(10)
    rig.player.play()
    rig.run(0.75, ticks=75)
    assert rig.shown[:6] == [11, 12, 10, 11, 12, 10]


def test_loop_stays_inside_the_sequence(rig: Rig) -> None:
    rig.player.set_loop((120, -5))
    assert rig.player.loop == (0, 99)


def test_shuttle_doubles_and_turns(rig: Rig) -> None:
    rig.player.set_frame(50)
    rig.player.shuttle(1)
    rig.player.shuttle(1)
    assert (rig.player.speed, rig.player.direction) == (2.0, 1)
    rig.player.shuttle(-1)
    assert (rig.player.speed, rig.player.direction) == (1.0, -1)
    rig.run(0.25, ticks=25)
    assert rig.shown == [49, 48]


def test_backward_playing_stops_at_the_first_frame(rig: Rig) -> None:
    rig.player.set_frame(2)
    rig.player.play(-1)
    rig.run(1.0, ticks=50)
    assert rig.shown == [1, 0]
    assert not rig.player.is_playing
