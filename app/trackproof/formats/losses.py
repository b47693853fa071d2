"""What labels lose when they are written in another format, counted before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from trackproof.formats.ground_truth_reading import NAME as GROUND_TRUTH
from trackproof.formats.identities import is_whole
from trackproof.formats.own_keys import own_keys
from trackproof.labels import NO_ATTRIBUTES, NO_IDENTITY, Labels, Shape

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.labels import Block, Sequence

    Mask = npt.NDArray[np.bool_]

ALL_SHAPES = frozenset(Shape)
BOXES = frozenset({Shape.BOX})

SHAPE_WORDS = {
    Shape.BOX: "boxes",
    Shape.POLYGON: "polygons",
    Shape.POLYLINE: "polylines",
    Shape.KEYPOINT: "keypoints",
}
assert set(SHAPE_WORDS) == set(Shape)

MOST_OWN_KEYS = 5

ANY = None
"""In `Holds.attributes` and `Holds.columns`: nothing is lost for want of a place."""


class LossKind(StrEnum):
    """What can be lost."""

    SHAPES = "shapes"
    IDENTITY = "identity"
    DETECTIONS = "detections"
    OBJECT_IDS = "object ids"
    OBJECT_NAMES = "object names"
    CATEGORIES = "category names"
    ATTRIBUTES = "attributes"
    FRAME_ATTRIBUTES = "frame attributes"
    NUMBERS = "numbers"
    PLACES = "places"
    FRAMES = "frames"
    FRAME_NAMES = "frame names"
    OWN_KEYS = "own keys"
    RATE = "frame rate"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a format cannot hold of some labels.

    Parameters
    ----------
    kind : LossKind
        What is lost.
    count : int
        How many annotations, tracks, categories or frames are affected.
    message : str
        One sentence for a person, with the count.
    """

    kind: LossKind
    count: int
    message: str

    def __str__(self) -> str:
        return self.message


Extra: TypeAlias = Callable[["Sequence", Labels], "tuple[Loss, ...]"]
"""Losses that only a format itself knows about."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What a format has room for.

    Parameters
    ----------
    shapes : frozenset of Shape
        Kinds of annotation.
    identity : bool
        Whether an object is the same in several frames.
    detections : bool
        Whether annotations may be without identity.
    mixed : bool
        Whether annotations with and without identity may stand in one file.
    text_ids : bool
        Whether an object id may be something else than a whole number.
    object_names : bool
        Whether objects have names for people.
    attributes : frozenset of str or None
        Names of the attributes that annotations can have; `ANY` for all.
    frame_attributes : bool
        Whether frames can have attributes.
    columns : frozenset of str or None
        Numbers beside an annotation (``"confidence"``, ``"visibility"``, ...); `ANY` where the
        format counts by ``extra`` which of them are lost.
    unlisted : bool
        Whether "nobody looked here" differs from "nothing is here".
    length : bool
        Whether frames after the last annotation are kept.
    frame_names : bool
        Whether frames have file names.
    rate : bool
        Whether the frame rate is kept.
    own_keys : bool
        Whether keys stay that the owner of a label file added.
    extra : callable or None
        Counts what only the format knows.
    """

    shapes: frozenset[Shape] = BOXES
    identity: bool = True
    detections: bool = True
    mixed: bool = True
    text_ids: bool = False
    object_names: bool = False
    attributes: frozenset[str] | None = frozenset()
    frame_attributes: bool = False
    columns: frozenset[str] | None = frozenset()
    unlisted: bool = False
    length: bool = True
    frame_names: bool = False
    rate: bool = False
    own_keys: bool = False
    extra: Extra | None = None


def losses_of(
    holds: Holds, sequence: Sequence, labels: Labels, *, is_own: bool = False
) -> tuple[Loss, ...]:
    """Return what labels lose in a format, the gravest first.

    Parameters
    ----------
    is_own : bool
        Whether they are written into what they were read from: the frames stay there as they are.
    """
    found = [
        *_shapes(holds, labels),
        *_identity(holds, labels),
        *_names(holds, labels),
        *_attributes(holds, labels),
        *_numbers(holds, labels),
        *(() if is_own else _frames(holds, sequence, labels)),
        *_own_keys(holds, sequence),
    ]
    if holds.extra is not None:
        found += holds.extra(sequence, labels)
    order = list(LossKind)
    return tuple(sorted((one for one in found if one.count), key=lambda one: order.index(one.kind)))


