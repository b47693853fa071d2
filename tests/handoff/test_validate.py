"""Validation: sound packages pass, and files that disagree are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handoff.sound_package import (
    CONFIG,
    LABELS,
    LINE,
    REQUEST,
    SEQUENCE,
    errors,
    package,
    put,
    words,
)
from trackproof.errors import HandoffError, Severity
from trackproof.handoff.validate import is_clean, validate


def test_sound_package_has_no_problem(tmp_path: Path) -> None:
    assert validate(package(tmp_path)) == []


def test_examples_of_the_reference_break_only_the_rules_they_are_meant_to(
    shared_examples: Path,
) -> None:
    broken = {Path(problem.path).name for problem in errors(validate(shared_examples))}
    # Two files break rules on purpose: all shapes in one file, and an unlabelled line that an
    # adjustment job would fail on.
    assert broken == {"SeqLabel-detection-mixed-synthetic.json", "output-detection.manifest"}


def test_real_label_file_is_sound(shared_data: Path) -> None:
    file = shared_data / "ground-truth" / "MOT17-13-SDP" / "SeqLabel.json"
    assert validate(file) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"input": put(LINE, "cars-ref-metadata/class-map", {"1": "Car"})}, "lacks class ids"),
        ({"input": put(LINE, "cars-ref-metadata/class-map/0", "Van")}, "'Van', which labels.json"),
        ({"labels": put(CONFIG, "auditLabelAttributeName", "vans-ref")}, "no vans-ref and vans-r"),
        ({"labels": put(CONFIG, "annotationType", "Polygon")}, "asks for Polygon"),
        ({"request": put(REQUEST, "LabelAttributeName", "cars-ref")}, "choose another"),
        (
            {"labels": {k: v for k, v in CONFIG.items() if k != "auditLabelAttributeName"}},
            "names no labels to audit",
        ),
        (
            {"sequence": put(put(SEQUENCE, "frames/0/frame-no", 1), "frames/1/frame-no", 2)},
            "2 frames have another frame-no than in the sequence file",
        ),
        (
            {"sequence": put(SEQUENCE, "frames/1/frame", "000003.jpg")},
            "1 labelled frames are not in the sequence file",
        ),
        ({"SeqLabel": {"detection-annotations": []}}, "another type than its label file"),
        ({"SeqLabel": SEQUENCE}, "is not a label file"),
        ({"sequence": LABELS}, "is not a sequence file"),
        ({"SeqLabel": "{"}, "this is not JSON"),
    ],
)
def test_files_that_disagree_are_explained(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    problems = errors(validate(package(tmp_path, **changes)))
    assert said in words(problems)


def test_file_that_is_elsewhere_is_only_noted(tmp_path: Path) -> None:
    problems = validate(package(tmp_path, sequence=None, SeqLabel=None))
    assert {problem.severity for problem in problems} == {Severity.NOTE}
    assert is_clean(problems)


def test_address_that_climbs_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text(json.dumps(SEQUENCE))
    line = put(LINE, "source-ref", "s3://bucket/../outside.json")
    problems = validate(package(tmp_path / "package", input=line))
    assert "leads out of the folder" in words(errors(problems))


def test_nothing_to_check_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HandoffError, match=r"no \.manifest and no \.json"):
        validate(tmp_path)
    with pytest.raises(HandoffError, match="no such file"):
        validate(tmp_path / "gone")


def test_unknown_json_is_noted(tmp_path: Path) -> None:
    (tmp_path / "cors.json").write_text("[]")
    (problem,) = validate(tmp_path)
    assert problem.severity is Severity.NOTE
