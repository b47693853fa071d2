"""Two label sets of one sequence, brought onto the same frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from trackproof.agreement.similarity import similarity_of
from trackproof.labels import NO_IDENTITY
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block, Labels, Sequence
    from trackproof.progress import Progress

    Values = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.intp]
    Truths = npt.NDArray[np.bool_]

NOWHERE = -1
"""Place of a frame that the other set does not have."""

MADE_UP_NAMES = frozenset({"motchallenge", "kitti"})
"""Formats that hold no names of pictures: theirs are their frame numbers."""

STEP = 64
"""Frames after which progress is told."""


@dataclass(frozen=True, eq=False)
class LabelSet:
    """One of the two sets: labels, the sequence they belong to, and what people call them."""

    sequence: Sequence
    labels: Labels
    title: str

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        """Names of the categories, case folded: the two sets may number them differently."""
        return tuple(category.name.casefold() for category in self.labels.categories)


@dataclass(frozen=True, eq=False)
class Side:
    """The rows of one set that are compared, by frame.

    Parameters
    ----------
    rows : Block
        All rows.
    frame : (n,) int32
        Frame index in the first set, ascending.
    track : (n,) int32
        Track number in its own set.
    identity : (n,) intp
        Place of the track in ``tracks``; where there is no identity, every row is its own.
    tracks : (k,) int32
        Track numbers; `NO_IDENTITY` for rows without identity.
    starts : (frames + 1,) intp
        Rows ``starts[i]:starts[i + 1]`` stand in the i-th compared frame.
    """

    rows: Block
    frame: Ints
    track: Ints
    identity: Rows
    tracks: Ints
    starts: Rows

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def has_identity(self) -> bool:
        """Whether every row says who it is."""
        return not len(self.track) or bool((self.track != NO_IDENTITY).all())

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """``(k,)``: rows of every identity."""
        return np.bincount(self.identity, minlength=len(self.tracks)).astype(np.int64)

    def at(self, place: int) -> slice:
        """Return the rows of the i-th compared frame."""
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sets on the frames that are compared.

    Parameters
    ----------
    frames : (k,) int32
        Compared frames, as indices of the first set, ascending.
    first, second : Side
        The reference, and what is measured against it.
    similarity : tuple of (n, m) float64
        By compared frame, every row of the first set against every row of the second, 0 to 1.
    """

    frames: Ints
    first: Side
    second: Side
    similarity: tuple[Values, ...]

    @property
    def has_identity(self) -> bool:
        """Whether both sets say who is who, so that identities can be compared."""
        return self.first.has_identity and self.second.has_identity

    def only(self, first: Truths, second: Truths) -> Sides:
        """Return the rows of both sets for which a mask is true, with what was measured."""
        similarity = tuple(
            matrix[np.ix_(first[self.first.at(place)], second[self.second.at(place)])]
            for place, matrix in enumerate(self.similarity)
        )
        return Sides(
            self.frames,
            _side(self.frames, self.first.rows.take(first), *_kept(self.first, first)),
            _side(self.frames, self.second.rows.take(second), *_kept(self.second, second)),
            similarity,
        )


def _kept(side: Side, mask: Truths) -> tuple[Ints, Ints]:
    return side.frame[mask], side.track[mask]


def frame_places(first: Sequence, second: Sequence) -> Ints:
    """Return the frame index in the first sequence of every frame of the second.

    By file name when one holds all names of the other, else by the file's own numbers when both
    come from one format, else by position: formats count from 0 or from 1. Names that a format
    makes up from such a count say nothing about pictures that are counted from the other one.
    """
    named = {} if _count_apart(first, second) else first.frame_by_name
    if len(named) == len(first) and len(second.frame_by_name) == len(second):
        shared = sum(name in named for name in second.frame_names)
        if shared and shared == min(len(first), len(second)):
            places = [named.get(name, NOWHERE) for name in second.frame_names]
            return np.array(places, dtype=np.int32)
    if _format(first) == _format(second):
        numbers = {int(number): place for place, number in enumerate(first.frame_numbers)}
        places = [numbers.get(int(number), NOWHERE) for number in second.frame_numbers]
        if any(place >= 0 for place in places):
            return np.array(places, dtype=np.int32)
    positions = np.arange(len(second), dtype=np.int32)
    return np.where(positions < len(first), positions, NOWHERE).astype(np.int32)


def _count_apart(first: Sequence, second: Sequence) -> bool:
    """Return whether one file counts pictures from 0 and the other makes up names from 1."""
    starts = {
        PurePath(one.frame_names[0]).stem.lstrip("0") if len(one) else "" for one in (first, second)
    }
    makes_up = [_format(one) in MADE_UP_NAMES for one in (first, second)]
    return starts == {"", "1"} and makes_up[0] != makes_up[1]


def _format(sequence: Sequence) -> str:
    return sequence.source.format_name if sequence.source is not None else ""


def joined_sides(
    first: LabelSet,
    second: LabelSet,
    *,
    frames: tuple[int, int] | None = None,
    progress: Progress = NO_PROGRESS,
) -> Sides:
    """Return both sets on the frames that both of them speak about.

    A frame counts unless one of the files leaves it out of its list; frames beyond the end of a
    set count as empty, because formats without a list end at the last annotation.

    Parameters
    ----------
    frames : (int, int) or None
        First and last frame index to compare, inclusive; None compares all.
    """
    places = frame_places(first.sequence, second.sequence)
    length = len(first.sequence)
    compared = np.zeros(length, dtype=np.bool_)
    compared[: len(first.labels.listed)] = first.labels.listed[:length]
    here = places >= 0
    unlisted = ~second.labels.listed[: len(places)]
    compared[places[here & unlisted]] = False
    if frames is not None:
        inside = np.zeros(length, dtype=np.bool_)
        inside[max(frames[0], 0) : frames[1] + 1] = True
        compared &= inside
    chosen = np.flatnonzero(compared).astype(np.int32)
    sides = (
        _side_of(first.labels, np.arange(length, dtype=np.int32), compared, chosen),
        _side_of(second.labels, places, compared, chosen),
    )
    matrices = []
    for place in range(len(chosen)):
        if not place % STEP:
            progress.step(place, len(chosen))
        left, right = (one.rows.view(one.at(place).start, one.at(place).stop) for one in sides)
        matrices.append(similarity_of(left, right))
    return Sides(chosen, *sides, tuple(matrices))


def _side_of(labels: Labels, places: Ints, compared: Truths, chosen: Ints) -> Side:
    flat = labels.table.flat
    inside = flat.rows.frame < len(places)
    place = np.where(inside, places[np.minimum(flat.rows.frame, max(len(places) - 1, 0))], NOWHERE)
    rows = np.flatnonzero((place >= 0) & compared[np.maximum(place, 0)])
    rows = rows[np.argsort(place[rows], kind="stable")]
    frame = place[rows].astype(np.int32)
    return _side(chosen, flat.rows.take(rows), frame, flat.track[rows])


def _side(chosen: Ints, rows: Block, frame: Ints, track: Ints) -> Side:
    is_lone = track == NO_IDENTITY
    tracks, identity = np.unique(track[~is_lone], return_inverse=True)
    own = np.empty(len(track), dtype=np.intp)
    own[~is_lone] = identity
    own[is_lone] = len(tracks) + np.arange(int(is_lone.sum()))
    everyone = np.concatenate([tracks, np.full(int(is_lone.sum()), NO_IDENTITY)])
    starts = np.append(np.searchsorted(frame, chosen), len(frame)).astype(np.intp)
    return Side(rows, frame, track, own, everyone.astype(np.int32), starts)
