from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.pixel_scenes import Walkers
from trackproof.checks import Check, all_checks, analyse
from trackproof.checks.model import Measured
from trackproof.checks.pixel_robust import in_sight

PIXEL_CHECKS = ("picture_offset", "appearance_break", "appearance_stranger", "appearance_swap")


def measured(name: str, walkers: Walkers, *boxes: np.ndarray) -> Measured:
    check = all_checks()[name]
    return check.run(walkers.scene(*boxes), check.defaults())


def strongest(check: Check, found: Measured) -> tuple[int, int, float]:
    assert found.events is not None
    best = int(np.argmax(found.events.value))
    return (
        int(found.events.track[best]),
        int(found.events.frame[best]),
        float(check.score(found.events.value, check.defaults()["limit"])[best]),
    )


@pytest.mark.parametrize("name", PIXEL_CHECKS)
def test_pixel_checks_need_frames_and_explain_themselves(name: str) -> None:
    check = all_checks()[name]
    assert check.needs_frames
    found = measured(name, Walkers(frames=60))
    assert found.values.shape == (120,)
    assert found.events is not None
    for row in range(len(found.events)):
        detail = {key: column[row] for key, column in found.events.detail.items()}
        assert check.explain(float(found.events.value[row]), detail)


def test_pictures_tell_the_size_that_labels_do_not_state() -> None:
    walkers = Walkers(frames=12)
    made = replace(walkers.scene().sequence, width=None, height=None)
    found = analyse(made, made.labels, frames=walkers)
    assert (found.sequence.width, found.sequence.height) == walkers.size
    stated = replace(made, width=640, height=400)
    assert analyse(stated, made.labels, frames=walkers).sequence is stated


@pytest.mark.parametrize("name", PIXEL_CHECKS)
def test_exact_labels_raise_no_strong_finding_away_from_the_meeting(name: str) -> None:
    check = all_checks()[name]
    found = measured(name, Walkers())
    assert found.events is not None
    scores = check.score(found.events.value, check.defaults()["limit"])
    away = np.abs(found.events.frame - 45) > 22
    assert not (scores[away] >= 1.5).any()


def test_a_drifting_box_is_found_with_the_place_of_its_object() -> None:
    walkers = Walkers()
    boxes = walkers.boxes(0)
    boxes[8:22, 0] += 9.0 * np.sin(np.pi * np.arange(1, 15) / 15)
    check = all_checks()["picture_offset"]
    found = measured("picture_offset", walkers, boxes, walkers.boxes(1))
    track, frame, score = strongest(check, found)
    assert (track, 10 <= frame <= 20) == (0, True)
    assert score > 1.0
    assert found.events is not None
    best = int(np.argmax(found.events.value))
    assert found.events.expected_xywh is not None
    right = walkers.boxes(0)[frame, 0]
    assert abs(found.events.expected_xywh[best, 0] - right) < 3.0
    detail = {key: column[best] for key, column in found.events.detail.items()}
    assert "to the left" in check.explain(5.0, detail)


def test_pictures_say_less_of_a_box_behind_another() -> None:
    walkers = Walkers()
    scene = walkers.scene()
    apart, behind = in_sight(scene, np.array([0, 45]))
    assert apart == 1.0
    assert behind < 0.5


def test_a_drift_explains_all_its_frames_and_shows_the_worst() -> None:
    walkers = Walkers()
    boxes = [walkers.boxes(0), walkers.boxes(1)]
    boxes[0][10:31, 0] += 14.0 * np.hanning(21)
    events = measured("picture_offset", walkers, *boxes).events
    strongest = int(np.argmax(events.value * (events.track == 0)))
    assert events.frame_start[strongest] <= 17
    assert events.frame_end[strongest] >= 23
    assert all_checks()["picture_offset"].explains_range


def test_a_frozen_box_is_called_one() -> None:
    walkers = Walkers()
    boxes = walkers.boxes(0)
    boxes[70:78] = boxes[70]
    check = all_checks()["picture_offset"]
    found = measured("picture_offset", walkers, boxes, walkers.boxes(1))
    track, frame, score = strongest(check, found)
    assert (track, 70 <= frame <= 79) == (0, True)
    assert score > 1.0
    assert found.events is not None
    best = int(np.argmax(found.events.value))
    detail = {key: column[best] for key, column in found.events.detail.items()}
    assert check.explain(5.0, detail).startswith("the box stands still")


