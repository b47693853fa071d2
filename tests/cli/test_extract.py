"""``trackproof extract`` as people type it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frame_clips import Clip


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return Clip("walk.mp4", "libx264", frames=20).write(tmp_path)


def test_extract_writes_a_package_and_says_how_much(
    trackproof: Callable[..., Any], video: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    said = trackproof("extract", video, "-o", target, "--every", "2")
    assert said.status == 0
    assert "1 sequence, 10 frames" in said.out
    assert "12.5" in said.out
    assert "not said where in S3" in said.err
    assert len(list((target / "frames" / "walk").glob("*.jpg"))) == 10
    again = trackproof("check", target)
    assert again.status == 0


def test_extract_takes_a_rate_and_a_configuration(
    trackproof: Callable[..., Any], video: Path, tmp_path: Path
) -> None:
    config = tmp_path / "categories.json"
    config.write_text(json.dumps({"labels": [{"label": "Dog"}]}))
    target = tmp_path / "out"
    options = ("--fps", "5", "--pictures", "png", "--categories", config)
    said = trackproof("extract", video, "-o", target, *options, "--destination", "s3://bucket/a")
    assert said.status == 0
    assert len(list((target / "frames" / "walk").glob("*.png"))) == 4
    assert json.loads((target / "label-categories.json").read_text()) == {
        "labels": [{"label": "Dog"}]
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--every", "2", "--fps", "2"), "not both"),
        (("--every", "0"), "1 or more"),
        (("--fps", "nan"), "more than 0"),
        (("--destination", "bucket"), "is not an S3 address"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    trackproof: Callable[..., Any],
    video: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    message: str,
) -> None:
    said = trackproof("extract", video, "-o", tmp_path / "out", *options)
    assert said.status == 2
    assert message in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_an_absent_video_is_named(trackproof: Callable[..., Any], tmp_path: Path) -> None:
    said = trackproof("extract", tmp_path / "gone.mp4", "-o", tmp_path / "out")
    assert said.status == 2
    assert "gone.mp4: there is no such video" in said.err
