"""One clip on screen: its frames in memory, its clock, its playhead."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from trackproof.desktop.playback import Player
from trackproof.errors import FrameError, StorageError

if TYPE_CHECKING:
    from trackproof.clips.model import Clip, ClipSet
    from trackproof.desktop.tasks import TaskRunner
    from trackproof.frames import FrameCache, FrameSource, Picture
    from trackproof.progress import Progress

LINE = "clip"
BUDGET_BYTES = 512 * 2**20


class ClipPlayer(QObject):
    """Opens clips in the background and plays the newest one asked for.

    Parameters
    ----------
    tasks : TaskRunner
        Runs the opening.
    """

    opened = Signal()
    frame_changed = Signal(int)
    frame_ready = Signal(int)
    playing_changed = Signal()
    _arrived = Signal(object, int)

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._source: FrameSource | None = None
        self._cache: FrameCache | None = None
        self._ending: list[threading.Thread] = []
        self._frame = 0
        self.problem = ""
        self.is_opening = False
        self.starts_playing = True
        self.repeats = True
        self.clock = Player(self._is_settled, parent=self)
        self.clock.waits_for_paint = True
        self.clock.frame_due.connect(self._go)
        self.clock.playing_changed.connect(lambda _is_playing: self.playing_changed.emit())
        self.clock.settings_changed.connect(self.playing_changed)
        self._arrived.connect(self._take_frame, Qt.ConnectionType.QueuedConnection)

    # -- opening

    def open(self, clip: Clip, clips: ClipSet) -> None:
        """Let go of what is open and open a clip; the newest request wins."""
        self.stop()
        self.is_opening = True
        self.opened.emit()

        def read(progress: Progress) -> FrameSource:
            from trackproof.frames import open_frames

            path = clips.bring(clip, progress)
            if path is None:
                raise FileNotFoundError(clip.source_ref)
            return open_frames(path, progress=progress)

        self._tasks.start(
            f"Opening {clip.name}", read, succeeded=self._attach, failed=self._fail, line=LINE
        )

    def stop(self) -> None:
        """Let go of the clip; a thread waits for the workers, not the window."""
        self._tasks.cancel(LINE)
        self.clock.pause()
        if self._cache is not None and self._source is not None:
            ending = threading.Thread(target=_end, args=(self._cache, self._source))
            ending.start()
            self._ending = [*(one for one in self._ending if one.is_alive()), ending]
        self._cache = self._source = None
        self._frame, self.problem, self.is_opening = 0, "", False
        self.clock.set_extent(0, rate_fps=None)
        self.clock.set_loop(None)

    def close(self) -> None:
        """Let go of everything and wait until no worker runs."""
        self.stop()
        for thread in self._ending:
            thread.join()

    def _attach(self, source: FrameSource) -> None:
        from trackproof.frames import FrameCache

        self._source = source
        self.path = source.path if isinstance(source.path, Path) else None
        cache = FrameCache(source, budget_bytes=BUDGET_BYTES)
        self._cache = cache
        cache.add_listener(lambda frame: self._arrived.emit(cache, frame))
        self.is_opening = False
        self.clock.set_extent(len(source), rate_fps=source.rate_fps)
        self.clock.set_frame(0)
        self.set_repeats(is_on=self.repeats)
        cache.want(0, direction=1)
        self.opened.emit()
        self.frame_changed.emit(0)
        if self.starts_playing:
            self.clock.play()

    def _fail(self, error: BaseException) -> None:
        self.is_opening = False
        if isinstance(error, FileNotFoundError):
            self.problem = ""
        elif isinstance(error, FrameError | StorageError):
            self.problem = error.message
        else:
            self.problem = f"{type(error).__name__}: {error}"
        self.opened.emit()

    # -- what is on screen

    @property
    def is_open(self) -> bool:
        """Whether there are frames."""
        return self._source is not None

    @property
    def is_missing(self) -> bool:
        """Whether the clip was looked for and is not on this computer."""
        return not (self.is_open or self.is_opening or self.problem)

    @property
    def count(self) -> int:
        """How many frames the clip has."""
        return len(self._source) if self._source is not None else 0

    @property
    def rate_fps(self) -> float | None:
        """Frames per second, None when nobody knows."""
        return self._source.rate_fps if self._source is not None else None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frames, pixels."""
        return self._source.size if self._source is not None else (0, 0)

    @property
    def frame(self) -> int:
        """Frame index at the playhead."""
        return self._frame

    @property
    def is_playing(self) -> bool:
        """Whether the clock runs."""
        return self.clock.is_playing

    def picture(self) -> Picture | None:
        """Return the picture at the playhead, or the nearest one in memory; never waits."""
        if self._cache is None:
            return None
        exact = self._cache.get(self._frame)
        if exact is not None:
            return exact
        nearest = self._cache.nearest(self._frame)
        return self._cache.get(nearest) if nearest is not None else None

    def frame_problem(self) -> str:
        """Return why the frame at the playhead cannot be shown; empty when it can."""
        return self._cache.reason(self._frame) if self._cache is not None else ""

    # -- moving

    def go_to(self, frame: int) -> None:
        """Show another frame; the nearest there is when the index lies outside."""
        if not self.count:
            return
        frame = min(max(frame, 0), self.count - 1)
        self.clock.set_frame(frame)
        self._go(frame)

    def step(self, delta: int) -> None:
        """Pause and move by some frames."""
        self.clock.pause()
        self.go_to(self._frame + delta)

    def toggle(self) -> None:
        """Play or pause."""
        if self.clock.is_playing:
            self.clock.pause()
        else:
            self.clock.play()

    def set_repeats(self, *, is_on: bool) -> None:
        """Begin the clip again at its end, or stop there."""
        self.repeats = is_on
        self.clock.set_loop((0, self.count - 1) if is_on and self.count > 1 else None)

    def _go(self, frame: int) -> None:
        if frame == self._frame:
            return
        direction = 1 if frame > self._frame else -1
        self._frame = frame
        if self._cache is not None:
            going = self.clock.direction if self.clock.is_playing else direction
            self._cache.want(frame, direction=going, span=None)
        self.frame_changed.emit(frame)

    def _is_settled(self, frame: int) -> bool:
        cache = self._cache
        return cache is None or cache.get(frame) is not None or bool(cache.reason(frame))

    @Slot(object, int)
    def _take_frame(self, cache: object, frame: int) -> None:
        if cache is self._cache:
            self.frame_ready.emit(frame)


def _end(cache: FrameCache, source: FrameSource) -> None:
    cache.close()
    source.close()
