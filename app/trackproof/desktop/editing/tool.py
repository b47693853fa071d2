"""Boxes by mouse: move, resize and draw on the canvas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPen, QTransform

from trackproof.desktop.canvas.brushes import under
from trackproof.desktop.canvas.marks import Ghost
from trackproof.desktop.editing import grips
from trackproof.desktop.editing.creation import create
from trackproof.desktop.editing.desk import EditDesk
from trackproof.labels import PutBox

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.canvas.marks import Mark, Marks
    from trackproof.desktop.editing.grips import Grip, Rect
    from trackproof.desktop.session import Session

STARTS_AFTER = 3.0
"""Widget pixels that the mouse moves before a press becomes a drag."""
SNAPS_AT = 6.0
"""Widget pixels from the picture's border at which an edge snaps to it."""
SAID_FOR_MS = 4000
HANDLE = 7
LEAST_DRAWN = 3.0
"""A new box smaller than this, picture pixels, was a click."""

CURSORS: dict[Grip, Qt.CursorShape] = {
    (0, 0): Qt.CursorShape.SizeAllCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
}


@dataclass(frozen=True, slots=True)
class Drag:
    """A press, and what became of it.

    Parameters
    ----------
    grip : Grip or None
        What is held; None while a new box is drawn.
    start : Rect
        The box before, picture pixels; the first corner of a new one.
    pressed : QPointF
        Where the button went down, widget pixels.
    origin : QPointF
        The same place in picture pixels, so that zooming does not move the drag.
    now : Rect or None
        The box as it would be; None before the mouse moved.
    """

    grip: Grip | None
    start: Rect
    pressed: QPointF
    origin: QPointF
    now: Rect | None = None


