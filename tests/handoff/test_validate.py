"""Validation: sound packages pass, and every broken rule is named with its place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from trackproof.errors import HandoffError, Problem, Severity
from trackproof.handoff.config_rules import config_problems, is_verification
from trackproof.handoff.label_file_rules import label_problems, sequence_problems
from trackproof.handoff.manifest_rules import manifest_problems
from trackproof.handoff.request_rules import request_problems
from trackproof.handoff.validate import is_clean, validate

SEQUENCE = {
    "seq-no": 1,
    "prefix": "s3://bucket/cam-a/",
    "number-of-frames": 2,
    "frames": [{"frame-no": 0, "frame": "000001.jpg"}, {"frame-no": 1, "frame": "000002.jpg"}],
}


def box(**changes: Any) -> dict[str, Any]:
    plain = {
        "height": 20,
        "width": 10,
        "top": 5,
        "left": 3,
        "class-id": "0",
        "label-category-attributes": {},
        "object-id": "id-1",
        "object-name": "Car:1",
    }
    return {**plain, **changes}


LABELS = {
    "tracking-annotations": [
        {"annotations": [box()], "frame-no": "0", "frame": "000001.jpg", "frame-attributes": {}},
        {"annotations": [], "frame-no": "1", "frame": "000002.jpg", "frame-attributes": {}},
    ]
}
CONFIG = {
    "documentVersion": "2020-03-01",
    "annotationType": "BoundingBox",
    "auditLabelAttributeName": "cars-ref",
    "labels": [{"label": "Car"}],
    "instructions": {"shortInstruction": "Look.", "fullInstruction": "<p>Look.</p>"},
}
METADATA = {
    "class-map": {"0": "Car"},
    "job-name": "labeling-job/cars",
    "human-annotated": "yes",
    "creation-date": "2024-03-05T11:22:33.445566",
    "type": "groundtruth/video-object-tracking",
}
LINE = {
    "source-ref": "s3://bucket/review/0/sequence.json",
    "cars-ref": "s3://bucket/review/0/SeqLabel.json",
    "cars-ref-metadata": METADATA,
}
REQUEST = {
    "LabelingJobName": "cars-adj",
    "LabelAttributeName": "cars-adj-ref",
    "InputConfig": {
        "DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://bucket/review/input.manifest"}}
    },
    "OutputConfig": {"S3OutputPath": "s3://bucket/out/"},
    "RoleArn": "arn:aws:iam::111122223333:role/Example",
    "LabelCategoryConfigS3Uri": "s3://bucket/review/labels.json",
    "HumanTaskConfig": {
        "WorkteamArn": "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team",
        "UiConfig": {
            "HumanTaskUiArn": (
                "arn:aws:sagemaker:us-east-1:394669845002:human-task-ui/VideoObjectTracking"
            )
        },
        "PreHumanTaskLambdaArn": (
            "arn:aws:lambda:us-east-1:432418664414:function:PRE-AdjustmentVideoObjectTracking"
        ),
        "TaskTitle": "Correct",
        "TaskDescription": "Correct",
        "NumberOfHumanWorkersPerDataObject": 1,
        "TaskTimeLimitInSeconds": 3600,
        "AnnotationConsolidationConfig": {
            "AnnotationConsolidationLambdaArn": (
                "arn:aws:lambda:us-east-1:432418664414:function:ACS-AdjustmentVideoObjectTracking"
            )
        },
    },
}
FILES: dict[str, Any] = {
    "input.manifest": LINE,
    "labels.json": CONFIG,
    "request.json": REQUEST,
    "0/sequence.json": SEQUENCE,
    "0/SeqLabel.json": LABELS,
}


def package(folder: Path, **changes: Any) -> Path:
    """Write the sound package; a changed file is named by its stem, value None leaves it out."""
    for name, content in FILES.items():
        stem = Path(name).stem
        document = changes.get(stem, content)
        if document is None:
            continue
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document if isinstance(document, str) else json.dumps(document))
    return folder


def put(document: Any, place: str, value: Any) -> Any:
    """Return a copy with one value replaced; a place is keys and list positions with slashes."""
    changed = copy.deepcopy(document)
    at = changed
    *parents, last = [int(key) if key.isdecimal() else key for key in place.split("/")]
    for key in parents:
        at = at[key]
    at[last] = value
    return changed


def words(problems: list[Problem]) -> str:
    return "\n".join(str(problem) for problem in problems)


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


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
    ("place", "value", "said"),
    [
        ("prefix", "s3://bucket/cam-a", "with a slash at the end"),
        ("prefix", "s3://bucket/", "s3://bucket/folder/"),
        ("number-of-frames", 3, "is 3, but 2 are listed"),
        ("frames", [], "at least 1"),
        ("frames/1/frame-no", "1", "whole number"),
        ("frames/1/frame-no", 0, "frame-no '0' 2 times"),
        ("frames/0/frame-no", 5, "not in the order of frame-no"),
        ("frames/1/frame", "000001.jpg", "frame '000001.jpg' 2 times"),
        ("frames/1/frame", "../000002.jpg", "leaves the prefix"),
        ("frames/1/frame", "000002.bmp", ".jpg, .jpeg or .png"),
    ],
)
def test_broken_sequence_file_is_explained(place: str, value: Any, said: str) -> None:
    assert said in words(errors(sequence_problems(put(SEQUENCE, place, value))))


def test_sequence_longer_than_the_service_takes_is_refused() -> None:
    frames = [{"frame-no": i, "frame": f"{i:06d}.jpg"} for i in range(2_001)]
    long = {**SEQUENCE, "number-of-frames": 2_001, "frames": frames}
    assert "at most 2,000" in words(sequence_problems(long))


def test_names_that_do_not_sort_bring_a_warning() -> None:
    sequence = put(put(SEQUENCE, "frames/0/frame", "f2.jpg"), "frames/1/frame", "f10.jpg")
    (problem,) = sequence_problems(sequence)
    assert problem.severity is Severity.WARNING
    assert "pad numbers" in problem.message


ANNOTATION = "tracking-annotations/0/annotations/0"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (f"{ANNOTATION}/width", 0, "least allowed is 1"),
        (f"{ANNOTATION}/left", -1, "least allowed is 0"),
        (f"{ANNOTATION}/top", 1.5, "whole number"),
        (f"{ANNOTATION}/class-id", "Car", "number written as text"),
        (f"{ANNOTATION}/object-id", "", "at least 1"),
        (f"{ANNOTATION}/label-category-attributes", {"seen": True}, "text or a number"),
        ("tracking-annotations/0/annotations", [box(), box()], "each may stand once a frame"),
        ("tracking-annotations/0/annotations", {}, "must be a list"),
        ("tracking-annotations/0/polygons", [], "holds annotations, polygons"),
        ("tracking-annotations/0/frame-no", 0, "mix text and numbers"),
        ("tracking-annotations/0/frame-no", "-1", "0 or more"),
        ("tracking-annotations/1/frame", "000001.jpg", "2 times"),
        ("tracking-annotations/1/frame-attributes", [], "must be an object"),
        ("tracking-annotations/1", "gone", "is not an object"),
        ("tracking-annotations", {}, "exactly one list"),
        ("detection-annotations", [], "exactly one list"),
    ],
)
def test_broken_label_file_is_explained(place: str, value: Any, said: str) -> None:
    problems, _ = label_problems(put(LABELS, place, value))
    assert said in words(errors(problems))


def test_place_of_a_problem_is_the_path_in_the_file() -> None:
    (problem,), _ = label_problems(put(LABELS, f"{ANNOTATION}/width", 0), path="SeqLabel.json")
    assert str(problem) == (
        "SeqLabel.json, tracking-annotations[0].annotations[0].width: is 0; the least allowed is 1"
    )


def test_many_problems_of_one_file_are_counted_not_listed() -> None:
    many = put(LABELS, "tracking-annotations/0/annotations", [box(width=0)] * 500)
    problems, _ = label_problems(many)
    assert len(problems) == 101
    assert "more problems" in problems[-1].message


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not one complete JSON object"),
        ("[1]", "not one complete JSON object"),
        ({"other": 1}, "neither source-ref nor source"),
        ({"source": "text"}, "needs source-ref"),
        ({"source-ref": 4}, "must be text"),
        ({"source-ref": "s3://bucket/a.txt"}, "sequence file (.json) or a clip"),
        ({**LINE, "$key": 1}, "starts with $"),
        ({**LINE, "more": "x" * 20_001}, "at most 20,000"),
        ({**LINE, **{f"k{i}": "x" * 19_000 for i in range(6)}}, "at most 100,000"),
        (put(LINE, "cars-ref-metadata/class-map", {"Car": "0"}), "ids are numbers as text"),
        (put(LINE, "cars-ref-metadata/type", "groundtruth/other"), "must be one of"),
        (put(LINE, "cars-ref-metadata/creation-date", "yesterday"), "ISO date"),
        (put(LINE, "cars-ref-metadata/job-name", "cars"), "labeling-job/"),
        ({"source-ref": "s3://b/a/s.json", "cars-ref-metadata": METADATA}, "stands without"),
        ({"source-ref": "s3://b/a/s.json", "cars-ref": "s3://b/l.json"}, "has no cars-ref-meta"),
        ({"source-ref": "s3://b/a/s.json", "cars": "s3://b/l", "cars-metadata": METADATA}, "-ref"),
        ({"source-ref": "s3://b/a.mp4", "k-ref": 0, "k-ref-metadata": {}}, "must not end in -ref"),
    ],
)
def test_broken_manifest_line_is_explained(line: Any, said: str) -> None:
    text = line if isinstance(line, str) else json.dumps(line)
    problems, _ = manifest_problems(text.encode(), path="input.manifest")
    assert said in words(errors(problems))
    assert all(problem.location == "line 1" for problem in problems)


def test_old_date_with_zone_is_read() -> None:
    line = put(LINE, "cars-ref-metadata/creation-date", "2019-03-05T11:22:33.445566+0000")
    assert manifest_problems(json.dumps(line).encode())[0] == []


def test_more_than_ten_sequences_are_refused() -> None:
    data = b"\r\n".join([json.dumps(LINE).encode()] * 11)
    problems, lines = manifest_problems(data)
    assert len(lines) == 11
    assert "at most 10" in words(problems)


def test_empty_manifest_is_refused() -> None:
    assert "empty" in words(manifest_problems(b"")[0])


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


def test_edges_of_polygons_that_cross_are_doubted() -> None:
    def drawn(*points: tuple[int, int]) -> list[Problem]:
        shape = {"vertices": [{"x": x, "y": y} for x, y in points], "class-id": "0"}
        entry = {"frame-no": 0, "frame": "a.jpg", "polygons": [shape]}
        shape["label-category-attributes"] = {}
        return label_problems({"detection-annotations": [entry]})[0]

    assert drawn((0, 0), (9, 0), (9, 9), (0, 9)) == []
    assert drawn((0, 0), (9, 0), (9, 9), (0, 9), (0, 0)) == []
    assert drawn((0, 0), (9, 9), (0, 0)) == []
    (only,) = drawn((0, 0), (9, 9), (9, 0), (0, 9))
    assert only.severity is Severity.WARNING
    assert only.location == "detection-annotations[0].polygons[0]"


@pytest.mark.parametrize("class_id", [-1, True, 1.5, None, ""])
def test_class_ids_are_whole_numbers(class_id: object) -> None:
    labels = copy.deepcopy(LABELS)
    labels["tracking-annotations"][0]["annotations"] = [box(**{"class-id": class_id})]
    assert any("class-id" in one.location for one in label_problems(labels)[0])


def test_a_frame_says_text_or_numbers() -> None:
    labels = copy.deepcopy(LABELS)
    labels["tracking-annotations"][0]["frame-attributes"] = {"sky": ["clear"]}
    (only,) = label_problems(labels)[0]
    assert only.location == "tracking-annotations[0].frame-attributes.sky"


@pytest.mark.parametrize("confidence", [-0.1, 2, "high", True])
def test_confidence_of_a_clip_is_a_share(confidence: object) -> None:
    result = {"class-name": "idle", "confidence": confidence, "human-annotated": "yes"}
    line = {"source-ref": "s3://bucket/clips/a.mp4", "state": 0, "state-metadata": result}
    (only,) = manifest_problems(json.dumps(line).encode())[0]
    assert "from 0 to 1" in only.message


def test_a_name_stands_once_for_frames_and_labels() -> None:
    config = copy.deepcopy(AUDIT)
    config["frameAttributes"][0]["name"] = "doors"
    assert any("a name stands once" in one.message for one in config_problems(config))


def changed_request(**changes: Any) -> list[Problem]:
    request = copy.deepcopy(REQUEST)
    request["HumanTaskConfig"] |= changes.pop("human", {})
    return request_problems(request | changes)


def test_functions_and_interfaces_of_strangers_are_doubted_and_wrong_ones_refused() -> None:
    human = REQUEST["HumanTaskConfig"]
    prepare = human["PreHumanTaskLambdaArn"]
    ours = prepare.replace("432418664414", "111122223333")
    assert "which belongs to 432418664414" in " ".join(
        one.message for one in changed_request(human={"PreHumanTaskLambdaArn": ours})
    )
    interface = human["UiConfig"]["HumanTaskUiArn"]
    strange = {"HumanTaskUiArn": interface.replace("394669845002", "111122223333")}
    assert "belongs to 394669845002" in " ".join(
        one.message for one in changed_request(human={"UiConfig": strange})
    )
    elsewhere = {"HumanTaskUiArn": interface.replace("us-east-1", "eu-west-1")}
    assert "several regions" in changed_request(human={"UiConfig": elsewhere})[0].message
    turk = "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"
    assert "vendor team" in changed_request(human={"WorkteamArn": turk})[0].message
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert "2 times" in changed_request(Tags=twice)[0].message
