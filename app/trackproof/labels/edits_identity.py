"""Edits of who is who: new tracks, names, categories, split, merge and swap."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import Block, concatenate
from trackproof.labels.edits import (
    Edit,
    at_frames,
    category_of_name,
    check_boxes,
    check_frames,
    chosen_rows,
    rows_of,
    track_name,
    track_names,
    track_record,
    with_rows,
)
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.splicing import without_frames
from trackproof.labels.table import NO_IDENTITY, Track

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from trackproof.labels.likeness import Like
    from trackproof.labels.sequence import Labels

Overlap = Literal["refuse", "keep first", "keep second"]

Whole = TypeVar("Whole", bound=np.integer[Any])

_NUMBERED = re.compile(r"(.*):(\d{1,9})")


def new_object_id() -> str:
    """Return an identity that no other object has."""
    return str(uuid.uuid4())


def next_name(labels: Labels, category: int) -> str:
    """Return the first free ``Category:N`` after all that were ever used.

    The prefix is spelled as the category's tracks spell it (``car:1`` for the category ``Car``).
    """
    prefix = labels.categories[category].name
    highest = 0
    for name in {*labels.table.names, *(track.object_name for track in labels.table.tracks)}:
        match = _NUMBERED.fullmatch(name)
        if match and match[1].casefold() == prefix.casefold():
            prefix, highest = match[1], max(highest, int(match[2]))
    return f"{prefix}:{highest + 1}"


@dataclass(frozen=True, slots=True)
class NewTrack(Edit):
    """Add an object with its first box.

    Parameters
    ----------
    category : int
        Index into the categories.
    frame : int
        Frame index.
    xywh : (float, float, float, float)
        Left, top, width, height, pixels.
    name : str or None
        By default the next free ``Category:N``.
    object_id : str
        Identity. Where every identity of a file is a whole number, the next one is taken instead.
    """

    category: int
    frame: int
    xywh: tuple[float, float, float, float]
    name: str | None = None
    object_id: str = field(default_factory=new_object_id)

    def describe(self, labels: Labels) -> str:
        """Return ``add`` with name and frame."""
        name = self.name or next_name(labels, self.category)
        return f"add {name} at frame {self.frame}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the new track, whose number is the last."""
        check_category(labels, self.category)
        boxes = np.array([self.xywh], dtype=np.float64)
        check_boxes(boxes)
        check_frames(labels, np.array([self.frame]))
        rows = Block.of_boxes([self.frame], boxes, category=self.category)
        name = self.name or next_name(labels, self.category)
        return with_new_track(labels, {}, rows, name=name, object_id=self.object_id)


@dataclass(frozen=True, slots=True)
class Rename(Edit):
    """Give an object another name; its identity stays.

    Parameters
    ----------
    track : int
        Track number.
    name : str
        The new name, which no other object may have.
    """

    track: int
    name: str

    def describe(self, labels: Labels) -> str:
        """Return ``rename`` with both names."""
        return f"rename {track_name(labels, self.track)} to {self.name}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the name on the track and all its annotations."""
        record = track_record(labels, self.track)
        if not self.name.strip():
            raise EditError("A name needs one letter at least.")
        for number, block in labels.table.blocks.items():
            if number in (self.track, NO_IDENTITY):
                continue
            other = labels.table.tracks[number]
            if other.object_id != record.object_id and other.object_name == self.name:
                free = next_name(labels, int(block.category[0]))
                raise EditError(
                    f"{self.name} is the name of another object. Merge the two, or take {free}."
                )
        return renamed(labels, self.track, self.name, rows_of(labels, self.track))


