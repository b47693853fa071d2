"""Polygons, polylines and keypoints, as actions of the Edit menu: drawn, and changed by keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.editing import vertices
from trackproof.labels import AddVertex, Shape

if TYPE_CHECKING:
    from trackproof.desktop.editing.desk import EditDesk

MENU = "Edit/shape/Polygons, lines and points"
DRAWN: tuple[tuple[Shape, str, str], ...] = (
    (Shape.POLYGON, "Draw a polygon", "Shift+B"),
    (Shape.POLYLINE, "Draw a polyline", "Ctrl+Shift+B"),
    (Shape.KEYPOINT, "Draw keypoints", "Alt+B"),
)


def shape_actions(desk: EditDesk) -> list[Action]:
    """Return how shapes are drawn, and how their vertices are reached without a mouse."""
    session = desk.session

    def has_vertices() -> bool:
        return bool(desk.outline[1])

    def walk(direction: int) -> None:
        points = desk.outline[1]
        if points:
            now = desk.vertex
            start = -1 if direction > 0 else 0
            desk.choose_vertex(((start if now is None else now) + direction) % len(points))
            desk.said.emit(f"Vertex {(desk.vertex or 0) + 1} of {len(points)}")

    def add() -> None:
        target, (shape, points) = desk.target, desk.outline
        if target is None or not points:
            return
        at = len(points) - 1 if desk.vertex is None else desk.vertex
        place, xy = vertices.middle_after(points, at, shape)
        if desk.do(AddVertex(target.track, target.frame, place, xy, target.place)):
            desk.choose_vertex(place)

    return [
        *(
            Action(
                f"edit.draw_{shape.name.lower()}",
                text,
                MENU,
                partial(desk.new_shape_asked.emit, shape),
                (key,),
                is_enabled=lambda: session.labels is not None,
                tip="Click the vertices; Enter or a double click ends it",
            )
            for shape, text, key in DRAWN
        ),
        Action(
            "edit.next_vertex",
            "Next vertex",
            MENU,
            partial(walk, 1),
            ("Shift+V",),
            is_enabled=has_vertices,
            tip="Then Alt and the arrows move it, and Del removes it",
            repeats=True,
        ),
        Action(
            "edit.previous_vertex",
            "Previous vertex",
            MENU,
            partial(walk, -1),
            ("Ctrl+Shift+V",),
            is_enabled=has_vertices,
            repeats=True,
        ),
        Action(
            "edit.add_vertex",
            "Add a vertex after this one",
            MENU,
            add,
            ("Ins",),
            is_enabled=has_vertices,
            tip="With the mouse: drag the dot in the middle of an edge",
        ),
    ]
