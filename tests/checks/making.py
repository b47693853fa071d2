"""Small sequences for the tests of checks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Block, Category, Labels, LabelTable, Sequence, Track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt


def walk(
    frames: int = 40,
    *,
    start: tuple[float, float] = (300.0, 200.0),
    speed: tuple[float, float] = (3.0, 1.0),
    size: tuple[float, float] = (40.0, 100.0),
    first_frame: int = 0,
) -> Block:
    """An object that walks evenly."""
    time = np.arange(frames)[:, None]
    corner = np.array(start) + time * np.array(speed)
    xywh = np.hstack([corner, np.tile(size, (frames, 1))])
    return Block.of_boxes(np.arange(first_frame, first_frame + frames), xywh)


def changed(block: Block, row: int | slice, xywh: npt.ArrayLike) -> Block:
    """A block in which some boxes differ by left, top, width, height."""
    boxes = block.xywh.copy()
    boxes[row] += np.asarray(xywh, dtype=np.float64)
    return Block.of_boxes(
        block.frame, boxes, category=block.category, name=block.name, attributes=block.attributes
    )


def without(block: Block, *rows: int) -> Block:
    keep = np.ones(len(block), dtype=np.bool_)
    keep[list(rows)] = False
    return block.take(keep)


def sequence(
    blocks: Mapping[int, Block],
    *,
    frames: int = 60,
    listed: npt.NDArray[np.bool_] | None = None,
    categories: tuple[str, ...] = ("Person", "Car"),
    width: int | None = 1920,
    height: int | None = 1080,
    tracks: tuple[Track, ...] | None = None,
    names: tuple[str, ...] = ("",),
    attribute_sets: tuple[tuple[tuple[str, str], ...], ...] = ((),),
) -> Sequence:
    known = tracks or tuple(
        Track(str(number), f"Person:{number}") for number in range(max(blocks, default=-1) + 1)
    )
    table = LabelTable(known, blocks, names=names, attribute_sets=attribute_sets)
    shown = np.ones(frames, dtype=np.bool_) if listed is None else listed
    labels = Labels(table, tuple(Category(name) for name in categories), shown)
    return Sequence(
        "made",
        tuple(f"{number:06d}.jpg" for number in range(frames)),
        np.arange(frames),
        labels,
        rate_fps=25.0,
        width=width,
        height=height,
    )


def crowd(*, tracks: int = 6, frames: int = 60, seed: int = 0) -> Sequence:
    """Objects that walk with a little noise, far from each other."""
    rng = np.random.default_rng(seed)
    blocks = {}
    for number in range(tracks):
        speed = tuple(rng.uniform(-2.0, 2.0, 2))
        block = walk(frames, start=(150.0 + 250.0 * number, 400.0), speed=speed)
        blocks[number] = changed(block, slice(None), rng.normal(0.0, 0.3, (frames, 4)))
    return sequence(blocks, frames=frames)


def read_sample(path: Path) -> Sequence:
    """The sample job as three tracks; reads only what the checks need."""
    entries = json.loads(path.read_text("utf-8"))["tracking-annotations"]
    rows: dict[str, list[list[float]]] = {}
    for entry in entries:
        for box in entry["annotations"]:
            place = [int(entry["frame-no"])]
            sides = [box[side] for side in ("left", "top", "width", "height")]
            rows.setdefault(box["object-name"], []).append([*place, *sides])
    names = sorted(rows)
    blocks = {}
    for number, name in enumerate(names):
        columns = np.array(sorted(rows[name]), dtype=np.float64)
        blocks[number] = Block.of_boxes(columns[:, 0], columns[:, 1:])
    tracks = tuple(Track(name, name) for name in names)
    return sequence(blocks, frames=len(entries), tracks=tracks, categories=("Vehicle",))
