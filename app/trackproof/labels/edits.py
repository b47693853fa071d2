"""Edits as values: what a person wants done to labels, and how it is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError
from trackproof.labels.block import NOT_IN_SOURCE, Block, Shape, concatenate
from trackproof.labels.change import Change, between
from trackproof.labels.likeness import Like
from trackproof.labels.ranges import FrameRanges
from trackproof.labels.splicing import same_frames, spliced
from trackproof.labels.table import NO_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from trackproof.labels.attributes import AttributeSet
    from trackproof.labels.block import Boxes, Ints
    from trackproof.labels.sequence import Labels
    from trackproof.labels.table import Track

    Mask = npt.NDArray[np.bool_]


class Edit(ABC):
    """One step that a person can undo; a value that knows nothing of windows and files."""

    __slots__ = ()

    @abstractmethod
    def describe(self, labels: Labels) -> str:
        """Return the name of the step for the menu: ``move Vehicle:1 at frame 102``."""

    @abstractmethod
    def result(self, labels: Labels) -> Labels:
        """Return the edited labels.

        Raises
        ------
        EditError
            When it does not fit these labels; nothing has changed then.
        """

    def apply(self, labels: Labels) -> tuple[Labels, Change]:
        """Return the edited labels and what changed.

        Raises
        ------
        EditError
            When it does not fit these labels; nothing has changed then.
        """
        after = self.result(labels)
        return after, between(self.describe(labels), labels, after)


@dataclass(frozen=True, slots=True)
class Compound(Edit):
    """Several edits as one step, each applied to what the one before left.

    Parameters
    ----------
    label : str
        Name of the step.
    edits : tuple of Edit
        In order; when one fails, none is applied.
    """

    label: str
    edits: tuple[Edit, ...]

    def describe(self, labels: Labels) -> str:  # noqa: ARG002
        """Return the given name."""
        return self.label

    def result(self, labels: Labels) -> Labels:
        """Return the labels after the last edit."""
        for edit in self.edits:
            labels = edit.result(labels)
        return labels


def track_name(labels: Labels, track: int) -> str:
    """Return what people call a track; ``detections`` for rows without identity."""
    if track == NO_IDENTITY:
        return "detections"
    record = track_record(labels, track)
    return record.object_name or record.object_id


def track_names(labels: Labels, tracks: Sequence[int]) -> str:
    """Return the names of a few tracks, or their number."""
    if len(tracks) > 3:
        return f"{len(tracks)} objects"
    return ", ".join(track_name(labels, track) for track in tracks)


def at_frames(frames: FrameRanges) -> str:
    """Return ``at frame 7``, ``at frames 2-5,8`` or ``in all frames`` for a menu."""
    if frames == FrameRanges.everything():
        return "in all frames"
    first, last = frames.ranges[0][0], frames.ranges[-1][1]
    return f"at frame {first}" if first == last else f"at frames {frames}"


def track_record(labels: Labels, track: int) -> Track:
    """Return the record of a track.

    Raises
    ------
    EditError
        When there is no such track.
    """
    if not 0 <= track < len(labels.table.tracks):
        raise EditError(f"There is no object number {track} in these labels.")
    return labels.table.tracks[track]


def rows_of(labels: Labels, track: int) -> Block:
    """Return the rows of a track.

    Raises
    ------
    EditError
        When it has none.
    """
    block = labels.table.block(track)
    if block is None:
        raise EditError(f"{track_name(labels, track)} has no annotations.")
    return block


def row_at(labels: Labels, track: int, *, frame: int, place: int = 0) -> int:
    """Return the row of a track in a frame; ``place`` tells detections of one frame apart.

    Raises
    ------
    EditError
        When the track is absent there.
    """
    block = rows_of(labels, track)
    first, last = np.searchsorted(block.frame, [frame, frame + 1])
    if not 0 <= place < last - first:
        raise EditError(f"{track_name(labels, track)} is not in frame {frame}.")
    return int(first + place)


def chosen_rows(block: Block, frames: FrameRanges, place: int | Like | None) -> Mask:
    """Return which rows an edit is about: those in ``frames``, of each frame all or one."""
    chosen = frames.mask(block.frame)
    if isinstance(place, Like):
        chosen &= place.mask(block)
    elif place is not None:
        firsts = np.searchsorted(block.frame, block.frame, side="left")
        chosen &= np.arange(len(block)) - firsts == place
    return chosen


def check_frames(labels: Labels, frames: Ints) -> None:
    """Refuse frames that the sequence does not have.

    Raises
    ------
    EditError
        Names the first one.
    """
    count = len(labels.listed)
    outside = frames[(frames < 0) | (frames >= count)]
    if len(outside):
        raise EditError(f"There is no frame {outside[0]}; the sequence has {count} frames.")


def check_boxes(boxes_xywh: Boxes) -> None:
    """Refuse boxes that are not finite or have no area.

    Raises
    ------
    EditError
        Names the first one.
    """
    bad = ~np.isfinite(boxes_xywh).all(axis=1) | (boxes_xywh[:, 2:] <= 0).any(axis=1)
    if bad.any():
        left, top, width, height = boxes_xywh[np.flatnonzero(bad)[0]]
        raise EditError(
            f"A box needs a width and a height above 0; this one is "
            f"{width:g} x {height:g} at {left:g}, {top:g}."
        )


def placed(rows: Block, boxes_xywh: Boxes) -> Block:
    """Return rows moved and stretched into other rectangles, vertices with them.

    Parameters
    ----------
    boxes_xywh : (n, 4) float64, pixels
        One for every row. A shape that has no extent in a direction is only moved along it.
    """
    old = rows.xywh
    is_flat = (rows.shape != Shape.BOX)[:, None] & (old[:, 2:] == 0)
    new = np.array(boxes_xywh, dtype=np.float64)
    new[:, 2:] = np.where(is_flat, 0.0, new[:, 2:])
    if rows.vertices is None or rows.offsets is None:
        return replace(rows, xywh=new)
    scale = np.where(is_flat, 1.0, new[:, 2:] / np.where(old[:, 2:] == 0, 1.0, old[:, 2:]))
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))
    moved = (rows.vertices - old[owner, :2]) * scale[owner] + new[owner, :2]
    # Rounding would else touch the vertices of shapes that stay where they are.
    is_moved = (new != old).any(axis=1)[owner, None]
    return replace(rows, xywh=new, vertices=np.where(is_moved, moved, rows.vertices))


def at_other_frames(rows: Block, frames: Ints) -> Block:
    """Return rows as new annotations in other frames: without a place in the source file."""
    return replace(
        rows,
        frame=frames.astype(np.int32),
        source=np.full(len(rows), NOT_IN_SOURCE, dtype=np.int32),
        columns={key: np.full(len(rows), np.nan) for key in rows.columns},
    )


def with_geometry(block: Block | None, rows: Block, *, overwrite: bool = True) -> Block:
    """Return a track's block with the geometry of ``rows`` in their frames.

    Where the track is present, its annotation keeps name, category, attributes and what the file
    says of it; where it is absent, the row is taken as it is.

    Parameters
    ----------
    overwrite : bool
        False leaves the frames alone in which the track is present.
    """
    rows = rows.take(np.argsort(rows.frame, kind="stable"))
    if block is None:
        return rows
    if not overwrite:
        rows = rows.take(~np.isin(rows.frame, block.frame))
    present, incoming, _, _ = same_frames(block, rows)
    kept = {}
    for key in ("name", "category", "attributes", "source"):
        kept[key] = getattr(rows, key).copy()
        kept[key][incoming] = getattr(block, key)[present]
    columns = {}
    for key in block.columns.keys() | rows.columns.keys():
        columns[key] = rows.columns.get(key, np.full(len(rows), np.nan)).copy()
        if key in block.columns:
            columns[key][incoming] = block.columns[key][present]
    return spliced(block, replace(rows, columns=columns, **kept))


def with_row(block: Block, row: int, replacement: Block) -> Block:
    """Return a block in which one row is another; the places of all rows stay."""
    return concatenate([block.take(slice(0, row)), replacement, block.take(slice(row + 1, None))])


def with_rows(
    labels: Labels,
    changed: Mapping[int, Block | None],
    *,
    tracks: Sequence[Track] | None = None,
    names: Sequence[str] | None = None,
    attribute_sets: Sequence[AttributeSet] | None = None,
) -> Labels:
    """Return labels in which some tracks have other rows.

    A frame that gets its first annotation becomes listed: it says something now.

    Raises
    ------
    EditError
        When a row lies in a frame that the sequence does not have.
    """
    listed = labels.listed
    for block in changed.values():
        if block is None or not len(block):
            continue
        check_frames(labels, block.frame[[0, -1]])
        if not listed[block.frame].all():
            listed = listed.copy()
            listed[block.frame] = True
    table = labels.table.with_blocks(
        changed, tracks=tracks, names=names, attribute_sets=attribute_sets
    )
    return replace(labels, table=table, listed=listed)


def template_row(labels: Labels, track: int, *, frame: int) -> Block:
    """Return one row that says what a new annotation of a track in ``frame`` would say.

    It is the track's nearest annotation; for a track that has lost all of them, a plain box of
    the category that its name tells.
    """
    return template_rows(labels, track, frames=np.array([frame], dtype=np.int32))


def template_rows(labels: Labels, track: int, *, frames: Ints) -> Block:
    """Return rows that say what new annotations of a track in ``(n,)`` frames would say."""
    block = labels.table.block(track)
    if block is not None:
        after = np.clip(np.searchsorted(block.frame, frames), 1, max(len(block) - 1, 1))
        before = after - 1
        after = np.minimum(after, len(block) - 1)
        is_after = block.frame[after] - frames < frames - block.frame[before]
        nearest = block.frame[np.where(is_after, after, before)]
        # without identity a frame may hold several rows: the first
        return at_other_frames(block.take(np.searchsorted(block.frame, nearest)), frames)
    name = track_record(labels, track).object_name
    number = labels.table.names.index(name) if name in labels.table.names else 0
    return Block.of_boxes(
        frames,
        np.zeros((len(frames), 4)),
        name=number,
        category=category_of_name(labels, name) or 0,
    )


def category_of_name(labels: Labels, name: str) -> int | None:
    """Return the category that an object name starts with (``Vehicle:3``), or None."""
    prefix = name.rpartition(":")[0].casefold()
    for number, category in enumerate(labels.categories):
        if category.name.casefold() == prefix:
            return number
    return None
