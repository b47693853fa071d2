"""What is done over time, as actions of the Edit menu: predict, copy, interpolate, extend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.editing.detections import copy_detection, why_no_object
from trackproof.desktop.editing.over_time import (
    expected_boxes,
    filling,
    flagged_frames,
    has_expected,
)
from trackproof.desktop.editing.replacing import KEY, Replacement
from trackproof.errors import EditError
from trackproof.labels import CopyTo, FrameRanges

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.editing.asking import Asking
    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.desktop.editing.predicting import Predictor


def time_actions(desk: EditDesk, asking: Asking, predictor: Predictor) -> list[Action]:
    """Return what is done over time."""
    replacement = Replacement.of(desk)

    def action(
        name: str,
        text: str,
        handler: Callable[[], object],
        *keys: str,
        tip: str = "",
        menu: str = "Edit/time",
        is_enabled: Callable[[], bool] = lambda: desk.is_over_time,
    ) -> Action:
        return Action(
            f"edit.{name}",
            text,
            menu,
            handler,
            keys,
            is_enabled=is_enabled,
            why_not=partial(why_no_object, desk),
            tip=tip,
            repeats=name in ("predict_next", "predict_all", "copy_next", "copy_previous"),
        )

    range_menu = "Edit/time/Over a range of frames"
    return [
        action(
            "predict_next",
            "Predict the next box",
            predictor.predict,
            "P",
            tip="Go one frame on, with the picture and the motion so far; a box there stays",
        ),
        action(
            "predict_all",
            "Predict all objects of this frame",
            partial(predictor.predict, is_all=True),
            "Shift+P",
            tip="Every object that has no box in the next frame gets one",
            is_enabled=lambda: desk.session.labels is not None,
        ),
        action(
            "copy_next",
            "Copy the box to the next frame",
            partial(copy_box, desk, 1),
            "Ctrl+D",
            tip="Go one frame on with the same box; a box there stays",
        ),
        action(
            "copy_previous",
            "Copy the box to the previous frame",
            partial(copy_box, desk, -1),
            "Ctrl+Alt+D",
            tip="Go one frame back with the same box; a box there stays",
        ),
        action(
            "replace",
            "Replace the box that stayed",
            replacement.take,
            KEY,
            tip="After predicting or copying onto a box that is there",
            is_enabled=lambda: replacement.is_offered,
        ),
        action(
            "interpolate",
            "Interpolate between neighbours",
            partial(interpolate_here, desk),
            "Ctrl+I",
            tip="Fill the gap here, or replace the flagged boxes, from the boxes around",
            is_enabled=lambda: desk.block is not None,
        ),
        action(
            "take_expected",
            "Take the expected box",
            partial(take_expected, desk),
            "Shift+G",
            tip="The box that the checks predict here, shown dashed",
            is_enabled=lambda: has_expected(desk.session.flag, desk.session.frame),
        ),
        action(
            "copy_range",
            "Copy the box to all following …",
            asking.copy,
            "Ctrl+Shift+D",
            menu=range_menu,
        ),
        action(
            "extend",
            "Extend the object to its end …",
            partial(asking.copy, is_extending=True),
            "Ctrl+Shift+K",
            tip="Fill every frame up to the object's last one, or on to the last frame",
            menu=range_menu,
            is_enabled=lambda: desk.block is not None,
        ),
        action(
            "interpolate_range",
            "Interpolate over a range …",
            asking.interpolate,
            "Ctrl+Shift+I",
            menu=range_menu,
            is_enabled=lambda: desk.block is not None,
        ),
        action(
            "expected_range",
            "Take the expected boxes over a range …",
            asking.expected,
            "Ctrl+Shift+G",
            menu=range_menu,
            is_enabled=lambda: desk.block is not None and desk.session.flag is not None,
        ),
        action("shift_range", "Move boxes over a range …", asking.shift, "Ctrl+R", menu=range_menu),
        action(
            "scale_range",
            "Scale boxes over a range …",
            asking.scale,
            "Ctrl+Shift+R",
            menu=range_menu,
        ),
    ]


def copy_box(desk: EditDesk, direction: int) -> None:
    """Copy the selected box to the next or previous frame and go there."""
    session, block, detection = desk.session, desk.block, desk.detection
    if session.labels is None:
        return
    session.pause()
    frame, name = session.frame, desk.name
    there = frame + direction
    if not 0 <= there < session.frame_count:
        desk.said.emit(f"There is no frame {there}")
        return
    if detection is not None:
        copy_detection(desk, detection, there)
        return
    if block is None:
        return
    if block.row_at(frame) is None:
        desk.said.emit(f"{name} has no box in frame {frame}. B draws one")
        return
    edit = CopyTo((session.track,), frame, FrameRanges.at(there), overwrite=True)
    if block.row_at(there) is not None:
        session.go_to(there)
        Replacement.of(desk).offer(edit, f"{name} has a box in frame {there} already")
    elif desk.do(edit):
        session.go_to(there)


def interpolate_here(desk: EditDesk) -> None:
    """Fill the gap at the playhead, or replace the flagged boxes, from the boxes around."""
    session = desk.session
    labels = session.labels
    if labels is None:
        return
    session.pause()
    frames = flagged_frames(session.flag, session.track, session.frame)
    try:
        edit = filling(labels, session.track, frames)
    except EditError as error:
        desk.said.emit(str(error))
        return
    first, last = edit.keys
    desk.do(edit, saying=f"Interpolated {desk.name} between frames {first} and {last}")


def take_expected(desk: EditDesk) -> None:
    """Put the box there that the flag under review expects in this frame."""
    session = desk.session
    labels, flag = session.labels, session.flag
    if labels is None or flag is None:
        return
    session.pause()
    try:
        edit = expected_boxes(labels, flag, FrameRanges.at(session.frame))
    except EditError as error:
        desk.said.emit(str(error))
        return
    desk.do(edit, saying=f"Took the expected box at frame {session.frame}")
