"""Whether clips will play in the browsers of workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clip_job_files import write_with_sound
from frame_clips import CLIPS
from trackproof.clips.playable import ADVICE, Media, playing_problems, probe
from trackproof.errors import FrameError

GOOD = Media("MP4", "h264", "aac", "yuv420p", 640, 360, 25.0, 2.0)
BY_NAME = {clip.file: clip for clip in CLIPS}


def problems_of(name: str, folder: Path) -> tuple[str, ...]:
    clip = replace(BY_NAME[name], frames=4)
    return playing_problems(probe(clip.write(folder)), address=f"s3://b/{name}")


@pytest.mark.parametrize("name", ["b-frames.mp4", "vp8.webm", "vp9.webm"])
def test_clips_that_browsers_play_have_no_problem(name: str, tmp_path: Path) -> None:
    assert problems_of(name, tmp_path) == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hevc.mp4", "HEVC (H.265) plays only in some browsers on some machines."),
        ("asp.avi", "Browsers do not play MPEG-4 part 2."),
        ("asp.avi", "No browser plays AVI files."),
        ("asp.avi", "The file ends in .avi; the service takes .mp4, .ogg and .webm."),
        ("b-frames.mov", "Not all browsers play MOV files."),
        ("open-gop.mkv", "Not all browsers play Matroska files."),
        ("intra.mov", "Browsers do not play Motion JPEG."),
    ],
)
def test_clips_that_browsers_do_not_play_say_why(name: str, words: str, tmp_path: Path) -> None:
    problems = problems_of(name, tmp_path)
    assert words in problems
    assert problems[-1] == ADVICE


def test_sound_is_judged_with_its_container(tmp_path: Path) -> None:
    good = write_with_sound(tmp_path / "a.mp4", video="libx264", audio="aac")
    assert str(probe(good)) == "MP4, H.264 + AAC, 96×64"
    assert playing_problems(probe(good), address="a.mp4") == ()
    bad = write_with_sound(tmp_path / "b.mp4", video="libx264", audio="ac3")
    assert playing_problems(probe(bad), address="b.mp4") == (
        "The sound is AC-3, which browsers do not play in MP4.",
    )


def test_pixels_other_than_8_bit_420_are_told(tmp_path: Path) -> None:
    path = write_with_sound(tmp_path / "a.mp4", video="libx264", audio="", pixels="yuv444p")
    (problem,) = playing_problems(probe(path), address="a.mp4")
    assert problem.startswith("The pixels are yuv444p")


@pytest.mark.parametrize(
    ("media", "address", "words"),
    [
        (replace(GOOD, video="prores"), "a.mp4", "Browsers do not play ProRes."),
        (replace(GOOD, video="vp8"), "a.mp4", "Browsers do not play VP8 in MP4."),
        (replace(GOOD, container="Ogg", video="theora"), "a.ogg", "no longer play Theora"),
        (replace(GOOD, container="WebM", video="vp9"), "a.mp4", "ends in .mp4, but is WebM"),
        (replace(GOOD, video=""), "a.mp4", "The file holds no video."),
        (replace(GOOD, pixel_format="yuv420p10le"), "a.mp4", "8-bit 4:2:0"),
        (GOOD, "clip", "The file ends in nothing"),
    ],
)
def test_rules_hold_for_files_that_are_hard_to_make(media: Media, address: str, words: str) -> None:
    assert any(words in problem for problem in playing_problems(media, address=address))


def test_what_is_no_video_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"not a video" * 50)
    with pytest.raises(FrameError, match=r"a\.mp4: this is no video that can be opened"):
        probe(path)
    with pytest.raises(FrameError):
        probe(tmp_path / "absent.mp4")
