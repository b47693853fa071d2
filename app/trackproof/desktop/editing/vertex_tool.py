"""Polygons, polylines and keypoints by mouse and keys on one canvas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from trackproof.desktop.canvas.brushes import under
from trackproof.desktop.editing import vertices
from trackproof.desktop.editing.creation import create
from trackproof.desktop.editing.desk import EditDesk
from trackproof.labels import AddVertex, MoveVertex, RemoveVertex, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.canvas.marks import Mark
    from trackproof.desktop.editing.vertices import Part, Point
    from trackproof.desktop.session import Session

STARTS_AFTER = 3.0
"""Widget pixels that the mouse moves before a press becomes a drag."""
SNAPS_AT = 6.0
"""Widget pixels from the picture's border at which a vertex snaps to it."""
HANDLE = 8.0
CHOSEN = 12.0
SPOT = 4.0
START_SHARE = 0.12
"""Size of a shape begun by keys, as a part of the picture's smaller side on screen."""

KINDS = {Shape.POLYGON: "polygon", Shape.POLYLINE: "polyline", Shape.KEYPOINT: "keypoints"}


@dataclass(frozen=True, slots=True)
class VertexDrag:
    """A press on a shape, and where its vertex is now."""

    part: Part
    pressed: QPointF
    now: Point | None = None


