from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from checks.planting_scenes import FRAMES, street
from trackproof.checks.bench import (
    OURS,
    REFERENCE,
    average_precision,
    first_share,
    run_bench,
    walk,
)
from trackproof.checks.bench_reference import analyse_like_reference
from trackproof.checks.bench_scenes import dressed, vouched_for
from trackproof.checks.planting import Difficulty, PlantedEvent, PlantKind
from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

SCENE = street(people=4)


@dataclass(frozen=True)
class Flagged:
    track: int
    frame: int
    frame_start: int
    frame_end: int


@dataclass(frozen=True)
class Answer:
    flags: tuple[Flagged, ...]


def at(track: int, frame: int, *, width: int = 1) -> Flagged:
    return Flagged(track, frame, frame, frame + width - 1)


def event(track: int, first: int, last: int) -> PlantedEvent:
    return PlantedEvent(PlantKind.SHIFT, (track,), first, last, "moved", Difficulty.MODERATE)


def labels_of(blocks: dict[int, Block]) -> Sequence:
    tracks = [Track(str(number), "") for number in range(max(blocks) + 1)]
    listed = np.ones(20, dtype=bool)
    labels = Labels(LabelTable(tracks, blocks), (Category("car"),), listed)
    return Sequence("made", tuple(map(str, range(20))), np.arange(20), labels)


@pytest.mark.parametrize(
    ("frame", "last", "is_hit"),
    [(9, 12, True), (8, 12, False), (13, 12, True), (14, 12, False), (8, 13, True), (7, 13, False)],
)
def test_a_flag_hits_within_one_frame_or_two_for_long_events(
    frame: int, last: int, is_hit: bool
) -> None:
    walked = walk([at(0, frame)], [event(0, 10, last)], SCENE.labels)
    assert bool(walked.first_hit[0] == 0) is is_hit


def test_a_flag_on_another_track_is_no_hit() -> None:
    assert walk([at(1, 10)], [event(0, 10, 10)], SCENE.labels).first_hit[0] == -1


def test_a_flag_costs_the_boxes_it_covers_and_at_least_one() -> None:
    flags = [at(0, 10, width=5), at(0, FRAMES + 50), at(3, 0)]
    walked = walk(flags, [event(3, 0, 0)], SCENE.labels)
    assert walked.cost.tolist() == [5, 6, 7]
    assert walked.share_of(0) == 7 / len(SCENE.labels.table)


def test_all_flags_of_one_event_count_once() -> None:
    flags = [at(0, 10), at(0, 11), at(1, 100)]
    walked = walk(flags, [event(0, 10, 10), event(1, 100, 100)], SCENE.labels)
    assert first_share(walked) == 0.5
    assert average_precision(walked) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_never_found_is_never_within_a_budget() -> None:
    report = run_bench([SCENE], seeds=[1], analyse=lambda *_: Answer(()))
    assert report.recall(1.0, method=OURS) == 0.0
    assert "never" in report.to_text()


def test_an_oracle_finds_everything_within_its_own_cost() -> None:
    answers = {}

    def oracle(_: Sequence, labels: Labels) -> Answer:
        return answers["now"]

    def remember(*args: object, **kwargs: object) -> object:
        planted = plant(*args, **kwargs)
        answers["now"] = Answer(tuple(at(e.tracks[0], e.frame_start) for e in planted.events))
        return planted

    import trackproof.checks.bench as bench
    from trackproof.checks.planting import plant

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "plant", remember)
        report = run_bench([SCENE], seeds=[1, 2], difficulties=["obvious"], analyse=oracle)
    assert report.recall(0.01, method=OURS) == 1.0
    assert {run.first_share for run in report.runs if run.method == OURS} == {1.0}


def test_report_prints_the_rule_both_methods_and_every_kind() -> None:
    report = run_bench([SCENE], seeds=[1, 2], analyse=analyse_like_reference)
    text = report.to_text()
    assert "within one frame of the event" in text
    assert OURS in text
    assert REFERENCE in text
    assert all(str(outcome.kind)[:20] in text for outcome in report.outcomes)
    assert report.recall(0.02, method=OURS) == report.recall(0.02, method=REFERENCE)
    frame = report.to_frame()
    assert len(frame) == len(report.outcomes)
    assert set(frame["method"]) == {OURS, REFERENCE}


def test_reference_flags_an_exit_and_the_way_into_a_gap_but_not_a_start() -> None:
    frames = [2, 3, 4, 7, 8]
    scene = labels_of({0: Block.of_boxes(frames, np.tile([10.0, 10, 20, 40], (5, 1)))})
    found = {flag.frame for flag in analyse_like_reference(scene, scene.labels).flags}
    assert found == {5, 7, 9}


def test_reference_flags_belong_to_the_later_frame() -> None:
    boxes = np.tile([10.0, 10, 20, 40], (20, 1))
    boxes[6:, 2] = 30
    scene = labels_of({0: Block.of_boxes(range(20), boxes)})
    flags = analyse_like_reference(scene, scene.labels).flags
    assert [(flag.frame, flag.score) for flag in flags] == [(6, pytest.approx(2.0))]


def test_rows_that_the_format_ignores_are_left_out() -> None:
    block = Block.of_boxes(
        range(4), np.ones((4, 4)), columns={"confidence": np.array([1.0, 0, 1, 0])}
    )
    assert vouched_for(labels_of({0: block})).labels.table.blocks[0].frame.tolist() == [0, 2]


def test_labels_without_names_get_names_and_an_attribute() -> None:
    scene = dressed(labels_of({0: Block.of_boxes(range(4), np.ones((4, 4)))}))
    table = scene.labels.table
    assert table.names[int(table.blocks[0].name[0])] == "Object:0"
    assert table.attribute_sets[int(table.blocks[0].attributes[0])] == (("marker", "yes"),)
    assert dressed(SCENE) is SCENE


def test_progress_hears_of_every_run() -> None:
    heard: list[tuple[int, int]] = []

    class Listener:
        def step(self, done: int, total: int) -> None:
            heard.append((done, total))

    run_bench(
        [SCENE, replace(SCENE, name="again")],
        seeds=[1],
        difficulties=["subtle"],
        analyse=analyse_like_reference,
        progress=Listener(),
    )
    assert heard == [(1, 2), (2, 2)]
