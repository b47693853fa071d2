"""What the objects panel says about every track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.desktop.panels.naming import category_name, object_name

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from trackproof.checks import Analysis, TrackSummary
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
    labels: Labels, summaries: Mapping[int, TrackSummary], open_flags: Counter[int]
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


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """The summaries of all tracks, and the checks that they come from."""

    analysis: Analysis
    tracks: Mapping[int, TrackSummary]


def summed(analysis: Analysis, before: Summed | None) -> Summed:
    """Return the summaries of all tracks; those that no edit reached are taken from before."""
    from trackproof.checks.track_summary import summarise

    blocks = analysis.labels.table.blocks
    if before is None or analysis.profile is not before.analysis.profile:
        return Summed(analysis, analysis.tracks)
    reached = {track for track in blocks if track not in before.tracks}
    old = before.analysis.measurements
    for name, now in analysis.measurements.items():
        if name not in old or now.values is not old[name].values:
            return Summed(analysis, analysis.tracks)
        then = old[name].replaced
        reached.update(now.late)
        reached.update(t for t, rows in now.replaced.items() if then.get(t) is not rows)
    again = summarise(analysis.measurements, tuple(reached & blocks.keys()))
    kept = {track: one for track, one in before.tracks.items() if track in blocks}
    return Summed(analysis, kept | again)
