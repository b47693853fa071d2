"""Fields that edits ask with: frames, and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QWidget

from trackproof.labels import FrameRanges
from trackproof.labels.edits import track_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackproof.labels import Labels


FARTHEST = 100_000.0
HERE = "This frame"
CHOSEN = "Chosen range"
"""Frames that a person chose on the timeline; they also repeat while playing."""


class FramesField(QWidget):
    """A few usual choices of frames, and the frames themselves to write: ``2-5,8-10,20``."""

    changed = Signal()

    def __init__(self, choices: Sequence[tuple[str, FrameRanges]]) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.setAccessibleName("Usual frames")
        self.text = QLineEdit()
        self.text.setAccessibleName("Frames")
        self.text.setToolTip("Frames like 2-5,8-10,20; 40- means 40 and all that follow")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.choice, 1)
        row.addWidget(self.text, 1)
        self.setFocusProxy(self.text)
        self.choice.currentIndexChanged.connect(self._take)
        self.text.textChanged.connect(self.changed)
        self.offer(choices)

    def offer(self, choices: Sequence[tuple[str, FrameRanges]]) -> None:
        """Offer other choices, and take the first."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for name, frames in choices:
            self.choice.addItem(name, frames)
        self.choice.blockSignals(False)
        self._take()

    def frames(self) -> FrameRanges:
        """Return the frames written.

        Raises
        ------
        EditError
            When they cannot be read.
        """
        return FrameRanges.parse(self.text.text())

    def _take(self) -> None:
        self.text.setText(str(self.choice.currentData()))


def usual_frames(
    frame: int, flagged: FrameRanges, chosen: tuple[int, int] | None = None
) -> list[tuple[str, FrameRanges]]:
    """Return the choices of frames that fit most edits: a chosen range, around a frame, a flag."""
    choices = [] if chosen is None else [(CHOSEN, FrameRanges.span(*chosen))]
    choices += [
        ("From here on", FrameRanges.starting(frame)),
        ("Up to here", FrameRanges.span(0, frame)),
        ("All frames", FrameRanges.everything()),
        (HERE, FrameRanges.at(frame)),
    ]
    if flagged != FrameRanges.at(frame):
        choices.append(("Flagged frames", flagged))
    return choices


def pixels_field(name: str) -> QDoubleSpinBox:
    """Return a number of pixels, either way."""
    field = QDoubleSpinBox()
    field.setRange(-FARTHEST, FARTHEST)
    field.setDecimals(1)
    field.setSuffix(" px")
    field.setAccessibleName(name)
    return field


def percent_field() -> QDoubleSpinBox:
    """Return a size in percent of the size now."""
    field = QDoubleSpinBox()
    field.setRange(1.0, 1000.0)
    field.setDecimals(1)
    field.setValue(100.0)
    field.setSuffix(" %")
    return field


def partner_field(labels: Labels, track: int, frame: int) -> QComboBox:
    """Return a choice of all other objects, those in the frame first, with their frames."""
    field = QComboBox()
    others = [one for one in labels.table.blocks if one not in (track, -1)]
    others.sort(key=lambda one: (labels.table.blocks[one].row_at(frame) is None, one))
    for one in others:
        frames = labels.table.blocks[one].frame
        field.addItem(f"{track_name(labels, one)}   (frames {frames[0]}-{frames[-1]})", one)
    return field
