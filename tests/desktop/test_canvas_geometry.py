"""Pure parts of the canvas: view, hit test, places of names, tones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from trackproof.desktop.canvas.hit import hit
from trackproof.desktop.canvas.names import place_names
from trackproof.desktop.canvas.tone import tone_table, toned
from trackproof.desktop.canvas.view import View, around, fitted

coordinate = st.floats(-2000.0, 2000.0)


@given(x=coordinate, y=coordinate, factor=st.floats(0.1, 10.0), scale=st.floats(0.05, 20.0))
def test_zoom_keeps_the_point_under_the_cursor(
    x: float, y: float, factor: float, scale: float
) -> None:
    view = View(scale=scale, origin=QPointF(13.0, -7.0))
    at = QPointF(x, y)
    before, after = view.to_picture(at), view.zoomed(factor, at=at).to_picture(at)
    assert after.x() == pytest.approx(before.x(), abs=1e-6)
    assert after.y() == pytest.approx(before.y(), abs=1e-6)


@given(x=coordinate, y=coordinate, scale=st.floats(0.05, 20.0))
def test_widget_and_picture_positions_are_inverse(x: float, y: float, scale: float) -> None:
    view = View(scale=scale, origin=QPointF(5.0, 9.0))
    back = view.to_picture(view.to_widget(QPointF(x, y)))
    assert (back.x(), back.y()) == pytest.approx((x, y), abs=1e-6)


@given(
    width=st.floats(1.0, 8000.0),
    height=st.floats(1.0, 8000.0),
    room=st.floats(50.0, 4000.0),
)
def test_fitted_picture_lies_inside_in_the_middle(width: float, height: float, room: float) -> None:
    widget = QSizeF(room, room * 0.6)
    placed = fitted(QSizeF(width, height), widget).transform().mapRect(QRectF(0, 0, width, height))
    centre = placed.center()
    assert (centre.x(), centre.y()) == pytest.approx((room / 2, room * 0.3), abs=1e-6)
    assert placed.width() <= room + 1e-6 or width * 0.02 > room


def test_view_around_a_box_puts_it_in_the_middle() -> None:
    widget = QSizeF(800.0, 600.0)
    view = around(QRectF(100.0, 50.0, 40.0, 80.0), widget)
    middle = view.to_picture(QPointF(400.0, 300.0))
    assert (middle.x(), middle.y()) == pytest.approx((120.0, 90.0))


def test_hit_takes_the_smallest_box_then_walks_through_the_pile() -> None:
    boxes = np.array([[0.0, 0.0, 100.0, 100.0], [10.0, 10.0, 20.0, 20.0], [200.0, 0.0, 5.0, 5.0]])
    assert hit(boxes, x=15, y=15, reach=0) == 1
    assert hit(boxes, x=15, y=15, reach=0, preferred=1) == 0
    assert hit(boxes, x=15, y=15, reach=0, preferred=0) == 1
    assert hit(boxes, x=150, y=50, reach=0) is None
    assert hit(boxes, x=207, y=2, reach=3) == 2


def test_hit_on_no_boxes_is_none() -> None:
    assert hit(np.empty((0, 4)), x=1, y=1, reach=5) is None


boxes = st.lists(
    st.tuples(st.floats(0, 380), st.floats(0, 280), st.floats(1, 120), st.floats(1, 120)),
    max_size=25,
)


@given(boxes=boxes)
def test_names_never_cover_each_other_and_stay_inside(
    boxes: list[tuple[float, float, float, float]],
) -> None:
    bounds = QRectF(0, 0, 400, 300)
    rects = [QRectF(*box) for box in boxes]
    placed = place_names(rects, [QSizeF(50, 14)] * len(rects), bounds)
    shown = [place for place in placed if place is not None]
    for i, place in enumerate(shown):
        assert bounds.contains(place)
        assert not any(place.intersects(other) for other in shown[i + 1 :])


def test_favoured_name_is_shown_even_without_room() -> None:
    rects = [QRectF(10, 10, 20, 20)] * 12
    placed = place_names(rects, [QSizeF(60, 14)] * 12, QRectF(0, 0, 90, 60), firsts=[11])
    assert placed[11] is not None


def test_box_outside_the_view_gets_no_name() -> None:
    placed = place_names([QRectF(-500, 0, 20, 20)], [QSizeF(50, 14)], QRectF(0, 0, 400, 300))
    assert placed == [None]


def test_neutral_tones_change_nothing() -> None:
    table = tone_table(brightness=0.0, contrast=1.0, gamma=1.0)
    assert np.array_equal(table, np.arange(256))


@given(brightness=st.floats(-1.0, 1.0), contrast=st.floats(0.1, 5.0), gamma=st.floats(0.1, 5.0))
def test_tones_never_turn_dark_and_bright_around(
    brightness: float, contrast: float, gamma: float
) -> None:
    table = tone_table(brightness=brightness, contrast=contrast, gamma=gamma)
    assert np.all(np.diff(table.astype(int)) >= 0)


def test_toned_leaves_the_picture_alone() -> None:
    picture = np.full((4, 4, 3), 100, dtype=np.uint8)
    brighter = toned(picture, brightness=0.2, contrast=1.0, gamma=1.0)
    assert np.all(picture == 100)
    assert np.all(brighter == 151)


@given(
    st.floats(0.05, 20.0),
    st.floats(-5000.0, 5000.0),
    st.floats(-5000.0, 5000.0),
)
def test_kept_view_leaves_no_room_empty_beside_a_picture_that_could_fill_it(
    scale: float, left: float, top: float
) -> None:
    picture, widget = QSizeF(640, 480), QSizeF(800, 300)
    kept = View(scale=scale, origin=QPointF(left, top)).kept_on(picture, widget)
    assert kept.scale == scale
    for origin, shown, room in (
        (kept.origin.x(), 640 * scale, 800.0),
        (kept.origin.y(), 480 * scale, 300.0),
    ):
        if shown >= room:
            assert origin <= 1e-6
            assert origin + shown >= room - 1e-6
        else:
            assert origin == pytest.approx((room - shown) / 2)
