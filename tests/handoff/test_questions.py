"""Verification asks under names that are free, and takes only its own answers for verdicts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handoff.test_package import OPTIONS, flag, made_sequence
from handoff.test_results import came_back, entries
from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.label_config import Follow, Questions, follow_up_config
from trackproof.handoff.package import Package, make_package
from trackproof.handoff.plan import decode_plan
from trackproof.handoff.results_home import Homecoming, homecoming
from trackproof.handoff.selection import Reviewed
from trackproof.handoff.writing import write_package
from trackproof.labels import FrameRanges, Sequence, SetAttribute, SetFrameAttribute

VERDICT = {"name": "verdict", "type": "string", "enum": ["ok", "loose"]}
NOTE = {"name": "review note", "type": "string", "description": "What is wrong?"}
ASKED_BEFORE: dict[str, Any] = {
    "documentVersion": "2020-03-01",
    "labels": [{"label": "Car"}],
    "categoryGlobalAttributes": [VERDICT],
    "frameAttributes": [NOTE],
}


def verified_before() -> Sequence:
    """Labels that hold the answers of an earlier verification, as a chained job's do."""
    sequence = made_sequence()
    labels = SetAttribute((0,), "verdict", "loose", FrameRanges.at(50)).result(sequence.labels)
    labels = SetFrameAttribute(FrameRanges.at(51), "review note", "old words").result(labels)
    return replace(sequence, labels=labels, detail={"label_config": ASKED_BEFORE})


def package_of(sequence: Sequence, follow: Follow) -> Package:
    reviewed = [Reviewed(sequence, sequence.labels, (flag(50), flag(200)))]
    return make_package(reviewed, replace(OPTIONS, follow=follow))


def home(sequence: Sequence, package: Package, folder: Path, **answers: Any) -> Homecoming:
    write_package(package, folder / "focus")
    results = came_back(folder / "focus", folder / "results", **answers)
    return homecoming(folder / "focus", results, [(sequence, sequence.labels)])


@pytest.mark.parametrize("follow", Follow)
def test_words_of_an_earlier_verification_stay_in_the_labels(
    follow: Follow, tmp_path: Path
) -> None:
    sequence = verified_before()
    coming = home(sequence, package_of(sequence, follow), tmp_path)
    assert coming.merges["yard"].is_empty
    assert coming.said == ()


def test_second_verification_asks_under_free_names_and_reads_its_own_answers(
    tmp_path: Path,
) -> None:
    sequence = verified_before()
    package = package_of(sequence, Follow.VERIFICATION)
    config = json.loads(package.files["job-1/label-categories.json"])
    assert config_problems(config) == []
    assert [one["name"] for one in config["categoryGlobalAttributes"]] == ["verdict", "verdict 2"]
    assert [one["name"] for one in config["frameAttributes"]] == ["review note", "review note 2"]

    def answer(number: int, labels: dict[str, Any]) -> None:
        frame = entries(labels)[5]
        frame["annotations"][0]["label-category-attributes"]["verdict 2"] = "wrong box"
        frame["frame-attributes"]["review note 2"] = f"clip {number}"

    coming = home(sequence, package, tmp_path, change=answer)
    said = [(one.frame, one.verdict, one.note) for one in coming.said]
    assert said == [
        (50, "", "clip 0"),
        (50, "wrong box", ""),
        (200, "", "clip 1"),
        (200, "wrong box", ""),
    ]
    assert coming.merges["yard"].is_empty


def test_plan_of_an_older_version_means_the_usual_names() -> None:
    package = package_of(made_sequence(), Follow.VERIFICATION)
    plan = json.loads(package.files["plan.json"])
    del plan["verdict_attribute"], plan["note_attribute"]
    decoded = decode_plan(json.dumps(plan).encode())
    assert decoded is not None
    assert decoded.questions == Questions("verdict", "review note")


def test_note_is_not_asked_for_where_there_is_no_room_for_text() -> None:
    texts = [{**NOTE, "name": f"remark {number}"} for number in range(5)]
    config = follow_up_config(
        {**ASKED_BEFORE, "categoryGlobalAttributes": [], "frameAttributes": texts},
        labels=[],
        audit_attribute="cars-ref",
        follow=Follow.VERIFICATION,
    )
    assert [one["name"] for one in config["frameAttributes"]] == [one["name"] for one in texts]
    assert config_problems(config) == []
