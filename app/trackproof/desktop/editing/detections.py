"""Edits over time of annotations without identity: which are meant, and copies of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from trackproof.desktop.editing.desk import Target
from trackproof.desktop.editing.replacing import Replacement
from trackproof.labels import NO_IDENTITY, CopyDetection, FrameRanges, Like

if TYPE_CHECKING:
    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.labels.likeness import LikeBy

NO_IDENTITY_REASON = (
    "Boxes without identity cannot be told apart over time. Link them to objects first (Tools)."
)


def why_no_object(desk: EditDesk) -> str:
    """Return why nothing that needs an object can be done; empty where no words are needed."""
    if desk.detection is not None:
        return NO_IDENTITY_REASON
    return "" if desk.session.labels is None else "Select an object first."


def which_field(desk: EditDesk) -> QComboBox:
    """Return a choice of the boxes that an edit over a range is about."""
    field = QComboBox()
    choices: tuple[LikeBy, ...] = ("place", "category", "all")
    for by in choices:
        field.addItem("", by)
    name_choices(field, desk.name)
    field.setToolTip("In this place: of the same category, covering the box by half or more")
    return field


def name_choices(field: QComboBox, name: str) -> None:
    """Write the choices of `which_field` for boxes of another category."""
    for place, text in enumerate((f"{name} in this place", f"Every {name}", "Every box")):
        field.setItemText(place, text)


def like(target: Target, field: QComboBox) -> Like:
    """Return what the field says, told by a chosen detection."""
    return Like(target.frame, target.place, field.currentData())


def copy_detection(desk: EditDesk, target: Target, there: int) -> None:
    """Copy a chosen detection to another frame and go there; what lies in its place stays."""
    put_detection(desk, CopyDetection(target.frame, target.place, FrameRanges.at(there)), there)


def put_detection(desk: EditDesk, edit: CopyDetection, there: int, *, saying: str = "") -> None:
    """Make a copy in another frame, go there and select it; what lies in its place stays."""
    session = desk.session
    labels, name = session.labels, desk.name
    if labels is None:
        return
    covered = edit.covered(labels, there)
    if covered is not None:
        session.go_to(there)
        desk.choose_detection(Target(NO_IDENTITY, there, covered))
        moved = CopyDetection(
            edit.frame, edit.place, edit.frames, overwrite=True, xywh=edit.xywh, verb=edit.verb
        )
        Replacement.of(desk).offer(moved, f"A {name} lies there in frame {there} already")
        return
    place = int((labels.table.at(there).track == NO_IDENTITY).sum())
    if desk.do(edit):
        session.go_to(there)
        desk.choose_detection(Target(NO_IDENTITY, there, place))
        if saying:
            desk.said.emit(saying)
