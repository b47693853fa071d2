"""What a ``SeqLabel.json`` by itself cannot hold: parts of pixels, and names of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.ground_truth_reading import NAME
from trackproof.formats.ground_truth_table import prefix_of
from trackproof.formats.losses import Loss, LossKind
from trackproof.labels import NO_IDENTITY

if TYPE_CHECKING:
    from trackproof.labels import Labels, Sequence


def written_losses(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return what is lost when labels of other formats are written; its own are kept verbatim."""
    if sequence.source is not None and sequence.source.format_name == NAME:
        return ()
    return (_rounded(labels), _categories(labels), _ends(labels))


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


def _categories(labels: Labels) -> Loss:
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
    named = [
        labels.categories[one].name
        for one in sorted(used - carried)
        if labels.categories[one].name != labels.categories[one].class_id
    ]
    return Loss(
        LossKind.CATEGORIES,
        len(named),
        f"the names of {len(named):,} categories are lost, since they stand in the manifest, "
        f"first {named[:1]}",
    )
