"""Frames arrive in the order in which they are wanted."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from s3_faults import CUT, DENIED, Proxy, Request
from s3_server import S3
from trackproof.storage import S3Address
from trackproof.storage.s3 import (
    AwsError,
    Connection,
    DiskCache,
    ObjectStream,
    Trouble,
    frame_cache,
    listed,
)

COUNT = 12


@pytest.fixture
def addresses(s3: S3) -> list[S3Address]:
    return [S3Address.parse(s3.put(f"f/{n:03d}.jpg", b"%d" % n * 50)) for n in range(COUNT)]


@pytest.fixture
def connection(faulty: Proxy) -> Connection:
    made = Connection()
    made._clients["s3", "", 5, False] = made.client("s3", attempts=1)  # tests do not wait
    return made


@pytest.fixture
def stream(connection: Connection, addresses: list[S3Address]) -> Iterator[ObjectStream]:
    made = ObjectStream(connection, frame_cache(connection), addresses, workers=1)
    yield made
    made.close()


def until_on_disk(stream: ObjectStream, count: int) -> None:
    waiting = threading.Event()
    for _ in range(400):
        if stream.on_disk() >= count:
            return
        waiting.wait(0.05)
    pytest.fail(f"{stream.on_disk()} of {count} frames came")


def test_frames_are_fetched_once_and_then_read_from_the_disk(
    stream: ObjectStream, faulty: Proxy
) -> None:
    assert stream.read(3) == b"3" * 50
    assert stream.read(3) == b"3" * 50
    assert faulty.count("GET", "003.jpg") == 1


def test_look_ahead_brings_frames_in_the_order_given(stream: ObjectStream, faulty: Proxy) -> None:
    stream.look_ahead([5, 2, 7])
    until_on_disk(stream, 3)
    got = [one.path.rsplit("/", 1)[-1] for one in faulty.seen if one.method == "GET"]
    assert got == ["005.jpg", "002.jpg", "007.jpg"]


def test_what_is_asked_for_overtakes_what_is_ahead(stream: ObjectStream, faulty: Proxy) -> None:
    gate, begun = threading.Event(), threading.Event()

    def hold_the_first(request: Request) -> None:
        if "000.jpg" in request.path:
            begun.set()
            gate.wait(10)

    faulty.faults.append(hold_the_first)
    stream.look_ahead(list(range(COUNT)))
    begun.wait(10)
    asked: list[bytes | None] = []
    reader = threading.Thread(target=lambda: asked.append(stream.read(9)))
    reader.start()
    while 9 not in stream._asked:
        gate.wait(0.01)
    gate.set()
    reader.join()
    got = [one.path.rsplit("/", 1)[-1] for one in faulty.seen if one.method == "GET"]
    assert got[:2] == ["000.jpg", "009.jpg"]
    assert asked == [b"9" * 50]


def test_frames_on_the_disk_are_shown_without_network(stream: ObjectStream, faulty: Proxy) -> None:
    stream.read(1)
    faulty.break_next(CUT, times=1_000)
    assert stream.read(1) == b"1" * 50
    with pytest.raises(AwsError, match="cannot be reached") as caught:
        stream.read(2)
    assert caught.value.trouble is Trouble.NO_NETWORK
    assert stream.behind
    tries = faulty.count("GET")
    with pytest.raises(AwsError, match="not on the disk yet"):
        stream.read(4)
    assert faulty.count("GET") == tries  # nobody waits for every frame
    faulty.faults.clear()
    stream.try_again()
    assert stream.read(4) == b"4" * 50
    assert not stream.behind


def test_one_frame_that_is_denied_does_not_stop_the_others(
    stream: ObjectStream, faulty: Proxy
) -> None:
    faulty.break_next(DENIED, times=100, part="002.jpg")
    with pytest.raises(AwsError, match="access is denied"):
        stream.read(2)
    assert stream.read(3) == b"3" * 50


def test_a_frame_that_was_replaced_is_fetched_again(
    s3: S3, connection: Connection, addresses: list[S3Address]
) -> None:
    cache = frame_cache(connection)
    first = ObjectStream(connection, cache, addresses, workers=1)
    first.read(0)
    first.close()
    s3.put("f/000.jpg", b"new")
    facts = listed(connection, addresses[0].parent, most=100)
    second = ObjectStream(connection, cache, addresses, facts=facts, workers=1)
    try:
        assert second.read(0) == b"new"
    finally:
        second.close()


def test_a_full_disk_stops_keeping_and_not_reading(
    connection: Connection, addresses: list[S3Address], tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the cache should be")
    stream = ObjectStream(connection, DiskCache(blocked, budget_bytes=10**6), addresses, workers=1)
    try:
        assert stream.read(5) == b"5" * 50
        assert "a part of the path is a file" in stream.disk_problem
    finally:
        stream.close()


def test_closing_ends_a_read_that_waits(stream: ObjectStream, faulty: Proxy) -> None:
    gate, begun = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        begun.set()
        gate.wait(10)

    faulty.faults.append(hold)
    answers: list[bytes | None] = []
    reader = threading.Thread(target=lambda: answers.append(stream.read(0)))
    reader.start()
    begun.wait(10)
    closer = threading.Thread(target=stream.close)
    closer.start()
    reader.join()
    assert answers == [None]
    gate.set()
    closer.join()
