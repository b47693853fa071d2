"""What came back: found by manifests or frames, refused when it is something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handoff.test_package import OPTIONS, flag, made_sequence
from trackproof.errors import HandoffError
from trackproof.handoff.acceptance import AcceptResults
from trackproof.handoff.label_config import Follow
from trackproof.handoff.merge import merge_back
from trackproof.handoff.package import make_package
from trackproof.handoff.plan import Plan, read_plan
from trackproof.handoff.results import read_results
from trackproof.handoff.selection import Reviewed
from trackproof.handoff.validate import validate
from trackproof.handoff.writing import write_package
from trackproof.labels import Block, LabelTable, Sequence, Task


def package_of(sequence: Sequence, folder: Path, **options: Any) -> Plan:
    reviewed = [Reviewed(sequence, sequence.labels, (flag(50), flag(200)))]
    write_package(make_package(reviewed, replace(OPTIONS, **options)), folder)
    return read_plan(folder)


def came_back(
    package: Path,
    folder: Path,
    *,
    change: Callable[[int, dict[str, Any]], object] = lambda number, labels: None,
    class_map: dict[str, str] | None = None,
) -> Path:
    """Write an output folder as the service does, with every window's labels changed."""
    lines = []
    text = (package / "job-1" / "adjustment.manifest").read_text()
    for number, line in enumerate(map(json.loads, text.splitlines())):
        labels = json.loads((package / f"job-1/{number}/SeqLabel.json").read_text())
        change(number, labels)
        file = folder / f"annotations/consolidated-annotation/output/{number}/SeqLabel.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(labels))
        metadata = dict(line["labels-ref-metadata"])
        metadata |= {"class-map": class_map} if class_map else {}
        line["labels-adj-ref"] = f"s3://bucket/out/{file.relative_to(folder)}"
        line["labels-adj-ref-metadata"] = metadata
        lines.append(json.dumps(line))
    manifest = folder / "manifests" / "output" / "output.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("\n".join(lines))
    return folder


def entries(labels: dict[str, Any]) -> list[dict[str, Any]]:
    (found,) = labels.values()
    return list(found)


def test_windows_find_their_results_whatever_the_order(tmp_path: Path) -> None:
    sequence = made_sequence()
    plan = package_of(sequence, tmp_path / "focus")
    results = came_back(tmp_path / "focus", tmp_path / "results")
    manifest = results / "manifests" / "output" / "output.manifest"
    manifest.write_text("\n".join(reversed(manifest.read_text().splitlines())))
    found = read_results(plan, tmp_path / "focus", results)
    assert found.problems == []
    starts = [(one.window.frame_start, one.result.frame_names[0]) for one in found.returned["yard"]]
    assert starts == [(45, "000046.jpg"), (195, "000196.jpg")]
    assert merge_back(sequence, sequence.labels, found.returned["yard"]).is_empty


def test_class_numbers_of_the_job_are_read_by_its_class_map(tmp_path: Path) -> None:
    sequence = made_sequence()
    plan = package_of(sequence, tmp_path / "focus")

    def renumber(number: int, labels: dict[str, Any]) -> None:
        for entry in entries(labels):
            for annotation in entry["annotations"]:
                annotation["class-id"] = "0"

    results = came_back(
        tmp_path / "focus", tmp_path / "results", change=renumber, class_map={"0": "Car"}
    )
    found = read_results(plan, tmp_path / "focus", results)
    assert merge_back(sequence, sequence.labels, found.returned["yard"]).is_empty


def test_line_that_is_not_labelled_yet_is_told(tmp_path: Path) -> None:
    sequence = made_sequence()
    plan = package_of(sequence, tmp_path / "focus")
    results = came_back(tmp_path / "focus", tmp_path / "results")
    manifest = results / "manifests" / "output" / "output.manifest"
    first, second = map(json.loads, manifest.read_text().splitlines())
    del second["labels-adj-ref"], second["labels-adj-ref-metadata"]
    first["labels-adj-ref"] = "s3://bucket/out/somewhere/else.json"
    manifest.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    with pytest.raises(HandoffError, match=r"not here.*not labelled yet"):
        read_results(plan, tmp_path / "focus", manifest)