def test_swapped_identities_are_weighed_by_their_looks() -> None:
    walkers = Walkers()
    one, two = walkers.boxes(0), walkers.boxes(1)
    swapped = np.concatenate([one[:45], two[45:]]), np.concatenate([two[:45], one[45:]])
    check = all_checks()["appearance_swap"]
    found = measured("appearance_swap", walkers, *swapped)
    track, frame, score = strongest(check, found)
    assert track in (0, 1)
    assert abs(frame - 45) <= 2
    assert score > 3.0
    kept = measured("appearance_swap", walkers)
    assert kept.events is not None
    assert (kept.events.value < 0).all()


def test_a_box_on_another_object_looks_strange_and_breaks_twice() -> None:
    walkers = Walkers()
    boxes = walkers.boxes(0)
    boxes[15:17] = walkers.boxes(1)[15:17]
    scene_boxes = (boxes, walkers.boxes(1))
    check = all_checks()["appearance_stranger"]
    found = measured("appearance_stranger", walkers, *scene_boxes)
    assert strongest(check, found)[:2][0] == 0
    assert np.nanargmax(found.values[:40]) in (15, 16)
    steps = measured("appearance_break", walkers, *scene_boxes)
    assert set(np.argsort(-np.nan_to_num(steps.values[:40]))[:2]) == {15, 17}


def test_analysis_runs_pixel_checks_only_when_frames_are_given() -> None:
    walkers = Walkers(frames=40)
    scene = walkers.scene()
    without = analyse(scene.sequence, scene.labels)
    assert not set(PIXEL_CHECKS) & set(without.measurements)
    assert walkers.reads == []
    chosen = {name: all_checks()[name] for name in PIXEL_CHECKS}
    found = analyse(scene.sequence, scene.labels, frames=walkers, checks=chosen)
    assert set(found.measurements) == set(PIXEL_CHECKS)
    assert sorted(walkers.reads) == list(range(40))


def test_what_pictures_said_is_withdrawn_where_an_edit_changed_the_box() -> None:
    walkers = Walkers(frames=40)
    boxes = [walkers.boxes(0), walkers.boxes(1)]
    boxes[0][15:18] = boxes[1][15:18]
    scene = walkers.scene(*boxes)
    chosen = {name: all_checks()[name] for name in PIXEL_CHECKS}
    before = analyse(scene.sequence, scene.labels, frames=walkers, checks=chosen)
    assert any(flag.track == 0 and 15 <= flag.frame <= 17 for flag in before.flags)
    block = scene.labels.table.blocks[0]
    repaired = replace(block, xywh=walkers.boxes(0))
    labels = replace(scene.labels, table=scene.labels.table.with_blocks({0: repaired}))
    after = before.recheck(labels, [0])
    assert after.stale_in_pictures == {0}
    assert not any(flag.track == 0 and 15 <= flag.frame <= 17 for flag in after.flags)
    values = after.measurements["appearance_stranger"].of(0)[1]
    assert np.isnan(values[15:18]).all()
    assert np.isfinite(values[:15]).any()


def test_drift_on_the_real_pair_is_seen_in_the_frames(shared_data) -> None:
    from trackproof.formats import open_labels
    from trackproof.frames import open_frames
    from trackproof.labels import Labels

    sequence = open_labels(shared_data / "mot" / "PETS09-S2L1").sequences[0]
    table = sequence.labels.table
    track = max(table.blocks, key=lambda number: len(table.blocks[number]))
    block = table.blocks[track]
    first = int(np.searchsorted(block.frame, block.frame[0] + 60))
    boxes = block.xywh.copy()
    boxes[first : first + 16, 0] += 0.5 * boxes[first, 2] * np.arange(1, 17) / 16
    few = table.with_blocks(
        {number: replace(block, xywh=boxes) if number == track else None for number in table.blocks}
    )
    labels = Labels(few, sequence.labels.categories, sequence.labels.listed)
    source = open_frames(shared_data / "video" / "vtest.avi")
    chosen = {"picture_offset": all_checks()["picture_offset"]}
    found = analyse(sequence, labels, frames=source, checks=chosen)
    values = found.measurements["picture_offset"].of(track)[1]
    assert np.nanmax(values[first + 8 : first + 17]) > 4.0
    source.close()
