"""A scene after edits: what was derived from rows that nobody touched is not derived again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from trackproof.checks.breaks import Breaks, joined_breaks
from trackproof.checks.neighbours import ByPlace, near_some
from trackproof.checks.scene import COLUMNS, ON_EACH_OTHER_WIDTHS, Scene
from trackproof.checks.splice import Splice
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from trackproof.labels import Labels

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.intp]
    AnyRows = npt.NDArray[np.intp] | npt.NDArray[np.int64]

Scalar = TypeVar("Scalar", bound=np.generic)

MOST_TRACKS = 24
"""Touched tracks that are kept apart; with more, the rows of all are joined and kept as one."""

SETTLED = (*COLUMNS, "shake", "extent", "noise", "breaks", "usual_overlap")
"""What a scene hands on when edits are joined into it."""


class EditedScene(Scene):
    """Rows of a scene with those of touched tracks in their places; joined when asked for.

    Parameters
    ----------
    base : Scene
        The rows as they were before the first of these edits.
    labels : Labels
        The annotations after the last.
    edits : mapping of int to Scene
        A scene that holds the rows of the track as it is now (or none), by touched track.
    focus : (k,) int32
        Tracks that the last edit touched.
    """

    def __init__(
        self, base: Scene, labels: Labels, edits: Mapping[int, Scene], *, focus: Ints
    ) -> None:
        # The columns of the rows are properties here, which is why nothing else sets them.
        self.sequence, self.profile = base.sequence, base.profile
        self.frames, self.progress = base.frames, base.progress
        self.labels, self._focus = labels, focus
        self._whole, self._first_row = None, 0
        self._base, self._edits = base, edits
        self._sources = [base, *dict.fromkeys(edits.values())]
        number = {id(source): place for place, source in enumerate(self._sources)}
        self._rows = Splice.of(
            [source.starts for source in self._sources],
            [source.track_numbers for source in self._sources],
            owner={track: number[id(source)] for track, source in edits.items()},
        )
        places = self._rows.of_tracks()
        self.track_numbers = places.joined([source.track_numbers for source in self._sources])
        counts = places.joined([np.diff(source.starts) for source in self._sources])
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        pieces = list(self._rows.shifts())
        self._piece_sources = np.array([source for source, _, _ in pieces], dtype=np.intp)
        self._piece_shifts = np.array([shift for _, _, shift in pieces], dtype=np.intp)
        own_starts = np.array([rows.start for _, rows, _ in pieces], dtype=np.intp)
        self._piece_starts = own_starts + self._piece_shifts

    def __len__(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def track(self) -> Ints:
        """``(n,)``: track of every row."""
        return self._rows.joined([source.track for source in self._sources])

    @cached_property
    def frame(self) -> Ints:
        """``(n,)``: frame of every row."""
        return self._rows.joined([source.frame for source in self._sources])

    @cached_property
    def xywh(self) -> Values:
        """``(n, 4)``: boxes."""
        return self._rows.joined([source.xywh for source in self._sources])

    @cached_property
    def category(self) -> npt.NDArray[np.int16]:
        """``(n,)``: category of every row."""
        return self._rows.joined([source.category for source in self._sources])

    @cached_property
    def shape(self) -> npt.NDArray[np.uint8]:
        """``(n,)``: shape of every row."""
        return self._rows.joined([source.shape for source in self._sources])

    @cached_property
    def name(self) -> Ints:
        """``(n,)``: name of every row."""
        return self._rows.joined([source.name for source in self._sources])

    @cached_property
    def attributes(self) -> Ints:
        """``(n,)``: set of attributes of every row."""
        return self._rows.joined([source.attributes for source in self._sources])

    @cached_property
    def shake(self) -> Values:
        """The camera's shaking, as it was learnt before the edits."""
        return self._base.shake

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The extent of all boxes, as it was learnt before the edits."""
        return self._base.extent

    @cached_property
    def noise(self) -> Values:
        """``(4, tracks)``: every track's own noise, pixels."""
        return self._rows.of_tracks().joined([source.noise.T for source in self._sources]).T

    @cached_property
    def usual_overlap(self) -> Values:
        """``(tracks,)``: median of every track's overlap; NaN where it has too few."""
        return self._rows.of_tracks().joined([source.usual_overlap for source in self._sources])

    @cached_property
    def breaks(self) -> Breaks:
        """Rows that contradict the rows before them, with their states on either side."""
        pieces = [
            (self._sources[source].breaks.within(rows), shift)
            for source, rows, shift in self._rows.shifts()
        ]
        return joined_breaks(pieces or [(self._base.breaks.take(slice(0)), 0)])

    @cached_property
    def near_pairs(self) -> tuple[Rows, Rows]:
        """Pairs of rows of one frame that may lie on each other, one of them touched."""
        touched = self.track_numbers[self.is_focus_track].tolist()
        mine, base = self._by_place(touched), self._base.by_place
        own, other = near_some(mine, base, reach_widths=ON_EACH_OTHER_WIDTHS)
        untouched = ~np.isin(self._base.tracks_of(base.rows[other]), list(self._edits))
        own, other = own[untouched], other[untouched]
        pairs = [(self._moved(base.rows[other]), mine.rows[own], base.x[other], mine.x[own])]
        if len(self._edits) > 1 or len(touched) > 1 or NO_IDENTITY in touched:
            edited = self._by_place(self._edits)
            own, other = near_some(mine, edited, reach_widths=ON_EACH_OTHER_WIDTHS)
            pairs.append((edited.rows[other], mine.rows[own], edited.x[other], mine.x[own]))
        one, two, x_one, x_two = (np.concatenate(column) for column in zip(*pairs, strict=True))
        # A row finds itself, and two touched rows find each other from both sides.
        once = (one != two) & (~self.are_focus(one) | (one > two))
        is_left = (x_one < x_two) | ((x_one == x_two) & (one < two))
        one, two, is_left = one[once], two[once], is_left[once]
        return np.where(is_left, one, two), np.where(is_left, two, one)

    def _by_place(self, tracks: Iterable[int]) -> ByPlace:
        """Return the rows of some tracks by frame and centre."""
        rows = [np.empty(0, dtype=np.intp)]
        frames, boxes = [self._base.frame[:0]], [self._base.xywh[:0]]
        for track in tracks:
            source = self._edits.get(track, self._base)
            first, end = source.row_ranges.get(track, (0, 0))
            begin = self.row_ranges.get(track, (0, 0))[0]
            rows.append(np.arange(begin, begin + end - first))
            frames.append(source.frame[first:end])
            boxes.append(source.xywh[first:end])
        return ByPlace.of(np.concatenate(rows), np.concatenate(frames), np.concatenate(boxes))

    def frames_of(self, rows: AnyRows) -> Ints:
        """Return the frames of a few rows."""
        return self._gathered([source.frame for source in self._sources], rows)

    def boxes_of(self, rows: AnyRows) -> Values:
        """Return the ``(m, 4)`` boxes of a few rows."""
        return self._gathered([source.xywh for source in self._sources], rows)

    def boxes_at(self, place: int) -> Values:
        """Return the ``(m, 4)`` boxes of the track at a place."""
        track = int(self.track_numbers[place])
        source = self._edits.get(track, self._base)
        first, end = source.row_ranges[track]
        return source.xywh[first:end]

    def categories_of(self, rows: AnyRows) -> npt.NDArray[np.int16]:
        """Return the categories of a few rows."""
        return self._gathered([source.category for source in self._sources], rows)

    def shapes_of(self, rows: AnyRows) -> npt.NDArray[np.uint8]:
        """Return the shapes of a few rows."""
        return self._gathered([source.shape for source in self._sources], rows)

    def _gathered(
        self, columns: Sequence[npt.NDArray[Scalar]], rows: AnyRows
    ) -> npt.NDArray[Scalar]:
        """Return what a few rows have in the columns of the sources, without joining these."""
        if not len(rows):
            return columns[0][:0]
        found = np.empty((len(rows), *columns[0].shape[1:]), dtype=columns[0].dtype)
        piece = np.searchsorted(self._piece_starts, rows, side="right") - 1
        theirs = rows - self._piece_shifts[piece]
        source = self._piece_sources[piece]
        for number, column in enumerate(columns):
            here = np.flatnonzero(source == number)
            found[here] = column[theirs[here]]
        return found

    def _moved(self, base_rows: Rows) -> Rows:
        """Return where rows of the base are now that no edit touched."""
        of_base = np.flatnonzero(self._piece_sources == 0)
        starts = self._piece_starts[of_base] - self._piece_shifts[of_base]
        piece = of_base[np.searchsorted(starts, base_rows, side="right") - 1]
        return base_rows + self._piece_shifts[piece]

    def settled(self) -> Scene:
        """Return the same rows as a scene of its own, which needs none of those before."""
        scene = self.like()
        scene._focus = None
        scene.track_numbers, scene.starts = self.track_numbers, self.starts
        for name in SETTLED:
            setattr(scene, name, getattr(self, name))
        return scene

    def edits_on(self) -> tuple[Scene, Mapping[int, Scene]]:
        """Return what further edits build upon: a scene, and what was edited since."""
        if len(self._edits) > MOST_TRACKS:
            return self.settled(), {}
        return self._base, self._edits


def after_edit(scene: Scene, labels: Labels, tracks: Iterable[int]) -> tuple[Scene, EditedScene]:
    """Return the touched tracks alone, and among all others, with what the scene knows.

    What only the whole sequence can tell (the camera's shaking) is kept as it was learnt.
    """
    touched = sorted(set(tracks))
    base, before = scene.edits_on() if isinstance(scene, EditedScene) else (scene, {})
    alone = Scene(scene.sequence, labels, tracks=touched, focus=touched, profile=scene.profile)
    alone.shake, alone.extent = base.shake, base.extent
    edits = {**before, **dict.fromkeys(touched, alone)}
    return alone, EditedScene(base, labels, edits, focus=np.array(touched, dtype=np.int32))
