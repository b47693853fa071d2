"""What can be read from the session, and the signals that say when it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.book import ReviewBook
from trackproof.desktop.checking import Checking
from trackproof.desktop.framing import Framing
from trackproof.desktop.opening.opener import Opener
from trackproof.desktop.pictures import Pictures
from trackproof.desktop.playback import Player
from trackproof.desktop.settings import Settings
from trackproof.desktop.tasks import TaskRunner
from trackproof.desktop.theme import Theme, ThemeFollower
from trackproof.desktop.verdicts import Verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.checks import Analysis, Flag, Profile
    from trackproof.desktop.verdicts import Status
    from trackproof.frames import FrameCache, FrameSource, Picture
    from trackproof.labels import Labels, Sequence

NO_TRACK = -1


class SessionState(QObject):
    """Signals and readable state of a `Session`."""

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
    closing = Signal()
    steps_taken = Signal(object, str)
    """Steps that undo, redo or the history took, and what that is called; once they are shown."""

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
        self.player.playing_changed.connect(self.playing_changed)
        self.player.settings_changed.connect(self.playback_changed)
        self.framing = Framing(self.pictures, tasks=self.tasks, settings=self.settings, parent=self)
        self.framing.said.connect(self.message)
        self.framing.withdrawn.connect(self.banner_withdrawn)
        self.book = ReviewBook(self)
        self.verdicts = Verdicts(self.book, self._name)
        self.opener = Opener(self.tasks, self.settings, self)
        self.opener.said.connect(self.message)
        self.opener.withdrawn.connect(self.banner_withdrawn)
        self._checking = Checking(self.tasks, self)
        self._checking.said.connect(self.message)
        self._sequences: tuple[Sequence, ...] = ()
        self._index = -1
        self._labels: Labels | None = None
        self._frame = 0
        self._track = NO_TRACK
        self._flag: Flag | None = None
        self._all_flags: tuple[tuple[Flag, ...], tuple[Flag, ...], tuple[Flag, ...]] = ((), (), ())
        self._shown: tuple[Flag, ...] | None = None
        self._moved_by: object = None
        self._rate_fps: float | None = None
        self._frames_wanted: str | None = None
        self._checked_in: tuple[int, int] | None = None
        """Size of pictures with which labels that state none are checked."""

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
        return self._checking.analysis

    @property
    def is_checked(self) -> bool:
        """Whether the analysis is that of the labels as they are now."""
        return self._checking.is_current

    @property
    def is_checking(self) -> bool:
        """Whether labels are being checked, or are about to be."""
        return self._checking.is_busy

    @property
    def profile(self) -> Profile | None:
        """Parameters of the checks in force; None for the defaults."""
        return self._checking.profile

    @property
    def factors(self) -> Mapping[str, float]:
        """What the odds of each check's flags are multiplied with; empty for the fitted order."""
        return self._checking.factors

    @property
    def flags(self) -> tuple[Flag, ...]:
        """All flags of the current sequence: those that people raised, then the ranked ones."""
        sequence = self.sequence
        if sequence is None:
            return ()
        own, found = self.book.own_flags(sequence.name), self._checking.flags
        if not own:
            return found
        if self._all_flags[0] is not own or self._all_flags[1] is not found:
            self._all_flags = (own, found, (*own, *found))
        return self._all_flags[2]

    @property
    def open_flags(self) -> tuple[Flag, ...]:
        """Flags without a verdict, in the order of `flags`."""
        return self.verdicts.open_of(self.flags)

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
        return self.book.state

    @property
    def checks_state(self) -> str:
        """Whether the flags belong to the labels on screen, in a few words."""
        return self._checking.state

    @property
    def shown_flags(self) -> tuple[Flag, ...]:
        """Flags as the queue shows them: next and previous walk these."""
        return self.flags if self._shown is None else self._shown

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self.book.undo_label)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self.book.redo_label)

    @property
    def history(self) -> tuple[str, ...]:
        """Names of the steps done, oldest first."""
        return self.book.history()

    def verdict(self, flag: Flag) -> Status:
        """Return the verdict on a flag."""
        return self.verdicts.status(flag.key)

    def picture(self, frame: int) -> Picture | None:
        """Return ``(h, w, 3)`` BGR pixels of a frame; None while they load.

        Frames around the playhead load by themselves; `frame_ready` tells their arrival.
        """
        return self.pictures.picture(frame)

    def picture_problem(self, frame: int) -> str | None:
        """Return why a frame has no picture, None when it has or may have one."""
        return self.pictures.problem(frame)

    @property
    def input_key(self) -> str:
        """Return what identifies the current sequence in the settings."""
        sequence = self.sequence
        if sequence is None:
            return ""
        place = sequence.source.uri if sequence.source is not None else ""
        return f"{place}#{sequence.name}"

    def _name(self) -> str:
        sequence = self.sequence
        return sequence.name if sequence is not None else ""