@dataclass(frozen=True, slots=True)
class SetCategory(Edit):
    """Change the category of tracks, everywhere or in a range of frames.

    Everywhere, an object called ``Category:N`` gets the next free name of its new category, so
    that name and category never contradict each other.

    Parameters
    ----------
    tracks : tuple of int
        Track numbers.
    category : int
        Index into the categories.
    frames : FrameRanges
        Where; by default everywhere.
    place : int, Like or None
        Which of a frame's detections; None for all.
    """

    tracks: tuple[int, ...]
    category: int
    frames: FrameRanges = field(default_factory=FrameRanges.everything)
    place: int | Like | None = None

    def describe(self, labels: Labels) -> str:
        """Return ``make ... a ...`` with names and frames."""
        name = labels.categories[self.category].name
        return f"make {track_names(labels, self.tracks)} {name} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the other category."""
        check_category(labels, self.category)
        for track in self.tracks:
            block = rows_of(labels, track)
            chosen = chosen_rows(block, self.frames, self.place)
            category = np.where(chosen, self.category, block.category).astype(np.int16)
            if np.array_equal(category, block.category):
                continue
            recoloured = replace(block, category=category)
            is_whole = self.frames == FrameRanges.everything() and track != NO_IDENTITY
            if is_whole and category_of_name(labels, track_name(labels, track)) is not None:
                labels = renamed(labels, track, next_name(labels, self.category), recoloured)
            else:
                labels = with_rows(labels, {track: recoloured})
        return labels


@dataclass(frozen=True, slots=True)
class Split(Edit):
    """Make some frames of a track an object of its own.

    Parameters
    ----------
    track : int
        Track number.
    frames : FrameRanges
        What the new object gets: ``FrameRanges.starting(frame)`` splits at a frame.
    name : str or None
        By default the next free ``Category:N``.
    object_id : str
        Identity of the new object; see `NewTrack`.
    """

    track: int
    frames: FrameRanges
    name: str | None = None
    object_id: str = field(default_factory=new_object_id)

    def describe(self, labels: Labels) -> str:
        """Return ``split`` with name and frames."""
        return f"split {track_name(labels, self.track)} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the new track, whose number is the last."""
        block = rows_of(labels, self.track)
        leaving = self.frames.mask(block.frame)
        name = track_name(labels, self.track)
        if not leaving.any():
            raise EditError(f"{name} is not in frames {self.frames}, so there is nothing to split.")
        if leaving.all():
            raise EditError(f"All of {name} lies in frames {self.frames}; nothing would stay.")
        new = block.take(leaving)
        new_name = self.name or next_name(labels, int(new.category[0]))
        changed: dict[int, Block | None] = {self.track: block.take(~leaving)}
        return with_new_track(labels, changed, new, name=new_name, object_id=self.object_id)


@dataclass(frozen=True, slots=True)
class Merge(Edit):
    """Make two tracks one object.

    Parameters
    ----------
    first : int
        The track that stays, with its identity, name and category.
    second : int
        The track whose annotations it gets.
    overlap : "refuse", "keep first" or "keep second"
        What happens in frames in which both are present.
    """

    first: int
    second: int
    overlap: Overlap = "refuse"

    def describe(self, labels: Labels) -> str:
        """Return ``merge`` with both names."""
        names = f"{track_name(labels, self.second)} into {track_name(labels, self.first)}"
        return f"merge {names}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the annotations of both in the first track."""
        _check_two(self.first, self.second)
        first, second = rows_of(labels, self.first), rows_of(labels, self.second)
        shared = np.intersect1d(first.frame, second.frame)
        category = np.bincount(first.category).argmax()
        if len(shared) and self.overlap == "refuse":
            both = track_names(labels, (self.first, self.second))
            raise EditError(
                f"{both} are both in frames {FrameRanges.of(shared)}. "
                "Choose which one to keep there."
            )
        if self.overlap == "keep second":
            first = without_frames(first, shared)
        else:
            second = without_frames(second, shared)
        name = track_record(labels, self.first).object_name
        number, names = labels.table.intern_name(name)
        second = replace(
            second,
            category=np.full(len(second), category, dtype=np.int16),
            name=np.full(len(second), number, dtype=np.int32),
        )
        joined = _ordered(concatenate([first, second]))
        return with_rows(labels, {self.first: joined, self.second: None}, names=names)


