"""Launching: once at most, whatever happens to the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handoff.launching_scene import preset, scene
from labeling_service import (
    BROKEN,
    CUT_AFTER,
    CUT_BEFORE,
    DENIED_HERE,
    EXPIRED,
    REGION,
    THROTTLED,
    LabelingService,
)
from trackproof.errors import HandoffError
from trackproof.handoff.jobs import LabelingService as Jobs
from trackproof.handoff.label_config import Follow
from trackproof.handoff.launching import JobKind, launch
from trackproof.handoff.launching_sources import launchables
from trackproof.labels import Task
from trackproof.storage.s3 import AwsError, Connection, Trouble


@pytest.fixture
def jobs(connection: Connection) -> Jobs:
    return Jobs(connection)


@pytest.fixture
def request_(labeling: LabelingService, connection: Connection, tmp_path: Path) -> dict[str, Any]:
    return scene(labeling, tmp_path / "focus").request(connection)


def sent(request: dict[str, Any], jobs: Jobs) -> tuple[Any, list[float]]:
    waits: list[float] = []
    return launch(jobs, request, pause=waits.append), waits


def test_a_package_becomes_a_job_that_the_service_accepts(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    launched, waits = sent(request_, jobs)
    assert (launched.name, launched.was_there, launched.sent) == ("yard-adjust", False, 1)
    assert waits == []
    (job,) = labeling.jobs.values()
    assert job.request == request_
    assert labeling.calls["CreateLabelingJob"] == 1


@pytest.mark.parametrize("fault", [CUT_BEFORE, BROKEN])
def test_a_request_that_got_lost_is_looked_up_and_sent_again(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any], fault: Any
) -> None:
    labeling.fail(fault, "CreateLabelingJob")
    launched, waits = sent(request_, jobs)
    assert (launched.was_there, launched.sent) == (False, 2)
    assert labeling.calls["DescribeLabelingJob"] == 2
    assert len(labeling.jobs) == 1
    assert waits == [2.0]


def test_a_job_whose_answer_got_lost_is_found_and_not_made_again(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    labeling.fail(CUT_AFTER, "CreateLabelingJob")
    launched, _ = sent(request_, jobs)
    assert (launched.was_there, launched.sent) == (False, 1)
    assert labeling.calls["CreateLabelingJob"] == 1
    assert len(labeling.jobs) == 1


def test_a_job_that_appears_late_is_recognised_when_its_name_is_taken(
    labeling: LabelingService,
    jobs: Jobs,
    request_: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labeling.fail(CUT_AFTER, "CreateLabelingJob")
    monkeypatch.setattr(jobs, "find", lambda _name: None)
    launched, _ = sent(request_, jobs)
    assert launched.sent == 2
    assert len(labeling.jobs) == 1


def test_launching_the_same_request_again_sends_nothing(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    sent(request_, jobs)
    launched, _ = sent(request_, jobs)
    assert (launched.was_there, launched.sent) == (True, 0)
    assert labeling.calls["CreateLabelingJob"] == 1


def test_a_name_of_another_job_is_refused_with_what_differs(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    sent(request_, jobs)
    other = {**request_, "OutputConfig": {"S3OutputPath": f"s3://{labeling.bucket}/elsewhere/"}}
    with pytest.raises(HandoffError, match="S3OutputPath differs"):
        sent(other, jobs)
    assert labeling.calls["CreateLabelingJob"] == 1


def test_when_nobody_can_be_asked_the_message_says_that_the_job_may_exist(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any], monkeypatch: Any
) -> None:
    labeling.fail(CUT_AFTER, "CreateLabelingJob")
    answers = iter([None])

    def find(_name: str) -> None:
        if next(answers, 0) == 0:
            raise AwsError("the service cannot be reached", trouble=Trouble.NO_NETWORK)

    monkeypatch.setattr(jobs, "find", find)
    with pytest.raises(HandoffError, match="may exist"):
        sent(request_, jobs)
    assert labeling.calls["CreateLabelingJob"] == 1


def test_throttled_requests_wait_longer_each_time_and_give_up_in_words(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    labeling.fail(THROTTLED, "CreateLabelingJob", times=3)
    waits: list[float] = []
    with pytest.raises(HandoffError, match="was not created"):
        launch(jobs, request_, pause=waits.append)
    assert waits == [2.0, 4.0, 8.0]
    assert not labeling.jobs


@pytest.mark.parametrize(
    ("fault", "trouble"), [(EXPIRED, Trouble.EXPIRED), (DENIED_HERE, Trouble.DENIED)]
)
def test_refused_requests_are_not_repeated(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any], fault: Any, trouble: Trouble
) -> None:
    labeling.fail(fault, "CreateLabelingJob")
    with pytest.raises(AwsError) as raised:
        sent(request_, jobs)
    assert raised.value.trouble is trouble
    assert labeling.calls["CreateLabelingJob"] == 1


def test_a_request_that_breaks_a_rule_is_never_sent(
    labeling: LabelingService, jobs: Jobs, request_: dict[str, Any]
) -> None:
    request_["HumanTaskConfig"]["TaskDescription"] = "x" * 256
    with pytest.raises(HandoffError, match="nothing was sent"):
        sent(request_, jobs)
    assert not labeling.calls


def test_the_fake_service_refuses_what_the_model_and_the_guide_refuse(
    labeling: LabelingService, connection: Connection, request_: dict[str, Any]
) -> None:
    client = connection.client("sagemaker")
    human = request_["HumanTaskConfig"]
    for change in (
        {"LabelingJobName": "no_underscores"},
        {"HumanTaskConfig": {**human, "NumberOfHumanWorkersPerDataObject": 99}},
        {"HumanTaskConfig": {**human, "NumberOfHumanWorkersPerDataObject": 2}},
        {"HumanTaskConfig": {**human, "TaskTimeLimitInSeconds": 604_801}},
        {"LabelAttributeName": "labels"},
        {"LabelAttributeName": "labels-ref"},
        {"LabelCategoryConfigS3Uri": f"s3://{labeling.bucket}/nothing.json"},
    ):
        with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
            client.create_labeling_job(**{**request_, **change})


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("follow", list(Follow))
def test_package_tells_what_workers_do(
    labeling: LabelingService, connection: Connection, tmp_path: Path, follow: Follow, task: Task
) -> None:
    here = scene(labeling, tmp_path / "focus", follow=follow, task=task)
    (local,) = launchables(here.folder, connection)
    (remote,) = launchables(here.address, connection)
    assert local == remote
    assert local.kind is JobKind.following(task, follow)
    assert (local.lines, local.label_attribute) == (2, "labels-adj-ref")
    assert local.manifest_uri == f"{here.address}job-1/adjustment.manifest"
    assert local.config_uri == f"{here.address}job-1/label-categories.json"
    launch(Jobs(connection), local.built(preset(labeling)))
    (job,) = labeling.jobs.values()
    assert job.is_verification == (follow is Follow.VERIFICATION)


def test_first_job_and_clips_are_launched_too(
    labeling: LabelingService, connection: Connection, tmp_path: Path
) -> None:
    base = f"s3://{labeling.bucket}/first/"
    labeling.write(base + "frames/0.jpg", b"jpeg")
    sequence = {
        "seq-no": 1,
        "prefix": base + "frames/",
        "number-of-frames": 1,
        "frames": [{"frame-no": 0, "frame": "0.jpg"}],
    }
    labeling.write(base + "sequences/a.json", json.dumps(sequence).encode())
    config = {"documentVersion": "2020-03-01", "labels": [{"label": "Car"}]}
    labeling.write(base + "label-categories.json", json.dumps(config).encode())
    line = {"source-ref": base + "sequences/a.json"}
    labeling.write(base + "input.manifest", json.dumps(line).encode())
    for kind in (JobKind.TRACKING, JobKind.DETECTION):
        (one,) = launchables(base, connection, kind=kind)
        assert one.kind is kind
        launch(Jobs(connection), one.built(preset(labeling, name=f"first-{kind}")))
    clips = f"s3://{labeling.bucket}/clips/"
    labeling.write(clips + "label-categories.json", json.dumps(config).encode())
    labeling.write(clips + "template.liquid.html", b"<crowd-form></crowd-form>")
    line = {"source-ref": clips + "a.mp4"}
    labeling.write(clips + "input.manifest", json.dumps(line).encode())
    (one,) = launchables(clips, connection)
    assert one.kind is JobKind.CLASSIFICATION
    request = one.built(preset(labeling, name="clips", time_limit_s=3_600), workers=3)
    launch(Jobs(connection), request)
    assert set(labeling.jobs) == {"first-tracking", "first-detection", "clips"}
    assert REGION in labeling.jobs["clips"].arn


def test_package_without_a_place_in_s3_says_so(
    connection: Connection, labeling: LabelingService, tmp_path: Path
) -> None:
    from handoff.test_package import flag, reviewed
    from trackproof.handoff.package import make_package
    from trackproof.handoff.selection import ExportOptions
    from trackproof.handoff.writing import write_package

    write_package(make_package(reviewed(flag(100)), ExportOptions()), tmp_path / "focus")
    with pytest.raises(HandoffError, match="does not say where in S3"):
        launchables(tmp_path / "focus", connection)
    with pytest.raises(HandoffError, match="no such folder"):
        launchables(tmp_path / "nothing", connection)
