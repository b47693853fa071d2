"""The demo scene: its recipe, its camera and its exact boxes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from trackproof.demo import drawing
from trackproof.demo.labelling import CATEGORIES, exact_labels
from trackproof.demo.render import render
from trackproof.demo.scene import Scene, load_scene
from trackproof.labels.boxes import iou
from trackproof.progress import Cancelled


@pytest.fixture(scope="module")
def scene() -> Scene:
    return load_scene()


def test_scene_has_cars_and_people_that_come_go_and_cross(scene: Scene) -> None:
    kinds = {actor.category for actor in scene.actors}
    assert kinds == {category.name for category in CATEGORIES}
    assert scene.frames == 300
    assert (scene.camera.width, scene.camera.height) == (1280, 720)
    assert len({actor.name for actor in scene.actors}) == len(scene.actors)
    assert np.ptp(scene.camera.yaw_deg[:, 1]) > 5


def test_point_straight_ahead_lands_on_the_horizon_line_of_the_tilt(scene: Scene) -> None:
    far = np.array([[0.0, scene.camera.height_m, 1e6]])
    pixel = scene.camera.project_turned(far, 0.0)[0]
    drop = scene.camera.focal_px * np.tan(np.radians(scene.camera.pitch_deg))
    assert pixel == pytest.approx((scene.camera.width / 2, scene.camera.height / 2 - drop), abs=0.5)


def test_drawn_box_holds_every_changed_pixel_of_a_person(scene: Scene) -> None:
    actor = next(a for a in scene.actors if a.name == "Person:1")
    empty = drawing.view(drawing.background(scene.camera, seed=1), scene.camera, frame=40)
    picture = empty.copy()
    x, y, width, height = drawing.draw_actor(picture, actor, scene.camera, frame=40)
    changed = np.argwhere((picture != empty).any(axis=2))
    # The shadow lies on the ground and may reach out sideways; above the feet only the person is.
    body = changed[changed[:, 0] < y + height - 30]
    assert body[:, 0].min() == pytest.approx(y, abs=1.5)
    assert body[:, 1].min() >= x - 1.5
    assert body[:, 1].max() <= x + width + 1.5


def test_background_turns_with_the_objects(scene: Scene) -> None:
    """A pan moves the painted kerb exactly as it moves a point on the kerb."""
    backdrop = np.zeros_like(drawing.background(scene.camera, seed=1))
    point = np.array([[2.0, 0.0, 15.0]])
    m = drawing.BACKGROUND_MARGIN
    x, y = np.round(scene.camera.project_turned(point, 0.0)[0]).astype(int) + m
    cv2.circle(backdrop, (int(x), int(y)), 4, (255, 255, 255), -1)
    seen = drawing.view(backdrop, scene.camera, frame=130)
    rows, columns = np.nonzero(seen[..., 0] > 128)
    expected = scene.camera.project(point, frame=130)[0]
    assert (columns.mean(), rows.mean()) == pytest.approx(tuple(expected), abs=1.0)


def test_rendering_writes_every_frame_and_the_same_labels_each_time(
    scene: Scene, tmp_path: Path
) -> None:
    short = dataclasses.replace(scene, frames=2)
    first = exact_labels(short, render(short, tmp_path, tmp_path / "a.mp4"))
    again = exact_labels(short, render(short, tmp_path, tmp_path / "b.mp4"))
    assert sorted(p.name for p in tmp_path.glob("*.jpg")) == list(first.frame_names)
    assert first.labels.table.equals(again.labels.table)
    flat = first.labels.table.flat.rows.xywh
    assert (flat[:, 2:] > 0).all()
    assert (flat[:, 0] + flat[:, 2] <= 1280).all()
    assert (iou(flat, flat) == 1).all()


def test_cancelled_rendering_stops(scene: Scene, tmp_path: Path) -> None:
    class Impatient:
        def step(self, done: int, total: int) -> None:
            if done == 2:
                raise Cancelled

    with pytest.raises(Cancelled):
        render(scene, tmp_path, tmp_path / "a.mp4", progress=Impatient())
    assert len(list(tmp_path.glob("*.jpg"))) == 2
