"""Everything that changes labels, as actions of the Edit menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractSpinBox, QDockWidget

from trackproof.desktop.actions import Action
from trackproof.desktop.editing import grips
from trackproof.desktop.editing.asking import Asking
from trackproof.desktop.editing.detections import why_no_object
from trackproof.desktop.editing.predicting import Predictor
from trackproof.desktop.editing.shape_actions import shape_actions
from trackproof.desktop.editing.time_actions import time_actions
from trackproof.labels import (
    NO_IDENTITY,
    DeleteBoxes,
    FrameRanges,
    MoveVertex,
    PutBox,
    RemoveVertex,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.editing.desk import EditDesk

FAR = 10
DIRECTIONS: tuple[tuple[str, int, int], ...] = (
    ("Left", -1, 0),
    ("Right", 1, 0),
    ("Up", 0, -1),
    ("Down", 0, 1),
)
RESIZES = {"Left": "narrower", "Right": "wider", "Up": "shorter", "Down": "taller"}
KEYS_MENU = "Edit/box/Move and resize by keys"


def edit_label_actions(desk: EditDesk, window: QWidget) -> list[Action]:
    """Return all actions that change labels; dialogs belong to the window."""
    asking = Asking(desk, window)
    return [
        *box_actions(desk, asking),
        *shape_actions(desk),
        *time_actions(desk, asking, Predictor.of(desk)),
        *identity_actions(desk, asking),
        Action(
            "edit.inspect",
            "Numbers and attributes",
            "Edit/inspect",
            lambda: _show_inspector(window),
            ("A",),
            is_enabled=lambda: desk.session.labels is not None,
            tip="Type the box, and change attributes of the object and of the frame",
        ),
    ]


def _show_inspector(window: QWidget) -> None:
    dock = window.findChild(QDockWidget, "dock.inspector")
    if not isinstance(dock, QDockWidget):
        return
    dock.show()
    dock.raise_()
    fields = dock.findChildren(QAbstractSpinBox)
    for field in fields[:1]:
        field.setFocus()
        field.selectAll()


def box_actions(desk: EditDesk, asking: Asking) -> list[Action]:
    """Return what is done to one box: draw, delete, move and resize by keys."""
    session = desk.session

    def delete_here() -> None:
        target, vertex = desk.target, desk.vertex
        if target is None:
            desk.said.emit(f"{desk.name} has no box in frame {session.frame}")
        elif vertex is not None:
            desk.do(RemoveVertex(target.track, target.frame, vertex, target.place))
        else:
            place = target.place if target.track == NO_IDENTITY else None
            saying = f"Deleted the box of {desk.name} at frame {target.frame}. Ctrl+Z undoes it"
            edit = DeleteBoxes((target.track,), FrameRanges.at(target.frame), place)
            if desk.do(edit, saying=saying):
                desk.choose_detection(None)

    actions = [
        Action(
            "edit.new_box",
            "Draw a box",
            "Edit/box",
            desk.new_box_asked.emit,
            ("B",),
            is_enabled=lambda: session.labels is not None,
            tip="For the selected object when it has no box here, else for a new object",
        ),
        Action(
            "edit.delete",
            "Delete the box in this frame",
            "Edit/box",
            delete_here,
            ("Del",),
            is_enabled=lambda: desk.has_selection,
            tip="The chosen vertex, when there is one",
        ),
        Action(
            "edit.delete_range",
            "Delete boxes over a range …",
            "Edit/box",
            asking.delete,
            ("Shift+Del",),
            is_enabled=lambda: desk.is_over_time,
            tip="Choose the frames, and see how many boxes go before they do",
        ),
    ]
    for word, across, down in DIRECTIONS:
        for pixels, move_keys, resize_keys in (
            (1, "Alt+", "Ctrl+Shift+"),
            (FAR, "Alt+Shift+", "Ctrl+Alt+Shift+"),
        ):
            actions.append(_move(desk, word, pixels, (across, down), key=move_keys + word))
            actions.append(_resize(desk, word, pixels, (across, down), key=resize_keys + word))
    return actions


def identity_actions(desk: EditDesk, asking: Asking) -> list[Action]:
    """Return who is who: split, merge, swap, rename, category."""

    def action(
        name: str,
        text: str,
        handler: Callable[[], None],
        *keys: str,
        tip: str = "",
        is_enabled: Callable[[], bool] = lambda: desk.block is not None,
    ) -> Action:
        return Action(
            f"edit.{name}",
            text,
            "Edit/identity",
            handler,
            keys,
            is_enabled=is_enabled,
            why_not=partial(why_no_object, desk),
            tip=tip,
        )

    return [
        action(
            "split",
            "Split the object here …",
            asking.split,
            "Ctrl+K",
            tip="From this frame on it is a new object",
        ),
        action(
            "new_object",
            "New object from a range …",
            asking.new_object,
            "Ctrl+Shift+N",
            tip="Some frames of the object become an object of their own",
        ),
        action("merge", "Merge with another object …", asking.merge, "Ctrl+M"),
        action(
            "swap",
            "Swap with another object from here on …",
            asking.swap,
            "S",
            tip="Choose the other object, and see the frames that change",
        ),
        action("rename", "Rename the object …", asking.rename, "F2"),
        action(
            "category",
            "Change the category …",
            asking.category,
            "Shift+F2",
            is_enabled=lambda: desk.is_over_time,
        ),
    ]


def _move(desk: EditDesk, word: str, pixels: int, way: tuple[int, int], *, key: str) -> Action:
    step = {"dx": float(pixels * way[0]), "dy": float(pixels * way[1])}
    text = f"Move the box {word.lower()} by {pixels} px"
    return _by_key(f"edit.move_{word.lower()}_{pixels}", text, _nudge(desk, **step), desk, key)


def _resize(desk: EditDesk, word: str, pixels: int, way: tuple[int, int], *, key: str) -> Action:
    step = {"dw": float(pixels * way[0]), "dh": float(pixels * way[1])}
    text = f"Make the box {RESIZES[word]} by {pixels} px"
    return _by_key(f"edit.resize_{word.lower()}_{pixels}", text, _nudge(desk, **step), desk, key)


def _by_key(name: str, text: str, handler: Callable[[], None], desk: EditDesk, key: str) -> Action:
    return Action(
        name,
        text,
        KEYS_MENU,
        handler,
        (key,),
        is_enabled=lambda: desk.has_selection,
        repeats=True,
    )


def _nudge(desk: EditDesk, **step: float) -> Callable[[], None]:
    def take() -> None:
        session, box, target = desk.session, desk.box, desk.target
        if box is None or target is None:
            desk.said.emit(f"{desk.name} has no box in frame {session.frame}. B draws one")
            return
        session.pause()
        vertex = desk.vertex
        if vertex is not None:
            x, y = desk.outline[1][vertex]
            xy = x + step.get("dx", 0.0), y + step.get("dy", 0.0)
            desk.nudge(MoveVertex(target.track, target.frame, vertex, xy, target.place))
            return
        now = grips.nudged(box, **step)
        if now != box:
            desk.nudge(PutBox(target.track, target.frame, now, target.place))

    return take
