"""Videos: every index shows its own picture, and damage is told and never shown as good."""

from __future__ import annotations

import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from frame_clips import CLIPS, Clip, number_in, remux
from trackproof.errors import FrameError
from trackproof.frames import VideoSource, open_frames
from trackproof.frames.video import SHORT_RUN

if TYPE_CHECKING:
    from trackproof.frames import FrameSource

SEEKS_PER_CLIP = 50
BY_NAME = {clip.file: clip for clip in CLIPS}


def numbers_of(source: FrameSource) -> list[int]:
    return [number_in(source.read(index)) for index in range(len(source))]


def messages_of(source: FrameSource) -> str:
    return " | ".join(problem.message for problem in source.problems)


@pytest.mark.parametrize("name", BY_NAME)
def test_random_seeks_never_show_a_wrong_frame(clips: Path, name: str) -> None:
    source = open_frames(clips / name)
    assert len(source) == BY_NAME[name].frames
    indices = np.random.default_rng(len(name)).integers(0, len(source), SEEKS_PER_CLIP)
    assert [number_in(source.read(int(index))) for index in indices] == indices.tolist()
    source.close()


def test_clips_give_more_than_500_random_seeks() -> None:
    assert SEEKS_PER_CLIP * len(CLIPS) >= 500


@pytest.mark.parametrize("name", BY_NAME)
def test_reading_in_order_shows_every_frame_once(clips: Path, name: str) -> None:
    source = open_frames(clips / name)
    assert numbers_of(source) == list(range(BY_NAME[name].frames))
    source.close()


