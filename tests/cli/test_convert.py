"""``trackproof convert``: another format, and what it cannot hold, said before it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ground_truth_files import box, frame, tracking
from s3_server import S3
from trackproof.formats import open_labels

Trackproof = Callable[..., Any]
MOT = "1,1,912,484,97,109,0,7,1\n2,1,912,484,97,109,0,7,0.5\n1,2,10,20,30,40,1,1,0.25\n"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "gt.txt"
    path.write_text(MOT)
    return path


def test_losses_are_said_and_counted_in_the_status(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    said = trackproof("convert", str(labels), str(tmp_path / "a.json"), "--to", "coco")
    assert said.status == 1
    assert said.out == f"{tmp_path / 'a.json'}\n"
    assert "COCO cannot hold everything:" in said.err
    assert "the visibility of 3 annotations is lost" in said.err
    assert len(open_labels(tmp_path / "a.json").sequences[0].labels.table) == 3


def test_conversion_without_loss_ends_clean(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    target = tmp_path / "again"
    said = trackproof("convert", str(labels), str(target), "--to", "motchallenge")
    assert (said.status, said.err) == (0, "")
    assert (target / "gt" / "gt.txt").read_text() == MOT


def test_dry_run_writes_nothing(labels: Path, tmp_path: Path, trackproof: Trackproof) -> None:
    target = tmp_path / "a.xml"
    said = trackproof("convert", str(labels), str(target), "--dry-run")
    assert said.status == 1
    assert not target.exists()


def test_nothing_is_replaced_unasked(labels: Path, tmp_path: Path, trackproof: Trackproof) -> None:
    target = tmp_path / "a.xml"
    target.write_text("mine")
    said = trackproof("convert", str(labels), str(target))
    assert said.status == 2
    assert "exists already" in said.err
    assert target.read_text() == "mine"
    assert trackproof("convert", str(labels), str(target), "--force").status == 1
    assert open_labels(target).format_name == "cvat"


def test_labels_are_never_converted_onto_themselves(labels: Path, trackproof: Trackproof) -> None:
    said = trackproof("convert", str(labels), str(labels), "--to", "kitti", "--force")
    assert said.status == 2
    assert "where the labels come from" in said.err
    assert labels.read_text() == MOT


def test_ending_that_several_formats_have_asks_for_one(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    said = trackproof("convert", str(labels), str(tmp_path / "a.json"))
    assert said.status == 2
    assert "add --to with one of coco, cvat" in said.err


@pytest.mark.parametrize("size", ["0x5", "axb", "12", "=5x5", "a=5"])
def test_odd_size_is_refused(
    labels: Path, tmp_path: Path, trackproof: Trackproof, size: str
) -> None:
    said = trackproof("convert", str(labels), str(tmp_path / "y"), "--to", "yolo", "--size", size)
    assert said.status == 2
    assert "write it like 1920x1080" in said.err


def test_size_is_asked_for_and_taken(labels: Path, tmp_path: Path, trackproof: Trackproof) -> None:
    target = tmp_path / "y"
    said = trackproof("convert", str(labels), str(target), "--to", "yolo")
    assert said.status == 2
    assert "say --size" in said.err
    assert not target.exists()
    sized = trackproof("convert", str(labels), str(target), "--to", "yolo", "--size", "1920x1080")
    assert sized.status == 1
    assert open_labels(target).sequences[0].width == 1920


def test_sequences_have_sizes_of_their_own(tmp_path: Path, trackproof: Trackproof) -> None:
    for name in ("day", "night"):
        (tmp_path / "set" / "labels" / name).mkdir(parents=True)
        (tmp_path / "set" / "labels" / name / "000001.txt").write_text("0 0.5 0.5 0.1 0.1 1\n")
    call = "convert", str(tmp_path / "set"), str(tmp_path / "out"), "--to", "coco"
    assert "NAME=WxH" in trackproof(*call, "--size", "day=100x50").err
    said = trackproof(*call, "--size", "100x50", "--size", "night=200x80")
    assert said.status < 2
    sizes = {path.stem: open_labels(path).sequences[0] for path in (tmp_path / "out").iterdir()}
    assert (sizes["day"].width, sizes["day"].height) == (100, 50)
    assert (sizes["night"].width, sizes["night"].height) == (200, 80)


def test_a_size_for_nobody_and_a_size_said_twice_are_refused(
    labels: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    call = "convert", str(labels), str(tmp_path / "y"), "--to", "yolo", "--size", "9x9", "--size"
    assert "names the sequence 'nobody', and there is none" in trackproof(*call, "nobody=5x5").err
    assert "stated twice" in trackproof(*call, "8x8").err
    assert not (tmp_path / "y").exists()


def test_several_sequences_go_into_a_folder(tmp_path: Path, trackproof: Trackproof) -> None:
    for name in ("one", "two"):
        (tmp_path / "in" / name / "gt").mkdir(parents=True)
        (tmp_path / "in" / name / "gt" / "gt.txt").write_text(MOT)
    said = trackproof("convert", str(tmp_path / "in"), str(tmp_path / "out"), "--to", "kitti")
    assert said.status == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.txt", "two.txt"]
    assert "KITTI tracking cannot hold everything of one:" in said.err


@pytest.mark.parametrize("command", ["check", "convert"])
def test_empty_name_is_refused(command: str, trackproof: Trackproof) -> None:
    said = trackproof(command, "", *(["x"] if command == "convert" else []))
    assert said.status == 2
    assert "is empty; give a file or a folder" in said.err


def test_labels_in_s3_are_converted_and_nothing_there_changes(
    s3: S3, tmp_path: Path, trackproof: Trackproof
) -> None:
    frames = [frame(n, box(left=10 + n)) for n in range(5)]
    address = s3.put("jobs/night/SeqLabel.json", json.dumps(tracking(*frames)))
    before = s3.keys()
    said = trackproof("convert", address, str(tmp_path / "night.xml"))
    assert said.status in (0, 1), said.err
    assert "account 123456789012" in said.err
    assert len(open_labels(tmp_path / "night.xml").sequences[0].labels.table) == 5
    assert s3.keys() == before


def test_addresses_are_no_targets(labels: Path, trackproof: Trackproof) -> None:
    said = trackproof("convert", str(labels), "s3://bucket/a.xml")
    assert said.status == 2
    assert "S3 addresses cannot be used here" in said.err


def test_the_folder_of_the_labels_is_not_written_into(
    tmp_path: Path, trackproof: Trackproof
) -> None:
    folder = tmp_path / "street"
    (folder / "gt").mkdir(parents=True)
    (folder / "gt" / "gt.txt").write_text(MOT)
    said = trackproof(
        "convert", str(folder / "gt" / "gt.txt"), str(folder), "--to", "motchallenge", "--force"
    )
    assert said.status == 2
    assert "where the labels come from" in said.err
    assert (folder / "gt" / "gt.txt").read_text() == MOT


def test_unsized_yolo_says_what_is_missing(tmp_path: Path, trackproof: Trackproof) -> None:
    (tmp_path / "set" / "labels").mkdir(parents=True)
    (tmp_path / "set" / "labels" / "000001.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    said = trackproof("convert", str(tmp_path / "set"), str(tmp_path / "a.xml"))
    assert said.status == 2
    assert "nothing tells its size" in said.err
    assert "say --size" in said.err
    assert "--size" not in trackproof("check", str(tmp_path / "set")).err
