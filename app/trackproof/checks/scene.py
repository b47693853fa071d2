"""The labels of one sequence as columns that every check shares."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.breaks import Breaks, breaks_of
from trackproof.checks.camera import shake_path
from trackproof.checks.motion import MotionEvidence, columns_of, motion_evidence, noise_of
from trackproof.checks.neighbours import near_pairs
from trackproof.checks.profile import Profile
from trackproof.checks.sliding import median_of_five
from trackproof.checks.splice import Splice
from trackproof.labels import LabelTable
from trackproof.labels.block import Block, concatenate
from trackproof.labels.boxes import iou
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from trackproof.checks.pixel_evidence import PixelEvidence
    from trackproof.frames.source import FrameSource
    from trackproof.labels import FlatView, Labels, Sequence
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Truths = npt.NDArray[np.bool_]

PART_ROWS = 32_768
"""Rows of a part; see `Scene.whole_parts`."""

BLOCK_ROWS = 65_536
"""Rows per pass: temporaries of this size stay in the processor's cache (measured 6x faster)."""

FEWEST_OVERLAPS = 10
"""Overlaps under which a track has no usual one."""

ON_EACH_OTHER_WIDTHS = 0.35
"""Centres further apart than this, in widths, cannot belong to boxes that overlap by half."""


