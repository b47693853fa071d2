"""What is wrong in a form is told with its subject, not with a place in a file."""

from __future__ import annotations

from typing import Any

import pytest

from trackproof.handoff.config_rules import config_problems
from trackproof.handoff.subjects import config_sentence, request_sentence


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("LabelingJobName", "The job name is odd."),
        ("HumanTaskConfig.TaskKeywords[1]", "Keyword 2 is odd."),
        ("HumanTaskConfig.TaskKeywords", "The list of keywords is odd."),
        ("OutputConfig.S3OutputPath", "The folder for results is odd."),
        ("Tags[0].Key", "Tag 1, the name, is odd."),
        ("region", "Is odd."),
    ],
)
def test_problems_of_a_request_name_what_is_on_the_screen(location: str, sentence: str) -> None:
    assert request_sentence(location, "is odd") == sentence


def attribute(**changes: Any) -> dict[str, Any]:
    return {"name": "colour", "type": "string"} | changes


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"labels": [{"label": ""}]}, "Label 1, the name has 0 characters"),
        ({"labels": []}, "The list of labels has 0 entries"),
        ({"labels": [{"label": "Car"}] * 2}, "The labels name 'Car' 2 times"),
        (
            {"labels": [{"label": "Car", "categoryAttributes": [attribute(enum=["x" * 20])]}]},
            "Label 'Car', attribute 'colour', choice 1 has 20 characters",
        ),
        (
            {"labels": [{"label": "Car"}], "frameAttributes": [attribute()]},
            "Attribute 'colour' has no description",
        ),
        (
            {
                "labels": [{"label": "Car"}],
                "instructions": {"shortInstruction": "x" * 255, "fullInstruction": "x"},
            },
            "The short instruction has 255 characters",
        ),
        ({"labels": [{"label": "x" * 20}]}, "Label 'xxxxxxxxxxxxxxxxxxxx' has 20 characters"),
    ],
)
def test_problems_of_a_configuration_name_label_and_attribute(
    document: dict[str, Any], sentence: str
) -> None:
    said = [
        config_sentence(document, one.location or "", one.message)
        for one in config_problems(document)
    ]
    assert any(one.startswith(sentence) for one in said), said
    assert all(one.endswith(".") and one[0].isupper() for one in said)
