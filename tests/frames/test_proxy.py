"""The copy for fast seeking: same frames, bounded, and never needed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from frame_clips import number_in
from trackproof.errors import FrameError
from trackproof.frames import VideoSource, build_proxy, stored_proxy
from trackproof.progress import Cancelled


class StopAfter:
    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self, done: int, total: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled


def folder_of(home: Path) -> Path:
    return home / "cache" / "proxies"


@pytest.mark.parametrize("name", ["open-gop.mp4", "uneven.mp4", "asp.avi", "vp8.webm"])
def test_copy_shows_the_same_frame_at_every_index(clips: Path, name: str) -> None:
    proxy = build_proxy(clips / name)
    assert [number_in(proxy.read(index)) for index in range(len(proxy))] == list(range(120))


def test_random_seeks_with_a_copy_never_show_a_wrong_frame(clips: Path) -> None:
    source = VideoSource.open(clips / "long-gop.mp4", ring_bytes=16)
    source.use_proxy(build_proxy(clips / "long-gop.mp4"))
    indices = np.random.default_rng(2).integers(0, 600, 100).tolist()
    mixed = [near for index in indices for near in (index, min(index + 1, 599))]
    assert [number_in(source.read(index)) for index in mixed] == mixed
    source.close()


def test_copy_is_made_once(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = clips / "intra.mov"
    assert stored_proxy(path) is None
    first = build_proxy(path)
    monkeypatch.setattr("trackproof.frames.proxy.VideoSource", None)
    again = build_proxy(path)
    assert again.path == first.path
    assert again.offsets.tolist() == first.offsets.tolist()


def test_cancelled_copy_leaves_nothing_behind(clips: Path, private_home: Path) -> None:
    with pytest.raises(Cancelled):
        build_proxy(clips / "asp.avi", progress=StopAfter(50))
    assert list(folder_of(private_home).iterdir()) == []
    assert stored_proxy(clips / "asp.avi") is None


def test_budget_limits_the_copy_to_the_first_frames(clips: Path) -> None:
    whole = build_proxy(clips / "asp.avi")
    limit = int(whole.offsets[40])
    whole.path.unlink()
    part = build_proxy(clips / "asp.avi", budget_bytes=limit)
    assert len(part) == 40
    assert part.path.stat().st_size <= limit
    source = VideoSource.open(clips / "asp.avi")
    source.use_proxy(part)
    assert [number_in(source.read(index)) for index in (100, 10, 39, 40, 99)] == [
        100,
        10,
        39,
        40,
        99,
    ]
    source.close()


def test_longest_unused_copy_makes_room(clips: Path, private_home: Path) -> None:
    names = ["b-frames.mp4", "open-gop.mp4", "asp.avi"]
    for age, name in enumerate(names[:2]):
        build_proxy(clips / name)
        for file in folder_of(private_home).glob("*.npy"):
            if file.stat().st_mtime > 1000:
                os.utime(file, (100 + age, 100 + age))
    size = sum(file.stat().st_size for file in folder_of(private_home).glob("*.mjpeg"))
    build_proxy(clips / names[2], budget_bytes=size)
    assert stored_proxy(clips / names[0]) is None
    assert stored_proxy(clips / names[1]) is not None
    assert stored_proxy(clips / names[2]) is not None


def test_copy_that_vanishes_is_not_missed(clips: Path) -> None:
    proxy = build_proxy(clips / "asp.avi")
    source = VideoSource.open(clips / "asp.avi")
    source.use_proxy(proxy)
    assert number_in(source.read(50)) == 50
    proxy.path.unlink()
    assert number_in(source.read(20)) == 20
    with pytest.raises(FrameError, match="is gone"):
        proxy.read(20)
    source.close()


def test_damaged_copy_is_made_again(clips: Path) -> None:
    proxy = build_proxy(clips / "asp.avi")
    proxy.path.write_bytes(proxy.path.read_bytes()[:-5])
    assert stored_proxy(clips / "asp.avi") is None
    assert number_in(build_proxy(clips / "asp.avi").read(119)) == 119


def test_abandoned_parts_are_removed(clips: Path, private_home: Path) -> None:
    folder_of(private_home).mkdir(parents=True)
    part = folder_of(private_home) / "x.1234.part"
    part.touch()
    os.utime(part, (0, 0))
    build_proxy(clips / "intra.mov")
    assert not part.exists()