def fitted(holds: Holds, labels: Labels) -> Labels:
    """Return labels in which only shapes are left that a format can hold.

    Polygons and polylines become the box around them where boxes can be held; keypoints are left
    out, since the box around a point has no size. Annotations without identity are left out where
    they cannot stand among others. `losses_of` counts all of them.
    """
    allowed = np.array([int(shape) for shape in holds.shapes], dtype=np.uint8)
    changed: dict[int, Block | None] = {}
    if not holds.mixed and _lone_among_tracks(labels):
        changed[NO_IDENTITY] = None
    for track, block in labels.table.blocks.items():
        if track in changed:
            continue
        wrong = ~np.isin(block.shape, allowed)
        if wrong.any():
            is_boxed = wrong & _boxable(holds, block.shape)
            vertices, offsets = _without_vertices(block, is_boxed)
            shape = np.where(is_boxed, np.uint8(Shape.BOX), block.shape).astype(np.uint8)
            boxed = replace(block, shape=shape, vertices=vertices, offsets=offsets)
            changed[track] = boxed.take(~wrong | is_boxed)
    return replace(labels, table=labels.table.with_blocks(changed)) if changed else labels


def _without_vertices(
    block: Block, rows: Mask
) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.int32] | None]:
    if block.vertices is None or block.offsets is None:
        return None, None
    counts = np.diff(block.offsets)
    kept = np.repeat(~rows, counts)
    offsets = np.concatenate([[0], np.cumsum(np.where(rows, 0, counts))]).astype(np.int32)
    return block.vertices[kept], offsets


def _boxable(holds: Holds, shape: npt.NDArray[np.uint8]) -> Mask:
    if Shape.BOX not in holds.shapes:
        return np.zeros(len(shape), dtype=np.bool_)
    return np.isin(shape, (int(Shape.POLYGON), int(Shape.POLYLINE)))


def _shapes(holds: Holds, labels: Labels) -> Iterator[Loss]:
    counts = np.bincount(labels.table.flat.rows.shape, minlength=len(Shape))
    for shape in Shape:
        count = int(counts[shape])
        if shape not in holds.shapes and count:
            boxed = shape in (Shape.POLYGON, Shape.POLYLINE) and Shape.BOX in holds.shapes
            what = "become the boxes around them" if boxed else "are left out"
            yield Loss(LossKind.SHAPES, count, f"{count:,} {SHAPE_WORDS[shape]} {what}")


def _identity(holds: Holds, labels: Labels) -> Iterator[Loss]:
    blocks = labels.table.blocks
    tracks = [track for track in blocks if track != NO_IDENTITY]
    lone = len(blocks.get(NO_IDENTITY, ()))
    if not holds.identity:
        yield Loss(
            LossKind.IDENTITY,
            len(tracks),
            f"the identity of {len(tracks):,} objects is lost: only boxes frame by frame are kept",
        )
    elif not holds.text_ids:
        texts = {labels.table.tracks[track].object_id for track in tracks}
        count = sum(not is_whole(text) for text in texts)
        yield Loss(
            LossKind.OBJECT_IDS,
            count,
            f"{count:,} object ids that are no whole numbers are replaced by numbers",
        )
    if not holds.mixed:
        count = _lone_among_tracks(labels)
        yield Loss(
            LossKind.DETECTIONS,
            count,
            f"{count:,} annotations without identity are left out, since others have one",
        )
    if not holds.detections:
        yield Loss(
            LossKind.DETECTIONS,
            lone,
            f"{lone:,} annotations without identity become objects of one frame each",
        )


def _lone_among_tracks(labels: Labels) -> int:
    """Return how many annotations without identity stand among others with one."""
    blocks = labels.table.blocks
    lone = len(blocks.get(NO_IDENTITY, ()))
    return lone if len(blocks) > 1 else 0


def _names(holds: Holds, labels: Labels) -> Iterator[Loss]:
    if holds.object_names:
        return
    table, categories = labels.table, labels.categories
    lost = set()
    for track, block in table.blocks.items():
        if track == NO_IDENTITY:
            continue
        object_id = table.tracks[track].object_id
        for name in np.unique(block.name).tolist():
            text = table.names[name]
            used = np.unique(block.category[block.name == name]).tolist()
            derived = {f"{categories[one].name}:{object_id}" for one in used}
            if text and text != object_id and text not in derived:
                lost.add(track)
    several = f"the names of {len(lost):,} objects are lost"
    message = "the name of 1 object is lost" if len(lost) == 1 else several
    yield Loss(LossKind.OBJECT_NAMES, len(lost), message)


