"""The labels of one sequence as columns that every check shares."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.breaks import Breaks, breaks_of, joined_breaks
from trackproof.checks.camera import shake_path
from trackproof.checks.motion import MotionEvidence, columns_of, motion_evidence, noise_of
from trackproof.checks.neighbours import ByPlace, near_pairs
from trackproof.checks.profile import Profile
from trackproof.checks.sliding import median_of_five
from trackproof.labels import LabelTable
from trackproof.labels.block import Block, concatenate
from trackproof.labels.boxes import iou
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from trackproof.checks.pixel_evidence import PixelEvidence
    from trackproof.frames.source import FrameSource
    from trackproof.labels import FlatView, Labels, Sequence
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Truths = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.intp] | npt.NDArray[np.int64]

PART_ROWS = 65_536
"""Rows of a part; see `Scene.parts`."""

BLOCK_ROWS = 65_536
"""Rows per pass: temporaries of this size stay in the processor's cache (measured 6x faster)."""

FEWEST_OVERLAPS = 10
"""Overlaps under which a track has no usual one."""

ON_EACH_OTHER_WIDTHS = 0.35
"""Centres further apart than this, in widths, cannot belong to boxes that overlap by half."""


COLUMNS = ("track", "frame", "xywh", "category", "shape", "name", "attributes")
"""What a scene takes from the labels for every row."""

