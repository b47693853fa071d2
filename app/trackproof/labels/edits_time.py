"""Edits over time: copies of an annotation, and what lies between key frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.edits import (
    Edit,
    at_frames,
    at_other_frames,
    row_at,
    rows_of,
    track_name,
    track_names,
    with_geometry,
    with_rows,
)
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.whole_pixels import in_whole_pixels

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels.block import Block, Ints
    from trackproof.labels.sequence import Labels

    Values = npt.NDArray[np.float64]

Method = Literal["linear", "smooth"]


@dataclass(frozen=True, slots=True)
class CopyTo(Edit):
    """Copy annotations of one frame to others.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers; all must be in ``frame``.
    frame : int
        Where to copy from.
    frames : FrameRanges
        Where to copy to; what lies beyond the end of the sequence is left out.
    overwrite : bool
        False leaves the frames alone in which a track is present.
    """

    tracks: tuple[int, ...]
    frame: int
    frames: FrameRanges
    overwrite: bool = False

    def describe(self, labels: Labels) -> str:
        """Return ``copy`` with names and frames."""
        names = track_names(labels, self.tracks)
        return f"copy {names} from frame {self.frame} to {self.frames}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the copies."""
        frames = self.frames.frames(len(labels.listed))
        frames = frames[frames != self.frame]
        if not len(frames):
            raise EditError(f"There are no frames {self.frames} to copy to.")
        changed: dict[int, Block | None] = {}
        for track in self.tracks:
            block = rows_of(labels, track)
            row = row_at(labels, track, frame=self.frame)
            copies = block.take(np.full(len(frames), row, dtype=np.intp))
            copies = at_other_frames(copies, frames)
            changed[track] = with_geometry(block, copies, overwrite=self.overwrite)
        return with_rows(labels, changed)


@dataclass(frozen=True, slots=True)
class Interpolate(Edit):
    """Fill and replace what lies between key frames; the key frames stay as they are.

    Parameters
    ----------
    track : int
        Track number.
    keys : tuple of int
        Two frames or more in which the track is present.
    method : "linear" or "smooth"
        ``smooth`` is the monotone cubic of Fritsch and Carlson (SIAM J. Numer. Anal. 17, 1980),
        which never overshoots, so that sizes stay positive.
    overwrite : bool
        False fills only the frames in which the track is absent.
    is_exact : bool
        True keeps fractions of pixels also where the track has none.

    Notes
    -----
    Frames that the label file does not list are left alone.
    """

    track: int
    keys: tuple[int, ...]
    method: Method = "linear"
    overwrite: bool = True
    is_exact: bool = False

    def describe(self, labels: Labels) -> str:
        """Return ``interpolate`` with name and frames."""
        where = at_frames(FrameRanges.span(min(self.keys), max(self.keys)))
        return f"interpolate {track_name(labels, self.track)} {where}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the frames between the keys filled."""
        block = rows_of(labels, self.track)
        keys = np.unique(np.array(self.keys, dtype=np.int32))
        if len(keys) < 2:
            raise EditError("Interpolation needs two key frames at least.")
        rows = [row_at(labels, self.track, frame=int(key)) for key in keys]
        key_rows = block.take(np.array(rows, dtype=np.intp))
        frames = np.arange(keys[0] + 1, keys[-1], dtype=np.int32)
        frames = frames[labels.listed[frames] & ~np.isin(frames, keys)]
        if not len(frames):
            raise EditError(f"The labels list no frame between {keys[0]} and {keys[-1]}.")
        between = _between(key_rows, frames, method=self.method)
        between = between if self.is_exact else in_whole_pixels(between, block)
        filled = with_geometry(block, between, overwrite=self.overwrite)
        return with_rows(labels, {self.track: filled})


def _between(keys: Block, frames: Ints, *, method: Method) -> Block:
    """Return new rows for frames between key rows, each like the key before it."""
    previous = np.searchsorted(keys.frame, frames, side="right") - 1
    rows = at_other_frames(keys.take(previous.astype(np.intp)), frames)
    boxes = _interpolated(keys.frame, keys.xywh, frames, method=method)
    if keys.vertices is None or keys.offsets is None:
        return replace(rows, xywh=boxes)
    counts = np.unique(np.diff(keys.offsets))
    if len(counts) > 1 or len(np.unique(keys.shape)) > 1:
        raise EditError("The shapes in the key frames need the same number of vertices.")
    by_key = keys.vertices.reshape(len(keys), -1)
    vertices = _interpolated(keys.frame, by_key, frames, method=method)
    if counts[0]:
        points = vertices.reshape(len(frames), -1, 2)
        low, high = points.min(axis=1), points.max(axis=1)
        boxes = np.concatenate([low, high - low], axis=1)
    return replace(rows, xywh=boxes, vertices=vertices.reshape(-1, 2))


def _interpolated(keys: Ints, values: Values, frames: Ints, *, method: Method) -> Values:
    """Return ``(n, columns)`` values at ``frames`` from ``(k, columns)`` values at ``keys``."""
    place = np.searchsorted(keys, frames, side="right") - 1
    step = np.diff(keys).astype(np.float64)[:, None]
    slope = np.diff(values, axis=0) / step
    t = ((frames - keys[place]) / step[place, 0])[:, None]
    first, last = values[place], values[place + 1]
    if method == "linear":
        linear: Values = first + t * (last - first)
        return linear
    tangent = _tangents(slope, step)
    smooth: Values = (
        (1 + 2 * t) * (1 - t) ** 2 * first
        + t * (1 - t) ** 2 * step[place] * tangent[place]
        + t**2 * (3 - 2 * t) * last
        + t**2 * (t - 1) * step[place] * tangent[place + 1]
    )
    return smooth


def _tangents(slope: Values, step: Values) -> Values:
    """Return ``(k, columns)`` tangents that keep each piece monotone: weighted harmonic means."""
    tangent = np.zeros((len(slope) + 1, slope.shape[1]))
    tangent[0], tangent[-1] = slope[0], slope[-1]
    before, after = slope[:-1], slope[1:]
    weight_before, weight_after = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weight_before + weight_after) / (weight_before / before + weight_after / after)
    tangent[1:-1] = np.where(before * after > 0, mean, 0.0)
    return tangent
