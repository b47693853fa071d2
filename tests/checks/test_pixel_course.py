from __future__ import annotations

import numpy as np

from checks.pixel_scenes import Walkers
from trackproof.checks import all_checks
from trackproof.checks.model import Events
from trackproof.checks.pixel_course import courses, departures
from trackproof.checks.pixel_offset import seen_offsets

SLIDE = slice(8, 22)
ARC = np.sin(np.pi * np.arange(1, 15) / 15)


def found(walkers: Walkers, *boxes: np.ndarray) -> Events:
    check = all_checks()["picture_drift"]
    events = check.run(walkers.scene(*boxes), check.defaults()).events
    assert events is not None
    return events


def slid(walkers: Walkers, *, right: float) -> np.ndarray:
    boxes = walkers.boxes(0)
    boxes[SLIDE, 0] += right * ARC
    return boxes


def test_every_course_is_one_at_its_worst_row_and_no_more_elsewhere() -> None:
    for course in courses():
        assert course.away[course.worst] == 1.0
        assert course.away.max() == 1.0
        assert (course.away > 0.0).all()


def test_a_box_that_slides_off_and_back_is_found_where_it_is_furthest_away() -> None:
    walkers = Walkers()
    events = found(walkers, slid(walkers, right=6.0), walkers.boxes(1))
    best = int(np.argmax(events.value))
    assert events.track[best] == 0
    assert 12 <= events.frame[best] <= 18
    assert events.frame_start[best] <= 10
    assert events.frame_end[best] >= 19
    assert events.expected_xywh is not None
    place = walkers.boxes(0)[events.frame[best], 0]
    assert abs(events.expected_xywh[best, 0] - place) < 2.0


def test_a_box_that_is_put_right_at_once_is_shown_before_that() -> None:
    walkers = Walkers()
    boxes = walkers.boxes(0)
    boxes[60:74, 1] += 7.0 * np.arange(1, 15) / 14
    events = found(walkers, boxes, walkers.boxes(1))
    best = int(np.argmax(events.value))
    assert (events.track[best], abs(events.frame[best] - 73) <= 1) == (0, True)
    assert events.frame_end[best] <= 75


def test_a_bend_that_the_object_follows_counts_far_less_than_one_that_it_does_not() -> None:
    still, drifting = Walkers(), Walkers()
    bent = slid(still, right=6.0)
    scene = drifting.scene(bent, drifting.boxes(1))
    offsets = seen_offsets(scene)
    told = np.nanmax(departures(scene, offsets).sigmas[SLIDE])
    # Pictures that show the object in the middle of its box: it went along.
    followed = np.nanmax(departures(scene, np.zeros_like(offsets)).sigmas[SLIDE])
    assert told > 1.5 * followed


def test_a_departure_that_nobody_would_put_right_counts_little() -> None:
    walkers = Walkers()
    scene = walkers.scene(slid(walkers, right=0.6), walkers.boxes(1))
    values = departures(scene, seen_offsets(scene)).sigmas
    assert np.nanmax(values[SLIDE]) < all_checks()["picture_drift"].defaults()["limit"]


def test_a_camera_that_shakes_hides_no_drift_and_makes_none() -> None:
    walkers = Walkers()
    scene = walkers.scene(slid(walkers, right=6.0), walkers.boxes(1))
    offsets, evidence = seen_offsets(scene), scene.pixels
    evidence.camera[:, :, :2] = np.eye(2)
    evidence.camera[:, :, 2] = 0.0
    steady = departures(scene, offsets).sigmas
    shake = np.random.default_rng(2).normal(0.0, 3.0, (90, 2))
    moved = [slid(walkers, right=6.0), walkers.boxes(1)]
    for boxes in moved:
        boxes[:, :2] += shake
    shaken = walkers.scene(*moved)
    shaken.pixels = evidence
    evidence.camera[1:, :, 2] = np.diff(shake, axis=0)
    assert np.allclose(departures(shaken, offsets).sigmas, steady, atol=1e-6, equal_nan=True)


def test_tracks_that_are_short_or_unseen_have_no_value() -> None:
    walkers = Walkers()
    scene = walkers.scene()
    unseen = np.full((len(scene), 2), np.nan)
    assert np.isnan(departures(scene, unseen).sigmas).all()
    brief = Walkers(frames=20)
    assert np.isnan(departures(brief.scene(), np.zeros((40, 2))).sigmas).all()


def test_a_box_without_numbers_costs_no_more_than_its_own_rows() -> None:
    walkers = Walkers()
    scene = walkers.scene(slid(walkers, right=6.0), walkers.boxes(1))
    offsets, evidence = seen_offsets(scene), scene.pixels
    broken = slid(walkers, right=6.0)
    broken[70] = np.nan
    spoilt = walkers.scene(broken, walkers.boxes(1))
    spoilt.pixels = evidence
    offsets[70] = np.nan
    values = departures(spoilt, offsets).sigmas
    assert np.isfinite(values).all()
    assert np.nanmax(values[SLIDE]) > all_checks()["picture_drift"].defaults()["limit"]
