"""Raw answers: read where they are there, and never a reason to fail."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from trackproof.handoff.responses import Effort, read_effort


def put(folder: Path, name: str, content: object) -> None:
    file = folder / "annotations" / "worker-response" / "iteration-1" / "0" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))


def test_time_is_added_up_by_worker(tmp_path: Path) -> None:
    answer = {"workerId": "a1", "timeSpentInSeconds": 12.5}
    put(tmp_path, "1.json", {"answers": [answer, {"workerId": "b2", "timeSpentInSeconds": 3}]})
    put(tmp_path, "2.json", {"answers": [answer, {"workerId": "b2"}]})
    effort = read_effort(tmp_path)
    assert (effort.answers, effort.time_s, effort.workers) == (4, 28.0, 2)
    assert effort.by_worker_s == {"a1": 25.0, "b2": 3.0}


def test_worker_ids_are_not_shown(tmp_path: Path) -> None:
    put(tmp_path, "1.json", {"answers": [{"workerId": "secret", "timeSpentInSeconds": 1}]})
    assert "secret" not in repr(read_effort(tmp_path))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "[" * 5_000, {"answers": 3}, {"answers": [1, {"timeSpentInSeconds": True}]}],
)
def test_what_is_no_answer_is_passed_over(content: object, tmp_path: Path) -> None:
    put(tmp_path, "odd.json", content)
    assert read_effort(tmp_path) == Effort()


def test_examples_are_read(shared_examples: Path, tmp_path: Path) -> None:
    folder = tmp_path / "annotations" / "worker-response" / "iteration-1" / "0"
    folder.mkdir(parents=True)
    for name in ("worker-response-classification.json", "worker-response-tracking-frame.json"):
        shutil.copy(shared_examples / name, folder / name)
    assert (read_effort(tmp_path).answers, read_effort(tmp_path).time_s) == (1, 812.4)


def test_results_without_answers_say_nothing(tmp_path: Path) -> None:
    assert read_effort(tmp_path) == Effort()
    assert read_effort(tmp_path / "gone") == Effort()
