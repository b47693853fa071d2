"""What panels call objects, categories and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.labels import Labels


MOST_SHOWN = 1000


def object_name(labels: Labels, track: int) -> str:
    """Return what people call a track of these labels; a dash for no identity."""
    tracks = labels.table.tracks
    if not 0 <= track < len(tracks):
        return "–"
    info = tracks[track]
    name = info.object_name or info.object_id
    return f"{name} ({info.occurrence + 1})" if info.occurrence else name


def category_name(labels: Labels, track: int) -> str:
    """Return the category that most annotations of a track have; empty when it has none."""
    block = labels.table.block(track)
    if block is None or not labels.categories:
        return ""
    counts = np.bincount(np.maximum(block.category, 0), minlength=len(labels.categories))
    number = int(counts.argmax())
    return labels.categories[number].name if number < len(labels.categories) else ""


def frames_in_words(flag: Flag) -> str:
    """Return the frames of a flag: ``102`` or ``138-139``."""
    if flag.frame_start == flag.frame_end:
        return f"{flag.frame_start}"
    return f"{flag.frame_start}–{flag.frame_end}"


def score_in_words(score: float) -> str:
    """Return a score as short as it is useful: beyond 999 to 1 nobody asks how much."""
    if score >= MOST_SHOWN:
        return f">{MOST_SHOWN - 1}"
    return f"{score:.1f}" if score < 10 else f"{score:.0f}"
