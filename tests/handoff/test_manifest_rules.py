"""Manifests: every broken rule is named with its line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handoff.sound_package import LINE, METADATA, errors, put, words
from trackproof.handoff.manifest_rules import manifest_problems


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


@pytest.mark.parametrize("confidence", [-0.1, 2, "high", True])
def test_confidence_of_a_clip_is_a_share(confidence: object) -> None:
    result = {"class-name": "idle", "confidence": confidence, "human-annotated": "yes"}
    line = {"source-ref": "s3://bucket/clips/a.mp4", "state": 0, "state-metadata": result}
    (only,) = manifest_problems(json.dumps(line).encode())[0]
    assert "from 0 to 1" in only.message


@pytest.mark.parametrize("source", ["s3://b/a/sequence.json", "s3://b/a/clip.mp4"])
def test_key_of_the_owners_own_may_end_like_a_result(source: str) -> None:
    line = {"source-ref": source, "camera": "north", "camera-metadata": {"lens": 35}}
    problems, lines = manifest_problems(json.dumps(line).encode())
    assert problems == []
    assert all(not one.results for one in lines)
