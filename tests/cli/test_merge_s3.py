"""``trackproof merge`` on packages and results that lie in S3."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ground_truth_files import box, frame, tracking
from handoff.launching_scene import preset
from labeling_service import LabelingService
from labeling_work import INITIALIZING_S, SECONDS_PER_LINE, Frames
from trackproof.handoff.launching_presets import save_preset

Trackproof = Callable[..., Any]


def widen(line: int, frames: Frames) -> Frames:
    """Widen one box of every window."""
    frames[line + 1]["annotations"][0]["width"] += 7
    return frames


@dataclass
class Round:
    """Labels that were sent to workers and came back, all in S3 but the labels."""

    labels: Path
    package: str
    output: str
    service: LabelingService


@pytest.fixture
def done(labeling: LabelingService, trackproof: Trackproof, tmp_path: Path) -> Round:
    """A job that ended, exported, launched and labelled."""
    frames = [frame(n, box(left=10 + n + (60 if n in (20, 80) else 0))) for n in range(120)]
    labels = tmp_path / "SeqLabel.json"
    labels.write_text(json.dumps(tracking(*frames)))
    package, pictures = f"s3://{labeling.bucket}/review/", f"s3://{labeling.bucket}/frames/"
    for one in frames:
        labeling.write(pictures + one["frame"], b"jpeg")
    said = trackproof("export", labels, "--to", package, "--prefix", pictures, "--context", "5")
    assert said.status == 0, said.err
    save_preset("yard", preset(labeling))
    labeling.workers.correct = widen
    said = trackproof("launch", package, "--preset", "yard", "--yes")
    assert said.status == 0, said.err
    labeling.clock.advance(INITIALIZING_S + 10 * SECONDS_PER_LINE)
    return Round(labels, package, f"s3://{labeling.bucket}/out/yard-adjust/", labeling)


def test_package_and_results_are_taken_from_s3(
    done: Round, trackproof: Trackproof, tmp_path: Path
) -> None:
    assert trackproof("jobs", "show", "yard-adjust").status == 0
    merged = tmp_path / "merged"
    said = trackproof("merge", done.labels, done.package, done.output, "-o", merged)
    assert said.status == 1, said.err
    before = json.loads(done.labels.read_text())["tracking-annotations"]
    after = json.loads((merged / "SeqLabel.json").read_text())["tracking-annotations"]
    changed = [n for n in range(120) if before[n] != after[n]]
    assert len(changed) == 2
    assert all(
        after[n]["annotations"][0]["width"] == before[n]["annotations"][0]["width"] + 7
        for n in changed
    )
    assert "account" in said.err


def test_manifest_and_folder_of_several_jobs_say_the_same(
    done: Round, trackproof: Trackproof
) -> None:
    trackproof("jobs", "show", "yard-adjust")
    tables = []
    for results in (
        f"{done.output}manifests/output/output.manifest",
        f"s3://{done.service.bucket}/out/",
    ):
        said = trackproof("merge", done.labels, done.package, results)
        assert said.status == 1, said.err
        tables.append(said.out)
    assert tables[0] == tables[1]
    assert "Vehicle:1" in tables[0]


def test_slips_in_addresses_are_told_before_anything_is_asked(
    done: Round, trackproof: Trackproof
) -> None:
    said = trackproof("merge", done.labels, "s3://", done.output)
    assert (said.status, said.err.count("\n")) == (2, 1)
    said = trackproof("merge", done.labels, done.package, done.package)
    assert said.status == 2
    assert "there is no manifests/output/output.manifest beneath this folder" in said.err
    said = trackproof("merge", done.labels, f"s3://{done.service.bucket}/none/", done.output)
    assert "there is no plan here" in said.err


def test_file_of_the_results_is_named_by_its_place_there(
    done: Round, trackproof: Trackproof
) -> None:
    trackproof("jobs", "show", "yard-adjust")
    broken = "annotations/consolidated-annotation/output/0/SeqLabel.json"
    assert done.service.read(done.output + broken) is not None
    done.service.write(done.output + broken, b"{")
    said = trackproof("merge", done.labels, done.package, done.output)
    (line,) = (one for one in said.err.splitlines() if one.startswith("error:"))
    assert broken in line
    assert "trackproof-merge-" not in line
