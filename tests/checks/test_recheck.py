"""Checking a few tracks again says what checking all rows says, with what was learnt before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from checks.making import crowd, sequence, walk
from trackproof.checks import analyse
from trackproof.checks.scene import Scene
from trackproof.checks.scene_edited import MOST_TRACKS, EditedScene
from trackproof.labels import Block

if TYPE_CHECKING:
    from trackproof.checks import Analysis
    from trackproof.labels import Labels

    Edits = dict[int, Block | None]


def on_all_rows(before: Analysis, labels: Labels, touched: list[int]) -> Analysis:
    """Do what `Analysis.recheck` does, with a scene that derives everything from all rows."""
    scene = Scene(before.sequence, labels, focus=touched, profile=before.profile)
    scene.shake, scene.extent = before.scene.shake, before.scene.extent
    numbers = np.array(sorted(touched), dtype=np.int32)
    outcomes, concerned = {}, set(touched)
    for name, outcome in before.outcomes.items():
        check = outcome.measurement.check
        measured = check.run(scene, before.profile.parameters(check))
        outcomes[name], changed = outcome.patched(scene, measured, numbers)
        concerned |= changed
    return replace(
        before,
        labels=labels,
        scene=scene,
        outcomes=outcomes,
        flags_by_track=before._flags_again(outcomes, concerned, labels),
    )


def some_edit(rng: np.random.Generator, labels: Labels) -> Edits:
    """Return new rows of one to three tracks: moved, cut, thinned, removed, or copies of others."""
    blocks = labels.table.blocks
    tracks = rng.choice(sorted(blocks), size=int(rng.integers(1, 4)), replace=False)
    made: Edits = {}
    for track in tracks.tolist():
        block = blocks[track]
        kind = rng.choice(["move", "move", "size", "cut", "thin", "remove", "copy"])
        first = int(rng.integers(len(block)))
        few = slice(first, first + int(rng.integers(1, 9)))
        xywh = block.xywh.copy()
        if kind == "move":
            xywh[few, :2] += rng.normal(0.0, 25.0, 2)
        elif kind == "size":
            xywh[few, 2:] *= rng.uniform(0.6, 1.6, 2)
        elif kind == "copy":
            block = blocks[int(rng.choice(sorted(blocks)))]
            xywh = block.xywh.copy()
        made[track] = Block.of_boxes(block.frame, xywh, category=block.category)
        if kind == "remove" and len(blocks) > 6:
            made[track] = None
        elif kind in ("cut", "thin") and len(block) > 12:
            kept = np.ones(len(block), dtype=np.bool_)
            kept[: int(rng.integers(1, 5)) if kind == "cut" else 0] = False
            kept[3 + int(rng.integers(len(block) - 6))] = False
            made[track] = made[track].take(np.flatnonzero(kept))
    return made


def assert_same(again: Analysis, whole: Analysis, tracks: list[int]) -> None:
    said = [
        [(f.key, f.kind, f.checks, f.evidence, f.extent, f.other_track) for f in each.flags]
        for each in (again, whole)
    ]
    assert said[0] == said[1]
    scores = [[flag.score for flag in each.flags] for each in (again, whole)]
    np.testing.assert_allclose(*scores, rtol=1e-9)
    for name in again.measurements:
        for track in tracks:
            one, two = (each.measurements[name].of(track) for each in (again, whole))
            np.testing.assert_array_equal(one[0], two[0], err_msg=name)
            np.testing.assert_allclose(one[1], two[1], rtol=1e-9, err_msg=f"{name} of {track}")


@pytest.mark.parametrize("seed", range(6))
def test_any_edits_one_after_the_other_say_what_all_rows_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = crowd(tracks=9, seed=seed)
    again = whole = analyse(made, made.labels)
    labels = made.labels
    for _ in range(12):
        edit = some_edit(rng, labels)
        labels = replace(labels, table=labels.table.with_blocks(edit))
        again = again.recheck(labels, edit)
        whole = on_all_rows(whole, labels, sorted(edit))
        assert_same(again, whole, sorted(edit))


def test_edits_of_many_tracks_are_joined_and_say_the_same() -> None:
    rng = np.random.default_rng(1)
    lanes = {n: walk(40, start=(40.0 + 60 * n, 300.0), speed=(1.0, 2.0)) for n in range(28)}
    made = sequence(lanes)
    again = whole = analyse(made, made.labels)
    labels = made.labels
    for track in range(MOST_TRACKS + 3):
        boxes = lanes[track].xywh.copy()
        boxes[int(rng.integers(5, 35)), :2] += 30.0
        edit: Edits = {track: Block.of_boxes(lanes[track].frame, boxes)}
        labels = replace(labels, table=labels.table.with_blocks(edit))
        again = again.recheck(labels, edit)
        whole = on_all_rows(whole, labels, [track])
        assert_same(again, whole, [track])
    assert isinstance(again.scene, EditedScene)
    assert len(again.scene.edits_on()[1]) < MOST_TRACKS


def test_an_edited_scene_holds_the_rows_of_the_labels() -> None:
    rng = np.random.default_rng(4)
    made = crowd(tracks=9)
    again, labels = analyse(made, made.labels), made.labels
    for _ in range(8):
        edit = some_edit(rng, labels)
        labels = replace(labels, table=labels.table.with_blocks(edit))
        again = again.recheck(labels, edit)
        fresh = Scene(made, labels)
        for name in ("track", "frame", "xywh", "category", "name", "attributes", "starts"):
            rows = [getattr(scene, name) for scene in (again.scene, fresh)]
            np.testing.assert_array_equal(*rows, err_msg=name)
        some = rng.choice(len(fresh), size=9)
        np.testing.assert_array_equal(again.scene.boxes_of(some), fresh.xywh[some])
        np.testing.assert_array_equal(again.scene.frames_of(some), fresh.frame[some])
        np.testing.assert_array_equal(again.scene.tracks_of(some), fresh.track[some])
