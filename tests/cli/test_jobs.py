"""``trackproof launch`` and ``jobs`` as people type them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Opening
from handoff.launching_scene import Scene, preset, scene
from labeling_service import THROTTLED, LabelingService
from labeling_work import INITIALIZING_S, SECONDS_PER_LINE
from trackproof.handoff.jobs_book import noted_jobs
from trackproof.handoff.launching_presets import save_preset


@pytest.fixture
def here(labeling: LabelingService, tmp_path: Path) -> Scene:
    made = scene(labeling, tmp_path / "focus")
    save_preset("yard", preset(labeling))
    return made


def test_dry_run_prints_the_whole_request_and_creates_nothing(
    trackproof: Callable[..., Any], here: Scene
) -> None:
    said = trackproof("launch", here.folder, "--preset", "yard", "--dry-run")
    assert said.status == 0
    request = json.loads(said.out)
    assert request["LabelingJobName"] == "yard-adjust"
    assert request["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"] == 1
    assert "could not be checked" not in said.err
    assert "dry run" in said.err
    assert not here.service.jobs


def test_without_a_yes_and_without_a_terminal_nothing_is_created(
    trackproof: Callable[..., Any], here: Scene
) -> None:
    said = trackproof("launch", here.folder, "--preset", "yard")
    assert said.status == 2
    assert "--yes" in said.err
    assert not here.service.jobs


def test_failed_checks_stop_the_launch(trackproof: Callable[..., Any], here: Scene) -> None:
    here.service.pass_role = "implicitDeny"
    said = trackproof("launch", here.folder, "--preset", "yard", "--yes")
    assert said.status == 1
    assert "iam:PassRole" in said.err
    assert not here.service.jobs


@pytest.mark.parametrize("form", ["cli", "python"])
def test_request_is_printed_for_other_programs(
    trackproof: Callable[..., Any], here: Scene, form: str
) -> None:
    said = trackproof("launch", here.address, "--preset", "yard", "--dry-run", "--as", form)
    assert ("aws sagemaker create-labeling-job" in said.out) == (form == "cli")
    assert ("client.create_labeling_job(**request)" in said.out) == (form == "python")


def test_instructions_of_a_preset_are_sent_with_the_launch(
    trackproof: Callable[..., Any], here: Scene
) -> None:
    save_preset("wheels", preset(here.service, short_instruction="Wheels. {places}"))
    dry = trackproof("launch", here.folder, "--preset", "wheels", "--dry-run")
    uri = json.loads(dry.out)["LabelCategoryConfigS3Uri"]
    assert here.service.read(uri) is None
    said = trackproof("launch", here.folder, "--preset", "wheels", "--yes")
    assert said.status == 0, said.err
    (job,) = here.service.jobs.values()
    assert job.request["LabelCategoryConfigS3Uri"] == uri
    texts = json.loads(here.service.read(uri) or b"")["instructions"]
    assert texts["shortInstruction"].startswith("Wheels. Check first")


def test_a_job_is_launched_listed_stopped_and_fetched(
    trackproof: Callable[..., Any], window: Opening, here: Scene, tmp_path: Path
) -> None:
    said = trackproof("launch", here.folder, "--preset", "yard", "--name", "Second", "--yes")
    assert said.status == 0
    assert said.out.strip().endswith("labeling-job/second")
    (noted,) = noted_jobs()
    assert (noted.name, noted.package) == ("Second", str(here.folder))
    listed = trackproof("jobs", "list", "--format", "json")
    assert json.loads(listed.out)["state"] == "starting"
    here.service.fail(THROTTLED, "ListLabelingJobs")
    assert "Second" in trackproof("jobs").out
    assert "abc123.labeling" in trackproof("jobs", "show", "Second").err
    assert "no labels yet" in trackproof("jobs", "open", "Second").err
    here.service.clock.advance(INITIALIZING_S + SECONDS_PER_LINE + 1)
    assert trackproof("jobs", "open", "Second").status == 0
    ((opened,), _, _) = window.calls[-1]
    assert opened == f"s3://{here.service.bucket}/out/Second/manifests/output/output.manifest"
    results = tmp_path / "my results"
    fetched = trackproof("jobs", "fetch", "Second", "-o", results)
    assert fetched.status == 1
    assert "1 of 2 are labeled" in fetched.err
    (command,) = (line for line in fetched.err.splitlines() if "merge" in line)
    words = ["trackproof", "merge", "LABELS", str(here.folder), str(results / "Second")]
    assert shlex.split(command, comments=True) == words
    assert trackproof("jobs", "stop", "Second").status == 2
    assert "is stopping" in trackproof("jobs", "stop", "Second", "--yes").err
    here.service.clock.advance(60)
    watched = trackproof("jobs", "watch", "Second")
    assert watched.status == 1
    assert "stopped, 1 of 2 labeled" in watched.err


def test_unknown_jobs_packages_and_presets_are_told_in_one_line(
    trackproof: Callable[..., Any], here: Scene, tmp_path: Path
) -> None:
    for arguments, words in (
        (("jobs", "show", "nobody"), "No job nobody"),
        (("launch", tmp_path / "nothing"), "no such folder"),
        (("launch", here.folder, "--preset", "other"), "there is no preset 'other' (yard)"),
        (("launch", here.folder), "the package holds no request"),
    ):
        said = trackproof(*arguments)
        assert said.status == 2
        assert words in said.err
        assert "Traceback" not in said.err
