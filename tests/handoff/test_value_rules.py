"""Values of attributes against the configuration of the job."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from handoff.sound_package import CONFIG, LABELS, LINE, SEQUENCE, box
from trackproof.errors import Severity
from trackproof.handoff.validate import is_clean, validate

AUDIT = {
    **CONFIG,
    "frameAttributes": [
        {"name": "sky", "type": "string", "enum": ["clear", "grey"], "description": "Weather"},
        {"name": "remark", "type": "string", "description": "Anything"},
    ],
    "categoryGlobalAttributes": [
        {"name": "doors", "type": "number", "minimum": 2, "maximum": 5},
        {"name": "plate", "type": "string"},
    ],
}


def said(tmp_path: Path, attributes: dict[str, Any], of_frame: dict[str, Any]) -> list[str]:
    """Return the warnings about a package whose one box and first frame say this."""
    labels = copy.deepcopy(LABELS)
    first = labels["tracking-annotations"][0]
    first["annotations"] = [box(**{"label-category-attributes": attributes})]
    first["frame-attributes"] = of_frame
    files = {"review/0/sequence.json": SEQUENCE, "review/0/SeqLabel.json": labels}
    for name, content in {**files, "label-categories.json": AUDIT}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "adjustment.manifest").write_text(json.dumps(LINE) + "\n")
    problems = validate(tmp_path)
    assert is_clean(problems)
    return [str(one.message) for one in problems if one.severity is Severity.WARNING]


@pytest.mark.parametrize(
    ("attributes", "of_frame", "words"),
    [
        ({"doors": 7}, {}, "doors is 7, more than 5"),
        ({"doors": "two"}, {}, "doors is 'two', which is not a number"),
        ({"plate": "x" * 81}, {}, "plate has 81 characters, more than 80"),
        ({"colour": "red"}, {}, "Car says 'colour', which the configuration does not offer"),
        ({}, {"sky": "blue"}, "sky is 'blue', which is not one of clear, grey"),
        ({}, {"remark": "x" * 1_001}, "remark has 1,001 characters, more than 1,000"),
    ],
)
def test_values_that_the_configuration_does_not_allow_are_doubted(
    tmp_path: Path, attributes: dict[str, Any], of_frame: dict[str, Any], words: str
) -> None:
    (only,) = said(tmp_path, attributes, of_frame)
    assert words in only


def test_values_within_the_configuration_are_no_doubt_and_many_are_not_all_listed(
    tmp_path: Path,
) -> None:
    assert said(tmp_path, {"doors": 4, "plate": "B-TP 1"}, {"sky": "grey"}) == []
    many = said(tmp_path, {f"a{number}": 1 for number in range(30)}, {})
    assert len(many) == 11
    assert many[-1] == "and 20 more values like these"