def _attributes(holds: Holds, labels: Labels) -> Iterator[Loss]:
    if holds.attributes is not ANY:
        number = labels.table.flat.rows.attributes
        used = np.bincount(number, minlength=1)
        names: dict[str, int] = {}
        for place in np.flatnonzero(used).tolist():
            for name, _ in labels.table.attribute_sets[place]:
                if name not in holds.attributes:
                    names[name] = names.get(name, 0) + int(used[place])
        for name, count in names.items():
            yield Loss(
                LossKind.ATTRIBUTES,
                count,
                f"the attribute {name!r} of {count:,} annotations is lost",
            )
    if not holds.frame_attributes:
        frames = sum(values != NO_ATTRIBUTES for values in labels.frame_attributes.values())
        yield Loss(
            LossKind.FRAME_ATTRIBUTES, frames, f"the attributes of {frames:,} frames are lost"
        )


def _numbers(holds: Holds, labels: Labels) -> Iterator[Loss]:
    if holds.columns is not ANY:
        yield from lost_numbers(labels, kept=holds.columns)


def told_numbers(labels: Labels) -> dict[str, int]:
    """Return how many annotations have a number beside their shape, by name of the number."""
    told = {}
    for name, values in labels.table.flat.rows.columns.items():
        known = values[~np.isnan(values)]
        # A column of one value tells nothing apart; MOTChallenge fills columns with -1 or 1.
        if len(known) and (known != known[0]).any():
            told[name] = len(known)
    return told


def lost_numbers(labels: Labels, *, kept: Collection[str]) -> Iterator[Loss]:
    """Yield what is lost where only some numbers beside a shape are kept."""
    for name, count in told_numbers(labels).items():
        if name not in kept:
            what = name if len(name) > 1 else f"coordinate {name}"
            yield Loss(LossKind.NUMBERS, count, f"the {what} of {count:,} annotations is lost")


def changed_names(names: list[str], *, become: str, becomes: str) -> Loss:
    """Return that some category names change, which a format tells in ``extra``."""
    if len(names) == 1:
        return Loss(LossKind.CATEGORIES, 1, f"the category name {names[0]!r} {becomes}")
    message = f"{len(names):,} category names {become}, first {names[:1]}"
    return Loss(LossKind.CATEGORIES, len(names), message)


def _own_keys(holds: Holds, sequence: Sequence) -> Iterator[Loss]:
    source = sequence.source
    if holds.own_keys or source is None or source.format_name != GROUND_TRUTH:
        return
    found = own_keys(source.path, source.sha256)
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    for key, count in ranked[:MOST_OWN_KEYS]:
        times = "once" if count == 1 else f"{count:,} times"
        told = f"the key {key[:60]!r}, which stands there {times}, is lost"
        yield Loss(LossKind.OWN_KEYS, count, told)
    more = len(found) - MOST_OWN_KEYS
    if more > 0:
        yield Loss(LossKind.OWN_KEYS, more, f"{more:,} more keys that labels do not know are lost")


def _frames(holds: Holds, sequence: Sequence, labels: Labels) -> Iterator[Loss]:
    unlisted = int((~labels.listed).sum())
    if not holds.unlisted:
        yield Loss(
            LossKind.FRAMES,
            unlisted,
            f"{unlisted:,} frames that nobody labelled will look like frames without objects",
        )
    if not holds.length:
        last = int(labels.table.flat.rows.frame.max(initial=-1))
        empty = len(sequence) - last - 1
        yield Loss(
            LossKind.FRAMES, empty, f"{empty:,} frames after the last annotation are not mentioned"
        )
    if not holds.frame_names:
        named = sum(not PurePath(name).stem.isdigit() for name in sequence.frame_names)
        yield Loss(
            LossKind.FRAME_NAMES,
            named,
            f"the file names of {named:,} frames are lost; frames are counted instead",
        )
    if not holds.rate and sequence.rate_fps:
        yield Loss(LossKind.RATE, 1, f"the frame rate, {sequence.rate_fps:g} per second, is lost")