@dataclass(frozen=True, slots=True)
class Swap(Edit):
    """Exchange the identities of two tracks in a range of frames; doing it twice undoes it.

    Where the names tell different categories (``Vehicle:1``, ``Person:2``), these are exchanged as
    well: the box over the person becomes the person's.

    Parameters
    ----------
    first, second : int
        Track numbers.
    frames : FrameRanges
        ``FrameRanges.starting(frame)`` swaps from a frame on.
    """

    first: int
    second: int
    frames: FrameRanges

    def describe(self, labels: Labels) -> str:
        """Return ``swap`` with both names and the frames."""
        names = f"{track_name(labels, self.first)} and {track_name(labels, self.second)}"
        return f"swap {names} {at_frames(self.frames)}"

    def result(self, labels: Labels) -> Labels:
        """Return the labels with the identities exchanged."""
        _check_two(self.first, self.second)
        blocks = [_rows_or_none(labels, track) for track in (self.first, self.second)]
        inside = [self.frames.mask(block.frame) for block in blocks]
        if not (inside[0].any() or inside[1].any()):
            names = track_names(labels, (self.first, self.second))
            raise EditError(f"{names} are not in frames {self.frames}.")
        records = [track_record(labels, track) for track in (self.first, self.second)]
        categories = [category_of_name(labels, record.object_name) for record in records]
        numbers = [_name_number(labels, record.object_name) for record in records]
        moving = []
        for block, mask in zip(blocks, inside, strict=True):
            rows = block.take(mask)
            name = _exchanged(rows.name, *numbers)
            category = _exchanged(rows.category, *categories)
            moving.append(replace(rows, name=name, category=category))
        first = _ordered(concatenate([blocks[0].take(~inside[0]), moving[1]]))
        second = _ordered(concatenate([blocks[1].take(~inside[1]), moving[0]]))
        return with_rows(labels, {self.first: first, self.second: second})


def check_category(labels: Labels, category: int) -> None:
    """Refuse a category that is not there.

    Raises
    ------
    EditError
        When the number is outside the categories.
    """
    if not 0 <= category < len(labels.categories):
        raise EditError(f"There is no category number {category}.")


def with_new_track(
    labels: Labels, changed: Mapping[int, Block | None], rows: Block, *, name: str, object_id: str
) -> Labels:
    """Return labels with one more track that owns ``rows`` under ``name``.

    Parameters
    ----------
    changed : mapping of int to Block or None
        What else changes in the same step.
    object_id : str
        Replaced by the next whole number where every identity is one (MOTChallenge).

    Raises
    ------
    EditError
        When the identity is taken.
    """
    ids = {track.object_id for track in labels.table.tracks}
    if ids and all(each.isdecimal() for each in ids):
        object_id = str(max(int(each) for each in ids) + 1)
    if object_id in ids:
        raise EditError(f"Another object has the identity {object_id} already.")
    number, names = labels.table.intern_name(name)
    named = replace(rows, name=np.full(len(rows), number, dtype=np.int32))
    return with_rows(
        labels,
        {**changed, len(labels.table.tracks): named},
        tracks=(*labels.table.tracks, Track(object_id, name)),
        names=names,
    )


def renamed(labels: Labels, track: int, name: str, rows: Block) -> Labels:
    """Return labels in which a track has another name and ``rows``, which carry it."""
    number, names = labels.table.intern_name(name)
    tracks = list(labels.table.tracks)
    tracks[track] = replace(tracks[track], object_name=name)
    named = replace(rows, name=np.full(len(rows), number, dtype=np.int32))
    return with_rows(labels, {track: named}, tracks=tracks, names=names)


def _check_two(first: int, second: int) -> None:
    if first == second or NO_IDENTITY in (first, second):
        raise EditError("Choose two different objects.")


def _rows_or_none(labels: Labels, track: int) -> Block:
    track_record(labels, track)
    return labels.table.block(track) or Block.of_boxes([], np.empty((0, 4)))


def _name_number(labels: Labels, name: str) -> int | None:
    names = labels.table.names
    return names.index(name) if name in names else None


def _exchanged(values: npt.NDArray[Whole], one: int | None, two: int | None) -> npt.NDArray[Whole]:
    """Return values with ``one`` and ``two`` in each other's place; its own inverse."""
    result = values.copy()
    if one is not None and two is not None:
        result[values == one] = two
        result[values == two] = one
    return result


def _ordered(rows: Block) -> Block:
    return rows.take(np.argsort(rows.frame, kind="stable"))
