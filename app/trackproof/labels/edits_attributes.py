"""Edits of what people say about annotations and frames."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.attributes import NO_ATTRIBUTES, exact
from trackproof.labels.edits import (
    Edit,
    at_frames,
    chosen_rows,
    rows_of,
    track_names,
    with_rows,
)
from trackproof.labels.ranges import FrameRanges

if TYPE_CHECKING:
    from trackproof.labels.attributes import AttributeSet, AttributeValue
    from trackproof.labels.block import Block
    from trackproof.labels.likeness import Like
    from trackproof.labels.sequence import Labels


@dataclass(frozen=True, slots=True)
class SetAttribute(Edit):
    """Set one attribute of annotations in a range of frames.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers.
    name : str
        Key of the attribute.
    value : AttributeValue
        The value, also one that the configuration does not allow; None takes the attribute away.
    frames : FrameRanges
        Where; by default everywhere.
    place : int, Like or None
        Which of a frame's detections; None for all.
    """

    tracks: tuple[int, ...]
    name: str
    value: AttributeValue
    frames: FrameRanges = field(default_factory=FrameRanges.everything)
    place: int | Like | None = None

    def describe(self, labels: Labels) -> str:
        """Return ``set ... to ...`` with names and frames."""
        names = track_names(labels, self.tracks)
        return f"{_said(self.name, self.value)} of {names} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the value."""
        sets = list(labels.table.attribute_sets)
        number_of = {exact(values): number for number, values in reversed([*enumerate(sets)])}
        changed: dict[int, Block | None] = {}
        chosen_any = False
        for track in self.tracks:
            block = rows_of(labels, track)
            chosen = chosen_rows(block, self.frames, self.place)
            chosen_any |= bool(chosen.any())
            numbers = block.attributes.copy()
            for old in np.unique(block.attributes[chosen]):
                new = with_value(sets[old], self.name, self.value)
                if exact(new) not in number_of:
                    number_of[exact(new)] = len(sets)
                    sets.append(new)
                numbers[chosen & (block.attributes == old)] = number_of[exact(new)]
            if not np.array_equal(numbers, block.attributes):
                changed[track] = replace(block, attributes=numbers)
        if not chosen_any:
            names = track_names(labels, self.tracks)
            raise EditError(f"{names}: no annotations {at_frames(self.frames)}.")
        return with_rows(labels, changed, attribute_sets=sets) if changed else labels


@dataclass(frozen=True, slots=True)
class SetFrameAttribute(Edit):
    """Set one attribute of frames.

    Parameters
    ----------
    frames : FrameRanges
        Which frames; those that the labels do not list are left alone.
    name : str
        Key of the attribute.
    value : AttributeValue
        The value; None takes the attribute away.
    """

    frames: FrameRanges
    name: str
    value: AttributeValue

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return ``set ... to ...`` with the frames."""
        return f"{_said(self.name, self.value)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the value."""
        frames = self.frames.frames(len(labels.listed))
        frames = frames[labels.listed[frames]]
        if not len(frames):
            raise EditError(f"The labels list none of the frames {self.frames}.")
        attributes = dict(labels.frame_attributes)
        for frame in frames.tolist():
            values = with_value(attributes.get(frame, NO_ATTRIBUTES), self.name, self.value)
            if values:
                attributes[frame] = values
            else:
                attributes.pop(frame, None)
        return replace(labels, frame_attributes=attributes)


def with_value(values: AttributeSet, name: str, value: AttributeValue) -> AttributeSet:
    """Return an attribute set with one other value, in the old order; None takes it away."""
    if value is None:
        return tuple(item for item in values if item[0] != name)
    if any(key == name for key, _ in values):
        return tuple((key, value if key == name else old) for key, old in values)
    return (*values, (name, value))


def _said(name: str, value: AttributeValue) -> str:
    return f"clear {name}" if value is None else f"set {name} to {value}"
