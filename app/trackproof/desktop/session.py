"""The one truth of the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.framing import Framing
from trackproof.desktop.notices import Banner, banner_of_error, banner_of_problems
from trackproof.desktop.pictures import Pictures
from trackproof.desktop.playback import Player
from trackproof.desktop.settings import Settings
from trackproof.desktop.tasks import TaskRunner
from trackproof.desktop.theme import Theme, ThemeFollower
from trackproof.desktop.verdicts import Verdicts
from trackproof.desktop.waypoints import key_frames, next_key
from trackproof.errors import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.checks import Analysis, Flag
    from trackproof.demo import DemoScene
    from trackproof.desktop.verdicts import Status
    from trackproof.formats import Opened
    from trackproof.frames import FrameCache, FrameSource, Picture
    from trackproof.labels import Labels, Sequence
    from trackproof.labels.change import Change
    from trackproof.labels.edits import Edit
    from trackproof.progress import Progress

NO_TRACK = -1
DEFAULT_RATE_FPS = 25.0
"""Only to size a loop before anybody said how fast the sequence is."""


class Session(QObject):
    """What is open, where the playhead is, what is selected.

    Widgets call its methods and listen to its signals; no widget calls another. Signals are
    emitted on the main thread only.
    """

    opened_changed = Signal()
    sequence_changed = Signal()
    labels_changed = Signal(object, object)
    analysis_changed = Signal()
    frame_changed = Signal(int)
    track_changed = Signal(int)
    flag_changed = Signal(object)
    frames_changed = Signal()
    frame_ready = Signal(int)
    playing_changed = Signal(bool)
    verdict_changed = Signal(str)
    message = Signal(object)
    theme_changed = Signal(object)
    rate_changed = Signal()
    playback_changed = Signal()
    flags_shown_changed = Signal()
    banner_withdrawn = Signal(str)
    saved_changed = Signal()

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        follower: ThemeFollower | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings or Settings()
        self.tasks = TaskRunner(self)
        self._follower = follower or ThemeFollower(self.settings.theme_name, parent=self)
        self._follower.theme_changed.connect(self.theme_changed)
        self.pictures = Pictures(budget_bytes=self.settings.frame_budget_bytes, parent=self)
        self.pictures.frame_ready.connect(self.frame_ready)
        self.player = Player(self.pictures.is_settled, parent=self)
        self.player.frame_due.connect(self.go_to)
        self.player.playing_changed.connect(self.playing_changed)
        self.player.settings_changed.connect(self.playback_changed)
        self.framing = Framing(self.pictures, tasks=self.tasks, settings=self.settings, parent=self)
        self.framing.attached.connect(self._on_attached)
        self.framing.said.connect(self.message)
        self.framing.withdrawn.connect(self.banner_withdrawn)
        self.verdicts = Verdicts()
        self._sequences: tuple[Sequence, ...] = ()
        self._index = -1
        self._labels: Labels | None = None
        self._analysis: Analysis | None = None
        self._frame = 0
        self._track = NO_TRACK
        self._flag: Flag | None = None
        self._shown: tuple[Flag, ...] | None = None
        self._moved_by: object = None
        self._rate_fps: float | None = None
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._frames_wanted: str | None = None

    # -- what is open

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """All sequences of what was opened."""
        return self._sequences

    @property
    def index(self) -> int:
        """Place of the current sequence, -1 none."""
        return self._index

    @property
    def sequence(self) -> Sequence | None:
        """The current sequence, with the labels as read."""
        return self._sequences[self._index] if self._index >= 0 else None

    @property
    def labels(self) -> Labels | None:
        """The current labels of the current sequence."""
        return self._labels

    @property
    def analysis(self) -> Analysis | None:
        """Measurements and flags of the current labels; None until they are there."""
        return self._analysis

    @property
    def flags(self) -> tuple[Flag, ...]:
        """All flags of the current sequence, ranked."""
        return self._analysis.flags if self._analysis is not None else ()

    @property
    def flag(self) -> Flag | None:
        """The flag under review."""
        return self._flag

    @property
    def frame(self) -> int:
        """Current frame index."""
        return self._frame

    @property
    def moved_by(self) -> object:
        """Who caused the last move, so that a view does not answer itself."""
        return self._moved_by

    @property
    def track(self) -> int:
        """Selected track number, -1 none."""
        return self._track

    @property
    def frame_count(self) -> int:
        """Frames of the current sequence."""
        sequence = self.sequence
        return len(sequence.frame_names) if sequence is not None else 0

    @property
    def rate_fps(self) -> float | None:
        """Frames per second: stated by the labels, by the frames, or by a person."""
        return self._rate_fps

    @property
    def is_playing(self) -> bool:
        """Whether frames advance by themselves."""
        return self.player.is_playing

    @property
    def speed(self) -> float:
        """Playback speed, times the rate."""
        return self.player.speed

    @property
    def loop(self) -> tuple[int, int] | None:
        """First and last frame that playback repeats."""
        return self.player.loop

    @property
    def frames(self) -> FrameSource | None:
        """Where the pictures come from."""
        return self.pictures.source

    @property
    def cache(self) -> FrameCache | None:
        """Decoded pictures."""
        return self.pictures.cache

    @property
    def offset(self) -> int:
        """How many pictures later the labels are shown than their match says."""
        return self.pictures.offset

    @property
    def theme(self) -> Theme:
        """Colours in force."""
        return self._follower.theme

    @property
    def saved_state(self) -> str:
        """Whether verdicts and edits are on disk, in a word."""
        return "nothing to save"

    @property
    def checks_state(self) -> str:
        """Whether the flags belong to the labels on screen, in a few words."""
        if any(task.title.startswith("Checking") for task in self.tasks.running):
            return "checking …"
        if self._analysis is None:
            return "not checked"
        return "checks up to date"

    def choose_theme(self, choice: str) -> None:
        """Take a theme (``system``, ``dark``, ``light``, ``contrast``) and remember it."""
        self.settings.theme_name = choice
        self._follower.choose(choice)

    # -- opening

    def open(
        self,
        paths: Iterable[Path | str],
        *,
        root: Path | str | None = None,
        frames: Path | str | None = None,
    ) -> None:
        """Read labels in the background; what is open stays until they are read completely.

        Parameters
        ----------
        root : path or None
            Local folder that stands for the S3 prefix of a manifest.
        frames : path or None
            Folder or video with the frames, when the caller knows it.
        """
        wanted = tuple(str(path) for path in paths)
        name = ", ".join(Path(path).name for path in wanted)

        def read(progress: Progress) -> list[Opened]:
            from trackproof.formats import open_labels

            local = Path(root) if root else None
            return [open_labels(Path(path), root=local, progress=progress) for path in wanted]

        def take(opened: list[Opened]) -> None:
            for path in wanted:
                self.settings.add_recent(path)
            self.show_sequences([one for file in opened for one in file.sequences])
            problems = [problem for file in opened for problem in file.problems]
            banner = banner_of_problems(problems, what=name)
            if banner is not None:
                self.message.emit(banner)

        self._frames_wanted = str(frames) if frames else None
        self.tasks.start(
            f"Opening {name}",
            read,
            succeeded=take,
            failed=lambda error: self.message.emit(banner_of_error(error, doing=f"opening {name}")),
            line="open",
        )

    def open_demo(self) -> None:
        """Render the demo scene once, in the background, and open it."""

        def make(progress: Progress) -> DemoScene:
            from trackproof.demo import ensure_demo

            return ensure_demo(progress=progress)

        self.tasks.start(
            "Rendering the demo scene",
            make,
            succeeded=lambda demo: self.open([demo.labels_path], frames=demo.frames_dir),
            failed=lambda error: self.message.emit(banner_of_error(error, doing="making the demo")),
            line="open",
        )

    def show_sequences(self, sequences: Iterable[Sequence]) -> None:
        """Replace what is open by sequences already read, and show the first."""
        self.pause()
        self._sequences = tuple(sequences)
        self._index = -1
        self.opened_changed.emit()
        self.open_sequence(0)

    def open_sequence(self, index: int) -> None:
        """Make another sequence the current one."""
        if not 0 <= index < len(self._sequences) or index == self._index:
            return
        self.pause()
        self._index = index
        sequence = self._sequences[index]
        self._labels = sequence.labels
        self._analysis = None
        self._shown = None
        self._done, self._undone = [], []
        self._frame, self._track, self._flag = 0, NO_TRACK, None
        self._rate_fps = sequence.rate_fps or self.settings.rate_fps(self.input_key)
        self.player.set_loop(None)
        self.player.set_extent(self.frame_count, rate_fps=self._rate_fps)
        self.player.set_frame(0)
        self.framing.stop()
        self.sequence_changed.emit()
        self.frames_changed.emit()
        self.framing.start(sequence, key=self.input_key, wanted=self._frames_wanted)
        self._frames_wanted = None
        banner = banner_of_problems(sequence.problems, what=sequence.name)
        if banner is not None:
            self.message.emit(replace(banner, topic="sequence"))
        else:
            self.banner_withdrawn.emit("sequence")
        self._analyse()

    def _analyse(self) -> None:
        sequence, labels = self.sequence, self._labels
        if sequence is None or labels is None:
            return

        def check(progress: Progress) -> Analysis:
            from trackproof.checks import analyse

            return analyse(sequence, labels, progress=progress)

        self.tasks.start(
            f"Checking {sequence.name}",
            check,
            succeeded=self._take_analysis,
            failed=lambda error: self.message.emit(banner_of_error(error, doing="checking")),
            line="analyse",
        )

    def _take_analysis(self, analysis: Analysis) -> None:
        self._analysis = analysis
        keys = {flag.key: flag for flag in analysis.flags}
        self.analysis_changed.emit()
        if self._flag is not None and self._flag.key in keys:
            self._flag = keys[self._flag.key]

    def attach_frames(self, path: Path | str, offset: int = 0) -> None:
        """Take the pictures of a folder or video for the current sequence, and remember them."""
        self.framing.attach_path(Path(path), offset=offset)

    def try_frames(self, path: Path | str) -> None:
        """Match the pictures of a folder or video, and offer them with the match rate."""
        self.framing.try_path(Path(path))

    def _on_attached(self) -> None:
        self.pictures.want(self._frame, direction=1)
        source = self.pictures.source
        if self._rate_fps is None and source is not None and source.rate_fps:
            self._take_rate(source.rate_fps)
        self.frames_changed.emit()

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
        self.player.set_loop((start, end))

    def clear_loop(self) -> None:
        """Play on instead of repeating."""
        self.player.set_loop(None)

    def loop_around(self, *, context_s: float = 0.5) -> None:
        """Repeat the flag under review, or the current frame, with some time before and after."""
        first = last = self._frame
        if self._flag is not None:
            first, last = self._flag.frame_start, self._flag.frame_end
        context = max(round(context_s * (self._rate_fps or DEFAULT_RATE_FPS)), 1)
        self.player.set_loop((first - context, last + context))

    def mark_loop_start(self) -> None:
        """Repeat from the current frame on."""
        last = self.loop[1] if self.loop is not None else self.frame_count - 1
        self.player.set_loop((self._frame, max(last, self._frame)))

    def mark_loop_end(self) -> None:
        """Repeat up to the current frame."""
        first = self.loop[0] if self.loop is not None else 0
        self.player.set_loop((min(first, self._frame), self._frame))

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

    @property
    def input_key(self) -> str:
        """Return what identifies the current sequence in the settings."""
        sequence = self.sequence
        if sequence is None:
            return ""
        place = sequence.source.uri if sequence.source is not None else ""
        return f"{place}#{sequence.name}"

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

    @property
    def shown_flags(self) -> tuple[Flag, ...]:
        """Flags as the queue shows them: next and previous walk these."""
        return self.flags if self._shown is None else self._shown

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
        flags = self.shown_flags
        if not flags:
            return
        keys = [flag.key for flag in flags]
        at = keys.index(self._flag.key) if self._flag and self._flag.key in keys else None
        if at is None:
            order = flags if direction > 0 else flags[::-1]
        elif direction > 0:
            order = (*flags[at + 1 :], *flags[: at + 1])
        else:
            order = (*flags[:at][::-1], *flags[at:][::-1])
        wanted = order
        if direction > 0:
            wanted = tuple(flag for flag in order if self.verdict(flag) == "open") or order
        self.select_flag(wanted[0])

    # -- judging and editing

    def verdict(self, flag: Flag) -> Status:
        """Return the verdict on a flag."""
        return self.verdicts.status(flag.key)

    def judge(self, flags: Iterable[Flag], status: Status, comment: str = "") -> None:
        """Give flags a verdict."""
        keys = [flag.key for flag in flags]
        self.verdicts.judge(keys, status, comment=comment)
        for key in keys:
            self.verdict_changed.emit(key)

    def apply(self, edit: Edit, *, origin: QObject | None = None) -> None:
        """Change the labels by one undoable step; the only way they change.

        Raises
        ------
        EditError
            When the edit does not fit these labels; nothing has changed then.
        """
        if self._labels is None:
            return
        labels, change = edit.apply(self._labels)
        if not change.is_empty:
            self._done.append(change)
            self._undone.clear()
            self._take_labels(labels, change, origin)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._undone)

    @property
    def history(self) -> tuple[str, ...]:
        """Names of the steps done, oldest first."""
        return tuple(change.label for change in self._done)

    def undo(self) -> None:
        """Take the last step back."""
        from trackproof.labels.change import redo

        if self._done and self._labels is not None:
            change = self._done.pop()
            self._undone.append(change)
            back = change.inverted()
            self._take_labels(redo(self._labels, back), back, None)

    def redo(self) -> None:
        """Do the step taken back last again."""
        from trackproof.labels.change import redo

        if self._undone and self._labels is not None:
            change = self._undone.pop()
            self._done.append(change)
            self._take_labels(redo(self._labels, change), change, None)

    def _take_labels(self, labels: Labels, change: Change, origin: QObject | None) -> None:
        self._labels = labels
        analysis = self._analysis
        if analysis is not None:
            self._analysis = analysis.recheck(labels, change.tracks)
        self.labels_changed.emit(change, origin)
        if analysis is not None:
            self.analysis_changed.emit()

    def set_limit(self, check: str, limit: float) -> None:
        """Judge what was measured by another limit of one check; the newest limit wins."""
        analysis = self._analysis
        if analysis is None:
            return
        self.tasks.start(
            f"Checking with {check} at {limit:g}",
            lambda _progress: analysis.with_limit(check, limit),
            succeeded=self._take_analysis,
            failed=lambda error: self.message.emit(banner_of_error(error, doing="checking")),
            line="analyse",
        )

    # -- pictures

    def picture(self, frame: int) -> Picture | None:
        """Return ``(h, w, 3)`` BGR pixels of a frame; None while they load.

        Frames around the playhead load by themselves; `frame_ready` tells their arrival.
        """
        return self.pictures.picture(frame)

    def picture_problem(self, frame: int) -> str | None:
        """Return why a frame has no picture, None when it has or may have one."""
        return self.pictures.problem(frame)

    def nudge_offset(self, delta: int) -> None:
        """Show the labels on pictures ``delta`` later than now, and remember it."""
        self.framing.nudge(delta)

    # -- saying

    def say(self, text: str, *, details: str = "", severity: Severity = Severity.NOTE) -> None:
        """Show a banner."""
        self.message.emit(Banner(text, details, severity))

    def close(self) -> None:
        """Stop every worker and write the settings."""
        self.pause()
        self.tasks.close()
        self.framing.stop()
        self.pictures.close()
        self.settings.save()
