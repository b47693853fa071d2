"""The demo on disk: a finished job that opens without a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trackproof.checks.planting import PlantKind
from trackproof.demo import DemoScene, ensure_demo
from trackproof.errors import StorageError
from trackproof.formats import open_labels
from trackproof.paths import HOME_VARIABLE
from trackproof.progress import Cancelled


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-home")


@pytest.fixture
def demo(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> DemoScene:
    """A short rendering, made by the first test that asks."""
    monkeypatch.setenv(HOME_VARIABLE, str(demo_home))
    return ensure_demo(frames=12)


def test_demo_opens_as_a_job_with_categories_and_every_frame(demo: DemoScene) -> None:
    opened = open_labels(demo.labels_path)
    (sequence,) = opened.sequences
    assert len(sequence) == 12
    assert {category.name for category in sequence.labels.categories} == {"Vehicle", "Person"}
    assert sequence.labels.listed.all()
    assert not [p for p in opened.problems if "not found" in p.message]
    assert sorted(p.name for p in demo.frames_dir.glob("*.jpg")) == list(sequence.frame_names)


def test_truth_holds_no_planted_mistake(demo: DemoScene) -> None:
    truth = open_labels(demo.truth_path).sequences[0]
    planted = open_labels(demo.labels_path).sequences[0]
    assert json.loads(demo.planted_path.read_bytes())
    assert not truth.problems
    assert not truth.labels.table.equals(planted.labels.table)


def test_second_call_renders_nothing(demo: DemoScene) -> None:
    stamp = demo.labels_path.stat().st_mtime_ns
    assert ensure_demo(frames=12) == demo
    assert demo.labels_path.stat().st_mtime_ns == stamp


def test_cancelled_rendering_leaves_nothing_behind(private_home: Path) -> None:
    class Impatient:
        def step(self, done: int, total: int) -> None:
            if done:
                raise Cancelled

    with pytest.raises(Cancelled):
        ensure_demo(frames=3, progress=Impatient())
    assert not list((private_home / "cache" / "demo").iterdir())


def test_unwritable_cache_is_reported_in_words(private_home: Path) -> None:
    (private_home / "cache").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="the demo cannot be written"):
        ensure_demo(frames=3)


@pytest.mark.extended
def test_full_demo_holds_mistakes_of_every_kind() -> None:
    events = json.loads(ensure_demo().planted_path.read_bytes())
    assert {event["kind"] for event in events} == {str(kind) for kind in PlantKind}
    assert len(events) >= 50