GIVEN = ("sequence", "frames", "progress", "labels", "profile", "_focus")
"""What a scene is given and all of its parts share."""


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
        self._flat = flat
        self._focus = None if focus is None else np.array(sorted(set(focus)), dtype=np.int32)
        self._whole: Scene | None = None
        self._first_row = 0

    def __len__(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def track(self) -> Ints:
        """``(n,)``: track of every row."""
        return self._flat.track

    @cached_property
    def frame(self) -> Ints:
        """``(n,)``: frame of every row."""
        return self._flat.rows.frame

    @cached_property
    def xywh(self) -> Values:
        """``(n, 4)``: boxes, pixels."""
        return self._flat.rows.xywh

    @cached_property
    def category(self) -> npt.NDArray[np.int16]:
        """``(n,)``: category of every row."""
        return self._flat.rows.category

    @cached_property
    def shape(self) -> npt.NDArray[np.uint8]:
        """``(n,)``: `labels.Shape` of every row."""
        return self._flat.rows.shape

    @cached_property
    def name(self) -> Ints:
        """``(n,)``: name of every row."""
        return self._flat.rows.name

    @cached_property
    def attributes(self) -> Ints:
        """``(n,)``: set of attributes of every row."""
        return self._flat.rows.attributes

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
        focus = np.zeros(len(self), dtype=np.bool_)
        for place in np.flatnonzero(self.is_focus_track).tolist():
            focus[self.starts[place] : self.starts[place + 1]] = True
        return focus

    @cached_property
    def is_focus_track(self) -> Truths:
        """``(tracks,)``: tracks that are being checked again (all at first)."""
        if self._focus is None:
            return np.ones(len(self.track_numbers), dtype=np.bool_)
        return np.isin(self.track_numbers, self._focus)

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
    def row_ranges(self) -> dict[int, tuple[int, int]]:
        """First row and end of every track."""
        bounds = zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True)
        return dict(zip(self.track_numbers.tolist(), bounds, strict=True))

    @cached_property
    def columns(self) -> Values:
        """``(4, n)``: centre x, centre y, width, height as the labels say."""
        return columns_of(self.xywh)

    @cached_property
    def extent(self) -> tuple[float, float]:
        """Furthest right and lowest side of all boxes of the sequence, pixels, at least 1."""
        if self._whole is not None:
            return self._whole.extent
        far = (self.xywh[:, :2] + self.xywh[:, 2:]).max(axis=0, initial=1.0)
        return float(far[0]), float(far[1])

    @cached_property
    def shake(self) -> Values:
        """``(2, frames)``: movement of the picture by the camera's shaking, pixels."""
        if self._whole is not None:
            return self._whole.shake
        is_whole = np.zeros(len(self), dtype=np.bool_)
        for first in range(1, len(self) - 1, BLOCK_ROWS):
            end = min(first + BLOCK_ROWS, len(self) - 1)
            before, after = slice(first - 1, end - 1), slice(first + 1, end + 1)
            # No frame of a track has two rows: two frames on, two rows on, all three follow.
            whole = self.frame[after] - self.frame[before] == 2
            whole &= (self.track[after] == self.track[before]) & (self.track[after] >= 0)
            is_whole[first:end] = whole
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
        if self._has_parts:
            return np.concatenate([part.noise for part in self.parts()], axis=1)
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
        if self._has_parts:
            return joined_breaks([(part.breaks, part.first_row) for part in self.parts()])
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
        if self._has_parts:
            return np.concatenate([part.usual_overlap for part in self.parts()])
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
        return near_pairs(self, self.by_place, reach_widths=ON_EACH_OTHER_WIDTHS)

    @cached_property
    def by_place(self) -> ByPlace:
        """All rows by frame and centre."""
        return ByPlace.of(np.arange(len(self)), self.frame, self.xywh)

    @cached_property
    def by_frame(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
        """Rows with finite boxes ordered by frame, and the frames in that order."""
        return self.by_place.rows, self.by_place.frame

    @property
    def first_row(self) -> int:
        """Place of the first row among those of the scene that this one is a part of."""
        return self._first_row

    @property
    def _has_parts(self) -> bool:
        return self._whole is None and len(self) > PART_ROWS

    def parts(self) -> Iterator[Scene]:
        """Yield scenes of some whole tracks each, together all rows in the same order.

        Arrays of this size stay in the processor's cache and in memory that is already mapped,
        which makes checks of single tracks several times faster than on all rows at once. A part
        derives its own evidence and is let go with it; only what all rows tell is shared.
        """
        if not self._has_parts:
            yield self
            return
        low, first = 0, 0
        for place, end in enumerate(self.starts[1:].tolist(), start=1):
            if end - first >= PART_ROWS or place == len(self.starts) - 1:
                yield self.part(low, place)
                low, first = place, end

    def part(self, low: int, high: int) -> Scene:
        """Return the scene of the tracks at some places, as views of the rows of this one."""
        part = self.like()
        rows = slice(int(self.starts[low]), int(self.starts[high]))
        part._whole, part._first_row = self, rows.start
        part.track_numbers = self.track_numbers[low:high]
        part.starts = self.starts[low : high + 1] - self.starts[low]
        for name in COLUMNS:
            setattr(part, name, getattr(self, name)[rows])
        return part

    def part_of(self, track: int) -> Scene:
        """Return the scene of one track of this one; without rows where it has none."""
        low, high = np.searchsorted(self.track_numbers, [track, track + 1]).tolist()
        return self.part(low, high)

    def like(self) -> Scene:
        """Return a scene of the same sequence that holds no rows yet and knows nothing of any."""
        scene = Scene.__new__(Scene)
        for name in GIVEN:
            setattr(scene, name, getattr(self, name))
        scene._whole, scene._first_row = None, 0
        return scene

    def focused_on(self, tracks: Iterable[int]) -> Scene:
        """Return the scene with other tracks to check again, and what it knows of the rows."""
        focused = copy(self)
        for name in ("is_focus", "is_focus_track", "near_pairs"):
            focused.__dict__.pop(name, None)
        focused._focus = np.array(sorted(set(tracks)), dtype=np.int32)
        return focused

    def no_values(self) -> Values:
        """Return ``(n,)`` NaN, for a check to fill."""
        return np.full(len(self), np.nan)

    def zeros(self, *, at_starts: bool) -> Values:
        """Return ``(n,)`` zeros for a check to fill, NaN for rows without identity.

        Parameters
        ----------
        at_starts : bool
            Whether the first row of a track has a value; NaN otherwise.
        """
        values = np.zeros(len(self))
        if not at_starts:
            values[self.starts[:-1]] = np.nan
        values[: self.rows_without_identity] = np.nan
        return values

    @property
    def rows_without_identity(self) -> int:
        """Rows of tasks without identity; they come first."""
        return int(self.starts[1]) if (self.track_numbers[:1] < 0).any() else 0

    def places_of(self, rows: Rows) -> Rows:
        """Return `place` of a few rows, without looking at all."""
        places: Rows = np.searchsorted(self.starts, rows, side="right") - 1
        return places

    def tracks_of(self, rows: Rows) -> Ints:
        """Return the tracks of a few rows."""
        return self.track_numbers[self.places_of(rows)]

    def are_focus(self, rows: Rows) -> Truths:
        """Return which of a few rows are being checked again."""
        return self.is_focus_track[self.places_of(rows)]

    def frames_of(self, rows: Rows) -> Ints:
        """Return the frames of a few rows."""
        return self.frame[rows]

    def boxes_of(self, rows: Rows) -> Values:
        """Return the ``(m, 4)`` boxes of a few rows."""
        # Seven times faster than indexing, for numpy copies whole rows.
        return self.xywh.take(rows, axis=0)

    def boxes_at(self, place: int) -> Values:
        """Return the ``(m, 4)`` boxes of the track at a place."""
        return self.xywh[self.starts[place] : self.starts[place + 1]]

    def categories_of(self, rows: Rows) -> npt.NDArray[np.int16]:
        """Return the categories of a few rows."""
        return self.category[rows]

    def shapes_of(self, rows: Rows) -> npt.NDArray[np.uint8]:
        """Return the shapes of a few rows."""
        return self.shape[rows]


def _flat_of(table: LabelTable, tracks: list[int]) -> FlatView:
    held = {number: table.blocks[number] for number in tracks if number in table.blocks}
    return LabelTable(table.tracks, held).flat