@pytest.mark.parametrize("name", ["open-gop.mp4", "long-gop.mp4", "uneven.mp4", "asp.avi"])
def test_stepping_back_shows_every_frame_once(clips: Path, name: str) -> None:
    source = VideoSource.open(clips / name, ring_bytes=16 * 96 * 64 * 3 // 2)
    backwards = range(len(source) - 1, -1, -1)
    assert [number_in(source.read(index)) for index in backwards] == list(backwards)
    source.close()


def test_frames_around_every_key_frame_are_exact(clips: Path) -> None:
    for name in ("open-gop.mp4", "open-gop.mkv", "uneven-open-gop.mkv", "hevc.mp4"):
        source = open_frames(clips / name)
        for key in range(24, 120, 24):
            for index in (key + 1, key, key - 1, key - 2, key - 3):
                assert number_in(source.read(index)) == index, (name, index)
        source.close()


def test_a_short_way_ahead_is_decoded_and_not_sought(clips: Path) -> None:
    source = open_frames(clips / "b-frames.mp4")
    for index in (0, SHORT_RUN, 2 * SHORT_RUN, 31, 33):
        assert number_in(source.read(index)) == index
    source.close()


def test_uneven_times_are_the_encoded_ones(clips: Path) -> None:
    source = open_frames(clips / "uneven.mp4")
    assert isinstance(source, VideoSource)
    ticks = BY_NAME["uneven.mp4"].ticks()
    np.testing.assert_allclose(source.times_s, ticks / 1000, atol=0.002)
    assert "frame rate varies" in messages_of(source)
    source.close()


def test_even_rate_is_stated_and_not_called_varying(clips: Path) -> None:
    for name in ("b-frames.mp4", "open-gop.mkv", "vp9.webm", "asp.avi"):
        source = open_frames(clips / name)
        assert source.rate_fps == pytest.approx(25), name
        assert source.problems == (), name
        source.close()


def test_second_opening_takes_the_index_from_the_cache(
    clips: Path, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_frames(clips / "asp.avi").close()
    monkeypatch.setattr("trackproof.frames.index_cache.scan", None)
    source = open_frames(clips / "asp.avi")
    assert number_in(source.read(77)) == 77
    source.close()


def test_damaged_cached_index_is_made_again(clips: Path, private_home: Path) -> None:
    open_frames(clips / "asp.avi").close()
    entries = list((private_home / "cache" / "packets").iterdir())
    assert len(entries) == 1
    entries[0].write_bytes(entries[0].read_bytes()[:100])
    source = open_frames(clips / "asp.avi")
    assert len(source) == 120
    source.close()


def test_changed_video_is_indexed_again(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes((clips / "b-frames.mp4").read_bytes())
    open_frames(path).close()
    path.write_bytes((clips / "long-gop.mp4").read_bytes())
    source = open_frames(path)
    assert len(source) == 600
    source.close()


def test_header_that_lies_about_the_count_is_not_believed(clips: Path, tmp_path: Path) -> None:
    data = bytearray((clips / "asp.avi").read_bytes())
    for place in (data.find(b"avih") + 8 + 16, data.find(b"strh") + 8 + 32):
        data[place : place + 4] = struct.pack("<I", 999)
    path = tmp_path / "liar.avi"
    path.write_bytes(data)
    source = open_frames(path)
    assert numbers_of(source) == list(range(120))
    assert "promises 999 frames, the file holds 120" in messages_of(source)
    source.close()


@pytest.mark.parametrize("name", ["open-gop.mkv", "b-frames.avi", "asp.avi", "vp8.webm"])
@pytest.mark.parametrize("share", [0.6, 0.7, 0.83, 0.97])
def test_cut_off_file_shows_what_is_whole_and_says_so(
    clips: Path, tmp_path: Path, name: str, share: float
) -> None:
    data = (clips / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * share)])
    source = open_frames(path)
    assert numbers_of(source) == list(range(len(source)))
    assert 10 < len(source) < 120
    assert "the file breaks off" in messages_of(source)
    source.close()


def test_cut_off_mp4_with_its_index_in_front_shows_what_is_whole(tmp_path: Path) -> None:
    options = {"movflags": "faststart"}
    clip = BY_NAME["b-frames.mp4"]
    whole = Clip("fast.mp4", clip.codec, options=clip.options, container_options=options)
    data = whole.write(tmp_path).read_bytes()
    for percent in range(60, 100, 8):
        path = tmp_path / f"cut{percent}.mp4"
        path.write_bytes(data[: len(data) * percent // 100])
        source = open_frames(path)
        assert numbers_of(source) == list(range(len(source))), percent
        assert "the file breaks off" in messages_of(source)
        source.close()


def test_cut_off_mp4_with_its_index_at_the_end_is_one_clear_error(
    clips: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes((clips / "b-frames.mp4").read_bytes()[:5000])
    with pytest.raises(FrameError, match=r"cut\.mp4: .*its end is missing"):
        open_frames(path)


def test_empty_video_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(FrameError, match=r"empty\.mp4: the video file is empty \(0 bytes\)"):
        open_frames(path)


def test_text_named_like_a_video_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("not a video\n" * 1000)
    with pytest.raises(FrameError, match="this is not a video"):
        open_frames(path)


def test_missing_path_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="no such folder or video"):
        open_frames(tmp_path / "none.mp4")


def test_frames_whose_references_were_cut_away_are_left_out(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "tail.mkv"
    remux(clips / "b-frames.mp4", path, first=7, zero=7)
    source = open_frames(path)
    assert numbers_of(source) == list(range(30, 120))
    assert "were cut away and are left out" in messages_of(source)
    source.close()


def test_frames_hidden_by_an_edit_list_stay_hidden(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "edited.mp4"
    options = {"avoid_negative_ts": "disabled", "use_editlist": "1"}
    remux(clips / "b-frames.mp4", path, first=0, zero=10, options=options)
    source = open_frames(path)
    numbers = numbers_of(source)
    assert numbers == list(range(numbers[0], 120))
    assert numbers[0] > 0
    assert f"{numbers[0]} frames are hidden by an edit list" in messages_of(source)
    for index in (50, 3, 100, 20):
        assert number_in(source.read(index)) == numbers[index]
    source.close()


def test_damage_inside_is_never_shown_under_a_wrong_number(clips: Path, tmp_path: Path) -> None:
    data = bytearray((clips / "long-gop.mp4").read_bytes())
    start = len(data) // 2
    data[start : start + 4000] = bytes(4000)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    source = open_frames(path)
    shown: dict[int, int] = {}
    reasons = set()
    for index in range(len(source)):
        try:
            shown[index] = number_in(source.read(index))
        except FrameError as error:
            reasons.add(error.message.removeprefix(f"frame {index} "))
    assert reasons == {"is damaged and cannot be decoded"}
    assert len(shown) > 300
    wrong = {index: number for index, number in shown.items() if number != index}
    assert wrong == {}
    source.close()


def test_hole_in_the_times_is_told_with_its_place(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "lossy.mkv"
    remux(clips / "intra.mov", path, first=0, zero=0, without=range(20, 25))
    source = open_frames(path)
    assert numbers_of(source) == [*range(20), *range(25, 60)]
    assert "about 5 frames seem to be missing, the first after frame 19" in messages_of(source)
    source.close()


def test_titles_in_other_encodings_do_not_stop_the_pictures(clips: Path, tmp_path: Path) -> None:
    data = (clips / "open-gop.mkv").read_bytes()
    assert data.count(b"Lavf") > 0
    path = tmp_path / "latin.mkv"
    path.write_bytes(data.replace(b"Lavf", b"L\xe4\xf7f"))
    source = open_frames(path)
    assert number_in(source.read(99)) == 99
    source.close()


def test_rotation_is_told_and_not_applied(tmp_path: Path) -> None:
    clip = BY_NAME["b-frames.mp4"]
    path = Clip("turned.mp4", clip.codec, frames=20, rotation=90).write(tmp_path)
    source = open_frames(path)
    assert source.size == (96, 64)
    assert number_in(source.read(7)) == 7
    assert "asks to be rotated" in messages_of(source)
    source.close()


def test_index_outside_the_video_is_refused(clips: Path) -> None:
    source = open_frames(clips / "intra.mov")
    for index in (-1, 60):
        with pytest.raises(FrameError, match="the video holds 60"):
            source.read(index)
    source.close()


def test_closed_video_refuses_to_read(clips: Path) -> None:
    source = open_frames(clips / "intra.mov")
    source.close()
    with pytest.raises(FrameError, match="closed"):
        source.read(0)


def test_threads_may_share_one_video(clips: Path) -> None:
    source = open_frames(clips / "open-gop.mp4")
    wrong: list[int] = []

    def read(seed: int) -> None:
        for index in np.random.default_rng(seed).integers(0, 120, 60).tolist():
            if number_in(source.read(index)) != index:
                wrong.append(index)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    source.close()


def test_decoding_stops_when_a_frame_is_no_longer_wanted_and_goes_on_later(clips: Path) -> None:
    source = VideoSource.open(clips / "long-gop.mp4")
    asked = 0

    def is_wanted() -> bool:
        nonlocal asked
        asked += 1
        return asked < 20

    assert source.read_while(240, is_wanted) is None
    assert asked == 20
    assert [number_in(source.read(index)) for index in (5, 25, 240, 100)] == [5, 25, 240, 100]
    source.close()


def test_names_of_video_frames_carry_their_index(clips: Path) -> None:
    source = open_frames(clips / "intra.mov")
    assert source.names[12] == "intra.mov#12"
    assert list(source.names[2:4]) == ["intra.mov#2", "intra.mov#3"]
    source.close()


def test_folder_with_one_video_opens_the_video(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "clip.MOV").write_bytes((clips / "intra.mov").read_bytes())
    (tmp_path / "notes.txt").write_text("x")
    source = open_frames(tmp_path)
    assert len(source) == 60
    source.close()


def test_non_ascii_path_opens(clips: Path, tmp_path: Path) -> None:
    path = tmp_path / "vidéo — 動画.mov"
    path.write_bytes((clips / "intra.mov").read_bytes())
    source = open_frames(path)
    assert number_in(source.read(59)) == 59
    source.close()


def test_real_video_has_795_frames_each_equal_however_reached(shared_data: Path) -> None:
    path = shared_data / "video" / "vtest.avi"
    in_order = open_frames(path)
    assert (len(in_order), in_order.size, in_order.rate_fps) == (795, (768, 576), 10.0)
    prints = [hash(in_order.read(index).tobytes()) for index in range(795)]
    in_order.close()
    at_random = open_frames(path)
    indices = np.random.default_rng(5).integers(0, 795, 40).tolist()
    assert [hash(at_random.read(index).tobytes()) for index in indices] == [
        prints[index] for index in indices
    ]
    at_random.close()
