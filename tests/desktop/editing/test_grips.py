"""Grips: what the mouse holds, and where a drag leads, without any window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackproof.desktop.editing import grips

BOX = (100.0, 50.0, 80.0, 60.0)
PICTURE = (640.0, 480.0)
places = st.floats(-50.0, 700.0)
lengths = st.floats(1.0, 400.0)
deltas = st.floats(-800.0, 800.0)


@pytest.mark.parametrize(
    ("at", "grip"),
    [
        ((140, 80), (0, 0)),
        ((100, 50), (-1, -1)),
        ((182, 112), (1, 1)),
        ((97, 80), (-1, 0)),
        ((140, 46), (0, -1)),
        ((140, 107), (0, 1)),
        ((90, 80), None),
        ((140, 120), None),
    ],
)
def test_place_of_the_mouse_tells_what_it_holds(
    at: tuple[float, float], grip: tuple[int, int] | None
) -> None:
    assert grips.grip_at(BOX, *at) == grip


def test_tiny_box_can_still_be_moved() -> None:
    assert grips.grip_at((10.0, 10.0, 6.0, 6.0), 13.0, 13.0) == grips.MOVE


def test_narrow_box_has_no_handles_in_its_middle() -> None:
    assert len(grips.handles(BOX)) == 8
    assert set(grips.handles((0.0, 0.0, 10.0, 10.0))) == {(-1, -1), (1, -1), (-1, 1), (1, 1)}


@given(places, places, lengths, lengths, deltas, deltas)
def test_a_move_keeps_the_size(
    left: float, top: float, width: float, height: float, dx: float, dy: float
) -> None:
    box = (left, top, width, height)
    moved = grips.dragged(box, grips.MOVE, dx=dx, dy=dy, border=PICTURE, reach=6.0)
    assert moved[2:] == box[2:]


@given(st.sampled_from(grips.HANDLES), places, places, lengths, lengths, deltas, deltas)
def test_a_resize_keeps_the_other_edges_and_never_turns_the_box_over(
    grip: tuple[int, int],
    left: float,
    top: float,
    width: float,
    height: float,
    dx: float,
    dy: float,
) -> None:
    box = (left, top, width, height)
    now = grips.dragged(box, grip, dx=dx, dy=dy, border=PICTURE, reach=6.0)
    for side, start, length in ((grip[0], 0, 2), (grip[1], 1, 3)):
        assert now[length] >= grips.SMALLEST - 1e-9
        if side >= 0:
            assert now[start] == box[start]
        if side <= 0:
            assert now[start] + now[length] == pytest.approx(box[start] + box[length])


def test_edges_snap_to_the_border_of_the_picture() -> None:
    def moved(dx: float) -> float:
        return grips.dragged(BOX, grips.MOVE, dx=dx, dy=0.0, border=PICTURE, reach=6.0)[0]

    assert moved(-96.0) == 0.0
    assert moved(455.0) == 560.0
    assert moved(-90.0) == 10.0
    right = grips.dragged(BOX, (1, 0), dx=463.0, dy=0.0, border=PICTURE, reach=6.0)
    assert right == (100.0, 50.0, 540.0, 60.0)


def test_an_axis_that_the_mouse_left_alone_does_not_snap() -> None:
    near = (3.0, 50.0, 80.0, 60.0)
    moved = grips.dragged(near, grips.MOVE, dx=0.2, dy=20.0, border=PICTURE, reach=6.0)
    assert moved == (3.0, 70.0, 80.0, 60.0)


@given(places, places, places, places)
def test_a_drawn_box_has_whole_pixels_and_lies_in_the_picture(
    x: float, y: float, other_x: float, other_y: float
) -> None:
    box = grips.drawn((x, y), (other_x, other_y), border=PICTURE, reach=6.0)
    assert all(value == round(value) for value in box)
    assert box[0] >= 0.0
    assert box[0] + box[2] <= PICTURE[0]
    assert box[1] >= 0.0
    assert box[1] + box[3] <= PICTURE[1]
