"""What the contract tests of formats share: labels that a format can hold, and what labels say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from trackproof.formats import Format, fitted, formats
from trackproof.formats.annotations import annotations_at
from trackproof.labels import (
    Block,
    Category,
    Labels,
    LabelTable,
    Sequence,
    Shape,
    Task,
    Track,
)

WIDTH, HEIGHT = 640, 480
UNKNOWN = -1.0
"""What MOTChallenge writes for a number that nobody knows."""

WRITERS = [one for one in formats() if one.can_write and one.holds is not None]


def write(one: Format, path: Path, sequence: Sequence, labels: Labels) -> Path:
    """Write labels in a format and return where."""
    assert one.write is not None
    target = path / f"made{one.ending}"
    one.write(target, sequence, labels, overwrite=True)
    return target


def sequence_of(labels: Labels) -> Sequence:
    """Return made labels as a sequence that was read from nothing."""
    frames = len(labels.listed)
    return Sequence(
        name="made",
        frame_names=tuple(f"{frame + 1:06d}.jpg" for frame in range(frames)),
        frame_numbers=np.arange(frames, dtype=np.int64),
        labels=labels,
        task=Task.TRACKING if any(track >= 0 for track in labels.table.blocks) else Task.DETECTION,
        width=WIDTH,
        height=HEIGHT,
    )


def made() -> Labels:
    """Return two objects with boxes, and one with polygons, over six frames."""
    boxes = np.array([[10.0 + 2 * frame, 20, 30, 40] for frame in range(6)])
    vertices = np.array([[1.0, 1], [20, 3], [12, 30]] * 2)
    polygons = Block(
        frame=np.array([2, 3], dtype=np.int32),
        category=np.ones(2, dtype=np.int16),
        xywh=np.array([[1.0, 1, 19, 29]] * 2),
        name=np.full(2, 3, dtype=np.int32),
        attributes=np.ones(2, dtype=np.int32),
        source=np.full(2, -1, dtype=np.int32),
        shape=np.full(2, Shape.POLYGON, dtype=np.uint8),
        vertices=vertices,
        offsets=np.array([0, 3, 6], dtype=np.int32),
    )
    table = LabelTable(
        [Track("1", "Vehicle:1"), Track("2", "Vehicle:2"), Track("3", "Person:3")],
        {
            0: Block.of_boxes(range(6), boxes, name=1),
            1: Block.of_boxes([0, 1, 4, 5], boxes[[0, 1, 4, 5]] + 100, name=2, attributes=1),
            2: polygons,
        },
        names=("", "Vehicle:1", "Vehicle:2", "Person:3"),
        attribute_sets=((), (("parked", "yes"),)),
    )
    categories = (Category("Vehicle", "1"), Category("Person", "2"))
    return Labels(table, categories, np.ones(6, dtype=np.bool_))


def holdable(one: Format, labels: Labels) -> Labels:
    """Return labels without everything that a format does not claim to hold."""
    holds = one.holds
    assert holds is not None
    blocks = {
        track: block
        for track, block in fitted(holds, labels).table.blocks.items()
        if track >= 0 or (holds.detections and holds.mixed)
    }
    table = labels.table
    categories = labels.categories
    if one.name == "motchallenge":
        categories = (Category("pedestrian", "1"), Category("car", "3"))
    tracks = tuple(
        replace(track, object_id=str(number + 1)) for number, track in enumerate(table.tracks)
    )
    names = ["", *(f"{category.name}:{n}" for category in categories for n in range(1, 9))]
    sets = tuple(
        tuple(
            (key, str(value))
            for key, value in values
            if value is not None and (holds.attributes is None or key in holds.attributes)
        )
        for values in table.attribute_sets
    )
    whole = one.name == "ground-truth"
    # Which numbers a line of MOTChallenge holds depends on whether it needs a class, as it does.
    columns = {"flag", "visibility"} if holds.columns is None else holds.columns
    kept: dict[int, Block] = {}
    named: dict[int, str] = {}
    for track, block in blocks.items():
        category = np.full(len(block), block.category[0]) if one.name == "cvat" else block.category
        best = int(np.bincount(category).argmax())
        name = f"{categories[best].name}:{track + 1}"
        if one.name == "ground-truth":
            category = np.full(len(block), best)
        named[track] = name
        kept[track] = replace(
            block,
            category=category.astype(np.int16),
            name=np.full(len(block), names.index(name) if track >= 0 else 0, dtype=np.int32),
            xywh=np.round(block.xywh) if whole else block.xywh,
            vertices=np.round(block.vertices)
            if whole and block.vertices is not None
            else block.vertices,
            columns={k: v for k, v in block.columns.items() if k in columns},
        )
    tracks = tuple(
        replace(track, object_name=named.get(number, track.object_name))
        for number, track in enumerate(tracks)
    )
    return Labels(
        LabelTable(tracks, kept, names=names, attribute_sets=sets),
        categories,
        np.ones(len(labels.listed), dtype=np.bool_),
        labels.frame_attributes if holds.frame_attributes else {},
    )


def content(
    labels: Labels, frame: int, *, like: Labels | None = None, with_numbers: bool = True
) -> list[tuple[object, ...]]:
    """Return what labels say of a frame, to a hundredth of a pixel, in an order of its own.

    Numbers are those that other labels have, because files fill columns of their own.
    """
    keys = set((labels if like is None else like).table.flat.rows.columns) if with_numbers else ()
    said = [
        (
            one.object_id,
            one.name if one.object_id else "",
            labels.categories[one.category].name,
            one.shape.name,
            tuple(_rounded(side) for side in one.xywh),
            tuple((_rounded(x), _rounded(y)) for x, y in one.vertices),
            tuple(sorted((key, repr(value)) for key, value in one.attributes)),
            tuple(
                (key, round(value, 4))
                for key, value in sorted(one.numbers)
                if key in keys and value != UNKNOWN
            ),
        )
        for one in annotations_at(labels, frame)
    ]
    return sorted(said)


def _rounded(value: float) -> float:
    """Return a number to a hundredth; quarters and eighths, which tests draw, are no ties here."""
    return round(value + 0.00183, 2) + 0.0
