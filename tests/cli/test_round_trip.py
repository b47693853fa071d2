"""From real labels to flags, to a package, to corrected labels, by the command line alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from trackproof.formats import open_labels
from trackproof.handoff.plan import read_plan

Trackproof = Callable[..., Any]


@pytest.fixture
def sample(shared_data: Path) -> Path:
    """Real tracking output with three planted faults."""
    return shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json"


@pytest.fixture
def package(sample: Path, trackproof: Trackproof, tmp_path: Path) -> Path:
    """A package for the flags of the sample."""
    folder = tmp_path / "focus"
    said = trackproof(
        "export",
        sample,
        "--output",
        folder,
        "--destination",
        "s3://bucket/review",
        "--prefix",
        "s3://bucket/frames/mot13",
    )
    assert said.status == 0
    return folder


def test_planted_faults_are_among_the_first_five_rows(sample: Path, trackproof: Trackproof) -> None:
    said = trackproof("check", sample, "--format", "csv")
    assert said.status == 1
    first = list(csv.DictReader(io.StringIO(said.out)))[:5]
    found = {(row["object_name"], int(row["frame_index"])) for row in first}
    assert ("Vehicle:1", 217) in found
    assert ("Vehicle:2", 102) in found
    assert any(name == "Vehicle:1" and 137 <= frame <= 140 for name, frame in found)


def test_formats_say_the_same(sample: Path, trackproof: Trackproof, tmp_path: Path) -> None:
    table = trackproof("check", sample).out.splitlines()
    rows = json.loads(trackproof("check", sample, "--format", "json").out)
    file = tmp_path / "flags.csv"
    said = trackproof("check", sample, "--format", "csv", "--output", file)
    assert said.out == ""
    written = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert len(written) == len(rows) == len(table) - 2
    assert [row["evidence"] for row in written] == [row["evidence"] for row in rows]
    assert all(row["evidence"] in line for row, line in zip(rows, table[2:], strict=True))


def test_narrow_terminal_shows_one_line_per_flag(sample: Path, trackproof: Trackproof) -> None:
    from trackproof.checks import analyse
    from trackproof.cli.check import as_text
    from trackproof.reports import flag_rows

    sequence = open_labels(sample).sequences[0]
    rows = flag_rows([analyse(sequence, sequence.labels)])
    lines = as_text(rows, "table", width=80).splitlines()
    assert lines[0].split() == ["frame_index", "frame", "object_name", "probability", "evidence"]
    assert len(lines) == len(rows) + 2
    assert max(map(len, lines)) <= 80


def test_output_is_not_overwritten_unasked(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    file = tmp_path / "flags.csv"
    file.write_text("mine")
    said = trackproof("check", sample, "--output", file)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert file.read_text() == "mine"
    assert trackproof("check", sample, "--output", file, "--force").status == 1
    assert file.read_text() != "mine"


def test_progress_is_silent_without_a_terminal(sample: Path, trackproof: Trackproof) -> None:
    said = trackproof("check", sample)
    assert re.fullmatch(r"\d+ flags in 890 boxes on 300 frames\n", said.err)


def test_clean_labels_end_with_0(trackproof: Trackproof, tmp_path: Path) -> None:
    entries = [
        {
            "annotations": [
                {
                    "height": 40,
                    "width": 60,
                    "top": 100,
                    "left": 100 + 3 * frame,
                    "class-id": "0",
                    "label-category-attributes": {},
                    "object-id": "a",
                    "object-name": "Car:1",
                }
            ],
            "frame-no": str(frame),
            "frame": f"{frame:06d}.jpg",
            "frame-attributes": {},
        }
        for frame in range(40)
    ]
    file = tmp_path / "SeqLabel.json"
    file.write_text(json.dumps({"tracking-annotations": entries}))
    said = trackproof("check", file, "--format", "json")
    assert json.loads(said.out) == []
    assert said.status == 0


@pytest.mark.parametrize("content", ["", "{", '{"other": []}', "\x00\x01", "[1, 2"])
def test_broken_labels_give_one_line_that_names_the_file(
    content: str, trackproof: Trackproof, tmp_path: Path
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)
    for command in (("check", file), ("export", file, "-o", tmp_path / "out")):
        said = trackproof(*command)
        assert said.status == 2
        assert said.err.count("\n") == 1
        assert "broken.json" in said.err
    assert not (tmp_path / "out").exists()


def test_unknown_profile_names_the_known_ones(sample: Path, trackproof: Trackproof) -> None:
    said = trackproof("check", sample, "--profile", "boats")
    assert said.status == 2
    assert "no profile is called 'boats'" in said.err
    assert "default" in said.err


def test_frames_that_do_not_belong_are_refused(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    said = trackproof("check", sample, "--frames", tmp_path)
    assert (said.status, said.err.count("\n")) == (2, 1)


def test_package_of_real_labels_keeps_every_rule_and_opens_again(
    package: Path, trackproof: Trackproof
) -> None:
    assert trackproof("validate", package).status == 0
    plan = read_plan(package)
    opened = open_labels(package / "job-1" / "adjustment.manifest", root=package)
    assert [len(one) for one in opened.sequences] == [len(w.frame_names) for w in plan.windows][:10]
    assert {flag.object_name for window in plan.windows for flag in window.flags} >= {"Vehicle:1"}


def test_package_keeps_what_the_original_says_of_each_box(package: Path, sample: Path) -> None:
    window = read_plan(package).windows[0]
    original = json.loads(sample.read_text())["tracking-annotations"]
    sent = json.loads((package / window.folder / "SeqLabel.json").read_text())
    for place, entry in enumerate(sent["tracking-annotations"]):
        assert entry == {**original[window.frame_start + place], "frame-no": str(place)}


def test_summary_tells_how_much_workers_will_see(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    said = trackproof(
        "export",
        sample,
        "-o",
        tmp_path / "focus",
        "--top",
        3,
        "--context",
        5,
        "--price-per-task",
        1,
        "--price-per-frame",
        0.01,
    )
    assert "3 flags in 2 windows, 1 job\n" in said.out
    assert "of 300 frames" in said.out
    assert "Cost 2." in said.out
    assert "warning: " in said.err


def returned(package: Path, folder: Path, *, left: int) -> Path:
    """Write what the service would: the first window with its first flagged box moved."""
    plan = read_plan(package)
    lines = (package / "job-1" / "adjustment.manifest").read_text().splitlines()
    out = []
    for number, line in enumerate(lines[:2]):
        document = json.loads(line)
        window = plan.windows[number]
        labels = json.loads((package / window.folder / "SeqLabel.json").read_text())
        if number == 0:
            flagged = labels["tracking-annotations"][window.flagged[0][0] - window.frame_start]
            flagged["annotations"][0]["left"] = left
        key = f"adj/annotations/consolidated-annotation/output/{number}/SeqLabel.json"
        (folder / key).parent.mkdir(parents=True)
        (folder / key).write_text(json.dumps(labels))
        document["labels-adj-ref"] = f"s3://bucket/out/{key}"
        document["labels-adj-ref-metadata"] = {
            **document["labels-ref-metadata"],
            "adjustment-status": "adjusted",
        }
        out.append(json.dumps(document))
    manifest = folder / "adj" / "manifests" / "output" / "output.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("\n".join([*out, *lines[2:]]) + "\n")
    return folder


def test_corrected_window_comes_home_into_an_otherwise_unchanged_file(
    package: Path, sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    results = returned(package, tmp_path / "results", left=777)
    looked = trackproof("merge", sample, package, results)
    assert looked.status == 1
    assert "2 of " in looked.err
    merged = tmp_path / "merged"
    said = trackproof("merge", sample, package, results, "--output", merged)
    assert said.status == 1
    before = json.loads(sample.read_text())["tracking-annotations"]
    after = json.loads((merged / "SeqLabel.json").read_text())["tracking-annotations"]
    frame = read_plan(package).windows[0].flagged[0][0]
    assert [place for place in range(300) if before[place] != after[place]] == [frame]
    assert after[frame]["annotations"][0]["left"] == 777
    again = trackproof("merge", sample, package, results, "--output", merged)
    assert (again.status, again.err.count("\n")) == (2, 1)


def test_single_label_file_is_known_by_its_frames(
    package: Path, sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    results = returned(package, tmp_path / "results", left=777)
    (file, *_) = sorted(results.rglob("SeqLabel.json"))
    said = trackproof("merge", sample, package, file)
    assert said.status == 1
    assert "1 of " in said.err


def test_results_of_other_jobs_are_refused(
    package: Path, sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    said = trackproof("merge", sample, package, tmp_path / "empty")
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "nothing here came back from this package" in said.err
    assert trackproof("merge", sample, tmp_path / "empty", package).status == 2


def test_mot_labels_come_home_as_mot(
    shared_data: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    folder = shared_data / "mot" / "TUD-Stadtmitte"
    package = tmp_path / "focus"
    said = trackproof("export", folder, "-o", package, "--min-score", 0, "--top", 3)
    assert said.status == 0
    assert trackproof("validate", package).status == 0
    results = returned(package, tmp_path / "results", left=33)
    merged = tmp_path / "merged"
    assert trackproof("merge", folder, package, results, "-o", merged).status == 1
    before = (folder / "gt" / "gt.txt").read_text().splitlines()
    (file,) = merged.rglob("gt.txt")
    after = file.read_text().splitlines()
    assert len(after) == len(before)
    (changed,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed.split(",")[2] == "33"
    (again,) = open_labels(file).sequences
    assert len(again.labels.table) == len(before)


def test_frames_add_the_checks_that_look_at_pixels(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    labels = json.loads(sample.read_text())["tracking-annotations"][:12]
    file = tmp_path / "SeqLabel.json"
    file.write_text(json.dumps({"tracking-annotations": labels}))
    rng = np.random.default_rng(1)
    for entry in labels[:-1]:
        picture = rng.integers(0, 255, (270, 480, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / entry["frame"]), picture)
    said = trackproof("check", file, "--frames", tmp_path, "--format", "json")
    assert said.status in (0, 1)
    assert "1 of 12 labelled frames have no picture" in said.err


def test_profile_file_changes_what_is_flagged(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    profile = tmp_path / "quiet.toml"
    profile.write_text("[checks]\ngaps = false\n")
    rows = json.loads(trackproof("check", sample, "--format", "json", "--profile", profile).out)
    assert not any("gaps" in row["checks"] for row in rows)
    profile.write_text("[checks]\nflying = false\n")
    said = trackproof("check", sample, "--profile", profile)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "flying" in said.err


def test_verification_job_brings_verdicts_and_leaves_labels_alone(
    sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    package = tmp_path / "focus"
    assert trackproof("export", sample, "-o", package, "--verify", "--top", 2).status == 0
    window = read_plan(package).windows[0]
    labels = json.loads((package / window.folder / "SeqLabel.json").read_text())
    annotation = labels["tracking-annotations"][3]["annotations"][0]
    annotation["label-category-attributes"]["verdict"] = "wrong box"
    result = tmp_path / "result.json"
    result.write_text(json.dumps(labels))
    said = trackproof("merge", sample, package, result)
    assert said.status == 0
    assert f"frame {window.frame_start + 3} {annotation['object-name']}: wrong box" in said.out


def test_one_object_can_be_taken_over_alone(
    package: Path, sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    results = returned(package, tmp_path / "results", left=777)
    merged = tmp_path / "merged"
    trackproof("merge", sample, package, results, "-o", merged, "--only", "Nobody:1")
    assert (merged / "SeqLabel.json").read_bytes() == sample.read_bytes()


def test_whole_sequence_can_be_sent(sample: Path, trackproof: Trackproof, tmp_path: Path) -> None:
    said = trackproof("export", sample, "-o", tmp_path / "x", "--send", "whole")
    assert "Workers see 300 of 300 frames (100.0%)" in said.out


def test_job_settings_bring_requests(sample: Path, trackproof: Trackproof, tmp_path: Path) -> None:
    job = tmp_path / "job.toml"
    job.write_text('name = "round-2"')
    said = trackproof("export", sample, "-o", tmp_path / "x", "--job", job)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "region" in said.err


@pytest.mark.parametrize(
    ("name", "folder"),
    [("north (2)", "north (2)"), ("..", "sequence"), ("a/../b", "a_.._b"), ("CON:1", "CON_1")],
)
def test_sequence_names_cannot_lead_out_of_the_output(name: str, folder: str) -> None:
    from trackproof.review.converting import folder_name

    assert folder_name(name) == folder


def test_bench_prints_what_was_found(
    sample: Path, trackproof: Trackproof, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Report:
        def to_text(self) -> str:
            return "recall\n"

    def run_bench(sequences: list[Any], *, seeds: tuple[int, ...], progress: object) -> Report:
        assert [len(sequence) for sequence in sequences] == [300]
        assert seeds == (1, 2)
        return Report()

    monkeypatch.setattr("trackproof.checks.bench.run_bench", run_bench)
    said = trackproof("bench", "checks", sample, "--seeds", 2)
    assert (said.status, said.out) == (0, "recall\n")


def test_merged_labels_that_have_no_place_are_told_in_words(
    package: Path, sample: Path, trackproof: Trackproof, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("mine")
    results = returned(package, tmp_path / "results", left=77)
    said = trackproof("merge", sample, package, results, "-o", tmp_path / "taken" / "merged")
    assert said.status == 2
    assert "cannot be made: a part of the path is a file, not a folder" in said.err
