"""The dialogs of edits over a range and of identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from trackproof.desktop.editing.detections import like, which_field
from trackproof.desktop.editing.dialog import EditDialog
from trackproof.desktop.editing.fields import (
    CHOSEN,
    FramesField,
    partner_field,
    percent_field,
    pixels_field,
    usual_frames,
)
from trackproof.desktop.editing.over_time import expected_boxes, filling, flagged_frames
from trackproof.labels import (
    NO_IDENTITY,
    CopyDetection,
    CopyTo,
    DeleteBoxes,
    FrameRanges,
    Merge,
    Rename,
    ScaleRange,
    SetCategory,
    ShiftRange,
    Split,
    Swap,
)
from trackproof.labels.edits_identity import new_object_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.labels import Labels, Like
    from trackproof.labels.edits import Edit
    from trackproof.labels.edits_boxes import Anchor
    from trackproof.labels.edits_identity import Overlap

ANCHORS: dict[str, Anchor] = {
    "The centre": "centre",
    "The lower edge": "bottom",
    "The top left corner": "top left",
}


class Asking:
    """Opens the dialogs; each is about the object and the frame of the moment it opened."""

    def __init__(self, desk: EditDesk, window: QWidget) -> None:
        self._desk = desk
        self._window = window

    def _frames(
        self, track: int, frame: int, *, is_from_here: bool = False
    ) -> list[tuple[str, FrameRanges]]:
        """Return frames that an edit may mean; those that a person chose on the timeline first.

        Parameters
        ----------
        is_from_here : bool
            Whether the edit is called by what it does from here on, which then stands first.
        """
        session = self._desk.session
        flagged = flagged_frames(session.flag, track, frame)
        choices = usual_frames(frame, flagged, session.player.chosen)
        if is_from_here:
            choices.sort(key=lambda choice: choice[1] != FrameRanges.starting(frame))
        return choices

    def delete(self) -> None:
        """Delete boxes over a range."""
        track, frame, _ = self._place()
        frames = FramesField(self._frames(track, frame))
        which, place = self._which()
        self._open(
            f"Delete boxes of {self._desk.name}",
            "Delete",
            [("Frames", frames), *which],
            lambda: DeleteBoxes((track,), frames.frames(), place()),
        )

    def copy(self, *, is_extending: bool = False) -> None:
        """Copy the box to all following frames, to some, or up to the object's end."""
        track, frame, labels = self._place()
        choices = [
            ("All following", FrameRanges.starting(frame + 1)),
            ("Next ten", FrameRanges.span(frame + 1, frame + 10)),
            ("Ten before", FrameRanges.span(max(frame - 10, 0), max(frame - 1, 0))),
        ]
        detection = self._desk.detection
        block = None if detection else labels.table.block(track)
        last = frame if block is None or not len(block) else int(block.frame[-1])
        if last > frame:
            to_end = ("Up to the object's end", FrameRanges.span(frame + 1, last))
            choices.insert(0 if is_extending else len(choices), to_end)
        frames = FramesField(choices)
        replaces = QCheckBox("Replace the boxes that are there")
        verb = "Extend" if is_extending else "Copy"
        title = f"{verb} the box of {self._desk.name} from frame {frame}"
        self._open(
            title,
            verb,
            [("To frames", frames), ("Replace the boxes that are there", replaces)],
            lambda: (
                CopyDetection(frame, detection.place, frames.frames(), replaces.isChecked())
                if detection
                else CopyTo((track,), frame, frames.frames(), overwrite=replaces.isChecked())
            ),
        )

    def expected(self) -> None:
        """Take the boxes that the checks expect, over the flagged frames."""
        _, frame, labels = self._place()
        flag = self._desk.session.flag
        if flag is None:
            return
        flagged = FrameRanges.span(*flag.extent)
        frames = FramesField([("Flagged frames", flagged), ("This frame", FrameRanges.at(frame))])
        self._open(
            f"Take the expected boxes of {self._desk.name}",
            "Take",
            [("Frames", frames)],
            lambda: expected_boxes(self._desk.session.labels or labels, flag, frames.frames()),
        )

    def shift(self) -> None:
        """Move boxes over a range by some pixels."""
        track, frame, _ = self._place()
        frames = FramesField(self._frames(track, frame))
        across, down = pixels_field("Right"), pixels_field("Down")
        which, place = self._which()
        self._open(
            f"Move boxes of {self._desk.name}",
            "Move",
            [("Frames", frames), *which, ("To the right", across), ("Down", down)],
            lambda: ShiftRange((track,), frames.frames(), across.value(), down.value(), place()),
        )

    def scale(self) -> None:
        """Make boxes over a range larger or smaller."""
        track, frame, _ = self._place()
        frames = FramesField(self._frames(track, frame))
        wide, high = percent_field(), percent_field()
        anchor = QComboBox()
        for text in ANCHORS:
            anchor.addItem(text)
        which, place = self._which()
        self._open(
            f"Scale boxes of {self._desk.name}",
            "Scale",
            [
                ("Frames", frames),
                *which,
                ("Width", wide),
                ("Height", high),
                ("What stays", anchor),
            ],
            lambda: ScaleRange(
                (track,),
                frames.frames(),
                wide.value() / 100,
                high.value() / 100,
                ANCHORS[anchor.currentText()],
                place(),
            ),
        )

    def interpolate(self) -> None:
        """Interpolate over a range from the boxes around it."""
        track, frame, labels = self._place()
        flagged = flagged_frames(self._desk.session.flag, track, frame)
        chosen = self._desk.session.player.chosen
        choices = [] if chosen is None else [(CHOSEN, FrameRanges.span(*chosen))]
        choices += [
            ("Flagged frames" if flagged != FrameRanges.at(frame) else "This frame", flagged),
            ("Next ten", FrameRanges.span(frame, frame + 9)),
        ]
        frames = FramesField(choices)
        is_smooth = QCheckBox("Smooth, through the speed at both ends")
        self._open(
            f"Interpolate {self._desk.name}",
            "Interpolate",
            [("Frames", frames), ("Smooth", is_smooth)],
            lambda: filling(
                self._desk.session.labels or labels,
                track,
                frames.frames(),
                is_smooth=is_smooth.isChecked(),
            ),
        )

    def split(self) -> None:
        """Make the selected object two from the current frame on."""
        self._new_object(f"Split {self._desk.name}", "Split", is_from_here=True)

    def new_object(self) -> None:
        """Make some frames of the selected object an object of its own."""
        self._new_object(f"New object from frames of {self._desk.name}", "Make")

    def _new_object(self, title: str, verb: str, *, is_from_here: bool = False) -> None:
        track, frame, _ = self._place()
        frames = FramesField(self._frames(track, frame, is_from_here=is_from_here))
        # Made once: a preview must not give the object another identity than the edit.
        identity = new_object_id()
        self._open(
            title,
            verb,
            [("Frames", frames)],
            lambda: Split(track, frames.frames(), object_id=identity),
        )

    def merge(self) -> None:
        """Make another object part of the selected one."""
        track, frame, labels = self._place()
        partner = partner_field(labels, track, frame)
        overlap = QComboBox()
        ways: tuple[tuple[str, Overlap], ...] = (
            ("Do not merge", "refuse"),
            (f"Keep the box of {self._desk.name}", "keep first"),
            ("Keep the box of the other", "keep second"),
        )
        for text, way in ways:
            overlap.addItem(text, way)
        self._open(
            f"Merge {self._desk.name} with another object",
            "Merge",
            [("With", partner), ("Where both are in a frame", overlap)],
            lambda: Merge(track, _number(partner), ways[overlap.currentIndex()][1]),
        )

    def swap(self) -> None:
        """Exchange identities with another object."""
        track, frame, labels = self._place()
        partner = partner_field(labels, track, frame)
        frames = FramesField(self._frames(track, frame, is_from_here=True))
        self._open(
            f"Swap {self._desk.name} with another object",
            "Swap",
            [("With", partner), ("Frames", frames)],
            lambda: Swap(track, _number(partner), frames.frames()),
        )

    def rename(self) -> None:
        """Give the selected object another name."""
        track, _, _ = self._place()
        name = QLineEdit(self._desk.name)
        name.selectAll()
        self._open(
            f"Rename {self._desk.name}",
            "Rename",
            [("Name", name)],
            lambda: Rename(track, name.text()),
        )

    def category(self) -> None:
        """Give the selected object another category."""
        track, frame, labels = self._place()
        category = QComboBox()
        category.addItems([one.name for one in labels.categories])
        category.setCurrentIndex(self._desk.category)
        choices = self._frames(track, frame)
        choices.sort(key=lambda choice: choice[1] != FrameRanges.everything())
        frames = FramesField(choices)
        which, place = self._which()
        self._open(
            f"Change the category of {self._desk.name}",
            "Change",
            [("Category", category), ("Frames", frames), *which],
            lambda: SetCategory((track,), category.currentIndex(), frames.frames(), place()),
        )

    def _place(self) -> tuple[int, int, Labels]:
        session = self._desk.session
        if session.labels is None:
            raise ValueError("a dialog about an object needs labels")
        session.pause()
        track = NO_IDENTITY if self._desk.detection else session.track
        return track, session.frame, session.labels

    def _which(self) -> tuple[list[tuple[str, QWidget]], Callable[[], Like | None]]:
        """Return the field that asks which detections are meant, if any are, and its answer."""
        target = self._desk.detection
        if target is None:
            return [], lambda: None
        field = which_field(self._desk)
        return [("Which", field)], lambda: like(target, field)

    def _open(
        self,
        title: str,
        verb: str,
        fields: list[tuple[str, QWidget]],
        build: Callable[[], Edit],
    ) -> None:
        for old in self._window.findChildren(EditDialog):
            old.close()
        dialog = EditDialog(
            self._desk, title, verb=verb, fields=fields, build=build, parent=self._window
        )
        dialog.show()


def _number(field: QComboBox) -> int:
    number = field.currentData()
    return int(number) if number is not None else -1
