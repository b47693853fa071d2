"""The exact labels of the demo scene, from the boxes that the renderer drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from trackproof.labels import (
    AttributeSet,
    AttributeSpec,
    Block,
    Category,
    Labels,
    LabelTable,
    Sequence,
    Track,
)
from trackproof.labels.boxes import areas, intersections

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.demo.scene import Actor, Scene

    Floats = npt.NDArray[np.float64]

CATEGORIES = (Category("Vehicle", "0", "#56b4e9"), Category("Person", "1", "#e69f00"))
LEAST_INSIDE = 0.35
"""An object is labelled while at least this share of its box is inside the picture."""
LEAST_SIDE_PX = 8.0
PARTLY, MOSTLY = 0.2, 0.6
"""Shares of a box that nearer objects cover, from which it counts as occluded."""

SPECS = (
    AttributeSpec("occluded", choices=("no", "partly", "mostly")),
    AttributeSpec(
        "color",
        choices=("Red", "Blue", "Silver", "Yellow", "Black", "Green", "Violet", "Orange"),
        category="Vehicle",
    ),
)


@dataclass(frozen=True)
class Drawn:
    """One object as one frame shows it.

    Parameters
    ----------
    actor : int
        Place in ``Scene.actors``.
    box_xywh : (4,) float64
        Exact box, not clipped.
    distance_m : float
        Nearer objects cover farther ones.
    """

    actor: int
    box_xywh: Floats
    distance_m: float


def exact_labels(scene: Scene, frames: list[list[Drawn]]) -> Sequence:
    """Return the sequence with one exact, clipped and rounded box per visible object and frame."""
    rows: dict[int, list[tuple[int, Floats, AttributeSet]]] = {}
    for frame, drawn in enumerate(frames):
        for one in drawn:
            clipped = _clipped(one.box_xywh, scene.camera.width, scene.camera.height)
            if clipped is not None:
                values = _attributes(scene.actors[one.actor], one, drawn)
                rows.setdefault(one.actor, []).append((frame, clipped, values))
    sets: dict[AttributeSet, int] = {(): 0}
    blocks: dict[int, Block] = {}
    for actor, entries in rows.items():
        blocks[actor] = Block.of_boxes(
            [entry[0] for entry in entries],
            [entry[1] for entry in entries],
            category=0 if scene.actors[actor].category == "Vehicle" else 1,
            name=actor + 1,
            attributes=[sets.setdefault(entry[2], len(sets)) for entry in entries],
        )
    names = [actor.name for actor in scene.actors]
    ids = [str(uuid5(NAMESPACE_URL, f"trackproof-demo:{name}")) for name in names]
    table = LabelTable(
        [Track(object_id, name) for object_id, name in zip(ids, names, strict=True)],
        blocks,
        names=("", *names),
        attribute_sets=tuple(sets),
    )
    count = scene.frames
    return Sequence(
        name=scene.name,
        frame_names=tuple(f"frame_{frame:04d}.jpg" for frame in range(count)),
        frame_numbers=np.arange(count, dtype=np.int64),
        labels=Labels(table, CATEGORIES, np.ones(count, dtype=bool)),
        rate_fps=scene.rate_fps,
        width=scene.camera.width,
        height=scene.camera.height,
        specs=SPECS,
    )


def _clipped(box_xywh: Floats, width: int, height: int) -> Floats | None:
    """Return the whole-pixel box inside the picture, or None when too little of it is there."""
    low = np.maximum(box_xywh[:2], 0.0)
    high = np.minimum(box_xywh[:2] + box_xywh[2:], (width, height))
    size = high - low
    if (size < LEAST_SIDE_PX).any():
        return None
    if size.prod() < LEAST_INSIDE * box_xywh[2:].prod():
        return None
    low, high = np.round(low), np.round(high)
    return np.concatenate([low, high - low])


def _attributes(actor: Actor, one: Drawn, drawn: list[Drawn]) -> AttributeSet:
    nearer = [other for other in drawn if other.distance_m < one.distance_m]
    covered = 0.0
    if nearer:
        boxes = np.array([other.box_xywh for other in nearer])
        covered = float(intersections(boxes, one.box_xywh).max() / areas(one.box_xywh))
    occluded = "mostly" if covered >= MOSTLY else "partly" if covered >= PARTLY else "no"
    if not actor.paint:
        return (("occluded", occluded),)
    return (("occluded", occluded), ("color", actor.paint))
