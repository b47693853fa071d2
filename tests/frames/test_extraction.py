"""Extraction: the right frames under names that sort, going on where it stopped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frame_clips import CLIPS, number_in
from trackproof.errors import FrameError, StorageError
from trackproof.frames import Choice, Extracted, extract, open_frames
from trackproof.progress import Cancelled


def numbers_in(result: Extracted) -> list[int]:
    source = open_frames(result.folder)
    assert tuple(source.names) == result.frame_names
    return [number_in(source.read(index)) for index in range(len(source))]


class Steps:
    def __init__(self, *, stop_at: int | None = None) -> None:
        self.seen: list[tuple[int, int]] = []
        self.stop_at = stop_at

    def step(self, done: int, total: int) -> None:
        self.seen.append((done, total))
        if self.stop_at is not None and done >= self.stop_at:
            raise Cancelled


def test_every_frame_comes_out_exactly_and_sorted(clips: Path, tmp_path: Path) -> None:
    (result,) = extract([clips / "open-gop.mp4"], tmp_path / "out")
    assert numbers_in(result) == list(range(120))
    assert result.frame_names[:2] == ("frame_000000.jpg", "frame_000001.jpg")
    assert result.folder == tmp_path / "out" / "open-gop"
    assert result.rate_fps == pytest.approx(25)
    assert (result.width, result.height) == (96, 64)
    assert result.problems == ()


def test_every_seventh_frame_of_several_videos_at_once(clips: Path, tmp_path: Path) -> None:
    videos = [clips / "b-frames.mp4", clips / "b-frames.mov", clips / "asp.avi"]
    steps = Steps()
    results = extract(videos, tmp_path, choice=Choice(every=7), progress=steps)
    assert [result.folder.name for result in results] == ["b-frames", "b-frames-2", "asp"]
    for result in results:
        assert numbers_in(result) == list(range(0, 120, 7))
        assert result.source_frames.tolist() == list(range(0, 120, 7))
        assert result.rate_fps == pytest.approx(25 / 7)
    assert steps.seen[-1] == (54, 54)


def test_rate_takes_the_frame_on_screen_of_an_uneven_clip(clips: Path, tmp_path: Path) -> None:
    (result,) = extract([clips / "uneven.mp4"], tmp_path, choice=Choice(rate_fps=4))
    ticks = next(clip for clip in CLIPS if clip.file == "uneven.mp4").ticks()
    wanted = np.arange(0, ticks[-1] + 125, 250)
    expected = np.unique(np.searchsorted(ticks, wanted + 1, side="right") - 1).tolist()
    assert numbers_in(result) == expected


def test_png_holds_the_pixels_exactly(clips: Path, tmp_path: Path) -> None:
    (result,) = extract([clips / "intra.mov"], tmp_path, choice=Choice(every=30), suffix=".png")
    source = open_frames(clips / "intra.mov")
    for name, frame in zip(result.frame_names, result.source_frames.tolist(), strict=True):
        np.testing.assert_array_equal(cv2.imread(str(result.folder / name)), source.read(frame))
    source.close()


def test_stopped_extraction_goes_on_and_writes_nothing_twice(clips: Path, tmp_path: Path) -> None:
    video = clips / "asp.avi"
    with pytest.raises(Cancelled):
        extract([video], tmp_path, progress=Steps(stop_at=0))
    (whole,) = extract([video], tmp_path)
    times = {name: (whole.folder / name).stat().st_mtime_ns for name in whole.frame_names}
    damaged, missing = whole.frame_names[5], whole.frame_names[9]
    (whole.folder / damaged).write_bytes(b"\xff\xd8half")
    (whole.folder / missing).unlink()
    (again,) = extract([video], tmp_path)
    assert numbers_in(again) == list(range(120))
    untouched = set(times) - {damaged, missing}
    assert all((again.folder / name).stat().st_mtime_ns == times[name] for name in untouched)


def test_file_in_the_place_of_the_folder_is_told_in_words(clips: Path, tmp_path: Path) -> None:
    taken = tmp_path / "out"
    taken.write_text("mine")
    with pytest.raises(StorageError, match="a file, not a folder"):
        extract([clips / "intra.mov"], taken)
    assert taken.read_text() == "mine"


def test_folder_of_another_extraction_is_left_alone(clips: Path, tmp_path: Path) -> None:
    extract([clips / "intra.mov"], tmp_path, choice=Choice(every=20))
    before = sorted(path.name for path in (tmp_path / "intra").iterdir())
    with pytest.raises(StorageError, match="another extraction"):
        extract([clips / "intra.mov"], tmp_path, choice=Choice(every=10))
    assert sorted(path.name for path in (tmp_path / "intra").iterdir()) == before


def test_folder_with_other_files_is_left_alone(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "intra").mkdir()
    (tmp_path / "intra" / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(StorageError, match="other files"):
        extract([clips / "intra.mov"], tmp_path)
    assert (tmp_path / "intra" / "mine.jpg").read_bytes() == b"mine"


def test_record_beside_the_frames_states_where_they_came_from(clips: Path, tmp_path: Path) -> None:
    (result,) = extract([clips / "intra.mov"], tmp_path, choice=Choice(every=20))
    record = json.loads((result.folder / "extraction.json").read_text())
    assert record["video"] == "intra.mov"
    assert (record["every"], record["video_frames"], record["video_rate_fps"]) == (20, 60, 25.0)


def test_damaged_frames_are_left_out_and_told(clips: Path, tmp_path: Path) -> None:
    data = bytearray((clips / "long-gop.mp4").read_bytes())
    start = len(data) // 2
    data[start : start + 4000] = bytes(4000)
    video = tmp_path / "damaged.mp4"
    video.write_bytes(data)
    (result,) = extract([video], tmp_path / "out", choice=Choice(every=10))
    assert numbers_in(result) == result.source_frames.tolist()
    assert 0 < len(result.source_frames) < 60
    left_out = [problem for problem in result.problems if "damaged" in problem.message]
    assert len(left_out) == 60 - len(result.source_frames)


def test_unreadable_video_stops_before_anything_is_written(clips: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.touch()
    with pytest.raises(FrameError, match=r"bad\.mp4: the video file is empty"):
        extract([bad, clips / "intra.mov"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_senseless_wishes_are_refused(clips: Path, tmp_path: Path) -> None:
    for words in ({"every": 0}, {"rate_fps": 0.0}, {"rate_fps": float("inf")}):
        with pytest.raises(FrameError, match="is not possible"):
            Choice(**words)  # type: ignore[arg-type]
    with pytest.raises(FrameError, match="no video"):
        extract([], tmp_path)
    with pytest.raises(FrameError, match="jpg or"):
        extract([clips / "intra.mov"], tmp_path, suffix=".gif")


def test_target_that_cannot_be_written_is_one_clear_error(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be used for frames"):
        extract([clips / "intra.mov"], tmp_path / "file")


def test_result_can_be_removed_and_made_again(clips: Path, tmp_path: Path) -> None:
    (first,) = extract([clips / "intra.mov"], tmp_path)
    shutil.rmtree(first.folder)
    (again,) = extract([clips / "intra.mov"], tmp_path)
    assert again.frame_names == first.frame_names


@given(
    st.lists(st.floats(0.005, 0.5), min_size=1, max_size=60),
    st.floats(0.5, 60),
    st.integers(1, 9),
)
def test_choices_are_ascending_and_inside(steps: list[float], rate: float, every: int) -> None:
    times_s = np.concatenate([[0.0], np.cumsum(steps)])
    for choice in (Choice(rate_fps=rate), Choice(every=every)):
        frames = choice.frames_of(times_s)
        assert frames[0] == 0
        assert np.all(np.diff(frames) > 0)
        assert frames[-1] < len(times_s)


@given(st.integers(1, 60), st.integers(2, 200))
def test_the_videos_own_rate_takes_every_frame(rate: int, count: int) -> None:
    times_s = np.round(np.arange(count) / rate, 3)
    assert Choice(rate_fps=float(rate)).frames_of(times_s).tolist() == list(range(count))
