"""Edits of the order in which a shape's vertices are named; no vertex moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.edits import Edit, at_frames, rows_of, track_name, with_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Block
    from trackproof.labels.ranges import FrameRanges
    from trackproof.labels.sequence import Labels

    Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ReverseVertices(Edit):
    """Name the vertices of a polygon or polyline from the other end.

    Parameters
    ----------
    track : int
        Track number.
    frames : FrameRanges
        Where.
    """

    track: int
    frames: FrameRanges

    def describe(self, labels: Labels) -> str:
        """Return ``turn round`` with name and frames."""
        return f"turn round {track_name(labels, self.track)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the vertices in the other order."""
        block, rows = _chosen(labels, self.track, self.frames)
        places = np.arange(0 if block.vertices is None else len(block.vertices))
        for row in rows.tolist():
            low, high = _span(block, row)
            places[low:high] = places[low:high][::-1]
        return _reordered(labels, self.track, block, places)


@dataclass(frozen=True, slots=True)
class ExchangeVertices(Edit):
    """Exchange two vertices or keypoints, as left and right are when they are mixed up.

    Parameters
    ----------
    track : int
        Track number.
    one, two : int
        Places of the vertices in the shape.
    frames : FrameRanges
        Where; frames in which the shape has fewer vertices stay as they are.
    """

    track: int
    one: int
    two: int
    frames: FrameRanges

    def describe(self, labels: Labels) -> str:
        """Return ``exchange points`` with their ordinals, name and frames."""
        name = track_name(labels, self.track)
        both = f"{self.one + 1} and {self.two + 1}"
        return f"exchange points {both} of {name} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the two vertices in each other's place."""
        if self.one == self.two or min(self.one, self.two) < 0:
            raise EditError("Choose two different vertices.")
        block, rows = _chosen(labels, self.track, self.frames)
        places = np.arange(0 if block.vertices is None else len(block.vertices))
        changed = 0
        for row in rows.tolist():
            low, high = _span(block, row)
            if max(self.one, self.two) < high - low:
                first, second = low + self.one, low + self.two
                places[[first, second]] = places[[second, first]]
                changed += 1
        if not changed:
            raise EditError(f"There is no vertex {max(self.one, self.two) + 1} to exchange.")
        return _reordered(labels, self.track, block, places)


def _chosen(labels: Labels, track: int, frames: FrameRanges) -> tuple[Block, Places]:
    block = rows_of(labels, track)
    rows = np.flatnonzero(frames.mask(block.frame))
    if not len(rows) or block.vertices is None:
        name = track_name(labels, track)
        raise EditError(f"{name} has no vertices {at_frames(frames)}.")
    return block, rows


def _span(block: Block, row: int) -> tuple[int, int]:
    if block.offsets is None:
        return 0, 0
    return int(block.offsets[row]), int(block.offsets[row + 1])


def _reordered(labels: Labels, track: int, block: Block, places: Places) -> Labels:
    vertices = None if block.vertices is None else block.vertices[places]
    return with_rows(labels, {track: replace(block, vertices=vertices)})
