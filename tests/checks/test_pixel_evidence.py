from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from checks.pixel_scenes import BODY, Walkers
from trackproof.checks import analyse, pixel_evidence
from trackproof.checks.pixel_alignment import align, core_size, patch_of
from trackproof.checks.pixel_camera import camera_motion, carried, small_gray
from trackproof.checks.pixel_descriptor import (
    colour_distance,
    colours,
    crop_of,
    edge_distance,
    edges,
)
from trackproof.checks.pixel_evidence import gather
from trackproof.progress import Cancelled

PICTURE = Walkers().read(10)


@pytest.mark.parametrize(
    "box",
    [
        [-50.0, 10, 20, 40],
        [10.0, 10, 2, 40],
        [10.0, 10, -20, 40],
        [1e9, 1e9, 10, 10],
        [np.nan, 0, 10, 10],
    ],
)
def test_boxes_that_show_nothing_have_no_crop(box: list[float]) -> None:
    assert crop_of(PICTURE, np.array(box)) is None


def test_partly_outside_boxes_show_their_inside() -> None:
    crop = crop_of(PICTURE, np.array([-10.0, -10, 40, 60]))
    assert crop is not None
    assert crop.shape == (128, 64, 3)


def test_distances_are_zero_to_oneself_and_larger_to_another() -> None:
    walkers = Walkers()
    picture = walkers.read(0)
    first, second = (crop_of(picture, walkers.boxes(walker)[0]) for walker in (0, 1))
    assert first is not None
    assert second is not None
    assert colour_distance(colours(first), colours(first)) == pytest.approx(0.0, abs=0.06)
    assert edge_distance(edges(first), edges(first)) == 0.0
    assert 0.5 < colour_distance(colours(first), colours(second)) <= 1.0
    assert 0.0 < edge_distance(edges(first), edges(second)) <= 1.0


def test_core_keeps_the_shape_of_the_object() -> None:
    people = core_size(np.tile([0.0, 0, 30, 60], (5, 1)))
    cars = core_size(np.tile([0.0, 0, 120, 60], (5, 1)))
    assert people == (16, 32)
    assert cars == (32, 16)
    assert min(core_size(np.zeros((3, 4)))) > 0


def test_alignment_finds_how_far_a_box_was_moved() -> None:
    walkers = Walkers()
    boxes = walkers.boxes(0)
    boxes[20:24, :2] += (6.0, -3.0)
    width, height = core_size(boxes)
    patches = [
        patch_of(walkers.read(frame), boxes[frame], width=width, height=height)
        for frame in range(40)
    ]
    offset, misfit = align(np.array(patches), np.ones(40, dtype=bool), first=0, end=40)
    scale = BODY / (width, height)
    assert np.abs(offset[20:24] * scale - (-6.0, 3.0)).max() < 1.2
    assert np.abs(offset[:18] * scale).max() < 1.0
    assert np.isfinite(misfit).all()


def test_camera_pan_is_measured_from_the_background() -> None:
    walkers = Walkers(camera_px=3.0)
    first, second = small_gray(walkers.read(10)), small_gray(walkers.read(11))
    boxes = np.array([walkers.boxes(0)[10], walkers.boxes(1)[10]])
    motion = camera_motion(first[0], second[0], boxes_xywh=boxes, scale=first[1])
    assert motion is not None
    assert np.abs(carried(motion[None], np.array([[100.0, 50.0]])) - (97.0, 50.0)).max() < 0.3


def test_a_flat_picture_says_nothing_about_the_camera() -> None:
    flat = np.full((100, 100), 128, dtype=np.uint8)
    assert camera_motion(flat, flat, boxes_xywh=np.empty((0, 4)), scale=1.0) is None


def test_every_frame_is_read_exactly_once_and_rows_are_seen() -> None:
    walkers = Walkers()
    evidence = gather(walkers.scene(), walkers)
    assert sorted(walkers.reads) == list(range(90))
    assert evidence.is_seen.all()
    assert np.isnan(evidence.colour_step[[0, 90]]).all()
    assert np.isfinite(evidence.colour_step).sum() == 178
    assert np.isfinite(evidence.offset).all()


def test_same_frames_give_the_same_evidence() -> None:
    walkers = Walkers(frames=50)
    first, second = (gather(walkers.scene(), walkers) for _ in range(2))
    assert np.array_equal(first.offset, second.offset, equal_nan=True)
    assert np.array_equal(first.colours, second.colours)


def test_long_tracks_are_aligned_in_segments_without_seams(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walkers = Walkers(frames=90)
    whole = gather(walkers.scene(), walkers)
    monkeypatch.setattr("trackproof.checks.pixel_evidence.SEGMENT_ROWS", -60)
    monkeypatch.setattr("trackproof.checks.pixel_alignment.HALO_ROWS", 45)
    parts = gather(walkers.scene(), walkers)
    assert np.allclose(whole.offset, parts.offset, equal_nan=True)


def test_unreadable_frames_leave_their_rows_unseen() -> None:
    walkers = Walkers(frames=40, unreadable={7, 8})
    evidence = gather(walkers.scene(), walkers)
    assert evidence.unreadable == (7, 8)
    assert not evidence.is_seen[[7, 8, 47, 48]].any()
    assert evidence.is_seen.sum() == 76
    assert np.isnan(evidence.colour_step[9])


def test_progress_counts_frames_and_cancel_stops_all_threads() -> None:
    walkers = Walkers()
    seen: list[tuple[int, int]] = []

    class Impatient:
        def step(self, done: int, total: int) -> None:
            seen.append((done, total))
            if done == 20:
                raise Cancelled

    with pytest.raises(Cancelled):
        gather(walkers.scene(), walkers, progress=Impatient())
    assert seen[-1] == (20, 90)
    assert len(walkers.reads) < 90
    assert not [t for t in threading.enumerate() if t.name.startswith("pixel-")]


def test_two_frames_are_described_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    describe, both = pixel_evidence._describe, threading.Barrier(2, timeout=30)

    def together(*given: Any) -> Any:
        # Passes only when another frame is being described meanwhile.
        both.wait()
        return describe(*given)

    monkeypatch.setattr(pixel_evidence, "_describe", together)
    walkers = Walkers(frames=40)
    assert gather(walkers.scene(), walkers).is_seen.all()


def test_progress_of_labels_and_frames_is_one_and_never_goes_back() -> None:
    walkers = Walkers(frames=40)
    scene = walkers.scene()
    seen: list[tuple[int, int]] = []

    class Listening:
        def step(self, done: int, total: int) -> None:
            seen.append((done, total))

    analyse(scene.sequence, scene.labels, frames=walkers, progress=Listening())
    done, totals = zip(*seen, strict=True)
    assert sorted(done) == list(done)
    assert set(totals) == {done[-1]}
    assert len(set(done)) > 40


def test_cancelling_an_analysis_leaves_while_frames_are_read() -> None:
    walkers = Walkers()
    scene = walkers.scene()

    class Impatient:
        def step(self, done: int, total: int) -> None:
            if walkers.reads and 3 * done > total:
                raise Cancelled

    with pytest.raises(Cancelled):
        analyse(scene.sequence, scene.labels, frames=walkers, progress=Impatient())
    assert 0 < len(walkers.reads) < 90


def test_a_scene_without_frames_says_so() -> None:
    with pytest.raises(ValueError, match="no frames"):
        _ = Walkers().scene(frames=False).pixels
