"""Decoded frames around the playhead, loaded by threads before they are asked for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FrameError, FrameLater
from trackproof.frames.ranking import frame_value, most_wanted
from trackproof.frames.source import Interruptible, LooksAhead

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.frames.ranking import Frames
    from trackproof.frames.source import FrameSource, Picture

    Listener = Callable[[int], None]
    Request = tuple[int, int, tuple[int, int] | None, tuple[int, ...]]

DEFAULT_BUDGET_BYTES = 512 * 2**20
MOST_FRAMES = 2_000
RETRY_S = 5.0
"""After this, a frame that could not be had for the moment is tried again."""
NEAR_FRAMES = 16
"""Frames around the playhead that come before those of the place that is gone to next."""
FETCHED_AHEAD = 600
"""Frames that a source from afar is asked to bring nearer, many more than are decoded ahead."""


class FrameCache:
    """Keeps the most wanted frames of a source within a budget of bytes.

    Nothing waits in a queue: whenever a thread is free it takes the best frame that is wanted *now*
    and not there, so a request that became stale is never served. Threads belong to the cache and
    end with `close`.

    Parameters
    ----------
    source : FrameSource
        Where frames come from. The cache does not close it.
    budget_bytes : int
        Memory for decoded frames; the frame at the playhead is kept even when it alone is larger.
    workers : int or None
        Threads; what the source can use when left out (one for a video).
    initializer : callable or None
        What each thread calls when it starts.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        workers: int | None = None,
        initializer: Callable[[], None] | None = None,
    ) -> None:
        self._source = source
        self._initializer = initializer
        self._budget_bytes = budget_bytes
        self._pictures: dict[int, Picture] = {}
        self._bytes = 0
        self._reasons: dict[int, str] = {}
        self._retries: dict[int, float] = {}
        self._loading: set[int] = set()
        self._wanted: list[int] = []
        self._place: dict[int, int] = {}
        self._request: Request | None = None
        self._generation = 0
        self._listeners: list[Listener] = []
        self._is_closed = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"frames-{number}", daemon=True)
            for number in range(workers or source.parallel_reads)
        ]
        for thread in self._threads:
            thread.start()

    def get(self, index: int) -> Picture | None:
        """Return a frame that is there, None while it is not (or cannot be read); never waits."""
        with self._changed:
            return self._pictures.get(index)

    def reason(self, index: int) -> str:
        """Return why a frame cannot be read; empty when nothing is known against it."""
        with self._changed:
            return self._reasons.get(index, "")

    def nearest(self, index: int) -> int | None:
        """Return the cached frame closest to an index, for a picture while scrubbing."""
        with self._changed:
            return min(self._pictures, key=lambda frame: abs(frame - index), default=None)

    def want(
        self,
        playhead: int,
        *,
        direction: int = 1,
        span: tuple[int, int] | None = None,
        soon: tuple[int, ...] = (),
    ) -> None:
        """Say where the playhead is; replaces everything that was wanted before.

        Parameters
        ----------
        playhead : int
            The frame on screen or about to be.
        direction : int
            1 forwards, -1 backwards.
        span : (int, int) or None
            First frame and end of a loop.
        soon : tuple of int
            Frames elsewhere that are likely to be gone to next, the likeliest first. A folder reads
            them once the nearest are there, a video, which has to seek, after all others.
        """
        with self._changed:
            self._forget_passing()
            request = (playhead, direction, span, soon)
            if request != self._request:
                self._request = request
                self._rank()
                self._changed.notify_all()

    def wait_for(self, index: int, *, timeout_s: float | None = None) -> Picture:
        """Return a frame, waiting for it; for programs, not for a window's thread.

        Raises
        ------
        FrameError
            When the frame cannot be read, or not in time, or another one is wanted meanwhile, or
            the cache is closed.
        """

        def is_settled() -> bool:
            is_known = index in self._pictures or index in self._reasons
            return is_known or self._is_closed or index not in self._place

        with self._changed:
            if index not in self._pictures and index not in self._place:
                self._request = (index, 1, None, ())
                self._rank()
                self._changed.notify_all()
            self._changed.wait_for(is_settled, timeout=timeout_s)
            if index in self._pictures:
                return self._pictures[index]
            reason = self._reasons.get(index, "the frame is not loaded")
            raise FrameError(reason, path=str(self._source.path))

    def cached(self) -> list[tuple[int, int]]:
        """Return the ranges of frames that are there: first and end, ascending."""
        with self._changed:
            frames = np.array(sorted(self._pictures), dtype=np.int64)
        if not len(frames):
            return []
        breaks = np.flatnonzero(np.diff(frames) > 1)
        starts = frames[np.concatenate([[0], breaks + 1])]
        ends = frames[np.concatenate([breaks, [len(frames) - 1]])] + 1
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def unreadable(self) -> dict[int, str]:
        """Return the frames found unreadable so far, with the reasons."""
        with self._changed:
            return dict(self._reasons)

    def add_listener(self, listener: Listener) -> None:
        """Have a function called with every frame that arrives or fails, from worker threads."""
        with self._changed:
            self._listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Stop calling a function; it may still be called once if a frame arrives right now."""
        with self._changed:
            self._listeners.remove(listener)

    def set_budget(self, budget_bytes: int) -> None:
        """Change the memory for decoded frames."""
        with self._changed:
            self._budget_bytes = budget_bytes
            self._rank()
            self._evict()
            self._changed.notify_all()

    def set_source(self, source: FrameSource) -> None:
        """Take frames from elsewhere (another folder, another offset) and forget the old ones."""
        with self._changed:
            self._generation += 1
            self._source = source
            self._pictures.clear()
            self._reasons.clear()
            self._retries.clear()
            self._loading.clear()
            self._bytes = 0
            self._rank()
            self._changed.notify_all()

    def close(self) -> None:
        """End all threads and drop all frames."""
        with self._changed:
            self._is_closed = True
            self._listeners.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        with self._changed:
            self._pictures.clear()
            self._bytes = 0

    def _forget_passing(self) -> None:
        """Have frames tried again that could not be had a while ago (the lock is held)."""
        now = time.monotonic()
        for frame in [frame for frame, at in self._retries.items() if at <= now]:
            del self._retries[frame]
            self._reasons.pop(frame, None)
            self._changed.notify_all()

    def _rank(self) -> None:
        """Work out which frames are wanted, best first (the lock is held)."""
        if self._request is None:
            return
        playhead, direction, span, soon = self._request
        frames: Frames = most_wanted(
            len(self._source), playhead, count=self._capacity(), direction=direction, span=span
        )
        if isinstance(self._source, LooksAhead):
            ahead = most_wanted(
                len(self._source), playhead, count=FETCHED_AHEAD, direction=direction, span=span
            )
            self._source.look_ahead(ahead.tolist())
        self._wanted = self._with_soon(frames.tolist(), soon)
        self._place = {frame: place for place, frame in enumerate(self._wanted)}

    def _with_soon(self, wanted: list[int], soon: tuple[int, ...]) -> list[int]:
        """Return the frames wanted, with room made for those elsewhere (the lock is held)."""
        if not soon:
            return wanted
        is_costly = self._source.parallel_reads == 1
        place = max(len(wanted) - len(soon), 0) if is_costly else NEAR_FRAMES
        head = wanted[: max(place, 1)]
        known = set(head)
        there = [frame for frame in soon if 0 <= frame < len(self._source) and frame not in known]
        known.update(there)
        rest = [frame for frame in wanted[len(head) :] if frame not in known]
        return [*head, *there, *rest][: len(wanted)]

    def _capacity(self) -> int:
        """Return how many frames the budget holds, by the frames seen so far."""
        if self._pictures:
            frame_bytes = self._bytes / len(self._pictures)
        else:
            width, height = self._source.size
            frame_bytes = width * height * 3
        return int(min(max(self._budget_bytes // max(frame_bytes, 1), 1), MOST_FRAMES))

    def _work(self) -> None:
        if self._initializer is not None:
            self._initializer()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._best() is not None)
                frame = self._best()
                if self._is_closed or frame is None:
                    return
                self._loading.add(frame)
                source, generation = self._source, self._generation
            picture, reason = self._read(source, frame, generation)
            with self._changed:
                if generation != self._generation or self._is_closed:
                    continue
                self._loading.discard(frame)
                if not self._settle(frame, picture, reason):
                    continue
                listeners = list(self._listeners)
                self._changed.notify_all()
            for listener in listeners:
                listener(frame)

    def _read(self, source: FrameSource, frame: int, generation: int) -> tuple[Picture | None, str]:
        """Read a frame; neither picture nor reason when it is not wanted any more."""

        def is_wanted() -> bool:
            return frame in self._place and generation == self._generation and not self._is_closed

        try:
            if isinstance(source, Interruptible):
                return source.read_while(frame, is_wanted), ""
            return source.read(frame), ""
        except FrameLater as error:
            with self._changed:
                self._retries[frame] = time.monotonic() + RETRY_S
            return None, str(error)
        except FrameError as error:
            return None, str(error)

    def _best(self) -> int | None:
        """Return the most wanted frame that is neither there nor coming (the lock is held)."""
        return next(
            (
                frame
                for frame in self._wanted
                if frame not in self._pictures
                and frame not in self._reasons
                and frame not in self._loading
            ),
            None,
        )

    def _settle(self, frame: int, picture: Picture | None, reason: str) -> bool:
        """Keep what was read if it is still worth it (the lock is held)."""
        if picture is None:
            if reason:
                self._reasons[frame] = reason
            return bool(reason)
        if frame not in self._place:
            return False
        self._pictures[frame] = picture
        self._bytes += picture.nbytes
        self._evict()
        return frame in self._pictures

    def _evict(self) -> None:
        """Drop the least valuable frames until the rest fits the budget (the lock is held)."""
        if self._bytes <= self._budget_bytes or self._request is None:
            return
        playhead, direction, span, soon = self._request
        frames = np.array(list(self._pictures), dtype=np.int64)
        values = frame_value(frames, playhead, direction=direction, span=span)
        values[np.isin(frames, [frame for frame in soon if frame in self._place])] = -NEAR_FRAMES
        for frame in frames[np.argsort(values)].tolist()[:-1]:
            if self._bytes <= self._budget_bytes:
                return
            self._bytes -= self._pictures.pop(frame).nbytes
            if frame in self._place:
                # Frames larger than expected: fewer fit than were wanted.
                del self._wanted[self._place[frame] :]
                self._place = {kept: place for place, kept in enumerate(self._wanted)}
