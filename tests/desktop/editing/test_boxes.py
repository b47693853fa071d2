"""Boxes by mouse and keys, in the real window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from trackproof.labels import Category

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session

LEFT = Qt.MouseButton.LeftButton
BOX = (60.0, 90.0, 40.0, 30.0)
"""Of object 1 at frame 10."""


def point(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.view.to_widget(QPointF(x, y)).toPoint()


def drag(
    qtbot: QtBot,
    canvas: Canvas,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    is_released: bool = True,
) -> None:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    qtbot.mouseMove(canvas, point(canvas, *start))
    qtbot.mousePress(canvas, LEFT, pos=point(canvas, *start))
    qtbot.mouseMove(canvas, point(canvas, *middle))
    qtbot.mouseMove(canvas, point(canvas, *end))
    if is_released:
        qtbot.mouseRelease(canvas, LEFT, pos=point(canvas, *end))


def box_of(session: Session, track: int = 1, frame: int = 10) -> tuple[float, ...] | None:
    assert session.labels is not None
    block = session.labels.table.block(track)
    row = None if block is None else block.row_at(frame)
    return None if block is None or row is None else tuple(block.xywh[row].tolist())


def test_dragging_the_selected_box_moves_it_as_one_step(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, canvas, (80.0, 105.0), (100.0, 125.0))
    assert box_of(session) == (80.0, 110.0, 40.0, 30.0)
    assert session.history == ("move Vehicle:2 at frame 10",)
    session.undo()
    assert box_of(session) == BOX


@pytest.mark.parametrize(
    ("start", "end", "box"),
    [
        ((60.0, 90.0), (50.0, 84.0), (50.0, 84.0, 50.0, 36.0)),
        ((100.0, 120.0), (120.0, 130.0), (60.0, 90.0, 60.0, 40.0)),
        ((100.0, 105.0), (110.0, 125.0), (60.0, 90.0, 50.0, 30.0)),
        ((80.0, 90.0), (90.0, 80.0), (60.0, 80.0, 40.0, 40.0)),
    ],
)
def test_handles_resize(
    canvas: Canvas,
    session: Session,
    qtbot: QtBot,
    start: tuple[float, float],
    end: tuple[float, float],
    box: tuple[float, ...],
) -> None:
    drag(qtbot, canvas, start, end)
    assert box_of(session) == box
    assert session.history == ("resize Vehicle:2 at frame 10",)


def test_a_drag_shows_the_box_and_leaves_the_labels_alone_until_release(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    labels = session.labels
    drag(qtbot, canvas, (80.0, 105.0), (100.0, 125.0), is_released=False)
    assert session.labels is labels
    image = canvas.grab().toImage()
    edge = point(canvas, 80.0, 118.0)
    colours = {image.pixelColor(edge.x() + dx, edge.y()).name() for dx in range(-3, 4)}
    assert session.theme.track_colour(1).name() in colours
    qtbot.mouseRelease(canvas, LEFT, pos=point(canvas, 100.0, 125.0))
    assert session.labels is not labels


def test_escape_puts_the_box_back_and_keeps_it_selected(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, canvas, (80.0, 105.0), (100.0, 125.0), is_released=False)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=point(canvas, 100.0, 125.0))
    assert box_of(session) == BOX
    assert session.history == ()
    assert session.track == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert session.track == -1


def test_dragging_a_box_that_is_not_selected_only_selects_it(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    session.select_track(2)
    drag(qtbot, canvas, (80.0, 105.0), (100.0, 125.0))
    assert session.track == 1
    assert box_of(session) == BOX


def test_space_and_the_middle_button_pan_over_the_selected_box(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    start, end = point(canvas, 80.0, 105.0), point(canvas, 90.0, 115.0)
    for is_space in (True, False):
        origin = canvas.view.origin
        button = LEFT if is_space else Qt.MouseButton.MiddleButton
        if is_space:
            qtbot.keyPress(canvas, Qt.Key.Key_Space)
        qtbot.mousePress(canvas, button, pos=start)
        qtbot.mouseMove(canvas, end)
        qtbot.mouseRelease(canvas, button, pos=end)
        if is_space:
            qtbot.keyRelease(canvas, Qt.Key.Key_Space)
        assert canvas.view.origin != origin
    assert box_of(session) == BOX


def test_an_edge_snaps_to_the_border(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    drag(qtbot, canvas, (80.0, 105.0), (21.0, 105.0))
    assert box_of(session) == (0.0, 90.0, 40.0, 30.0)


def test_arrows_move_and_resize_by_one_pixel_and_by_ten(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    alt, shift, control = (
        Qt.KeyboardModifier.AltModifier,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
    )
    qtbot.keyClick(canvas, Qt.Key.Key_Right, alt)
    assert box_of(session) == (61.0, 90.0, 40.0, 30.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Up, alt | shift)
    assert box_of(session) == (61.0, 80.0, 40.0, 30.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, control | shift)
    assert box_of(session) == (61.0, 80.0, 41.0, 30.0)
    qtbot.keyClick(canvas, Qt.Key.Key_Up, control | alt | shift)
    assert box_of(session) == (61.0, 80.0, 41.0, 20.0)
    assert session.frame == 10


def test_delete_takes_the_box_of_this_frame_and_says_so(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert box_of(session) is None
    assert box_of(session, frame=11) is not None
    assert canvas._words()[1].startswith("Deleted the box of Vehicle:2 at frame 10")
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert "no box in frame 10" in canvas._words()[1]


def test_b_draws_a_new_object(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    assert "a new object" in canvas._words()[1]
    drag(qtbot, canvas, (150.0, 60.0), (190.0, 100.0))
    assert session.track == 3
    assert box_of(session, 3) == (150.0, 60.0, 40.0, 40.0)
    assert session.history == ("add car:1 at frame 10",)
    drag(qtbot, canvas, (120.0, 60.0), (110.0, 50.0))
    assert len(session.history) == 1


def test_b_gives_the_selected_object_the_box_that_it_lacks(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    assert "Vehicle:2" in canvas._words()[1]
    drag(qtbot, canvas, (190.0, 100.0), (150.0, 60.0))
    assert box_of(session) == (150.0, 60.0, 40.0, 40.0)
    assert session.history[-1] == "add Vehicle:2 at frame 10"


def test_escape_leaves_drawing(canvas: Canvas, session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    drag(qtbot, canvas, (150.0, 60.0), (190.0, 100.0))
    assert session.history == ()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_where_there_are_categories_a_menu_asks_for_one(
    canvas: Canvas, session: Session, qtbot: QtBot
) -> None:
    assert session.labels is not None
    object.__setattr__(session.labels, "categories", (Category("car"), Category("person")))
    session.select_track(-1)
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    drag(qtbot, canvas, (150.0, 60.0), (190.0, 100.0))
    [menu] = [one for one in canvas.findChildren(QMenu) if one.objectName() == "new_object_menu"]
    assert [one.text() for one in menu.actions()] == ["New car  (car:1)", "New person  (person:1)"]
    menu.actions()[1].trigger()
    menu.close()
    assert session.history == ("add person:1 at frame 10",)
