"""What the canvas asks about labels and flags, answered from indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QSizeF

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.desktop.session import Session

EXTENT_BOXES = 5_000
SMOOTHING = 6
"""Frames before and after over which a followed object's place is averaged."""


class FlaggedFrames(QObject):
    """Open flags by frame, and facts about tracks, of the session's current sequence."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._starts = np.empty(0, dtype=np.int64)
        self._ends = np.empty(0, dtype=np.int64)
        self._extent: QSizeF | None = None
        session.analysis_changed.connect(self._index)
        session.sequence_changed.connect(self._index)
        session.sequence_changed.connect(self._forget_extent)
        session.labels_changed.connect(self._forget_extent)
        self._index()

    def at(self, frame: int) -> dict[int, Flag]:
        """Return the most important open flag of every track that is flagged in a frame."""
        session = self._session
        current = session.flag
        found: dict[int, Flag] = {}
        flags = session.flags
        # An edit and a flag of one's own change the flags before anybody says so.
        if len(flags) != len(self._starts):
            self._index()
        rows = np.flatnonzero((self._starts <= frame) & (self._ends >= frame))
        for row in rows:
            flag = flags[int(row)]
            is_current = current is not None and flag.key == current.key
            if is_current or session.verdict(flag) == "open":
                for track in (flag.track, flag.other_track):
                    if track >= 0 and (is_current or track not in found):
                        found[track] = flag
        return found

    def smooth_centre(self, track: int, frame: int) -> QPointF | None:
        """Return the centre of a track around a frame, averaged so that it does not jump."""
        labels = self._session.labels
        block = labels.table.blocks.get(track) if labels is not None else None
        if block is None:
            return None
        first = int(np.searchsorted(block.frame, frame - SMOOTHING))
        end = int(np.searchsorted(block.frame, frame + SMOOTHING, side="right"))
        if first == end:
            return None
        near = block.frame[first:end]
        centres = block.xywh[first:end, :2] + 0.5 * block.xywh[first:end, 2:]
        weight = 1.0 / (1.0 + np.abs(near - frame))
        x, y = np.average(centres, axis=0, weights=weight)
        return QPointF(float(x), float(y))

    def extent(self, smallest: QSizeF) -> QSizeF:
        """Return a size that holds every box, for labels without pictures."""
        if self._extent is None:
            labels = self._session.labels
            xywh = labels.table.flat.rows.xywh if labels is not None else np.empty((0, 4))
            # Every so many boxes tell as much; all of them would hold the window up.
            xywh = xywh[:: max(len(xywh) // EXTENT_BOXES, 1)]
            xywh = xywh[np.isfinite(xywh).all(axis=1)]
            if not len(xywh):
                return smallest
            # A few wild boxes must not shrink all others to dots.
            right, bottom = np.percentile(xywh[:, :2] + xywh[:, 2:], 99.5, axis=0)
            self._extent = QSizeF(max(float(right), 64.0), max(float(bottom), 64.0))
        return self._extent

    def describe(self, track: int, frame: int) -> str:
        """Return what a tool tip says about an annotation."""
        labels = self._session.labels
        block = labels.table.blocks.get(track) if labels is not None else None
        row = block.row_at(frame) if block is not None else None
        if labels is None or block is None or row is None or track < 0:
            return ""
        table = labels.table
        left, top, width, height = block.xywh[row]
        category = int(block.category[row])
        name = labels.categories[category].name if category < len(labels.categories) else ""
        lines = [
            f"{table.tracks[track].object_name or table.tracks[track].object_id}   {name}",
            f"{width:.0f} x {height:.0f} px at ({left:.0f}, {top:.0f})",
            *(f"{key}: {value}" for key, value in table.attribute_sets[int(block.attributes[row])]),
            *(f"{key}: {column[row]:g}" for key, column in block.columns.items()),
        ]
        flag = self.at(frame).get(track)
        if flag is not None:
            lines.append(flag.evidence)
        return "\n".join(lines)

    def _index(self) -> None:
        flags = self._session.flags
        self._starts = np.array([flag.frame_start for flag in flags], dtype=np.int64)
        self._ends = np.array([flag.frame_end for flag in flags], dtype=np.int64)

    def _forget_extent(self, *_: object) -> None:
        self._extent = None
