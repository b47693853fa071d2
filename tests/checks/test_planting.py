from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.planting_scenes import FRAMES, HEIGHT, WIDTH, street
from trackproof.checks.planting import Difficulty, PlantKind, plant
from trackproof.labels import Block, Labels, LabelTable, Sequence
from trackproof.labels.boxes import iou

SCENE = street()


def planted(kind: PlantKind, *, seed: int = 3, difficulty: str = "moderate", rate: float = 1.0):
    return plant(SCENE, seed=seed, difficulty=difficulty, kinds=[kind], rate_per_1000=rate)


@pytest.mark.parametrize("kind", list(PlantKind))
def test_every_kind_finds_a_place_in_a_street(kind: PlantKind) -> None:
    result = planted(kind)
    assert result.events
    assert {event.kind for event in result.events} == {kind}
    assert all(event.description for event in result.events)


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_all_kinds_are_planted_when_there_is_room(difficulty: Difficulty) -> None:
    result = plant(SCENE, seed=1, difficulty=difficulty, rate_per_1000=12.0)
    missing = set(PlantKind) - {event.kind for event in result.events}
    assert len(result.events) >= 30
    assert missing <= {PlantKind.INTERPOLATED, PlantKind.COPIED}


@given(seed=st.integers(0, 10_000), difficulty=st.sampled_from(list(Difficulty)))
@settings(max_examples=12, deadline=None)
def test_same_seed_plants_the_same_and_leaves_the_original_alone(
    seed: int, difficulty: Difficulty
) -> None:
    before = SCENE.labels.table.flat.rows.xywh.copy()
    first = plant(SCENE, seed=seed, difficulty=difficulty)
    second = plant(SCENE, seed=seed, difficulty=difficulty)
    assert first.events == second.events
    assert first.labels.table.equals(second.labels.table)
    assert np.array_equal(before, SCENE.labels.table.flat.rows.xywh)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_mistakes_do_not_overlap_and_every_event_lies_in_the_sequence(seed: int) -> None:
    result = plant(SCENE, seed=seed, difficulty="moderate", rate_per_1000=8.0)
    taken: set[tuple[int, int]] = set()
    for event in result.events:
        assert 0 <= event.frame_start <= event.frame_end < FRAMES
        assert all(track in range(len(result.labels.table.tracks)) for track in event.tracks)
        places = {
            (track, frame)
            for track in event.tracks
            for frame in range(event.frame_start, event.frame_end + 1)
        }
        assert not places & taken
        taken |= places
    for track, block in result.labels.table.blocks.items():
        assert (np.diff(block.frame) > 0).all(), track


@pytest.mark.parametrize(
    "kind",
    [PlantKind.SIZE_JUMP, PlantKind.SHIFT, PlantKind.DRIFT, PlantKind.JITTER, PlantKind.MISSING],
)
def test_labels_differ_only_where_events_say(kind: PlantKind) -> None:
    result = planted(kind, rate=3.0)
    table = result.labels.table
    for track, block in SCENE.labels.table.blocks.items():
        frames = changed_frames_of(block, table.blocks[track])
        mine = [event for event in result.events if track in event.tracks]
        allowed = {f for e in mine for f in range(e.frame_start, e.frame_end + 1)}
        assert set(frames) <= allowed
        for event in mine:
            assert any(event.frame_start <= frame <= event.frame_end for frame in frames)


def changed_frames_of(before: Block, after: Block) -> list[int]:
    found = []
    for row, frame in enumerate(before.frame):
        other = after.row_at(int(frame))
        if other is None or not np.array_equal(before.xywh[row], after.xywh[other]):
            found.append(int(frame))
    return found


def test_moderate_size_change_is_20_to_60_percent_of_one_side() -> None:
    result = planted(PlantKind.SIZE_JUMP, rate=5.0)
    for event in result.events:
        before = SCENE.labels.table.blocks[event.tracks[0]]
        after = result.labels.table.blocks[event.tracks[0]]
        row = before.row_at(event.frame_start)
        change = np.abs(after.xywh[row, 2:] / before.xywh[row, 2:] - 1)
        assert 0.2 <= change.max() <= 0.6
        assert change.min() < 1e-9


def test_frozen_boxes_repeat_one_box_while_the_object_moves() -> None:
    for event in planted(PlantKind.FROZEN, rate=3.0).events:
        clean = SCENE.labels.table.blocks[event.tracks[0]]
        row = clean.row_at(event.frame_start)
        last = clean.row_at(event.frame_end)
        assert abs(clean.xywh[last, 0] - clean.xywh[row, 0]) > 0.2 * clean.xywh[row, 2]


def test_swap_happens_where_two_objects_meet() -> None:
    result = planted(PlantKind.SWAP)
    for event in result.events:
        one, two = (result.labels.table.blocks[track] for track in event.tracks)
        row_one, row_two = one.row_at(event.frame_start), two.row_at(event.frame_start)
        away = abs(one.xywh[row_one, 0] - two.xywh[row_two, 0])
        assert away < max(one.xywh[row_one, 2], two.xywh[row_two, 2])


def test_events_follow_their_boxes_through_a_later_swap() -> None:
    kinds = [PlantKind.SWAP, PlantKind.CATEGORY_FLIP, PlantKind.SIZE_JUMP]
    result = plant(SCENE, seed=5, difficulty="moderate", kinds=kinds, rate_per_1000=8.0)
    flips = [event for event in result.events if event.kind is PlantKind.CATEGORY_FLIP]
    assert flips
    for event in flips:
        block = result.labels.table.blocks[event.tracks[0]]
        assert block.category[block.row_at(event.frame_start)] == 1


def test_early_end_is_away_from_the_border() -> None:
    for event in planted(PlantKind.EARLY_END, rate=2.0).events:
        block = SCENE.labels.table.blocks[event.tracks[0]]
        left, top, width, height = block.xywh[block.row_at(event.frame_end)]
        assert left > width
        assert left + 2 * width < WIDTH
        assert top > 0
        assert top + height < HEIGHT


def test_duplicates_lie_on_their_object_under_another_id() -> None:
    for event in planted(PlantKind.DUPLICATE_OTHER, rate=2.0).events:
        one, two = (
            planted(PlantKind.DUPLICATE_OTHER, rate=2.0).labels.table.blocks[t]
            for t in event.tracks
        )
        row = one.row_at(event.frame_start)
        assert iou(one.xywh[row], two.xywh[0]) > 0.7
        assert one.category[row] != two.category[0]


def test_whole_pixel_labels_stay_whole() -> None:
    table = SCENE.labels.table
    whole = {
        track: Block.of_boxes(block.frame, np.round(block.xywh), name=block.name)
        for track, block in table.blocks.items()
    }
    labels = Labels(
        LabelTable(table.tracks, whole, names=table.names),
        SCENE.labels.categories,
        SCENE.labels.listed,
    )
    scene = Sequence("whole", SCENE.frame_names, SCENE.frame_numbers, labels)
    result = plant(scene, seed=0, difficulty="subtle", rate_per_1000=10.0)
    boxes = result.labels.table.flat.rows.xywh
    assert np.array_equal(boxes, np.round(boxes))


def test_planting_into_nothing_plants_nothing() -> None:
    empty = Sequence(
        "empty", (), np.empty(0, int), Labels(LabelTable.empty(), (), np.empty(0, bool))
    )
    assert plant(empty, seed=0, difficulty="subtle").events == ()


def test_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="sneeze"):
        plant(SCENE, seed=0, difficulty="subtle", kinds=["sneeze"])
