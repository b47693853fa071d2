"""``trackproof compare`` as people meet it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Trackproof = Callable[..., Any]

FIRST = "\n".join(
    f"{frame},{one},{10 + 2 * frame + 100 * one},20,30,40,1,1,1"
    for frame in range(1, 9)
    for one in (1, 2)
)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "first.txt"
    path.write_text(FIRST + "\n")
    return path


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The same with one box lost, one added, and object 2 renamed from frame 5 on."""
    rows = [line.split(",") for line in FIRST.splitlines()]
    kept = [row for row in rows if row[:2] != ["3", "1"]]
    for row in kept:
        if row[1] == "2" and int(row[0]) >= 5:
            row[1] = "7"
    kept.append(["6", "9", "900", "20", "30", "40", "1", "1", "1"])
    path = tmp_path / "second.txt"
    path.write_text("".join(",".join(row) + "\n" for row in kept))
    return path


def test_equal_labels_agree_and_end_with_status_0(first: Path, trackproof: Trackproof) -> None:
    said = trackproof("compare", first, first, "--format", "json")
    (row,) = json.loads(said.out)
    assert said.status == 0
    assert row["hota"] == row["mota"] == row["idf1"] == 1.0
    assert (row["pairs"], row["misses"], row["false_positives"]) == (16, 0, 0)


def test_differences_are_counted_and_end_with_status_1(
    first: Path, second: Path, trackproof: Trackproof
) -> None:
    said = trackproof("compare", first, second, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert said.status == 1
    assert (row["pairs"], row["misses"], row["false_positives"]) == ("15", "1", "1")
    assert row["switches"] == "1"
    assert float(row["mota"]) == pytest.approx((16 - 3) / 16)
    assert "1 only in" in said.err


def test_table_by_track_names_the_partners(
    first: Path, second: Path, trackproof: Trackproof
) -> None:
    said = trackproof("compare", first, second, "--by", "track")
    lines = [line for line in said.out.splitlines() if "pedestrian:2" in line]
    assert any("pedestrian:2, pedestrian:7" in line for line in lines)


def test_table_by_category_has_a_line_for_all_and_each(
    first: Path, second: Path, trackproof: Trackproof
) -> None:
    said = trackproof("compare", first, second, "--by", "category", "--format", "json")
    assert [row["category"] for row in json.loads(said.out)] == ["all", "pedestrian"]


def test_range_of_frames_leaves_the_others_out(
    first: Path, second: Path, trackproof: Trackproof
) -> None:
    said = trackproof("compare", first, second, "--frames", "0-1", "--format", "json")
    assert said.status == 0
    assert json.loads(said.out)[0]["pairs"] == 4


def test_range_that_is_none_is_refused(first: Path, trackproof: Trackproof) -> None:
    said = trackproof("compare", first, first, "--frames", "9-3")
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert "--frames takes first-last" in said.err


def test_detections_are_compared_without_identity(
    first: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    det = tmp_path / "det.txt"
    rows = (line.split(",") for line in FIRST.splitlines())
    det.write_text("".join(",".join([row[0], "-1", *row[2:6], "0.9"]) + "\n" for row in rows))
    said = trackproof("compare", first, det, "--format", "json")
    (row,) = json.loads(said.out)
    assert row["idf1"] is None
    assert row["det_a"] == 1.0
    assert "no identity metrics" in said.err


def test_output_is_never_overwritten_unasked(
    first: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine")
    said = trackproof("compare", first, first, "-o", target, "--format", "csv")
    assert said.status == 2
    assert target.read_text() == "mine"


def test_boxes_beyond_the_reference_are_told_as_left_out(
    first: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    longer = tmp_path / "longer.txt"
    longer.write_text(FIRST + "\n9,1,1,2,3,4,1,1,1\n10,1,1,2,3,4,1,1,1\n")
    said = trackproof("compare", first, longer)
    assert said.status == 1
    assert "2 boxes of" in said.err
    assert "left out" in said.err
    assert trackproof("compare", longer, first).status == 1
    assert trackproof("compare", first, longer, "--frames", "0-3").status == 0


def test_objects_that_are_one_in_the_other_set_are_a_difference(
    first: Path, tmp_path: Path, trackproof: Trackproof
) -> None:
    split = [line.split(",") for line in FIRST.splitlines()]
    late = tmp_path / "split.txt"
    rows = [[row[0], "9" if row[1] == "1" and row[0] > "2" else row[1], *row[2:]] for row in split]
    late.write_text("".join(",".join(row) + "\n" for row in rows))
    said = trackproof("compare", late, first, "--format", "json")
    (row,) = json.loads(said.out)
    assert row["switches"] == 0
    assert said.status == 1


def test_sequence_that_only_one_set_has_is_a_difference(
    tmp_path: Path, trackproof: Trackproof
) -> None:
    for folder, names in (("a", ("one", "two")), ("b", ("one", "two", "three"))):
        for name in names:
            path = tmp_path / folder / name / "gt" / "gt.txt"
            path.parent.mkdir(parents=True)
            path.write_text(FIRST)
    said = trackproof("compare", tmp_path / "a", tmp_path / "b")
    assert said.status == 1
    assert "three stands in one of the two only" in said.err
    assert trackproof("compare", tmp_path / "a", tmp_path / "a").status == 0


def test_check_links_detections_and_says_so(tmp_path: Path, trackproof: Trackproof) -> None:
    det = tmp_path / "det.txt"
    rows = [(frame, 10 + 2 * frame if frame != 15 else 70) for frame in range(1, 31)]
    det.write_text("".join(f"{frame},-1,{left},20,30,40,0.9\n" for frame, left in rows))
    said = trackproof("check", det, "--format", "json")
    assert "linked 30 detections into" in said.err
    flags = json.loads(said.out)
    assert any(flag["frame_index"] in (13, 14, 15) for flag in flags)
    assert all(flag["object_id"] == "" for flag in flags)
    assert any("~" in flag["object_name"] for flag in flags)