class Scene:
    """Rows of some tracks, by track and then by frame, and what follows from them.

    Everything derived is computed once, on first use, and shared by all checks.

    Parameters
    ----------
    sequence : Sequence
        Image size, rate and names.
    labels : Labels
        What is checked; may differ from ``sequence.labels`` after edits.
    tracks : iterable of int or None
        Tracks to hold; None holds all.
    focus : iterable of int or None
        Tracks that were touched; None when all count.
    profile : Profile
        Parameters of every check, for shared evidence.
    frames : FrameSource or None
        Pixels, when given.
    progress : Progress
        Told while the frames are read.
    """

    def __init__(
        self,
        sequence: Sequence,
        labels: Labels,
        *,
        tracks: Iterable[int] | None = None,
        focus: Iterable[int] | None = None,
        profile: Profile | None = None,
        frames: FrameSource | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> None:
        self.sequence = sequence
        self.frames = frames
        self.progress = progress
        self.labels = labels
        self.profile = profile or Profile()
        table = labels.table
        # All rows are shared with the table, so that they are not held twice.
        flat = table.flat if tracks is None else _flat_of(table, sorted(set(tracks)))
        self.track_numbers: Ints = flat.track_numbers
        self.starts: npt.NDArray[np.int64] = flat.starts
        self.track: Ints = flat.track
        self.frame: Ints = flat.rows.frame
        self.xywh: Values = flat.rows.xywh
        self.category: npt.NDArray[np.int16] = flat.rows.category
        self.name: Ints = flat.rows.name
        self.attributes: Ints = flat.rows.attributes
        self._focus = None if focus is None else np.array(sorted(set(focus)), dtype=np.int32)

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def pixels(self) -> PixelEvidence:
        """What the frames say about every row, from one pass over them.

        Raises
        ------
        ValueError
            When the scene has no frames.
        """
        from trackproof.checks.pixel_evidence import gather

        if self.frames is None:
            raise ValueError("this scene has no frames to look at")
        return gather(self, self.frames, progress=self.progress)

    @cached_property
    def is_focus(self) -> Truths:
        """``(n,)``: rows of the tracks that are being checked again (all rows at first)."""
        if self._focus is None:
            return np.ones(len(self), dtype=np.bool_)
        return np.isin(self.track_numbers, self._focus)[self.place]

    @property
    def focus_count(self) -> int:
        """Tracks that are being checked again."""
        return len(self.track_numbers) if self._focus is None else len(self._focus)

    @property
    def has_other_tracks(self) -> bool:
        """Whether it holds rows that are not being checked again."""
        return len(self.track_numbers) > self.focus_count

    @property
    def has_focus(self) -> bool:
        """Whether only some tracks are being checked again."""
        return self._focus is not None

    @cached_property
    def annotations(self) -> Block:
        """All rows as one block, with their vertices."""
        blocks = [self.labels.table.blocks[number] for number in self.track_numbers.tolist()]
        return concatenate(blocks) if blocks else Block.of_boxes([], np.empty((0, 4)))

    @cached_property
    def follows(self) -> Truths:
        """``(n,)``: the row before is the same track's (rows without identity never follow)."""
        linked = np.zeros(len(self), dtype=np.bool_)
        linked[1:] = (self.track[1:] == self.track[:-1]) & (self.track[1:] >= 0)
        return linked

    @cached_property
    def missing(self) -> Ints:
        """``(n,)``: listed frames between a row and the row before it of its track; 0 at a start.

        Only a listed frame makes a gap: what the file does not list, it says nothing about.
        """
        listed_before = np.concatenate([[0], np.cumsum(self.labels.listed)]).astype(np.int32)
        last = len(listed_before) - 1
        frame = np.clip(self.frame, 0, last)
        absent = np.zeros(len(self), dtype=np.int32)
        absent[1:] = listed_before[frame[1:]] - listed_before[np.minimum(frame[:-1] + 1, last)]
        absent[~self.follows] = 0
        return np.maximum(absent, 0)

    @cached_property
    def elapsed(self) -> Ints:
        """``(n,)``: frames since the row before of the same track; 0 at a start."""
        frames = np.zeros(len(self), dtype=np.int32)
        frames[1:] = np.diff(self.frame)
        frames[~self.follows] = 0
        return frames

    @cached_property
    def is_first(self) -> Truths:
        """``(n,)``: first row of its track."""
        first = np.zeros(len(self), dtype=np.bool_)
        first[self.starts[:-1]] = True
        return first

    @cached_property
    def is_last(self) -> Truths:
        """``(n,)``: last row of its track."""
        last = np.zeros(len(self), dtype=np.bool_)
        last[self.starts[1:] - 1] = True
        return last

    @cached_property
    def place(self) -> Ints:
        """``(n,)``: number of the row's track among those held; rows without identity differ."""
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def columns(self) -> Values:
        """``(4, n)``: centre x, centre y, width, height as the labels say."""
        return columns_of(self.xywh)

    @cached_property
    def shake(self) -> Values:
        """``(2, frames)``: movement of the picture by the camera's shaking, pixels."""
        is_whole = np.zeros(len(self), dtype=np.bool_)
        is_whole[1:-1] = (self.elapsed[1:-1] == 1) & (self.elapsed[2:] == 1)
        frames = max(len(self.sequence), int(self.frame.max(initial=-1)) + 1)
        return shake_path(self.columns[:2], self.frame, is_whole, frames=frames)

    @cached_property
    def steady(self) -> npt.NDArray[np.float32]:
        """``(4, n)``: like ``columns``, with the camera's shaking taken away."""
        steady = np.empty((4, len(self)), dtype=np.float32)
        for first in range(0, len(self), BLOCK_ROWS):
            rows = slice(first, first + BLOCK_ROWS)
            frame = np.minimum(self.frame[rows], self.shake.shape[1] - 1)
            for axis in range(2):
                steady[axis, rows] = self.columns[axis, rows] - self.shake[axis][frame]
            steady[2:, rows] = self.columns[2:, rows]
        return steady

    @cached_property
    def noise(self) -> Values:
        """``(4, tracks)``: every track's own noise, pixels."""
        return noise_of(self.steady, self.starts)

    @cached_property
    def motion(self) -> MotionEvidence:
        """What the rows around every row predict for it."""
        return motion_evidence(self.steady, self.frame, self.place, self.noise)

    @cached_property
    def medians(self) -> npt.NDArray[np.float32]:
        """``(4, n)``: medians of left, top, width and height over five rows of one track."""
        medians = np.empty((4, len(self)), dtype=np.float32)
        for column in range(4):
            medians[column] = median_of_five(self.xywh[:, column].astype(np.float32), self.track)
        return medians

    @cached_property
    def breaks(self) -> Breaks:
        """Rows that contradict the rows before them, with their states on either side."""
        return breaks_of(self)

    @cached_property
    def overlap(self) -> Values:
        """``(n,)``: IoU with the track's box in the frame before; NaN at starts and after gaps."""
        overlap = np.full(len(self), np.nan)
        for first in range(1, len(self), BLOCK_ROWS):
            end = min(first + BLOCK_ROWS, len(self))
            overlap[first:end] = iou(self.xywh[first - 1 : end - 1], self.xywh[first:end])
        overlap[~self.follows | (self.missing > 0)] = np.nan
        return overlap

    @cached_property
    def usual_overlap(self) -> Values:
        """``(tracks,)``: median of every track's overlap; NaN where it has too few."""
        medians = np.full(len(self.track_numbers), np.nan)
        for place in range(len(medians)):
            own = self.overlap[self.starts[place] : self.starts[place + 1]]
            own = own[np.isfinite(own)]
            if len(own) >= FEWEST_OVERLAPS:
                medians[place] = np.partition(own, len(own) // 2)[len(own) // 2]
        return medians

    @cached_property
    def near_pairs(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Pairs of rows of one frame that may lie on each other; see `near_pairs`."""
        return near_pairs(self, np.arange(len(self)), reach_widths=ON_EACH_OTHER_WIDTHS)

    @cached_property
    def by_frame(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
        """Rows ordered by frame, and the frames in that order."""
        order = np.argsort(self.frame, kind="stable")
        return order, self.frame[order]

    def after_edit(self, labels: Labels, tracks: Iterable[int]) -> tuple[Scene, Scene]:
        """Return the touched tracks alone, and among all others, with what this scene knows.

        What only the whole sequence can tell (the camera's shaking) is kept as it was learnt, and
        what was derived from rows that nobody touched is not derived again.
        """
        touched = set(tracks)
        alone = Scene(self.sequence, labels, tracks=touched, focus=touched, profile=self.profile)
        alone.shake = self.shake
        rows = Splice.of(
            old=self.starts,
            old_tracks=self.track_numbers,
            new=alone.starts,
            new_tracks=alone.track_numbers,
            touched=touched,
        )
        places = rows.of_tracks()
        whole = self._bare()
        whole.labels, whole._focus = labels, alone._focus
        whole.track_numbers = places.joined(self.track_numbers, alone.track_numbers)
        counts = places.joined(np.diff(self.starts), np.diff(alone.starts))
        whole.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        for name in ("track", "frame", "category", "name", "attributes"):
            setattr(whole, name, rows.joined(getattr(self, name), getattr(alone, name)))
        whole.xywh = rows.joined(self.xywh.T, alone.xywh.T).T
        whole.shake = self.shake
        whole.columns = rows.joined(self.columns, alone.columns)
        whole.steady = rows.joined(self.steady, alone.steady)
        whole.noise = places.joined(self.noise, alone.noise)
        whole.usual_overlap = places.joined(self.usual_overlap, alone.usual_overlap)
        whole.motion = self.motion.spliced(alone.motion, rows)
        return alone, whole

    @cached_property
    def whole_parts(self) -> list[Scene]:
        """Scenes of some whole tracks each, together all rows in the same order.

        Arrays of this size stay in the processor's cache and in memory that is already mapped,
        which makes checks of single tracks several times faster than on all rows at once.
        """
        if len(self) <= PART_ROWS:
            return [self]
        edges, first = [0], 0
        for place, end in enumerate(self.starts[1:].tolist(), start=1):
            if end - first >= PART_ROWS or place == len(self.starts) - 1:
                edges.append(place)
                first = end
        return [self._part(low, high) for low, high in pairwise(edges)]

    def focused_on(self, tracks: Iterable[int]) -> Scene:
        """Return the scene with other tracks to check again, and what it knows of the rows."""
        focused = copy(self)
        for name in ("is_focus", "near_pairs"):
            focused.__dict__.pop(name, None)
        focused._focus = np.array(sorted(set(tracks)), dtype=np.int32)
        return focused

    def _bare(self) -> Scene:
        """Return a copy that knows nothing but what it was given."""
        bare = copy(self)
        for name in [key for key in bare.__dict__ if key in _DERIVED]:
            del bare.__dict__[name]
        return bare

    def _part(self, low: int, high: int) -> Scene:
        """Return the scene of tracks at some places, as views that share what is known."""
        part = self._bare()
        rows = slice(int(self.starts[low]), int(self.starts[high]))
        part.track_numbers = self.track_numbers[low:high]
        part.starts = self.starts[low : high + 1] - self.starts[low]
        for name in ("track", "frame", "xywh", "category", "name", "attributes"):
            setattr(part, name, getattr(self, name)[rows])
        part.columns, part.steady = self.columns[:, rows], self.steady[:, rows]
        part.noise = self.noise[:, low:high]
        part.shake, part.motion = self.shake, self.motion.take(rows)
        return part

    def no_values(self) -> Values:
        """Return ``(n,)`` NaN, for a check to fill."""
        return np.full(len(self), np.nan)


def _flat_of(table: LabelTable, tracks: list[int]) -> FlatView:
    held = {number: table.blocks[number] for number in tracks if number in table.blocks}
    return LabelTable(table.tracks, held).flat


_DERIVED = frozenset(
    name for name, value in vars(Scene).items() if isinstance(value, cached_property)
)
