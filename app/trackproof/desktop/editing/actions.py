"""Everything that changes labels, as actions of the Edit menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.editing import grips
from trackproof.labels import DeleteBoxes, FrameRanges, PutBox

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


def edit_label_actions(desk: EditDesk, window: QWidget) -> list[Action]:  # noqa: ARG001
    """Return all actions that change labels; dialogs belong to the window."""
    return box_actions(desk)


def box_actions(desk: EditDesk) -> list[Action]:
    """Return what is done to one box: draw, delete, move and resize by keys."""
    session = desk.session

    def delete_here() -> None:
        saying = f"Deleted the box of {desk.name} at frame {session.frame}. Ctrl+Z brings it back"
        desk.do(DeleteBoxes((session.track,), FrameRanges.at(session.frame)), saying=saying)

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
            is_enabled=lambda: session.track >= 0,
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
        is_enabled=lambda: desk.session.track >= 0,
        repeats=True,
    )


def _nudge(desk: EditDesk, **step: float) -> Callable[[], None]:
    def take() -> None:
        session, box = desk.session, desk.box
        if box is None:
            desk.said.emit(f"{desk.name} has no box in frame {session.frame}. B draws one")
            return
        session.pause()
        now = grips.nudged(box, **step)
        if now != box:
            desk.do(PutBox(session.track, session.frame, now))

    return take
