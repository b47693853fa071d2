"""What a newly drawn box or shape becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu

from trackproof.desktop.editing.desk import Target
from trackproof.labels import (
    NO_IDENTITY,
    AddDetection,
    Compound,
    NewTrack,
    PutBox,
    PutVertices,
    Shape,
    Task,
    next_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.desktop.editing.grips import Rect
    from trackproof.desktop.editing.vertices import Point
    from trackproof.labels.edits import Edit

MENU_NAME = "new_object_menu"


def create(
    desk: EditDesk,
    box: Rect,
    parent: QWidget,
    *,
    shape: Shape = Shape.BOX,
    points: Sequence[Point] = (),
) -> None:
    """Give a box or a shape to the selected object when that has none here, else to a new object.

    Where there are several categories, a menu at the cursor asks for the new object's.

    Parameters
    ----------
    box : Rect
        The box, or what encloses the shape; picture pixels.
    shape : Shape
        What was drawn.
    points : sequence of (float, float)
        Vertices of a shape, picture pixels.
    """
    session = desk.session
    labels = session.labels
    if labels is None:
        return
    drawn = Drawn(session.frame, box, shape, tuple(points))
    if desk.is_absent:
        what = "box" if shape is Shape.BOX else shape.name.lower()
        desk.do(drawn.of(session.track), saying=f"Added a {what} of {desk.name}")
    elif len(labels.categories) == 1:
        _make(desk, 0, drawn)
    elif not labels.categories:
        session.say("These labels name no category, so a new object has no kind it could be.")
    else:
        _ask(desk, drawn, parent)


class Drawn:
    """A drawing that waits for its object."""

    def __init__(self, frame: int, box: Rect, shape: Shape, points: tuple[Point, ...]) -> None:
        self.frame = frame
        self.box = box
        self._shape = shape
        self._points = points

    def of(self, track: int, *, place: int = 0) -> Edit:
        """Return the edit that gives it to a track, or makes it one of a frame's detections."""
        if self._shape is Shape.BOX:
            return PutBox(track, self.frame, self.box, place)
        return PutVertices(track, self.frame, self._shape, self._points, place)

    def after(self, first: Edit, label: str, track: int, *, place: int = 0) -> Edit:
        """Return ``first``, which makes a plain box, with the shape put in its place."""
        if self._shape is Shape.BOX:
            return first
        return Compound(label, (first, self.of(track, place=place)))

    @property
    def enclosing(self) -> Rect:
        """The box around it, with an area even where the shape has none."""
        left, top, width, height = self.box
        return left, top, max(width, 1.0), max(height, 1.0)


def makes_detections(desk: EditDesk) -> bool:
    """Return whether what is drawn anew has no identity in these labels."""
    sequence = desk.session.sequence
    return sequence is not None and sequence.task is Task.DETECTION


def _ask(desk: EditDesk, drawn: Drawn, parent: QWidget) -> None:
    labels = desk.session.labels
    if labels is None:
        return
    menu = QMenu(parent)
    menu.setObjectName(MENU_NAME)
    usual = desk.category
    order = sorted(range(len(labels.categories)), key=lambda number: (number != usual, number))
    for number in order:
        kind = labels.categories[number].name
        name = "" if makes_detections(desk) else f"  ({next_name(labels, number)})"
        action = menu.addAction(f"New {kind}{name}")
        action.setData(number)
    menu.triggered.connect(lambda action: _make(desk, action.data(), drawn))
    menu.setActiveAction(menu.actions()[0])
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(QCursor.pos())


def _make(desk: EditDesk, category: int, drawn: Drawn) -> None:
    session = desk.session
    if session.labels is None:
        return
    if makes_detections(desk):
        _make_detection(desk, category, drawn)
        return
    name = next_name(session.labels, category)
    number = len(session.labels.table.tracks)
    first = NewTrack(category, drawn.frame, drawn.enclosing)
    edit = drawn.after(first, f"draw {name} at frame {drawn.frame}", number)
    if desk.do(edit, saying=f"Added {name} at frame {drawn.frame}"):
        session.select_track(number)


def _make_detection(desk: EditDesk, category: int, drawn: Drawn) -> None:
    session = desk.session
    if session.labels is None:
        return
    block = session.labels.table.block(NO_IDENTITY)
    place = 0 if block is None else int(np.count_nonzero(block.frame == drawn.frame))
    name = session.labels.categories[category].name
    first = AddDetection(drawn.frame, category, drawn.enclosing)
    label = f"draw {name} at frame {drawn.frame}"
    edit = drawn.after(first, label, NO_IDENTITY, place=place)
    if desk.do(edit, saying=f"Added a {name} at frame {drawn.frame}"):
        session.select_track(-1)
        desk.choose_detection(Target(NO_IDENTITY, drawn.frame, place))
