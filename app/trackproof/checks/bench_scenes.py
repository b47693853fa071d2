"""Preparing real labels for the benchmark: only what somebody vouches for, with names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Labels, LabelTable, Track

if TYPE_CHECKING:
    from trackproof.labels import Block, Sequence

VOUCHING_COLUMNS = ("flag", "confidence")
"""Columns that MOTChallenge ground truth sets to 0 where a row is to be ignored."""


def vouched_for(sequence: Sequence) -> Sequence:
    """Return the sequence without rows that its own format says to ignore.

    MOT17 keeps occluders, vehicles and reflections in its ground truth with flag 0: coarse boxes
    that no annotator vouches for. They are neither planted into nor checked here, so that the
    budget counts the same frame-object pairs for every method.
    """
    table = sequence.labels.table
    blocks = {track: block.take(_is_vouched(block)) for track, block in table.blocks.items()}
    return _with_table(
        sequence,
        LabelTable(table.tracks, blocks, names=table.names, attribute_sets=table.attribute_sets),
    )


def dressed(sequence: Sequence) -> Sequence:
    """Return the sequence with object names and one attribute where it has none.

    MOTChallenge files have neither, and mistakes in them could not be planted. Every track gets
    the name ``Object:<id>`` and a constant ``marker``.
    """
    table = sequence.labels.table
    names, sets, tracks = list(table.names), list(table.attribute_sets), list(table.tracks)
    has_names = any(table.names[int(n)] for b in table.blocks.values() for n in b.name[:1])
    has_attributes = any(values for values in sets)
    if has_names and has_attributes:
        return sequence
    blocks = dict(table.blocks)
    if not has_attributes:
        first = len(sets)
        sets += [(("marker", "yes"),), (("marker", "no"),)]
        blocks = {
            track: replace(block, attributes=np.full(len(block), first + track % 2, np.int32))
            for track, block in blocks.items()
        }
    if not has_names:
        for track, block in blocks.items():
            if track >= 0:
                name = f"Object:{tracks[track].object_id}"
                tracks[track] = Track(tracks[track].object_id, name, tracks[track].occurrence)
                blocks[track] = replace(block, name=np.full(len(block), len(names), np.int32))
                names.append(name)
    return _with_table(sequence, LabelTable(tracks, blocks, names=names, attribute_sets=sets))


def _is_vouched(block: Block) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    keep = np.ones(len(block), dtype=np.bool_)
    for name in VOUCHING_COLUMNS:
        if name in block.columns:
            keep &= block.columns[name] != 0
    return keep


def _with_table(sequence: Sequence, table: LabelTable) -> Sequence:
    labels = sequence.labels
    return replace(
        sequence,
        labels=Labels(table, labels.categories, labels.listed, labels.frame_attributes),
        source=None,
    )
