"""Configurations of follow-up jobs: the original kept, what is needed added."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from trackproof.handoff.config_rules import config_problems, is_verification
from trackproof.handoff.label_config import Follow, follow_up_config
from trackproof.labels import AttributeSpec, Block, Category, Labels, LabelTable, Track


def labels(
    *categories: str, attributes: tuple[Any, ...] = (), frame: dict[str, Any] | None = None
) -> Labels:
    block = Block.of_boxes([0], [[1, 2, 3, 4]])
    table = LabelTable([Track("a", "Car:1")], {0: block}, attribute_sets=((), *attributes))
    return Labels(
        table,
        tuple(Category(name, str(number)) for number, name in enumerate(categories)),
        np.ones(1, dtype=np.bool_),
        {0: tuple(frame.items())} if frame else {},
    )


def example(folder: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / name).read_text())
    return document


def test_original_is_kept_and_the_audited_name_added(shared_examples: Path) -> None:
    original = example(shared_examples, "labels-tracking-boundingbox.json")
    config = follow_up_config(original, labels=[labels("Forklift")], audit_attribute="yard-ref")
    assert {**config, "instructions": None} == {
        **original,
        "auditLabelAttributeName": "yard-ref",
        "instructions": None,
    }
    assert config["instructions"] == original["instructions"]
    assert "auditLabelAttributeName" not in original


def test_labels_that_the_original_does_not_name_are_added(shared_examples: Path) -> None:
    original = example(shared_examples, "labels-tracking-boundingbox.json")
    config = follow_up_config(
        original, labels=[labels("Worker", "Van")], audit_attribute="yard-ref"
    )
    assert [entry["label"] for entry in config["labels"]] == ["Forklift", "Worker", "Van"]


def test_verification_locks_everything_but_its_own_questions(shared_examples: Path) -> None:
    original = example(shared_examples, "labels-tracking-boundingbox.json")
    config = follow_up_config(
        original,
        labels=[labels("Worker")],
        audit_attribute="yard-ref",
        follow=Follow.VERIFICATION,
    )
    assert is_verification(config)
    assert config_problems(config) == []
    attributes = [*config["categoryGlobalAttributes"], *config["frameAttributes"]]
    assert [one["name"] for one in attributes if one["editsAllowed"] == "any"] == [
        "verdict",
        "review note",
    ]


def test_single_labels_and_attributes_can_be_locked(shared_examples: Path) -> None:
    original = example(shared_examples, "labels-tracking-boundingbox.json")
    config = follow_up_config(
        original, labels=[], audit_attribute="yard-ref", locked=("Worker", "load")
    )
    locked = [entry.get("editsAllowed") for entry in config["labels"]]
    assert locked == [None, "none"]
    assert config["labels"][0]["categoryAttributes"][0]["editsAllowed"] == "none"
    assert "editsAllowed" not in config["labels"][0]["categoryAttributes"][1]


def test_old_spellings_are_written_as_the_guide_has_them_today() -> None:
    original = {
        "document-version": "2020-08-15",
        "labels": [{"label": "Car", "attributes": [{"name": "color", "type": "string"}]}],
    }
    config = follow_up_config(original, labels=[], audit_attribute="cars-ref")
    assert config["documentVersion"] == "2020-03-01"
    assert "document-version" not in config
    assert config["labels"][0] == {
        "label": "Car",
        "categoryAttributes": [{"name": "color", "type": "string"}],
    }
    assert config_problems(config) == []


def test_without_original_the_annotations_tell_labels_and_attributes() -> None:
    seen = labels(
        "Car",
        "Van",
        attributes=((("Color", "Green"),), (("doors", 2), ("Color", None)), (("doors", 4.5),)),
        frame={"weather": "rain"},
    )
    config = follow_up_config(None, labels=[seen], audit_attribute="cars-ref")
    assert config["annotationType"] == "BoundingBox"
    assert config["labels"] == [{"label": "Car"}, {"label": "Van"}]
    assert config["categoryGlobalAttributes"] == [
        {"name": "Color", "type": "string"},
        {"name": "doors", "type": "number", "minimum": 2, "maximum": 5},
    ]
    assert config["frameAttributes"] == [
        {"name": "weather", "type": "string", "description": "weather"}
    ]
    assert config_problems(config) == []


def test_without_original_known_rules_are_written() -> None:
    specs = (
        AttributeSpec("side", choices=("left", "right"), is_required=True, is_locked=True),
        AttributeSpec("doors", kind="number", minimum=0, maximum=5, category="Car"),
        AttributeSpec("weather", is_frame_attribute=True, description="What falls"),
    )
    config = follow_up_config(None, labels=[labels("Car")], specs=specs, audit_attribute="cars-ref")
    assert config["categoryGlobalAttributes"] == [
        {
            "name": "side",
            "type": "string",
            "enum": ["left", "right"],
            "isRequired": True,
            "editsAllowed": "none",
        }
    ]
    assert config["labels"][0]["categoryAttributes"] == [
        {"name": "doors", "type": "number", "minimum": 0, "maximum": 5}
    ]
    assert config["frameAttributes"][0]["description"] == "What falls"
    assert config_problems(config) == []
