"""Polygons, polylines and keypoints by mouse and by keys, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from trackproof.desktop.editing import vertices
from trackproof.desktop.editing.vertices import Part
from trackproof.labels import Category, DeleteBoxes, FrameRanges, PutVertices, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
TRIANGLE = [(60.0, 90.0), (100.0, 90.0), (80.0, 120.0)]


def point(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.view.to_widget(QPointF(x, y)).toPoint()


def click(
    qtbot: QtBot,
    canvas: Canvas,
    x: float,
    y: float,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.mouseMove(canvas, point(canvas, x, y))
    qtbot.mouseClick(canvas, LEFT, modifier, point(canvas, x, y))


def drag(
    qtbot: QtBot, canvas: Canvas, start: tuple[float, float], end: tuple[float, float]
) -> None:
    qtbot.mousePress(canvas, LEFT, pos=point(canvas, *start))
    qtbot.mouseMove(canvas, point(canvas, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    qtbot.mouseMove(canvas, point(canvas, *end))
    qtbot.mouseRelease(canvas, LEFT, pos=point(canvas, *end))


def outline(session: Session, track: int = 1, frame: int = 10) -> list[tuple[float, ...]]:
    assert session.labels is not None
    block = session.labels.table.blocks[track]
    row = block.row_at(frame)
    assert row is not None
    return [tuple(one) for one in block.vertices_of(row).tolist()]


@pytest.fixture
def triangle(canvas: Canvas, session: Session) -> Canvas:
    """The canvas with object 1 a triangle at frame 10."""
    session.apply(PutVertices(1, 10, Shape.POLYGON, tuple(TRIANGLE)))
    return canvas


def test_clicks_draw_a_polygon_and_enter_closes_it_as_one_step(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.at(10)))
    qtbot.keyClick(canvas, Qt.Key.Key_B, SHIFT)
    for at in (*TRIANGLE, (70.0, 110.0)):
        click(qtbot, canvas, *at)
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(session.history) == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert outline(session) == TRIANGLE
    assert session.history[1:] == ("draw Vehicle:2 at frame 10",)


def test_a_click_on_the_first_vertex_closes_a_polygon(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.apply(DeleteBoxes((1,), FrameRanges.at(10)))
    qtbot.keyClick(canvas, Qt.Key.Key_B, SHIFT)
    for at in (*TRIANGLE, TRIANGLE[0]):
        click(qtbot, canvas, *at)
    assert outline(session) == TRIANGLE


def test_a_double_click_ends_a_polyline_of_a_new_object(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_B, CONTROL | SHIFT)
    click(qtbot, canvas, 40.0, 50.0)
    click(qtbot, canvas, 70.0, 60.0)
    qtbot.mouseDClick(canvas, LEFT, pos=point(canvas, 70.0, 60.0))
    assert session.track == 3
    assert outline(session, 3) == [(40.0, 50.0), (70.0, 60.0)]
    session.undo()
    assert session.labels is not None
    assert len(session.labels.table.tracks) == 3


def test_escape_leaves_without_a_shape(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_B, ALT)
    click(qtbot, canvas, 40.0, 50.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert not [name for name in session.history if name.startswith("draw")]
    assert session.track == 1


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_category_is_asked_where_there_are_several(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    object.__setattr__(session.labels, "categories", (Category("car"), Category("person")))
    qtbot.keyClick(canvas, Qt.Key.Key_B, ALT)
    click(qtbot, canvas, 40.0, 50.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    [menu] = [one for one in canvas.findChildren(QMenu) if one.isVisible()]
    menu.actions()[1].trigger()
    menu.close()
    assert session.labels is not None
    assert session.labels.table.tracks[3].object_name == "person:1"
    assert outline(session, 3) == [(40.0, 50.0)]


def test_a_vertex_is_dragged_and_snaps_to_the_border(
    triangle: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, triangle, TRIANGLE[0], (70.0, 80.0))
    assert outline(session)[0] == (70.0, 80.0)
    assert session.history[-1] == "move a vertex of Vehicle:2 at frame 10"
    drag(qtbot, triangle, (80.0, 120.0), (81.0, 239.0))
    assert outline(session)[2] == (81.0, 240.0)


def test_the_middle_of_an_edge_gives_a_vertex_and_alt_click_takes_it(
    triangle: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, triangle, (80.0, 90.0), (80.0, 70.0))
    assert outline(session) == [TRIANGLE[0], (80.0, 70.0), *TRIANGLE[1:]]
    click(qtbot, triangle, 80.0, 70.0, ALT)
    assert outline(session) == TRIANGLE
    click(qtbot, triangle, *TRIANGLE[1], ALT)
    assert outline(session) == TRIANGLE
    assert session.history[-1] == "remove a vertex of Vehicle:2 at frame 10"


def test_a_clicked_vertex_is_deleted_by_key_and_the_shape_stays(
    triangle: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, triangle, (80.0, 90.0), (80.0, 70.0))
    click(qtbot, triangle, *TRIANGLE[2])
    qtbot.keyClick(triangle, Qt.Key.Key_Delete)
    assert outline(session) == [TRIANGLE[0], (80.0, 70.0), TRIANGLE[1]]


def test_keys_walk_add_and_move_vertices(
    triangle: Canvas, session: Session, qtbot: QtBot, enabled: Callable[[str], None]
) -> None:
    enabled("edit.next_vertex")
    qtbot.keyClick(triangle, Qt.Key.Key_V, SHIFT)
    qtbot.keyClick(triangle, Qt.Key.Key_Right, ALT)
    qtbot.keyClick(triangle, Qt.Key.Key_Right, ALT)
    assert outline(session)[0] == (62.0, 90.0)
    qtbot.keyClick(triangle, Qt.Key.Key_Insert)
    assert outline(session)[:2] == [(62.0, 90.0), (81.0, 90.0)]
    qtbot.keyClick(triangle, Qt.Key.Key_V, CONTROL | SHIFT)
    qtbot.keyClick(triangle, Qt.Key.Key_Down, ALT | SHIFT)
    assert outline(session)[0] == (62.0, 100.0)
    qtbot.keyClick(triangle, Qt.Key.Key_Escape)
    qtbot.keyClick(triangle, Qt.Key.Key_Left, ALT)
    assert outline(session)[1] == (80.0, 90.0)


def test_a_shape_begun_by_keys_alone_can_be_finished_by_keys(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.select_track(-1)
    qtbot.keyClick(canvas, Qt.Key.Key_B, SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert session.track == 3
    assert len(outline(session, 3)) == 4
    session.select_track(-1)
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert session.track == 4
    assert session.labels is not None
    assert min(session.labels.table.blocks[4].xywh[0]) > 2


def test_dragging_inside_a_shape_moves_all_of_it(
    triangle: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, triangle, (80.0, 103.0), (85.0, 113.0))
    assert outline(session) == [(x + 5.0, y + 10.0) for x, y in TRIANGLE]


def test_a_vertex_wins_over_the_middle_of_an_edge() -> None:
    square = [(0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0)]
    assert vertices.part_at(square, (3.0, 2.0), Shape.POLYGON) == Part(0)
    assert vertices.part_at(square, (30.0, 2.0), Shape.POLYGON) == Part(1, is_edge=True)
    assert vertices.part_at(square, (0.0, 30.0), Shape.POLYGON) == Part(4, is_edge=True)
    assert vertices.part_at(square, (0.0, 30.0), Shape.POLYLINE) is None
    assert vertices.part_at(square, (30.0, 2.0), Shape.KEYPOINT) is None
