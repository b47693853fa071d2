"""Packages for classification jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clip_job_files import LABELS, line, result, write_manifest
from trackproof.clips import open_clips
from trackproof.clips.template import Words, worker_template
from trackproof.errors import FormatError, HandoffError, TrackproofError
from trackproof.handoff.clip_job import ClipJob, make_clip_job
from trackproof.handoff.presets import JobPreset
from trackproof.handoff.request_rules import request_problems
from trackproof.handoff.validate import validate
from trackproof.handoff.writing import write_package

PRESET = JobPreset(
    name="clip-class",
    region="ap-southeast-2",
    role_arn="arn:aws:iam::111122223333:role/service-role/ExampleGroundTruthRole",
    workteam_arn=(
        "arn:aws:sagemaker:ap-southeast-2:111122223333:workteam/private-crowd/example-team"
    ),
    output_uri="s3://example/out/",
    title="Classify short clips",
    description="Choose one label for each clip",
)


def job(tmp_path: Path, lines: list[Any], **changed: Any) -> ClipJob:
    clips = open_clips(write_manifest(tmp_path / "in" / "a.manifest", lines))
    wishes: dict[str, Any] = {
        "labels": LABELS,
        "template": worker_template(Words()),
        "attribute": "clip-class",
    }
    return make_clip_job(clips, **{**wishes, **changed})


def test_package_holds_everything_and_keeps_every_rule(tmp_path: Path) -> None:
    made = job(
        tmp_path,
        [line(0, batch=7), line(1)],
        preset=PRESET,
        address="s3://example/jobs/clips",
        workers=5,
    )
    assert list(made.files)[-1] == "input.manifest"
    assert made.summary() == "2 clips, 5 people each: 10 answers"
    write_package(made, tmp_path / "job")
    assert [str(problem) for problem in validate(tmp_path / "job")] == []
    request = json.loads(made.files["request.json"])
    assert request_problems(request) == []
    human = request["HumanTaskConfig"]
    assert human["UiConfig"] == {"UiTemplateS3Uri": "s3://example/jobs/clips/template.liquid.html"}
    assert human["PreHumanTaskLambdaArn"].endswith(":function:PRE-VideoMultiClass")
    assert human["NumberOfHumanWorkersPerDataObject"] == 5
    assert human["TaskTimeLimitInSeconds"] == 28_800
    assert "8 hours" in made.problems[0].message
    config = json.loads(made.files["label-categories.json"])
    assert config["document-version"] == "2018-11-28"
    assert [one["label"] for one in config["labels"]] == list(LABELS)


def test_only_chosen_clips_are_sent(tmp_path: Path) -> None:
    made = job(tmp_path, [line(0), line(1)], keys={"s3://yard/clips/clip-001.mp4"})
    assert json.loads(made.files["input.manifest"]) == line(1)
    with pytest.raises(HandoffError, match="no clip is chosen"):
        job(tmp_path, [line(0)], keys=set())


def test_clips_that_the_service_would_pass_over_are_refused(tmp_path: Path) -> None:
    lines = [line(0, **result("idle")), line(1)]
    with pytest.raises(HandoffError, match="already, and the service would pass them over"):
        job(tmp_path, lines)
    assert job(tmp_path, lines, keys={"s3://yard/clips/clip-001.mp4"}).clips == 1
    assert job(tmp_path, lines, attribute="second-look").clips == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"attribute": "clip-class-ref"}, "must not end in -ref"),
        ({"labels": ()}, "needs at least one label"),
        ({"labels": ("a", "a")}, "'a' is listed twice"),
        ({"labels": ("a", " ")}, "a label is empty"),
        ({"labels": ("a", "b" * 257)}, "has 257 characters; at most 256"),
        ({"template": "<p>hello</p>"}, "lacks a <crowd-form>"),
    ],
)
def test_jobs_that_cannot_work_are_refused_in_words(
    tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrackproofError, match=words):
        job(tmp_path, [line(0)], **changed)


def test_clips_of_other_containers_are_told(tmp_path: Path) -> None:
    made = job(tmp_path, [line(0), {"source-ref": "s3://yard/a.avi"}])
    assert made.problems[0].location == "line 2"


def test_manifest_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    clips = open_clips(write_manifest(tmp_path / "a.manifest", [line(0)]))
    write_manifest(tmp_path / "a.manifest", [line(1)])
    with pytest.raises(FormatError, match="has changed since it was opened"):
        make_clip_job(
            clips, labels=LABELS, template=worker_template(Words()), attribute="clip-class"
        )
