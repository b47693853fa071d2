"""What a ``SeqLabel.json`` by itself cannot hold: parts of pixels, and names of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.annotations import compared
from trackproof.formats.ground_truth_reading import NAME
from trackproof.formats.ground_truth_table import prefix_of
from trackproof.formats.losses import Loss, LossKind
from trackproof.labels import NO_IDENTITY, Shape, changed_frames

if TYPE_CHECKING:
    from trackproof.formats.annotations import Annotation
    from trackproof.labels import Labels, Sequence


def written_losses(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return what is lost beyond what there is no room for; unedited frames stay verbatim."""
    if sequence.source is not None and sequence.source.format_name == NAME:
        told = {*sequence.detail.get("class_map", {}).values(), *_nameless(sequence.labels)}
        names = [name for name in _nameless(labels) if name not in told]
        return (_rounded_edits(sequence, labels), _categories(names))
    return (_rounded(labels), _categories(_nameless(labels)), _ends(labels))


def _rounded_edits(sequence: Sequence, labels: Labels) -> Loss:
    """Return the rounding of what was edited; everything else keeps its digits."""
    count = 0
    for frame in changed_frames(sequence.labels, labels).tolist():
        change = compared(sequence.labels, labels, frame)
        count += sum(_is_parted(one) for one in change.added)
        count += sum(
            _is_parted(new) and (old.xywh, old.vertices) != (new.xywh, new.vertices)
            for old, new in change.changed.values()
        )
    return Loss(LossKind.PLACES, count, f"{count:,} edited annotations are rounded to whole pixels")


def _is_parted(one: Annotation) -> bool:
    places = one.xywh if one.shape is Shape.BOX else [side for v in one.vertices for side in v]
    return any(not side.is_integer() for side in places)


def _ends(labels: Labels) -> Loss:
    listed = np.flatnonzero(labels.listed)
    span = int(listed[-1] - listed[0]) + 1 if len(listed) else 0
    count = len(labels.listed) - span
    message = f"{count:,} frames before and after the labelled ones are not mentioned"
    return Loss(LossKind.FRAMES, count, message)


def _rounded(labels: Labels) -> Loss:
    rows = labels.table.flat.rows
    is_parted = (rows.xywh != np.round(rows.xywh)).any(axis=1)
    count = int(is_parted.sum())
    return Loss(LossKind.PLACES, count, f"{count:,} annotations are rounded to whole pixels")


def _categories(names: list[str]) -> Loss:
    return Loss(
        LossKind.CATEGORIES,
        len(names),
        f"the names of {len(names):,} categories are lost, since they stand in the manifest, "
        f"first {names[:1]}",
    )


def _nameless(labels: Labels) -> list[str]:
    """Return categories whose names no object name carries: the file itself has numbers only."""
    table = labels.table
    used: set[int] = set()
    carried: set[int] = set()
    for track, block in table.blocks.items():
        for category in np.unique(block.category).tolist():
            used.add(category)
            names = np.unique(block.name[block.category == category]).tolist()
            prefixes = {prefix_of(table.names[name]) for name in names}
            if track != NO_IDENTITY and labels.categories[category].name in prefixes:
                carried.add(category)
    return [
        labels.categories[one].name
        for one in sorted(used - carried)
        if labels.categories[one].name != labels.categories[one].class_id
    ]
