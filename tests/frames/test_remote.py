"""Frames that lie in S3."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from s3_faults import CUT, DENIED, EXPIRED, Proxy
from s3_jobs import FRAMES, HEIGHT, WIDTH, put_frames, put_job
from s3_server import S3
from trackproof.errors import FrameError
from trackproof.formats import open_labels
from trackproof.frames import (
    AlignedFrames,
    FrameCache,
    connection_of,
    find_frames,
    match,
    open_frames,
)
from trackproof.frames.remote import RemoteFrames
from trackproof.storage import S3Address
from trackproof.storage.s3 import AwsError, Connection


@pytest.fixture
def folder(s3: S3) -> S3Address:
    put_frames(s3, "frames/street/")
    return S3Address(s3.bucket, "frames/street/")


@pytest.fixture
def frames(folder: S3Address) -> Iterator[RemoteFrames]:
    made = open_frames(folder)
    assert isinstance(made, RemoteFrames)
    yield made
    made.close()


def grey(frames: RemoteFrames, index: int) -> int:
    return round(float(np.mean(frames.read(index))))


def test_frames_are_listed_in_natural_order_and_decoded(frames: RemoteFrames) -> None:
    assert len(frames) == FRAMES
    assert frames.size == (WIDTH, HEIGHT)
    assert frames.problems == ()
    assert [grey(frames, index) for index in range(FRAMES)] == [0, 10, 20, 30, 40, 50]


def test_labels_from_s3_find_their_frames_by_name(s3: S3) -> None:
    other = s3.another_bucket()
    (sequence,) = open_labels(put_job(s3, frames_bucket=other)).sequences
    place = find_frames(sequence)
    assert isinstance(place, S3Address)
    assert place.bucket == other
    source = open_frames(place, names=sequence.frame_names, connection=connection_of(sequence))
    aligned = AlignedFrames(sequence, source, match(sequence, source))
    try:
        assert aligned.match.rate == 1.0
        assert aligned.problems == ()
        assert aligned.read(5).shape == (HEIGHT, WIDTH, 3)
    finally:
        aligned.close()


def test_the_frame_cache_has_frames_brought_ahead_of_what_it_decodes(
    s3: S3, folder: S3Address
) -> None:
    source = open_frames(folder)
    assert isinstance(source, RemoteFrames)
    cache = FrameCache(source, budget_bytes=WIDTH * HEIGHT * 3)  # one decoded frame
    try:
        cache.want(0)
        cache.wait_for(0, timeout_s=20)
        for index in range(FRAMES):
            source.stream.read(index)
        assert source.stream.on_disk() == FRAMES
    finally:
        cache.close()
        source.close()


def test_missing_frames_are_told_and_the_others_shown(s3: S3, folder: S3Address) -> None:
    names = ["000001.jpg", "absent.jpg", "000003.jpg"]
    source = open_frames(folder, names=names)
    try:
        assert "1 of 3 frames are not in this folder; the first is absent.jpg" in str(
            source.problems[0]
        )
        assert source.read(2).shape == (HEIGHT, WIDTH, 3)
        with pytest.raises(FrameError, match="no such object"):
            source.read(1)
    finally:
        source.close()


def test_nothing_listed_is_in_the_folder(folder: S3Address) -> None:
    with pytest.raises(FrameError, match="none of the 2 listed frames"):
        open_frames(folder, names=["a.jpg", "b.jpg"])


def test_an_empty_folder_is_told(s3: S3) -> None:
    with pytest.raises(FrameError, match="holds no jpg"):
        open_frames(S3Address(s3.bucket, "nothing/"))


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "a/../../b.jpg", "x" * 1_100])
def test_hostile_names_are_problems_and_are_not_asked_for(
    s3: S3, folder: S3Address, faulty: Proxy, name: str
) -> None:
    source = open_frames(folder, names=["000001.jpg", name])
    try:
        assert source.read(0).shape == (HEIGHT, WIDTH, 3)
        with pytest.raises(FrameError):
            source.read(1)
        assert not any("secret" in one.path or "passwd" in one.path for one in faulty.seen)
        assert source.problems
    finally:
        source.close()


def test_where_listing_is_denied_frames_are_asked_for_one_by_one(
    folder: S3Address, faulty: Proxy
) -> None:
    faulty.break_next(DENIED, times=100, part="list-type=2")
    source = open_frames(folder, names=["000001.jpg", "000002.jpg"])
    try:
        assert source.size == (WIDTH, HEIGHT)
        assert source.read(1).shape == (HEIGHT, WIDTH, 3)
    finally:
        source.close()


def test_without_network_the_frames_on_the_disk_are_shown(
    folder: S3Address, faulty: Proxy, private_home: Path
) -> None:
    names = ["000001.jpg", "000002.jpg"]
    first = open_frames(folder, names=names)
    first.read(0)
    first.close()
    faulty.break_next(EXPIRED, times=10_000)
    source = open_frames(folder, names=names)
    try:
        assert "1 of 2 frames are on this disk" in str(source.problems[0])
        assert source.read(0).shape == (HEIGHT, WIDTH, 3)
        with pytest.raises(FrameError):
            source.read(1)
    finally:
        source.close()


def test_a_cut_connection_is_no_damaged_picture(folder: S3Address, faulty: Proxy) -> None:
    faulty.break_next(CUT, times=2, method="GET", part="000004.jpg")
    source = open_frames(folder)
    try:
        assert grey(source, 3) == 30  # type: ignore[arg-type]
    finally:
        source.close()


def test_a_missing_bucket_is_told(s3: S3) -> None:
    address = S3Address("no-such-bucket-anywhere", "frames/")
    with pytest.raises(AwsError, match="no such bucket"):
        RemoteFrames.open(address, Connection())


def test_a_frame_that_could_not_be_had_is_tried_again_later(
    folder: S3Address, faulty: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackproof.frames.cache.RETRY_S", 0.0)
    monkeypatch.setattr("trackproof.storage.s3.stream.PAUSE_S", 0.0)
    source = open_frames(folder)
    cache = FrameCache(source)
    try:
        faulty.break_next(EXPIRED, times=10_000)
        with pytest.raises(FrameError, match="have expired"):
            cache.wait_for(4, timeout_s=20)
        faulty.faults.clear()
        cache.want(4)
        assert cache.wait_for(4, timeout_s=20).shape == (HEIGHT, WIDTH, 3)
    finally:
        cache.close()
        source.close()
