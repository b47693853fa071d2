"""A run of frames cut out of a sequence, as a sequence of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.labels import Labels, LabelTable, Sequence, Shape

if TYPE_CHECKING:
    from trackproof.labels import Block


def excerpt(sequence: Sequence, labels: Labels, *, frame_start: int, frame_end: int) -> Sequence:
    """Return the frames ``frame_start`` to ``frame_end`` (inclusive), renumbered from 0.

    Track numbers, categories, names and attributes stay what they were; the result comes from no
    file, so that every frame is encoded anew.
    """
    blocks = {}
    for track, block in labels.table.blocks.items():
        first, end = np.searchsorted(block.frame, [frame_start, frame_end + 1])
        if end > first:
            piece = block.take(slice(int(first), int(end)))
            blocks[track] = replace(piece, frame=(piece.frame - frame_start).astype(np.int32))
    table = labels.table
    frames = slice(frame_start, frame_end + 1)
    inside = Labels(
        table=LabelTable(
            table.tracks, blocks, names=table.names, attribute_sets=table.attribute_sets
        ),
        categories=labels.categories,
        listed=labels.listed[frames],
        frame_attributes={
            frame - frame_start: values
            for frame, values in labels.frame_attributes.items()
            if frame_start <= frame <= frame_end
        },
    )
    names = sequence.frame_names[frames]
    return replace(
        sequence,
        frame_names=names,
        frame_numbers=np.arange(len(names), dtype=np.int64),
        labels=inside,
        source=None,
        problems=(),
    )


def fitted(labels: Labels, *, width: int | None, height: int | None) -> tuple[Labels, int, int]:
    """Return labels whose boxes are whole pixels inside the image, as the service wants them.

    Parameters
    ----------
    width, height : int or None
        Image size, pixels; None when it is not known, and then only the left and top edges can be
        kept.

    Returns
    -------
    labels : Labels
        With boxes cut at the image's edges; a box that lies outside altogether is left out.
    cut, dropped : int
        How many boxes were cut, and how many were left out.
    """
    blocks, cut, dropped = {}, 0, 0
    for track, block in labels.table.blocks.items():
        inside, cut_here, dropped_here = _fitted(block, width=width, height=height)
        cut, dropped = cut + cut_here, dropped + dropped_here
        if len(inside):
            blocks[track] = inside
    table = labels.table
    fitting = LabelTable(
        table.tracks, blocks, names=table.names, attribute_sets=table.attribute_sets
    )
    return replace(labels, table=fitting), cut, dropped


def _fitted(block: Block, *, width: int | None, height: int | None) -> tuple[Block, int, int]:
    is_box = block.shape == Shape.BOX
    low = np.round(block.xywh[:, :2])
    high = np.round(block.xywh[:, :2] + block.xywh[:, 2:])
    most = np.array([np.inf if width is None else width, np.inf if height is None else height])
    inner_low, inner_high = np.maximum(low, 0.0), np.minimum(high, most)
    is_cut = ((inner_low != low) | (inner_high != high)).any(axis=1) & is_box
    is_gone = (inner_high - inner_low < 1.0).any(axis=1) & is_box
    whole = np.hstack([inner_low, inner_high - inner_low])
    xywh = np.where(is_box[:, None], whole, block.xywh)
    kept = replace(block, xywh=xywh).take(~is_gone)
    return kept, int((is_cut & ~is_gone).sum()), int(is_gone.sum())
