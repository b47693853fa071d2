"""Label category configurations: every broken rule is named with its place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from handoff.sound_package import CONFIG, errors, put, words
from handoff.test_value_rules import AUDIT
from trackproof.errors import Severity
from trackproof.handoff.config_rules import config_problems, is_verification


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("labels", [], "at least 1"),
        ("labels", [{"label": f"c{i}"} for i in range(31)], "at most 30"),
        ("labels", [{"label": "Car"}, {"label": "Car"}], "'Car' 2 times"),
        ("labels/0", {"label": "Car", "attributes": []}, "write categoryAttributes"),
        ("labels/0/editsAllowed", "some", "any, none"),
        ("annotationType", "Cuboid", "BoundingBox"),
        ("auditLabelAttributeName", "cars", "must end in -ref"),
        ("auditLabelAttributeName", "cars_old-ref", "inner hyphens"),
        ("auditLabelAttributeName", 7, "must be text"),
        ("instructions/shortInstruction", "x" * 255, "at most 254"),
        ("instructions/fullInstruction", "x" * 2_048, "at most 2,047"),
        ("instructions", {"shortInstruction": "Look."}, "fullInstruction: is missing"),
        ("frameAttributes", [{"name": "n", "type": "string"}], "need one"),
        ("frameAttributes", [{"name": "n", "type": "boolean"}], "string, number"),
        ("categoryGlobalAttributes", [{"name": "n", "type": "number"}], "needs a minimum"),
        ("categoryGlobalAttributes", [{"name": "n" * 17, "type": "string"}], "at most 16"),
        (
            "categoryGlobalAttributes",
            [{"name": f"n{i}", "type": "string", "enum": ["a"]} for i in range(11)],
            "at most 10",
        ),
        (
            "categoryGlobalAttributes",
            [{"name": f"n{i}", "type": "string"} for i in range(6)],
            "at most 5",
        ),
        (
            "categoryGlobalAttributes",
            [{"name": "n", "type": "number", "minimum": 3, "maximum": 2}],
            "minimum above its maximum",
        ),
        (
            "categoryGlobalAttributes",
            [{"name": "n", "type": "number", "minimum": 1, "maximum": 2, "enum": ["a"]}],
            "cannot have an enum",
        ),
        (
            "categoryGlobalAttributes",
            [{"name": "n", "type": "string", "enum": [str(i) for i in range(11)]}],
            "at most 10",
        ),
        ("categoryGlobalAttributes", [{"name": "n", "type": "string"}] * 2, "'n' 2 times"),
        ("categoryGlobalAttributes", [{"name": "n", "type": "string", "minimum": 1}], "is text"),
    ],
)
def test_broken_configuration_is_explained(place: str, value: Any, said: str) -> None:
    assert said in words(errors(config_problems(put(CONFIG, place, value))))


def test_attribute_of_a_label_may_not_repeat_a_global_one() -> None:
    attribute = {"name": "side", "type": "string"}
    config = {**CONFIG, "categoryGlobalAttributes": [attribute]}
    config["labels"] = [{"label": "Car", "categoryAttributes": [attribute]}]
    assert "already applies to every label" in words(config_problems(config))


def test_label_name_longer_than_the_guide_allows_is_a_warning() -> None:
    (problem,) = config_problems(put(CONFIG, "labels/0/label", "articulated vehicle"))
    assert problem.severity is Severity.WARNING


def test_classification_configuration_has_labels_only(shared_examples: Path) -> None:
    config = json.loads((shared_examples / "labels-video-classification.json").read_text())
    assert config_problems(config) == []
    assert "no place" in words(config_problems({**config, "annotationType": "Polygon"}))


def test_verification_is_told_by_its_locks(shared_examples: Path) -> None:
    for name, locked in (("verification", True), ("adjustment", False)):
        config = json.loads((shared_examples / f"labels-tracking-{name}.json").read_text())
        assert is_verification(config) is locked


def test_a_name_stands_once_for_frames_and_labels() -> None:
    config = copy.deepcopy(AUDIT)
    config["frameAttributes"][0]["name"] = "doors"
    assert any("a name stands once" in one.message for one in config_problems(config))


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        ("x-own", 1, ""),
        ("labels/0", {"label": "Car", "editAllowed": "none"}, "labels[0]"),
        (
            "frameAttributes",
            [{"name": "sky", "type": "string", "description": "Sky", "requred": True}],
            "frameAttributes[0]",
        ),
    ],
)
def test_key_that_the_guide_does_not_name_is_a_warning(place: str, value: Any, where: str) -> None:
    (problem,) = config_problems(put(CONFIG, place, value))
    assert problem.severity is Severity.WARNING
    assert problem.location == where
