"""A working copy of labels that mistakes are planted into."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.checks.planting_model import STRENGTHS, PlantedEvent
from trackproof.labels import Block, Category, Labels, LabelTable, Track
from trackproof.labels.block import concatenate
from trackproof.labels.boxes import centres

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.checks.planting_model import Difficulty, PlantKind
    from trackproof.labels import Sequence

    Boxes = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]

MARGIN = 6
"""Frames kept untouched around every mistake, so that two never explain each other."""

TRIES = 40


@dataclass(frozen=True, slots=True)
class Spot:
    """Consecutive rows of one track that no mistake has touched yet.

    Parameters
    ----------
    track : int
        Track number.
    first, end : int
        Rows ``first:end`` of its block.
    frame_start, frame_end : int
        Their first and last frame index.
    """

    track: int
    first: int
    end: int
    frame_start: int
    frame_end: int

    @property
    def rows(self) -> slice:
        """The rows as a slice."""
        return slice(self.first, self.end)


class Draft:
    """Blocks that change while mistakes are planted, and which places are taken.

    Parameters
    ----------
    sequence : Sequence
        Clean labels, image size.
    rng : numpy Generator
        The only source of chance.
    difficulty : Difficulty
        Of the mistakes to come.
    """

    def __init__(
        self, sequence: Sequence, *, rng: np.random.Generator, difficulty: Difficulty
    ) -> None:
        self.sequence = sequence
        self.rng = rng
        self.difficulty = difficulty
        self.strength = STRENGTHS[difficulty]
        table = sequence.labels.table
        # a shape with vertices would contradict a rectangle that moved without them
        self.blocks = {
            track: block
            for track, block in table.blocks.items()
            if track >= 0 and block.vertices is None
        }
        self.untouched = {
            track: block for track, block in table.blocks.items() if track not in self.blocks
        }
        self.tracks = list(table.tracks)
        self.names = list(table.names)
        self.attribute_sets = list(table.attribute_sets)
        self.categories = list(sequence.labels.categories)
        self.events: list[PlantedEvent] = []
        self.busy = {track: np.zeros(len(sequence), dtype=np.bool_) for track in self.blocks}
        self.is_whole = all(
            bool((block.xywh == np.round(block.xywh)).all()) for block in self.blocks.values()
        )

    def uniform(self, bounds: tuple[float, float]) -> float:
        """Return a number between two bounds."""
        return float(self.rng.uniform(*bounds))

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def sign(self) -> float:
        """Return -1 or 1."""
        return float(self.rng.choice((-1.0, 1.0)))

    def random_track(self) -> int | None:
        """Return a track, long ones more often; None when there is none."""
        if not self.blocks:
            return None
        numbers = np.fromiter(self.blocks, dtype=np.int64)
        sizes = np.array([len(block) for block in self.blocks.values()], dtype=np.float64)
        return int(self.rng.choice(numbers, p=sizes / sizes.sum()))

    def spot(self, *, length: int, pad: int = MARGIN) -> Spot | None:
        """Return a random run of untouched rows with ``pad`` more untouched rows on either side."""
        for _ in range(TRIES):
            track = self.random_track()
            if track is None:
                return None
            starts = self.free_starts(track, length=length, pad=pad)
            if len(starts):
                return self.spot_at(track, int(self.rng.choice(starts)), length=length)
        return None

    def spot_at(self, track: int, first: int, *, length: int) -> Spot:
        """Return the rows ``first:first + length`` of a track as a spot."""
        frame = self.blocks[track].frame
        end = first + length
        return Spot(track, first, end, int(frame[first]), int(frame[end - 1]))

    def free_starts(self, track: int, *, length: int, pad: int) -> npt.NDArray[np.intp]:
        """Return first rows of runs without gaps that are untouched, padding included."""
        frame = self.blocks[track].frame
        reach = length - 1 + 2 * pad
        if len(frame) <= reach:
            return np.empty(0, dtype=np.intp)
        taken = np.concatenate([[0], np.cumsum(self.busy[track])])
        low, high = frame[: len(frame) - reach], frame[reach:]
        is_free = (high - low == reach) & (taken[high + 1] == taken[low])
        return np.flatnonzero(is_free) + pad

    def is_free(self, track: int, frame_start: int, frame_end: int) -> bool:
        """Return whether no mistake lies near these frames of a track."""
        low, high = max(frame_start - MARGIN, 0), frame_end + MARGIN + 1
        return not self.busy[track][low:high].any()

    def others_at(self, frame: int, *, but: int) -> list[tuple[int, int]]:
        """Return ``(track, row)`` of all other tracks with a box in a frame."""
        found = []
        for track, block in self.blocks.items():
            row = None if track == but else block.row_at(frame)
            if row is not None:
                found.append((track, row))
        return found

    def neighbours(self, track: int, frame: int, *, reach: float) -> list[int]:
        """Return tracks whose centre lies within ``reach`` widths of a track's, nearest first."""
        block = self.blocks[track]
        row = block.row_at(frame)
        if row is None:
            return []
        here, width = centres(block.xywh[row]), block.xywh[row, 2]
        near = []
        for other, other_row in self.others_at(frame, but=track):
            box = self.blocks[other].xywh[other_row]
            away = float(np.hypot(*(centres(box) - here)))
            if away <= reach * max(width, box[2]):
                near.append((away, other))
        return [other for _, other in sorted(near)]

    def put(self, spot: Spot, xywh: Boxes) -> None:
        """Give the rows of a spot other boxes, whole pixels where all labels are whole."""
        block = self.blocks[spot.track]
        boxes = block.xywh.copy()
        boxes[spot.rows] = np.round(xywh) if self.is_whole else xywh
        self.blocks[spot.track] = replace(block, xywh=boxes)

    def boxes(self, spot: Spot) -> Boxes:
        """Return a copy of the boxes of a spot, ``(n, 4)`` xywh."""
        return self.blocks[spot.track].xywh[spot.rows].copy()

    def drop(self, spot: Spot) -> None:
        """Remove the rows of a spot."""
        keep = np.ones(len(self.blocks[spot.track]), dtype=np.bool_)
        keep[spot.rows] = False
        self.blocks[spot.track] = self.blocks[spot.track].take(keep)

    def new_track(self, rows: Block, *, object_name: str | None = None) -> int:
        """Add a track with the given rows; it gets an id and a name that are new."""
        number = len(self.tracks)
        known = {track.object_id for track in self.tracks}
        object_id = next(i for i in map(str, range(number + 1, 3 * number + 9)) if i not in known)
        name = object_name
        if name is None:
            category = self.categories[int(rows.category[0])].name if self.categories else "object"
            name = f"{category}:{object_id}" if any(self.names) else ""
        self.tracks.append(Track(object_id, name))
        self.blocks[number] = replace(
            rows, name=np.full(len(rows), self.name_number(name), dtype=np.int32)
        )
        self.busy[number] = np.zeros(len(self.sequence), dtype=np.bool_)
        return number

    def name_number(self, name: str) -> int:
        """Return the number of an object name, adding it when it is new."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def category_but(self, category: int) -> int:
        """Return another category, adding one when there is only one."""
        others = [number for number in range(len(self.categories)) if number != category]
        if not others:
            self.categories.append(Category("other", class_id="other"))
            return len(self.categories) - 1
        return int(self.rng.choice(others))

    def exchange(self, first: int, second: int, frame_start: int, frame_end: int) -> None:
        """Exchange the rows of two tracks between two frames, with all that was planted there."""
        one, two = self.blocks[first], self.blocks[second]
        in_one = (one.frame >= frame_start) & (one.frame <= frame_end)
        in_two = (two.frame >= frame_start) & (two.frame <= frame_end)
        self.blocks[first] = _merged(one.take(~in_one), _as_of(two.take(in_two), two, one))
        self.blocks[second] = _merged(two.take(~in_two), _as_of(one.take(in_one), one, two))
        span = slice(frame_start, frame_end + 1)
        kept = self.busy[first][span].copy()
        self.busy[first][span] = self.busy[second][span]
        self.busy[second][span] = kept
        self.relabel({first: second, second: first}, frame_start, frame_end)

    def relabel(self, numbers: dict[int, int], frame_start: int, frame_end: int) -> None:
        """Give events that lie between two frames the numbers that their tracks have now."""
        for place, event in enumerate(self.events):
            if event.frame_start >= frame_start and event.frame_end <= frame_end:
                tracks = tuple(numbers.get(track, track) for track in event.tracks)
                self.events[place] = replace(event, tracks=tracks)

    def note(
        self,
        kind: PlantKind,
        tracks: tuple[int, ...],
        frame_start: int,
        frame_end: int,
        description: str,
    ) -> None:
        """Record a mistake and keep others away from it."""
        event = PlantedEvent(kind, tracks, frame_start, frame_end, description, self.difficulty)
        self.events.append(event)
        for track in tracks:
            self.busy[track][max(frame_start, 0) : frame_end + 1] = True

    def labels(self) -> Labels:
        """Return the labels as they stand."""
        clean = self.sequence.labels
        table = LabelTable(
            self.tracks,
            {**self.untouched, **self.blocks},
            names=self.names,
            attribute_sets=self.attribute_sets,
        )
        return Labels(table, tuple(self.categories), clean.listed, clean.frame_attributes)


def _merged(kept: Block, added: Block) -> Block:
    joined = concatenate([kept, added])
    return joined.take(np.argsort(joined.frame, kind="stable"))


def _as_of(rows: Block, before: Block, now: Block) -> Block:
    """Return rows with the usual name and attributes of their new track, which has its own.

    What was unusual in the old track (a planted name, say) stays.
    """
    return replace(
        rows,
        name=_translated(rows.name, before.name, now.name),
        attributes=_translated(rows.attributes, before.attributes, now.attributes),
    )


def _translated(values: Ints, before: Ints, now: Ints) -> Ints:
    usual = np.bincount(before).argmax()
    return np.where(values == usual, np.bincount(now).argmax(), values).astype(np.int32)
