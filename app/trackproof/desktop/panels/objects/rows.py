"""What the objects panel says about every track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.desktop.panels.naming import category_name, object_name

if TYPE_CHECKING:
    from collections import Counter

    from trackproof.checks import TrackSummary
    from trackproof.labels import Labels

OVERLAP = "rolling_iou"


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """One track.

    Parameters
    ----------
    track : int
        Track number.
    name, category : str
        What people call it.
    boxes : int
        Annotations.
    first, last : int
        First and last frame index.
    flags : int
        Flags that are still open.
    summary : TrackSummary or None
        Distribution of its overlap; None until it is known.
    """

    track: int
    name: str
    category: str
    boxes: int
    first: int
    last: int
    flags: int = 0
    summary: TrackSummary | None = None

    @property
    def worst(self) -> int:
        """Frame of the lowest overlap, the first frame where none is known."""
        return self.summary.worst.get(OVERLAP, self.first) if self.summary else self.first


def object_rows(
    labels: Labels, summaries: dict[int, TrackSummary], open_flags: Counter[int]
) -> list[ObjectRow]:
    """Return a row for every track that has annotations, in the order of the file."""
    return [
        ObjectRow(
            track=track,
            name=object_name(labels, track),
            category=category_name(labels, track),
            boxes=len(block),
            first=int(block.frame[0]),
            last=int(block.frame[-1]),
            flags=open_flags[track],
            summary=summaries.get(track),
        )
        for track, block in labels.table.blocks.items()
        if track >= 0
    ]
