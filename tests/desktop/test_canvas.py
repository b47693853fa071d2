"""The canvas: one view, one token, the mouse, and words for what cannot be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.building import HEIGHT, WIDTH, level_of
from trackproof.desktop.canvas import Canvas, ColourBy

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.session import Session


@pytest.fixture
def canvas(open_session: Session, qtbot: QtBot) -> Canvas:
    """A shown canvas of 640 x 480 over the open session."""
    made = Canvas(open_session)
    qtbot.addWidget(made)
    made.resize(640, 480)
    with qtbot.waitExposed(made):
        made.show()
    made.fit()
    return made


def attach(session: Session, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.frames_changed):
        session.attach_frames(folder)
    qtbot.waitUntil(lambda: session.picture(session.frame) is not None)


def widget_point(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.view.to_widget(QPointF(x, y)).toPoint()


def middle_of(canvas: Canvas) -> QPointF:
    return QPointF(canvas.width() / 2, canvas.height() / 2)


def wheel(canvas: Canvas, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def drag(canvas: Canvas, button: Qt.MouseButton, start: QPoint, end: QPoint, qtbot: QtBot) -> None:
    qtbot.mousePress(canvas, button, pos=start)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(end),
        canvas.mapToGlobal(QPointF(end)),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, button, pos=end)


def test_wheel_keeps_the_pixel_under_the_cursor(canvas: Canvas) -> None:
    at = QPointF(200.0, 150.0)
    before = canvas.view.to_picture(at)
    scale = canvas.view.scale
    wheel(canvas, at, 3)
    after = canvas.view.to_picture(at)
    assert canvas.view.scale > scale
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_middle_drag_moves_the_picture(canvas: Canvas, qtbot: QtBot) -> None:
    before = canvas.view.origin
    drag(canvas, Qt.MouseButton.MiddleButton, QPoint(100, 100), QPoint(130, 90), qtbot)
    moved = canvas.view.origin - before
    assert (moved.x(), moved.y()) == (30.0, -10.0)


def test_space_with_drag_pans_and_does_not_play(canvas: Canvas, qtbot: QtBot) -> None:
    before = canvas.view.origin
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    drag(canvas, Qt.MouseButton.LeftButton, QPoint(100, 100), QPoint(90, 120), qtbot)
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    moved = canvas.view.origin - before
    assert (moved.x(), moved.y()) == (-10.0, 20.0)
    assert not canvas._session.is_playing


def test_view_stays_when_the_frame_changes(canvas: Canvas, open_session: Session) -> None:
    wheel(canvas, QPointF(300.0, 200.0), 4)
    view = canvas.view
    open_session.go_to(7)
    assert canvas.view == view


def test_fitted_picture_stays_fitted_when_the_widget_grows(canvas: Canvas) -> None:
    scale = canvas.view.scale
    canvas.resize(900, 700)
    assert canvas.view.is_fitted
    assert canvas.view.scale > scale


def test_click_on_a_box_selects_its_track(
    canvas: Canvas, open_session: Session, qtbot: QtBot
) -> None:
    at = widget_point(canvas, 40, 100)
    with qtbot.waitSignal(open_session.track_changed):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert open_session.track == 1
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=widget_point(canvas, 300, 230))
    assert open_session.track == -1


def test_double_click_brings_the_object_near_and_then_fits(
    canvas: Canvas, open_session: Session, qtbot: QtBot
) -> None:
    open_session.go_to(30)
    fitted = canvas.view.scale
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=widget_point(canvas, 160, 100))
    assert canvas.view.scale > fitted
    middle = canvas.view.to_picture(middle_of(canvas))
    assert (middle.x(), middle.y()) == pytest.approx((160.0, 105.0))


def test_cursor_tells_the_pixel_and_leaves_quietly(canvas: Canvas, qtbot: QtBot) -> None:
    told: list[QPoint | None] = []
    canvas.pixel_changed.connect(told.append)
    qtbot.mouseMove(canvas, widget_point(canvas, 10.5, 20.5))
    qtbot.mouseMove(canvas, QPoint(1, 1))
    assert told[0] == QPoint(10, 20)
    assert told[-1] is None


def test_picture_and_labels_on_screen_are_of_one_frame(
    canvas: Canvas, open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    attach(open_session, pictures, qtbot)
    for frame in (3, 30, 12, 39, 0):
        open_session.go_to(frame)
        token = canvas.token
        assert canvas.marks.frame == token.frame
        if token.picture is not None:
            assert int(token.picture[0, 0, 0]) == level_of(token.frame)
    qtbot.waitUntil(lambda: canvas.token.frame == 0 and canvas.token.is_exact)
    assert canvas.grab().toImage().pixelColor(320, 460).blue() == pytest.approx(level_of(0), abs=3)


def test_missing_picture_is_said_in_words_and_the_rest_goes_on(
    canvas: Canvas, open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    (pictures / "000006.png").write_bytes(b"not a picture")
    attach(open_session, pictures, qtbot)
    open_session.go_to(5)
    qtbot.waitUntil(lambda: bool(canvas.token.problem))
    title, text = canvas._words()
    assert title == "Frame 5 cannot be shown"
    assert "000006" in text
    open_session.go_to(6)
    qtbot.waitUntil(lambda: canvas.token.picture is not None and canvas.token.is_exact)
    assert canvas._words() == ("", "")


def test_labels_without_pictures_are_drawn_on_an_empty_plane(canvas: Canvas) -> None:
    assert (canvas.plane().width(), canvas.plane().height()) == (WIDTH, HEIGHT)
    image = canvas.grab().toImage()
    edge = widget_point(canvas, 20.0, 100.0)
    colours = {image.pixelColor(edge.x() + dx, edge.y()).name() for dx in range(-2, 3)}
    assert canvas._session.theme.track_colour(1).name() in colours


def test_flagged_object_is_marked_by_its_flag(canvas: Canvas, open_session: Session) -> None:
    open_session.select_flag(open_session.flags[0])
    flagged = [mark for mark in canvas.marks.marks if mark.flag is not None]
    assert [mark.track for mark in flagged] == [open_session.flags[0].track]
    assert flagged[0].is_selected


def test_dismissed_flag_leaves_the_picture(canvas: Canvas, open_session: Session) -> None:
    flags = [flag for flag in open_session.flags if flag.frame_start <= 20 <= flag.frame_end]
    open_session.go_to(20)
    assert any(mark.flag is not None for mark in canvas.marks.marks)
    open_session.judge(flags, "dismissed")
    assert not any(mark.flag is not None for mark in canvas.marks.marks)


def test_flag_under_review_is_brought_near_unless_told_otherwise(
    canvas: Canvas, open_session: Session
) -> None:
    fitted = canvas.view
    canvas.set_options(replace(canvas.options, zooms_to_flag=False))
    open_session.select_flag(open_session.flags[0])
    assert canvas.view == fitted
    open_session.select_flag(None)
    canvas.set_options(replace(canvas.options, zooms_to_flag=True))
    open_session.select_flag(open_session.flags[0])
    assert canvas.view.scale > fitted.scale


def test_hidden_isolated_and_flagged_objects(canvas: Canvas, open_session: Session) -> None:
    def drawn() -> list[int]:
        return [mark.track for mark in canvas.marks.marks]

    canvas.set_options(replace(canvas.options, hidden_tracks=frozenset({1})))
    assert drawn() == [0, 2]
    canvas.set_options(replace(canvas.options, isolated_track=2))
    assert drawn() == [2]
    canvas.set_options(
        replace(canvas.options, hidden_tracks=frozenset(), isolated_track=-1, only_flagged=True)
    )
    open_session.go_to(20)
    assert drawn() == [0]


def test_trail_and_onion_skin_follow_the_selected_object(
    canvas: Canvas, open_session: Session
) -> None:
    open_session.select_track(1)
    open_session.go_to(10)
    canvas.set_options(replace(canvas.options, trail=3, has_onion=True))
    [trail] = canvas.marks.trails
    assert trail.points.size() == 7
    assert trail.now == 3
    before, after = canvas.marks.onion
    assert before.rect.left() < after.rect.left()


def test_followed_object_stays_in_the_middle(canvas: Canvas, open_session: Session) -> None:
    open_session.select_track(1)
    canvas.zoom(3.0)
    canvas.set_options(replace(canvas.options, follows_track=True))
    for frame in (10, 11, 12):
        open_session.go_to(frame)
        middle = canvas.view.to_picture(middle_of(canvas))
        assert middle.x() == pytest.approx(20.0 + 4.0 * frame + 20.0, abs=1.0)


def test_tone_changes_the_screen_and_not_the_picture(
    canvas: Canvas, open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    attach(open_session, pictures, qtbot)
    open_session.go_to(10)
    qtbot.waitUntil(lambda: canvas.token.frame == 10 and canvas.token.is_exact)
    plain = canvas.grab().toImage().pixelColor(320, 460).blue()
    canvas.set_options(replace(canvas.options, brightness=0.3))
    assert canvas.grab().toImage().pixelColor(320, 460).blue() > plain + 40
    picture = open_session.picture(10)
    assert picture is not None
    assert int(picture[0, 0, 0]) == level_of(10)


@pytest.mark.parametrize("by", list(ColourBy))
def test_every_meaning_of_colour_is_drawn(canvas: Canvas, by: ColourBy) -> None:
    canvas.set_options(replace(canvas.options, colour_by=by))
    assert not canvas.grab().isNull()


def test_tool_tip_describes_the_annotation(canvas: Canvas) -> None:
    text = canvas._flagged.describe(1, 0)
    assert "Vehicle:2" in text
    assert "car" in text
    assert "40 x 30 px at (20, 90)" in text


def test_scrubbing_past_the_cache_shows_the_nearest_frame_and_says_so(
    canvas: Canvas, open_session: Session, pictures: Path, qtbot: QtBot
) -> None:
    attach(open_session, pictures, qtbot)
    cache = open_session.cache
    assert cache is not None
    cache.set_budget(WIDTH * HEIGHT * 3)
    open_session.go_to(39)
    token = canvas.token
    if not token.is_exact:
        assert canvas.marks.frame == token.frame
        assert "39" in canvas._words()[1]
    qtbot.waitUntil(lambda: canvas.token.frame == 39 and canvas.token.is_exact)


def test_a_flag_as_wide_as_the_picture_does_not_shrink_it(canvas: Canvas) -> None:
    canvas.fit()
    whole = canvas.view.scale
    canvas.zoom_to(QRectF(5, 100, 300, 30))
    assert canvas.view.scale == whole
    assert canvas.view.is_fitted
    canvas.zoom_to(QRectF(20, 90, 40, 30))
    assert canvas.view.scale > whole
