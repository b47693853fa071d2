"""Cycles end on the main thread, however busy workers are."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from trackproof.desktop.collecting import Collector


class Dropped:
    """Unreachable at once, and remembers on which thread it ended."""

    ended_on: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        self.ended_on.append(threading.get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    gc.enable()
    made = Collector()
    Dropped.ended_on.clear()
    yield made
    made.stop()
    assert gc.isenabled()


def busy() -> None:
    for _ in range(20_000):
        Dropped()


def test_a_busy_worker_ends_no_object(collector: Collector) -> None:
    worker = threading.Thread(target=busy)
    worker.start()
    worker.join()
    assert Dropped.ended_on == []
    collector.look()
    assert Dropped.ended_on
    assert set(Dropped.ended_on) == {threading.get_ident()}