class VertexTool(QObject):
    """Draws shapes vertex by vertex, and moves, adds and removes vertices of the selected one."""

    def __init__(self, session: Session, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._desk = EditDesk.of(session)
        self._drag: VertexDrag | None = None
        self._shape = Shape.BOX
        self._points: list[Point] = []
        self._mouse: QPointF | None = None
        self._desk.new_shape_asked.connect(self._start_drawing)

    # -- what the canvas tool asks

    @property
    def is_drawing(self) -> bool:
        """Whether a shape is being drawn."""
        return self._shape is not Shape.BOX

    @property
    def is_dragging(self) -> bool:
        """Whether a vertex follows the mouse now."""
        return self._drag is not None and self._drag.now is not None

    @property
    def is_busy(self) -> bool:
        """Whether Escape has something to give up here."""
        return self.is_drawing or self._drag is not None or self._desk.vertex is not None

    @property
    def hint(self) -> str:
        """What to do next, or where the vertex is."""
        if self._drag is not None and self._drag.now is not None:
            return "{:g}, {:g}".format(*self._drag.now)
        if not self.is_drawing:
            return ""
        name = self._desk.name if self._desk.is_absent else "a new object"
        kind, lacking = KINDS[self._shape], vertices.lacking(self._points, self._shape)
        if not self._points:
            return f"Click the vertices of the {kind} for {name}. Enter places a plain one."
        if lacking:
            return f"{lacking} more for a {kind}. Backspace takes one back, Esc leaves."
        return "Enter or a double click ends it. Backspace takes one back, Esc leaves."

    def press(self, at: QPointF, *, removes: bool) -> bool:
        """Place a vertex, take hold of one, or remove it."""
        if self.is_drawing:
            self._place(at)
            return True
        part = self._part_at(at)
        if part is None:
            return False
        if removes and not part.is_edge:
            self._desk.choose_vertex(part.place)
            self.remove()
        else:
            self._drag = VertexDrag(part, at)
        return True

    def move(self, at: QPointF) -> Qt.CursorShape | None:
        """Follow the mouse; None when the place is none of this tool's."""
        self._mouse = at
        if self.is_drawing:
            self._canvas.update()
            return Qt.CursorShape.CrossCursor
        drag = self._drag
        if drag is None:
            return None if self._part_at(at) is None else Qt.CursorShape.PointingHandCursor
        if drag.now is not None or (at - drag.pressed).manhattanLength() >= STARTS_AFTER:
            self._drag = replace(drag, now=self._placed(at))
            self._canvas.update()
        return Qt.CursorShape.PointingHandCursor

    def release(self, at: QPointF) -> bool:
        """Move or add the held vertex as one step; without a drag, only choose it."""
        drag, self._drag = self._drag, None
        target = self._desk.target
        if drag is None:
            return self.is_drawing
        if target is not None and drag.now is not None:
            edit_of = AddVertex if drag.part.is_edge else MoveVertex
            place, xy = drag.part.place, self._placed(at)
            edit = edit_of(target.track, target.frame, place, xy, target.place)
            self._desk.do(edit, origin=self)
            self._desk.choose_vertex(place)
        elif not drag.part.is_edge:
            self._desk.choose_vertex(drag.part.place)
        self._canvas.update()
        return True

    def double_click(self) -> bool:
        """End the shape."""
        if not self.is_drawing:
            return False
        self.finish()
        return True

    def takes(self, key: int) -> bool:
        """Return whether a key is for the drawing."""
        return self.is_drawing and key in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Backspace,
        )

    def key(self, key: int) -> None:
        """End the shape, or take its last vertex back."""
        if key == Qt.Key.Key_Backspace:
            self._points = self._points[:-1]
            self._canvas.update()
            return
        if not self._points:
            self._points = self._plain_shape()
        self.finish()

    def cancel(self) -> None:
        """Draw nothing, hold nothing."""
        self._shape, self._points, self._drag = Shape.BOX, [], None
        self._desk.choose_vertex(None)
        self._canvas.update()

    def drop(self) -> None:
        """Let go of the vertex that the mouse holds."""
        self._drag = None

    def finish(self) -> None:
        """Make the shape when it has enough vertices."""
        if vertices.lacking(self._points, self._shape):
            return
        shape, points = self._shape, self._points
        self.cancel()
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
        create(self._desk, box, self._canvas, shape=shape, points=points)

    def remove(self) -> None:
        """Remove the chosen vertex."""
        target, vertex = self._desk.target, self._desk.vertex
        if target is None or vertex is None:
            return
        edit = RemoveVertex(target.track, target.frame, vertex, target.place)
        if self._desk.do(edit, origin=self):
            self._desk.choose_vertex(None)

    # -- painting

    def shown(self, mark: Mark) -> Mark:
        """Return the selected shape as the mouse holds it."""
        drag = self._drag
        if drag is None or drag.now is None:
            return mark
        points = mark.outline.toList()
        end = drag.part.place if drag.part.is_edge else drag.part.place + 1
        points[drag.part.place : end] = [QPointF(*drag.now)]
        outline = QPolygonF(points)
        return replace(mark, outline=outline, rect=outline.boundingRect())

    def paint(self, painter: QPainter, mark: Mark | None) -> None:
        """Paint the shape being drawn, else the vertices of the selected one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_drawing:
            self._paint_drawing(painter)
        elif mark is not None and mark.shape is not Shape.BOX:
            self._paint_vertices(painter, mark)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_drawing(self, painter: QPainter) -> None:
        accent = self._session.theme.accent
        points = self._on_canvas(self._points)
        ends = points if self._mouse is None else [*points, (self._mouse.x(), self._mouse.y())]
        line = QPolygonF([QPointF(*point) for point in ends])
        for pen in (QPen(under(accent), 4.0), QPen(accent, 2.0)):
            painter.setPen(pen)
            if self._shape is not Shape.KEYPOINT:
                painter.drawPolyline(line)
        is_closing = self._mouse is not None and vertices.closes(
            points, (self._mouse.x(), self._mouse.y()), self._shape
        )
        for place, point in enumerate(points):
            size = CHOSEN if place == 0 and is_closing else HANDLE
            _paint_square(painter, point, size, accent)

    def _paint_vertices(self, painter: QPainter, mark: Mark) -> None:
        points = self._on_canvas([(point.x(), point.y()) for point in mark.outline.toList()])
        painter.setPen(QPen(under(mark.colour), 1.0))
        painter.setBrush(mark.colour)
        for _, point in vertices.middles(points, mark.shape):
            painter.drawEllipse(QPointF(*point), SPOT, SPOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, point in enumerate(points):
            is_chosen = place == self._desk.vertex
            _paint_square(painter, point, CHOSEN if is_chosen else HANDLE, mark.colour)

    # -- inside

    def _start_drawing(self, shape: Shape) -> None:
        if self._session.labels is None:
            return
        self._session.pause()
        self.cancel()
        self._shape = shape
        self._canvas.setFocus()
        self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        self._canvas.update()

    def _place(self, at: QPointF) -> None:
        if vertices.closes(self._on_canvas(self._points), (at.x(), at.y()), self._shape):
            self.finish()
            return
        point = self._placed(at, is_inside=True)
        if point not in self._points[-1:]:
            self._points = [*self._points, point]
        self._canvas.update()

    def _placed(self, at: QPointF, *, is_inside: bool = False) -> Point:
        canvas = self._canvas
        plane, point = canvas.plane(), canvas.view.to_picture(at)
        return vertices.placed_at(
            (point.x(), point.y()),
            border=(plane.width(), plane.height()),
            reach=SNAPS_AT / canvas.view.scale,
            is_inside=is_inside,
        )

    def _part_at(self, at: QPointF) -> Part | None:
        shape, points = self._desk.outline
        if not points:
            return None
        return vertices.part_at(self._on_canvas(points), (at.x(), at.y()), shape)

    def _on_canvas(self, points: Sequence[Point]) -> list[Point]:
        view = self._canvas.view
        mapped = [view.to_widget(QPointF(*point)) for point in points]
        return [(point.x(), point.y()) for point in mapped]

    def _plain_shape(self) -> list[Point]:
        canvas, plane = self._canvas, self._canvas.plane()
        middle = canvas.view.to_picture(QPointF(canvas.rect().center()))
        room = min(canvas.width(), canvas.height()) / canvas.view.scale
        size = START_SHARE * min(room, plane.width(), plane.height())
        border = plane.width(), plane.height()
        points = vertices.starting_shape(self._shape, (middle.x(), middle.y()), size)
        return [
            vertices.placed_at(point, border=border, reach=0.0, is_inside=True) for point in points
        ]


def _paint_square(painter: QPainter, at: Point, size: float, colour: QColor) -> None:
    square = QRectF(0.0, 0.0, size, size)
    square.moveCenter(QPointF(round(at[0]), round(at[1])))
    outline = under(colour)
    painter.fillRect(square.adjusted(-1, -1, 1, 1), outline)
    painter.fillRect(square, colour)
    painter.fillRect(square.adjusted(2, 2, -2, -2), outline)
