"""Sequence files and label files: every broken rule is named with its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from handoff.sound_package import LABELS, SEQUENCE, box, errors, put, words
from trackproof.errors import Problem, Severity
from trackproof.handoff.label_file_rules import label_problems, sequence_problems


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


def test_keys_beside_the_annotations_are_doubted_not_refused() -> None:
    (problem,), facts = label_problems({**LABELS, "owner": "team 7"}, path="SeqLabel.json")
    assert problem.severity is Severity.WARNING
    assert str(problem).startswith("SeqLabel.json, owner: is no key of a label file")
    assert facts.frames


def test_tracks_and_detections_in_one_file_are_refused() -> None:
    problems, _ = label_problems({**LABELS, "detection-annotations": []})
    assert "exactly one list" in words(errors(problems))


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