class BoxTool(QObject):
    """Moves and resizes the selected box of one canvas, and draws new ones.

    While the button is down, only a rectangle is drawn: the labels change once, on release.
    """

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._desk = EditDesk.of(session)
        self._drag: Drag | None = None
        self._is_drawing = False
        self._said = ""
        self._said_timer = QTimer(self)
        self._said_timer.setSingleShot(True)
        self._said_timer.setInterval(SAID_FOR_MS)
        self._said_timer.timeout.connect(self._forget_said)
        self._desk.said.connect(self._say)
        self._desk.new_box_asked.connect(self._start_drawing)
        for signal in (session.frame_changed, session.track_changed, session.labels_changed):
            signal.connect(self._drop)
        session.sequence_changed.connect(self.cancel)
        canvas.set_tool(self)

    # -- what the canvas asks

    @property
    def is_busy(self) -> bool:
        """Whether Escape has something to give up."""
        return self._drag is not None or self._is_drawing

    @property
    def hint(self) -> str:
        """What to do now, or what was just done."""
        if self._drag is not None and self._drag.now is not None:
            left, top, width, height = self._drag.now
            return f"{left:g}, {top:g}    {width:g} × {height:g} px"
        if self._is_drawing:
            return f"Draw a box for {self._drawn_name()}. Esc leaves."
        return self._said

    def press(self, at: QPointF) -> bool:
        """Take hold of the selected box, or begin a new one."""
        self._forget_said()
        if not self._can_edit():
            return False
        origin = self._canvas.view.to_picture(at)
        if self._is_drawing:
            self._drag = Drag(None, (origin.x(), origin.y(), 0.0, 0.0), at, origin)
            return True
        grip, box = self._grip_at(at), self._desk.box
        if grip is None or box is None:
            return False
        self._drag = Drag(grip, box, at, origin)
        return True

    def move(self, at: QPointF) -> Qt.CursorShape:
        """Show where the box would go."""
        drag = self._drag
        if drag is None:
            if self._is_drawing:
                return Qt.CursorShape.CrossCursor
            grip = self._grip_at(at) if self._can_edit() else None
            return Qt.CursorShape.ArrowCursor if grip is None else CURSORS[grip]
        distance = (at - drag.pressed).manhattanLength()
        if drag.now is not None or distance >= STARTS_AFTER:
            self._drag = replace(drag, now=self._dragged(drag, at))
            self._canvas.update()
        return Qt.CursorShape.CrossCursor if drag.grip is None else CURSORS[drag.grip]

    def release(self, at: QPointF) -> None:
        """Change the labels by one step; a press without a drag was a click."""
        drag = self._drag
        if drag is None:
            return
        self._drag = None
        self._canvas.update()
        if drag.grip is None:
            self._finish_drawing(self._dragged(drag, at))
        elif drag.now is None:
            self._canvas.click(at)
        else:
            now = self._dragged(drag, at)
            if now != drag.start:
                self._desk.do(PutBox(self._session.track, self._session.frame, now), origin=self)

    def cancel(self) -> None:
        """Put the box back, and draw no new one."""
        self._is_drawing = False
        self._drop()
        self._canvas.setCursor(Qt.CursorShape.ArrowCursor)

    def shown(self, marks: Marks) -> Marks:
        """Return the overlay with the box where the mouse holds it."""
        drag = self._drag
        if drag is None or drag.now is None or drag.grip is None:
            return marks
        rect = QRectF(*drag.now)
        moved = tuple(_placed(one, rect) if one.is_selected else one for one in marks.marks)
        was = tuple(
            Ghost(one.rect, "before", "before", one.colour)
            for one in marks.marks
            if one.is_selected
        )
        return replace(marks, marks=moved, onion=marks.onion + was)

    def paint(self, painter: QPainter, marks: Marks) -> None:
        """Paint the handles of the selected box, or the box that is being drawn."""
        transform = self._canvas.view.transform()
        drag = self._drag
        if drag is not None and drag.grip is None and drag.now is not None:
            accent = self._session.theme.accent
            rect = transform.mapRect(QRectF(*drag.now))
            for pen in (QPen(under(accent), 4.0), QPen(accent, 2.0)):
                painter.setPen(pen)
                painter.drawRect(rect)
        elif self._can_edit() and not self._is_drawing and self._canvas.options.has_boxes:
            for mark in marks.marks:
                if mark.is_selected:
                    self._paint_handles(painter, mark, transform)

    def _paint_handles(self, painter: QPainter, mark: Mark, transform: QTransform) -> None:
        outline = under(mark.colour)
        for x, y in grips.handles(_rect_of(transform.mapRect(mark.rect))).values():
            handle = QRectF(0, 0, HANDLE, HANDLE)
            handle.moveCenter(QPointF(round(x), round(y)))
            painter.fillRect(handle.adjusted(-1, -1, 1, 1), outline)
            painter.fillRect(handle, mark.colour)
            painter.fillRect(handle.adjusted(2, 2, -2, -2), outline)

    # -- inside

    def _can_edit(self) -> bool:
        """Whether the picture on screen is the session's frame, and stands still."""
        session = self._session
        return (
            session.labels is not None
            and self._canvas.marks.frame == session.frame
            and not session.is_playing
        )

    def _grip_at(self, at: QPointF) -> Grip | None:
        for mark in self._canvas.marks.marks:
            if mark.is_selected:
                rect = self._canvas.view.transform().mapRect(mark.rect)
                return grips.grip_at(_rect_of(rect), at.x(), at.y())
        return None

    def _dragged(self, drag: Drag, at: QPointF) -> Rect:
        canvas = self._canvas
        plane, reach = canvas.plane(), SNAPS_AT / canvas.view.scale
        border = plane.width(), plane.height()
        point = canvas.view.to_picture(at)
        if drag.grip is None:
            first = drag.origin.x(), drag.origin.y()
            return grips.drawn(first, (point.x(), point.y()), border=border, reach=reach)
        delta = point - drag.origin
        return grips.dragged(
            drag.start, drag.grip, dx=delta.x(), dy=delta.y(), border=border, reach=reach
        )

    def _drop(self, *_: object) -> None:
        self._drag = None
        self._canvas.update()

    def _start_drawing(self) -> None:
        self._session.pause()
        self._drop()
        self._is_drawing = True
        self._canvas.setFocus()
        self._canvas.setCursor(Qt.CursorShape.CrossCursor)

    def _drawn_name(self) -> str:
        return self._desk.name if self._desk.is_absent else "a new object"

    def _finish_drawing(self, box: Rect) -> None:
        if min(box[2:]) < LEAST_DRAWN:
            return
        self.cancel()
        create(self._desk, box, self._canvas)

    def _say(self, text: str) -> None:
        self._said = text
        self._said_timer.start()
        self._canvas.update()

    def _forget_said(self) -> None:
        self._said = ""
        self._canvas.update()


def _rect_of(rect: QRectF) -> Rect:
    return rect.left(), rect.top(), rect.width(), rect.height()


def _placed(mark: Mark, rect: QRectF) -> Mark:
    """Return a mark in another rectangle, its vertices moved and stretched with it."""
    old = mark.rect
    across = rect.width() / old.width() if old.width() else 1.0
    down = rect.height() / old.height() if old.height() else 1.0
    there = QTransform.fromTranslate(-old.left(), -old.top())
    there *= QTransform.fromScale(across, down)
    there *= QTransform.fromTranslate(rect.left(), rect.top())
    return replace(mark, rect=rect, outline=there.map(mark.outline))
