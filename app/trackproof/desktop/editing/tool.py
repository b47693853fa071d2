"""Boxes and shapes by mouse: move, resize and draw on the canvas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPen, QTransform

from trackproof.desktop.canvas.brushes import under
from trackproof.desktop.canvas.marks import Ghost, Marks
from trackproof.desktop.editing import grips
from trackproof.desktop.editing.creation import create
from trackproof.desktop.editing.desk import EditDesk, Target
from trackproof.desktop.editing.original import OriginalBoxes
from trackproof.desktop.editing.vertex_tool import SNAPS_AT, STARTS_AFTER, VertexTool
from trackproof.labels import NO_IDENTITY, PutBox, Shape

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.canvas.marks import Mark
    from trackproof.desktop.editing.grips import Grip, Rect
    from trackproof.desktop.session import Session

SAID_FOR_MS = 4000
HANDLE = 7
PLAIN_SHARE = 0.15
"""Size of a box placed by keys, as a part of the picture's smaller side on screen."""
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
    Vertices of shapes go to a `VertexTool`, which is asked first.
    """

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._desk = EditDesk.of(session)
        self._vertices = VertexTool(session, canvas)
        self._original = OriginalBoxes.of(session)
        self._original.changed.connect(canvas.update)
        self._drag: Drag | None = None
        self._shown = Marks()
        self._shown_from = self._shown
        self._shown_of: tuple[object, ...] = ()
        self._is_drawing = False
        self._said = ""
        self._said_timer = QTimer(self)
        self._said_timer.setSingleShot(True)
        self._said_timer.setInterval(SAID_FOR_MS)
        self._said_timer.timeout.connect(self._forget_said)
        self._desk.said.connect(self._say)
        self._desk.new_box_asked.connect(self._start_drawing)
        self._desk.new_shape_asked.connect(self._stop_drawing)
        self._desk.chosen.connect(canvas.update)
        for signal in (session.frame_changed, session.track_changed, session.labels_changed):
            signal.connect(self._drop)
        session.sequence_changed.connect(self.cancel)
        canvas.set_tool(self)

    # -- what the canvas asks

    @property
    def is_busy(self) -> bool:
        """Whether Escape has something to give up."""
        is_holding = self._drag is not None or self._is_drawing
        return is_holding or self._vertices.is_busy or self._desk.detection is not None

    @property
    def hint(self) -> str:
        """What to do now, or what was just done."""
        if self._drag is not None and self._drag.now is not None:
            left, top, width, height = self._drag.now
            return f"{left:g}, {top:g}    {width:g} × {height:g} px"
        if self._is_drawing:
            return f"Draw a box for {self._drawn_name()}. Enter places a plain one, Esc leaves."
        return self._vertices.hint or self._said

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Take hold of the selected box or of a vertex, or begin a new box."""
        self._forget_said()
        if not self._can_edit():
            return False
        removes = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if not self._is_drawing and self._vertices.press(at, removes=removes):
            return True
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
            cursor = self._vertices.move(at) if self._can_edit() else None
            if cursor is not None:
                return cursor
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
        if self._vertices.release(at) or drag is None:
            return
        self._drag = None
        self._canvas.update()
        if drag.grip is None:
            self._finish_drawing(self._dragged(drag, at))
        elif drag.now is None:
            self._canvas.click(at)
        else:
            now, target = self._dragged(drag, at), self._desk.target
            if target is not None and now != drag.start:
                edit = PutBox(target.track, target.frame, now, target.place)
                self._desk.do(edit, origin=self)

    def double_click(self, at: QPointF) -> bool:
        """End the shape that is being drawn; False leaves it to the canvas."""
        del at
        return self._vertices.double_click()

    def picked(self, mark: Mark | None) -> None:
        """Take a detection that was clicked: it has no track that could be selected."""
        labels, frame = self._session.labels, self._session.frame
        if mark is None or mark.track != NO_IDENTITY or labels is None:
            self._desk.choose_detection(None)
            return
        tracks = labels.table.at(frame).track[: mark.row]
        place = int((tracks == NO_IDENTITY).sum())
        self._desk.choose_detection(Target(NO_IDENTITY, frame, place))

    def takes(self, key: int) -> bool:
        """Return whether a key is for the tool rather than for the window."""
        if key == Qt.Key.Key_Escape:
            return self.is_busy
        if self._is_drawing and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return True
        return self._vertices.takes(key)

    def key(self, key: int) -> None:
        """Leave, end a shape, or place a plain box."""
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif self._is_drawing:
            self._place_plain_box()
        else:
            self._vertices.key(key)

    def cancel(self) -> None:
        """Put the box back, draw no new one, and let go of what was chosen, one after another."""
        was_holding = self._drag is not None or self._is_drawing or self._vertices.is_busy
        self._is_drawing = False
        self._vertices.cancel()
        if not was_holding:
            self._desk.choose_detection(None)
        self._drop()
        self._canvas.setCursor(Qt.CursorShape.ArrowCursor)

    def shown(self, marks: Marks) -> Marks:
        """Return the overlay without the annotation that the mouse holds; kept while it holds."""
        key = (self._desk.detection, self._is_holding, self._original.state)
        if self._shown_from is not marks or self._shown_of != key:
            self._shown = self._still(marks)
            self._shown_from, self._shown_of = marks, key
        return self._shown

    def lifted(self, marks: Marks) -> Marks | None:
        """Return the annotation that the mouse holds, where it holds it."""
        if not self._is_holding:
            return None
        held = next((one for one in self._selected(marks).marks if one.is_selected), None)
        if held is None:
            return None
        drag = self._drag
        if drag is not None and drag.now is not None:
            held = _placed(held, QRectF(*drag.now))
        return Marks(frame=marks.frame, marks=(self._vertices.shown(held),))

    @property
    def _is_holding(self) -> bool:
        """Whether an annotation follows the mouse now."""
        drag = self._drag
        is_box = drag is not None and drag.now is not None and drag.grip is not None
        return is_box or self._vertices.is_dragging

    def _still(self, marks: Marks) -> Marks:
        selected = self._selected(marks)
        still = self._original.added_to(selected)
        if not self._is_holding:
            return still
        was = tuple(
            Ghost(one.rect, "before", "before", one.colour)
            for one in selected.marks
            if one.is_selected
        )
        others = tuple(one for one in still.marks if not one.is_selected)
        return replace(still, marks=others, onion=still.onion + was)

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
            selected = next((mark for mark in marks.marks if mark.is_selected), None)
            self._vertices.paint(painter, selected)
            if selected is not None and selected.shape is Shape.BOX:
                self._paint_handles(painter, selected, transform)

    def _selected(self, marks: Marks) -> Marks:
        """Return the overlay with the chosen detection selected."""
        detection = self._desk.detection
        if detection is None or detection.frame != marks.frame:
            return marks
        rows = [mark.row for mark in marks.marks if mark.track == NO_IDENTITY]
        if detection.place >= len(rows):
            return marks
        chosen = rows[detection.place]
        return replace(
            marks,
            marks=tuple(
                replace(mark, is_selected=True) if mark.row == chosen else mark
                for mark in marks.marks
            ),
        )

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
        box = self._desk.box
        if box is None:
            return None
        rect = self._canvas.view.transform().mapRect(QRectF(*box))
        grip = grips.grip_at(_rect_of(rect), at.x(), at.y())
        # A shape is changed by its vertices; as a whole it only moves.
        is_shape = bool(self._desk.outline[1])
        return grips.MOVE if is_shape and grip is not None else grip

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
        self._vertices.drop()
        self._canvas.update()

    def _stop_drawing(self, _shape: object) -> None:
        self._is_drawing = False

    def _start_drawing(self) -> None:
        self._session.pause()
        self._vertices.cancel()
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

    def _place_plain_box(self) -> None:
        """Make a box in the middle of what is on screen, for those who work by keys."""
        canvas, plane = self._canvas, self._canvas.plane()
        middle = canvas.view.to_picture(QPointF(canvas.rect().center()))
        room = min(canvas.width(), canvas.height()) / canvas.view.scale
        half = max(round(PLAIN_SHARE * min(room, plane.width(), plane.height()) / 2), 2)
        border = plane.width(), plane.height()
        x = min(max(round(middle.x()), half), round(border[0]) - half)
        y = min(max(round(middle.y()), half), round(border[1]) - half)
        self._finish_drawing((float(x - half), float(y - half), 2.0 * half, 2.0 * half))

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
