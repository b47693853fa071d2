"""The frames of the current sequence as pictures: matching, offset, cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from trackproof.errors import FrameError

if TYPE_CHECKING:
    import numpy.typing as npt

    from trackproof.frames import FrameCache, FrameSource

    Picture = npt.NDArray[np.uint8]
    Places = npt.NDArray[np.int64]

AHEAD = 48
"""Frames wanted in the direction of the playhead."""


class Pictures(QObject):
    """Answers frame indices of the sequence from a source with its own order."""

    frame_ready = Signal(int)
    _arrived = Signal(int)

    def __init__(self, *, budget_bytes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._budget_bytes = budget_bytes
        self.source: FrameSource | None = None
        self.cache: FrameCache | None = None
        self.offset = 0
        self._places: Places = np.empty(0, dtype=np.int64)
        self._frame_at: dict[int, int] = {}
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def attach(self, source: FrameSource, places: Places, *, offset: int = 0) -> None:
        """Take a source.

        Parameters
        ----------
        places : (frames,) int64
            Index in the source of every frame of the sequence, -1 where it has none.
        offset : int
            Added to every place, to repair labels that are numbered differently.
        """
        from trackproof.frames import FrameCache

        self.detach()
        self.source = source
        self.cache = FrameCache(source, budget_bytes=self._budget_bytes, workers=2)
        self.cache.listen(self._arrived.emit)
        self._places = places
        self.set_offset(offset)

    def detach(self) -> None:
        """Let go of source and cache, and join the cache's workers."""
        if self.cache is not None:
            self.cache.close()
        if self.source is not None:
            self.source.close()
        self.cache = self.source = None
        self._places = np.empty(0, dtype=np.int64)
        self._frame_at = {}

    def set_offset(self, offset: int) -> None:
        """Show every frame's labels on the picture ``offset`` places later."""
        self.offset = offset
        shifted = [self.place(frame) for frame in range(len(self._places))]
        self._frame_at = {at: frame for frame, at in enumerate(shifted) if at is not None}

    def place(self, frame: int) -> int | None:
        """Return the index in the source of a frame of the sequence, None when it has none."""
        if self.source is None or not 0 <= frame < len(self._places) or self._places[frame] < 0:
            return None
        at = int(self._places[frame]) + self.offset
        return at if 0 <= at < len(self.source) else None

    def picture(self, frame: int) -> Picture | None:
        """Return ``(h, w, 3)`` BGR pixels if they are there; asks for them if not."""
        at = self.place(frame)
        if at is None or self.cache is None:
            return None
        try:
            return self.cache.get(at)
        except FrameError:
            return None

    def problem(self, frame: int) -> str | None:
        """Return why there will be no picture of a frame, None when there is or may be one."""
        if self.source is None or self.cache is None:
            return None
        at = self.place(frame)
        if at is None:
            return "There is no picture for this frame."
        return self.cache.problem(at)

    def is_settled(self, frame: int) -> bool:
        """Whether a frame can be shown at once: its picture, or the words for a missing one."""
        if self.cache is None or self.place(frame) is None:
            return True
        return self.picture(frame) is not None or self.problem(frame) is not None

    def want(self, frame: int, *, direction: int) -> None:
        """Tell the cache where the playhead is and where it goes."""
        at = self.place(frame)
        if self.cache is not None and at is not None:
            self.cache.want(at, direction, AHEAD)

    def cached(self) -> tuple[tuple[int, int], ...]:
        """Return ranges (first, end) of frames of the sequence whose pictures are in memory."""
        if self.cache is None:
            return ()
        ranges: list[tuple[int, int]] = []
        for first, end in self.cache.cached():
            for at in range(first, end):
                frame = self._frame_at.get(at)
                if frame is None:
                    continue
                if ranges and ranges[-1][1] == frame:
                    ranges[-1] = (ranges[-1][0], frame + 1)
                else:
                    ranges.append((frame, frame + 1))
        return tuple(ranges)

    def _tell(self, at: int) -> None:
        frame = self._frame_at.get(at)
        if frame is not None:
            self.frame_ready.emit(frame)
