"""The pictures of the current sequence: where they come from, and those in memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from trackproof.desktop.tasks import give_way

if TYPE_CHECKING:
    from trackproof.frames import AlignedFrames, FrameCache, FrameSource, Picture
    from trackproof.labels import Sequence


class Pictures(QObject):
    """Answers frame indices of the sequence, from memory only, and never waits."""

    frame_ready = Signal(int)
    _arrived = Signal(int)

    def __init__(self, *, budget_bytes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._budget_bytes = budget_bytes
        self.source: AlignedFrames | None = None
        self.cache: FrameCache | None = None
        self._ending: list[threading.Thread] = []
        self._wanted: tuple[int, int, tuple[int, int] | None] = (0, 1, None)
        self._soon: tuple[int, ...] = ()
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def offset(self) -> int:
        """How many pictures later than their own the labels are shown."""
        return self.source.match.offset if self.source is not None else 0

    def attach(self, source: AlignedFrames) -> None:
        """Take pictures; those before are let go."""
        from trackproof.frames import FrameCache

        self.detach()
        self.source = source
        self.cache = FrameCache(source, budget_bytes=self._budget_bytes, initializer=give_way)
        self.cache.add_listener(self._arrived.emit)

    def detach(self) -> None:
        """Let go of source and cache; a thread waits for their workers, not the window."""
        if self.cache is not None and self.source is not None:
            ending = threading.Thread(target=_end, args=(self.cache, self.source))
            ending.start()
            self._ending = [*(one for one in self._ending if one.is_alive()), ending]
        self.cache = self.source = None
        self._soon = ()

    def close(self) -> None:
        """Let go of everything and wait until no worker runs."""
        self.detach()
        for thread in self._ending:
            thread.join()

    def shift(self, sequence: Sequence, offset: int) -> None:
        """Show labels on other pictures of the same source."""
        if self.source is not None and self.cache is not None:
            self.source = self.source.shifted(sequence, offset)
            self.cache.set_source(self.source)

    def picture(self, frame: int) -> Picture | None:
        """Return ``(h, w, 3)`` BGR pixels if they are in memory."""
        return self.cache.get(frame) if self.cache is not None else None

    def problem(self, frame: int) -> str | None:
        """Return why there will be no picture of a frame, None when there is or may be one."""
        return (self.cache.reason(frame) or None) if self.cache is not None else None

    def nearest(self, frame: int) -> int | None:
        """Return the frame in memory that is closest to another one."""
        return self.cache.nearest(frame) if self.cache is not None else None

    def is_settled(self, frame: int) -> bool:
        """Whether a frame can be shown at once: its picture, or the words for a missing one."""
        cache = self.cache
        return cache is None or cache.get(frame) is not None or bool(cache.reason(frame))

    def want(self, frame: int, *, direction: int, loop: tuple[int, int] | None = None) -> None:
        """Tell the cache where the playhead is, where it goes, and what it repeats."""
        self._wanted = (frame, direction, (loop[0], loop[1] + 1) if loop is not None else None)
        self._ask()

    def want_soon(self, frames: tuple[int, ...]) -> None:
        """Tell the cache where a key is likely to lead, so that the picture is there by then."""
        if frames != self._soon:
            self._soon = frames
            self._ask()

    def _ask(self) -> None:
        if self.cache is not None:
            frame, direction, span = self._wanted
            self.cache.want(frame, direction=direction, span=span, soon=self._soon)

    def cached(self) -> tuple[tuple[int, int], ...]:
        """Return ranges (first, end) of frames whose pictures are in memory."""
        return tuple(self.cache.cached()) if self.cache is not None else ()

    @Slot(int)
    def _tell(self, frame: int) -> None:
        if self.cache is not None:
            self.frame_ready.emit(frame)


def _end(cache: FrameCache, source: FrameSource) -> None:
    cache.close()
    source.close()