def test_broken_label_file_is_told_and_the_rest_used(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus")
    results = came_back(tmp_path / "focus", tmp_path / "results")
    (results / "annotations/consolidated-annotation/output/0/SeqLabel.json").write_text("{")
    found = read_results(plan, tmp_path / "focus", results)
    assert found.windows() == 1
    assert len(found.problems) == 1


def test_label_files_without_manifest_are_known_by_their_frames(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus")
    results = came_back(tmp_path / "focus", tmp_path / "results")
    (results / "manifests" / "output" / "output.manifest").unlink()
    stranger = results / "x" / "SeqLabel.json"
    stranger.parent.mkdir()
    stranger.write_text(
        '{"tracking-annotations": [{"frame-no": "0", "frame": "other.jpg", "annotations": []}]}'
    )
    broken = results / "y" / "SeqLabel.json"
    broken.parent.mkdir()
    broken.write_text("nothing")
    found = read_results(plan, tmp_path / "focus", results)
    assert found.windows() == 2
    assert ["no window" in str(problem) for problem in found.problems] == [True, False]


def test_nothing_at_the_path_is_an_error(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus")
    with pytest.raises(HandoffError, match="no such file"):
        read_results(plan, tmp_path / "focus", tmp_path / "gone")


def test_package_itself_is_no_result(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus")
    with pytest.raises(HandoffError, match="nothing here came back"):
        read_results(plan, tmp_path / "focus", tmp_path / "focus")


def detections() -> Sequence:
    """Two boxes on each of 300 frames, without identity."""
    sequence = made_sequence()
    frames = np.repeat(np.arange(300), 2)
    boxes = [[10.0 + 50 * (row % 2), 20, 30, 20] for row in range(600)]
    table = LabelTable((), {-1: Block.of_boxes(frames, boxes)})
    labels = replace(sequence.labels, table=table)
    return replace(sequence, labels=labels, task=Task.DETECTION)


def test_detections_go_and_come_home_without_identity(tmp_path: Path) -> None:
    sequence = detections()
    package = tmp_path / "focus"
    reviewed = [Reviewed(sequence, sequence.labels, (replace(flag(50), track=-1),))]
    write_package(make_package(reviewed, OPTIONS), package)
    assert validate(package) == []

    def drop_one(number: int, labels: dict[str, Any]) -> None:
        assert "detection-annotations" in labels
        del entries(labels)[5]["annotations"][0]

    results = came_back(package, tmp_path / "results", change=drop_one)
    found = read_results(read_plan(package), package, results)
    merge = merge_back(sequence, sequence.labels, found.returned["yard"])
    (change,) = merge.changes
    assert (change.name, change.diff.frames.tolist()) == ("detections", [50])
    labels = AcceptResults(merge).result(sequence.labels)
    assert len(labels.table) == 599
    assert labels.table.at(50).rows.xywh.tolist() == [[60, 20, 30, 20]]


def test_tracking_and_detection_need_packages_of_their_own() -> None:
    tracking, detection = made_sequence(), detections()
    reviewed = [
        Reviewed(tracking, tracking.labels, (flag(50),)),
        Reviewed(detection, detection.labels, (replace(flag(50), track=-1),)),
    ]
    with pytest.raises(HandoffError, match="jobs of their own"):
        make_package(reviewed, OPTIONS)


def test_plan_says_that_a_job_verifies(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus", follow=Follow.VERIFICATION)
    assert plan.follow == "verification"


@pytest.mark.parametrize(
    ("content", "words"),
    [("{}", "not a plan file"), ("[", "not a plan file")],
)
def test_unusable_plan_is_refused(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(HandoffError, match=words):
        read_plan(tmp_path)


def test_plan_that_leads_out_of_its_package_is_refused(tmp_path: Path) -> None:
    package_of(made_sequence(), tmp_path / "focus")
    file = tmp_path / "focus" / "plan.json"
    file.write_text(file.read_text().replace("job-1/0", "../../0"))
    with pytest.raises(HandoffError, match="not a plan file"):
        read_plan(file)


def test_plan_of_a_later_program_is_refused(tmp_path: Path) -> None:
    package_of(made_sequence(), tmp_path / "focus")
    file = tmp_path / "focus" / "plan.json"
    file.write_text(file.read_text().replace('"version": 1', '"version": 9'))
    with pytest.raises(HandoffError, match="version 9"):
        read_plan(file)
    file.write_text(file.read_text().replace('"version": 9', '"version": 1'))
    plan = read_plan(file)
    with pytest.raises(HandoffError, match="names no sequence 'x'"):
        plan.sequence("x")


def test_files_that_no_longer_fit_the_plan_are_found(tmp_path: Path) -> None:
    package_of(made_sequence(), tmp_path / "focus")
    file = tmp_path / "focus" / "job-1" / "0" / "sequence.json"
    file.write_text(file.read_text().replace("000046.jpg", "000001.jpg"))
    assert any("lists other frames" in problem.message for problem in validate(tmp_path / "focus"))
    file.unlink()
    assert any("is missing" in problem.message for problem in validate(tmp_path / "focus"))
    plan = tmp_path / "focus" / "plan.json"
    plan.write_text("{}")
    assert any("not a plan file" in problem.message for problem in validate(tmp_path / "focus"))


@pytest.mark.parametrize("number", [-5, 10**9, 10**400])
def test_plan_with_frames_that_no_video_has_is_refused(tmp_path: Path, number: int) -> None:
    package_of(made_sequence(), tmp_path / "focus")
    file = tmp_path / "focus" / "plan.json"
    plan = json.loads(file.read_text())
    plan["windows"][0]["flags"][0]["frame_end"] = number
    file.write_text(json.dumps(plan))
    with pytest.raises(HandoffError, match=r"flags\[\.\.\.\]|flags\[0\]\.frame_end"):
        read_plan(file)


def test_frames_that_nobody_touched_are_no_strangers(tmp_path: Path) -> None:
    sequence = replace(
        made_sequence(), frame_names=tuple(f"frame_{5 * frame:04d}.jpeg" for frame in range(300))
    )
    plan = package_of(sequence, tmp_path / "focus")

    def touched_only(number: int, labels: dict[str, Any]) -> None:
        labels["tracking-annotations"] = [
            frame for frame in entries(labels) if int(frame["frame-no"]) in (1, 4, 5, 9)
        ]

    results = came_back(tmp_path / "focus", tmp_path / "results", change=touched_only)
    found = read_results(plan, tmp_path / "focus", results)
    assert found.problems == []
    merge = merge_back(sequence, sequence.labels, found.returned["yard"])
    assert merge.is_empty
    assert len(merge.missing) == 14


def test_results_of_another_round_are_doubted(tmp_path: Path) -> None:
    plan = package_of(made_sequence(), tmp_path / "focus")
    results = came_back(tmp_path / "focus", tmp_path / "results")
    assert read_results(plan, tmp_path / "focus", results).problems == []
    manifest = results / "manifests" / "output" / "output.manifest"
    manifest.write_text(manifest.read_text().replace("s3://bucket/review/", "s3://bucket/round-1/"))
    found = read_results(plan, tmp_path / "focus", results)
    assert len(found.problems) == 2
    assert all("another round" in problem.message for problem in found.problems)
    assert found.windows() == 2
