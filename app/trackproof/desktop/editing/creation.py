"""What a newly drawn box becomes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu

from trackproof.labels import NewTrack, PutBox, next_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.desktop.editing.grips import Rect

MENU_NAME = "new_object_menu"


def create(desk: EditDesk, box: Rect, parent: QWidget) -> None:
    """Give a box to the selected object when that has none here, else to a new object.

    Where there are several categories, a menu at the cursor asks for the new object's.
    """
    session = desk.session
    labels = session.labels
    if labels is None:
        return
    if desk.is_absent:
        name = desk.name
        desk.do(PutBox(session.track, session.frame, box), saying=f"Added a box of {name}")
    elif len(labels.categories) == 1:
        _make(desk, 0, session.frame, box)
    elif not labels.categories:
        session.say("These labels name no category, so a new object has no kind it could be.")
    else:
        _ask(desk, session.frame, box, parent)


def _ask(desk: EditDesk, frame: int, box: Rect, parent: QWidget) -> None:
    labels = desk.session.labels
    if labels is None:
        return
    menu = QMenu(parent)
    menu.setObjectName(MENU_NAME)
    usual = desk.category
    order = sorted(range(len(labels.categories)), key=lambda number: (number != usual, number))
    for number in order:
        name = next_name(labels, number)
        menu.addAction(
            f"New {labels.categories[number].name}  ({name})",
            partial(_make, desk, number, frame, box),
        )
    menu.setActiveAction(menu.actions()[0])
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(QCursor.pos())


def _make(desk: EditDesk, category: int, frame: int, box: Rect) -> None:
    session = desk.session
    if session.labels is None:
        return
    name = next_name(session.labels, category)
    edit = NewTrack(category, frame, box)
    if desk.do(edit, saying=f"Added {name} at frame {frame}"):
        session.select_track(len(session.labels.table.tracks) - 1)
