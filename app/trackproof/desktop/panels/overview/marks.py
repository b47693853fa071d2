"""Flags on the overview: which of them are worth a mark at this zoom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trackproof.desktop.panels.overview.heat import HeatMap
    from trackproof.desktop.session import Session

MOST_MARKS = 1200
"""More would cover each other, and slow the panning down."""


@dataclass(slots=True)
class Group:
    """Marks that look the same: a row and a frame each."""

    rows: list[int] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)


class FlagMarks:
    """All flags of a session as columns, likeliest mistakes first."""

    def __init__(self, session: Session, heat: HeatMap) -> None:
        rows = {track: row for row, track in enumerate(heat.tracks)}
        flags = [flag for flag in session.flags if flag.track in rows]
        waiting = {flag.key for flag in session.open_flags}
        self._looks = [(str(flag.kind), flag.key in waiting) for flag in flags]
        self._row = np.fromiter((rows[flag.track] for flag in flags), np.int64, len(flags))
        self._frame = np.fromiter((flag.frame for flag in flags), np.int64, len(flags))

    def visible(
        self, start: float, end: float, *, rows: tuple[int, int], merge_frames: float
    ) -> dict[tuple[str, bool], Group]:
        """Return the marks of a stretch by kind and whether the flag is open.

        Parameters
        ----------
        start, end : float
            Positions on the frame axis.
        rows : (first, last)
            Rows on screen, inclusive.
        merge_frames : float
            Flags of a row that are nearer than this share one mark, that of the best.
        """
        inside = np.flatnonzero(
            (self._frame >= start - 0.5)
            & (self._frame <= end + 0.5)
            & (self._row >= rows[0])
            & (self._row <= rows[1])
        )
        bins = (self._frame[inside] / max(merge_frames, 1.0)).astype(np.int64)
        _, first = np.unique(self._row[inside] * (1 << 40) + bins, return_index=True)
        chosen = np.sort(inside[first])[:MOST_MARKS]
        groups: dict[tuple[str, bool], Group] = {}
        for place, row, frame in zip(
            chosen.tolist(), self._row[chosen].tolist(), self._frame[chosen].tolist(), strict=True
        ):
            group = groups.setdefault(self._looks[place], Group())
            group.rows.append(row)
            group.frames.append(frame)
        return groups
