"""Following an object into the next picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.frames.following import by_motion, by_picture, follow

BOX = np.array([60.0, 50.0, 40.0, 30.0])
STEP = np.array([6.0, 0.0, 0.0, 0.0])


def scene(dx: int, dy: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two pictures: a textured patch on a quiet ground, moved in the second."""
    rng = np.random.default_rng(4)
    patch = rng.integers(0, 255, (30, 40, 3), dtype=np.uint8)
    patch = np.repeat(np.repeat(patch[::5, ::5], 5, axis=0), 5, axis=1)
    pictures = []
    for x, y in ((0, 0), (dx, dy)):
        picture = np.full((160, 200, 3), 90, dtype=np.uint8)
        picture[50 + y : 80 + y, 60 + x : 100 + x] = patch
        pictures.append(picture)
    return pictures[0], pictures[1]


@given(st.integers(-12, 12), st.integers(-9, 9))
def test_a_textured_patch_is_found_where_it_went(dx: int, dy: int) -> None:
    found = by_picture(*scene(dx, dy), BOX, guess_xywh=BOX)
    assert found is not None
    assert found == pytest.approx(BOX + np.array([dx, dy, 0, 0]), abs=1.0)


def test_a_picture_without_texture_says_nothing_and_motion_stands_in() -> None:
    plain = np.full((160, 200, 3), 90, dtype=np.uint8)
    frames = np.array([4, 5], dtype=np.int32)
    boxes = np.array([BOX - [6, 0, 0, 0], BOX])
    outside = np.array([BOX - [6000, 0, 0, 0], BOX - [5994, 0, 0, 0]])
    assert by_picture(plain, plain, outside[1], guess_xywh=outside[1]) is None
    found = follow(frames, outside, pictures=(plain, plain))
    assert not found.is_from_picture
    assert found.box_xywh.tolist() == (outside[1] + STEP).tolist()
    assert follow(frames, boxes).box_xywh.tolist() == (BOX + STEP).tolist()


def test_boxes_that_somebody_saw_go_on_by_their_motion() -> None:
    frames = np.array([4, 5], dtype=np.int32)
    boxes = np.array([BOX - [4, 0, 0, 0], BOX])
    found = follow(frames, boxes, pictures=scene(8, 0))
    assert not found.is_from_picture
    assert found.box_xywh.tolist() == (BOX + np.array([4, 0, 0, 0])).tolist()


@pytest.mark.parametrize(("guessed", "right_px"), [(2, 5.2), (4, 6.4), (5, 7.0), (40, 7.2)])
def test_the_longer_nobody_looked_the_more_the_picture_tells(guessed: int, right_px: float) -> None:
    frames = np.array([4, 5], dtype=np.int32)
    boxes = np.array([BOX - [4, 0, 0, 0], BOX])
    found = follow(frames, boxes, pictures=scene(8, 0), guessed=guessed)
    assert found.is_from_picture
    assert found.box_xywh == pytest.approx(BOX + np.array([right_px, 0, 0, 0]), abs=0.4)


def test_a_box_alone_goes_on_by_the_picture() -> None:
    found = follow(np.array([5], dtype=np.int32), BOX[None], pictures=scene(8, 0))
    assert found.is_from_picture
    assert found.box_xywh == pytest.approx(BOX + np.array([8, 0, 0, 0]), abs=0.4)


def test_old_boxes_say_nothing_about_the_motion_now() -> None:
    frames = np.array([1, 30], dtype=np.int32)
    boxes = np.array([BOX - [500, 0, 0, 0], BOX])
    assert by_motion(frames, boxes).tolist() == BOX.tolist()


def test_pictures_of_other_sizes_are_no_pair() -> None:
    small, large = np.zeros((50, 50, 3), np.uint8), np.zeros((60, 50, 3), np.uint8)
    assert by_picture(small, large, BOX, guess_xywh=BOX) is None
