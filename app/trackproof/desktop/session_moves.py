"""Where the playhead is and what is selected: the moves of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.flag_walk import neighbour
from trackproof.desktop.session_state import NO_TRACK, SessionState
from trackproof.desktop.waypoints import key_frames, next_key

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from trackproof.checks import Flag
    from trackproof.desktop.settings import Settings
    from trackproof.desktop.theme import ThemeFollower

DEFAULT_RATE_FPS = 25.0
"""Only to size a loop before anybody said how fast the sequence is."""


class SessionMoves(SessionState):
    """Moves through a sequence, and selects in it; changes nothing that is kept."""

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        follower: ThemeFollower | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(settings=settings, follower=follower, parent=parent)
        self.player.frame_due.connect(self.go_to)

    # -- moving

    def go_to(self, frame: int, *, origin: object = None) -> None:
        """Show another frame; the nearest there is when the index lies outside."""
        if not self.frame_count:
            return
        frame = min(max(frame, 0), self.frame_count - 1)
        if frame == self._frame:
            return
        direction = 1 if frame > self._frame else -1
        self._frame = frame
        self._moved_by = origin
        self.player.set_frame(frame)
        going = self.player.direction if self.is_playing else direction
        self.pictures.want(frame, direction=going, loop=self.loop)
        self.frame_changed.emit(frame)

    def step(self, delta: int) -> None:
        """Pause and move by some frames."""
        self.pause()
        self.go_to(self._frame + delta)

    def play(self) -> None:
        """Play forward."""
        self.player.play()

    def pause(self) -> None:
        """Stop playing."""
        self.player.pause()

    def toggle_play(self) -> None:
        """Play when paused, pause when playing."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 8 times the rate."""
        self.player.set_speed(speed)

    def set_loop(self, start: int, end: int) -> None:
        """Repeat the frames from start to end, both included."""
        self.player.set_loop((start, end), is_chosen=True)

    def clear_loop(self) -> None:
        """Play on instead of repeating."""
        self.player.set_loop(None)

    def loop_around(self, *, context_s: float | None = None) -> None:
        """Repeat the flag under review, or the current frame, with some time before and after."""
        first = last = self._frame
        if self._flag is not None:
            first, last = self._flag.frame_start, self._flag.frame_end
        context_s = self.settings.loop_context_s if context_s is None else context_s
        context = max(round(context_s * (self._rate_fps or DEFAULT_RATE_FPS)), 1)
        self.player.set_loop((first - context, last + context))

    def go_key(self, direction: int) -> None:
        """Go where the selected object (all, when none is) next appears, ends or is flagged."""
        if self._labels is None:
            return
        flags = [flag.frame for flag in self.flags if self._track in (NO_TRACK, flag.track)]
        keys = key_frames(self._labels.table, self._track, extra=flags)
        frame = next_key(keys, self._frame, direction=direction)
        if frame is not None:
            self.pause()
            self.go_to(frame)

    def walk_tracks(self, direction: int) -> None:
        """Select the next or previous object of the current frame."""
        if self._labels is None:
            return
        tracks = [int(track) for track in self._labels.table.at(self._frame).track if track >= 0]
        if tracks:
            at = tracks.index(self._track) + direction if self._track in tracks else 0
            self.select_track(tracks[at % len(tracks)])

    def set_rate(self, rate_fps: float) -> None:
        """Take the frame rate that a person states for what is open, and remember it."""
        self.settings.set_rate_fps(self.input_key, rate_fps)
        self._take_rate(rate_fps)

    def _take_rate(self, rate_fps: float | None) -> None:
        self._rate_fps = rate_fps
        self.player.set_extent(self.frame_count, rate_fps=rate_fps)
        self.rate_changed.emit()

    # -- selecting

    def select_track(self, track: int) -> None:
        """Select a track; -1 selects none."""
        if track != self._track:
            self._track = track
            self.track_changed.emit(track)

    def select_flag(self, flag: Flag | None) -> None:
        """Take a flag under review: go to its frame and select its track."""
        if flag is not None:
            self.pause()
            self.go_to(flag.frame)
            self.select_track(flag.track)
        if flag is not self._flag:
            self._flag = flag
            self.flag_changed.emit(flag)

    def show_flags(self, flags: tuple[Flag, ...] | None) -> None:
        """Take the queue's filter and order; None for all flags as ranked."""
        self._shown = flags
        self.flags_shown_changed.emit()

    def next_flag(self) -> None:
        """Take the next open flag under review; past the last one, the first."""
        self._walk(1)

    def previous_flag(self) -> None:
        """Take the flag before under review, judged or not."""
        self._walk(-1)

    def _walk(self, direction: int) -> None:
        key = self._flag.key if self._flag is not None else None
        flag = neighbour(
            self.shown_flags,
            key,
            direction=direction,
            is_open=lambda one: self.verdict(one) == "open",
        )
        if flag is not None:
            self.select_flag(flag)
