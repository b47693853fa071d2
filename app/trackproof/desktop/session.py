"""The one truth of the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from trackproof.desktop.links import LinkFollower, parse_link
from trackproof.desktop.notices import Banner, banner_of_problems
from trackproof.desktop.session_moves import SessionMoves
from trackproof.desktop.session_state import NO_TRACK
from trackproof.desktop.verdicts import judgement_in_words
from trackproof.errors import Severity
from trackproof.labels import between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtCore import QObject

    from trackproof.checks import Flag, Profile
    from trackproof.desktop.opening.opener import Reading
    from trackproof.desktop.settings import Settings
    from trackproof.desktop.theme import ThemeFollower
    from trackproof.desktop.verdicts import Status
    from trackproof.labels import Change, Sequence
    from trackproof.labels.edits import Edit
    from trackproof.review import Step

SEQUENCE_TOPIC = "sequence"
TURN_MS = 5
"""Between the steps of opening: long enough for keys and mouse to have a turn."""


class Session(SessionMoves):
    """What is open, where the playhead is, what is selected.

    Widgets call its methods and listen to its signals; no widget calls another. Signals are
    emitted on the main thread only.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        follower: ThemeFollower | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(settings=settings, follower=follower, parent=parent)
        self.is_window_busy: Callable[[], bool] = lambda: False
        """Whether what was opened has to wait for the window, which arranges its panels."""
        self._working = QTimer(self)
        self._working.setSingleShot(True)
        self._working.timeout.connect(self._start_work)
        self.framing.attached.connect(self._on_attached)
        self.book.saved_changed.connect(self.saved_changed)
        self.opener.read.connect(self._take_reading)
        self._checking.changed.connect(self._on_checked)

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
        paths : iterable of path or str
            Files and folders, or one link to a flag.
        root : path or None
            Local folder that stands for the S3 prefix of a manifest.
        frames : path or None
            Folder or video with the frames of the first sequence, when the caller knows it.
        """
        wanted = tuple(str(path) for path in paths)
        link = parse_link(wanted[0]) if len(wanted) == 1 else None
        if link is not None:
            LinkFollower.of(self).follow(link, frames=str(frames) if frames else None)
        else:
            self.opener.open(wanted, root=root, frames=frames)

    def open_demo(self) -> None:
        """Render the demo scene once, in the background, and open it."""
        self.opener.open_demo()

    def show_sequences(self, sequences: Iterable[Sequence]) -> None:
        """Replace what is open by sequences that come from no file, and show the first."""
        made = tuple(sequences)
        self.opener.opened = ()
        self._leave()
        self.book.take_made(made)
        self._show(made, frames=None)
        self.open_sequence(0)

    def _take_reading(self, reading: Reading) -> None:
        self._leave()
        self.book.take(reading.review)
        self._show(reading.inputs.sequences, frames=reading.frames)
        # In turns, so that the window answers in between.
        QTimer.singleShot(TURN_MS, self, self._open_first)

    def _open_first(self) -> None:
        if self.is_window_busy():
            QTimer.singleShot(TURN_MS, self, self._open_first)
        elif self._index < 0:
            self.open_sequence(0)

    def _leave(self) -> None:
        """Let go of what belongs to the review that ends: no other knows its sequences."""
        self.pause()
        self._sequences = ()
        self._index = -1
        self._labels = None
        self._forget_sequence()

    def _forget_sequence(self) -> None:
        """Let go of what was found and selected in a sequence."""
        self._checking.forget()
        self._checked_in = None
        self._shown = None
        self._frame, self._track, self._flag = 0, NO_TRACK, None

    def _show(self, sequences: tuple[Sequence, ...], *, frames: str | None) -> None:
        self._sequences = sequences
        self._frames_wanted = frames
        self.opened_changed.emit()

    def open_sequence(self, index: int) -> None:
        """Make another sequence the current one."""
        if not 0 <= index < len(self._sequences) or index == self._index:
            return
        self.pause()
        self._index = index
        sequence = self._sequences[index]
        self._labels = self.book.labels(sequence)
        self._forget_sequence()
        self._rate_fps = sequence.rate_fps or self.settings.rate_fps(self.input_key)
        self.player.set_loop(None)
        self.player.set_extent(self.frame_count, rate_fps=self._rate_fps)
        self.player.set_frame(0)
        self.framing.take(sequence, key=self.input_key)
        self.sequence_changed.emit()
        self.frames_changed.emit()
        self._say_problems(sequence)
        # After the window has drawn itself: workers and drawing would hold each other up.
        self._working.start(TURN_MS)

    def _start_work(self) -> None:
        sequence, labels = self.sequence, self._labels
        if sequence is not None and labels is not None:
            self._checking.start(sequence, labels)
            self.framing.look(wanted=self._frames_wanted)
            self._frames_wanted = None

    def _say_problems(self, sequence: Sequence) -> None:
        self.banner_withdrawn.emit(SEQUENCE_TOPIC)
        banner = banner_of_problems(sequence.problems, what=sequence.name)
        if banner is not None:
            self.message.emit(replace(banner, topic=SEQUENCE_TOPIC))

    def _on_checked(self) -> None:
        keys = {flag.key: flag for flag in self.flags}
        if self._flag is not None:
            self._flag = keys.get(self._flag.key, self._flag)
        self.analysis_changed.emit()

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
        self._check_in_size()
        self.frames_changed.emit()

    # -- judging and editing

    def judge(
        self,
        flags: Iterable[Flag],
        status: Status,
        comment: str | None = None,
        *,
        seconds: float | None = None,
    ) -> None:
        """Give flags a verdict; it is on its way to the disk when this returns.

        Parameters
        ----------
        comment : str or None
            None keeps the comment that is there, empty takes it away.
        seconds : float or None
            How long the person took, where it was measured.
        """
        judged = tuple(flags)
        sequence, labels = self.sequence, self._labels
        if sequence is None or labels is None or not self._is_writable():
            return
        is_note = comment is not None and all(self.verdict(flag) == status for flag in judged)
        words = judgement_in_words(judged, status, labels, is_note=is_note)
        keys = [flag.key for flag in judged]
        self.book.judge(sequence.name, keys, status, comment=comment, seconds=seconds, label=words)
        for key in keys:
            self.verdict_changed.emit(key)

    def apply(self, edit: Edit, *, origin: QObject | None = None, joins: bool = False) -> None:
        """Change the labels by one undoable step; the only way they change.

        Parameters
        ----------
        joins : bool
            Whether it belongs to the step before, as key presses in a row do.

        Raises
        ------
        EditError
            When the edit does not fit these labels; nothing has changed then.
        """
        sequence = self.sequence
        if sequence is None or not self._is_writable():
            return
        change = self.book.apply(sequence.name, edit, joins=joins)
        if change is not None and not change.is_empty:
            self._take_change(change, origin)

    def repair(
        self,
        edit: Edit,
        flags: Iterable[Flag],
        *,
        seconds: float | None = None,
        origin: QObject | None = None,
    ) -> None:
        """Change the labels and call the flags that this answers fixed, as one undoable step.

        Parameters
        ----------
        seconds : float or None
            How long the person took for each flag, where it was measured.

        Raises
        ------
        EditError
            When the edit does not fit these labels; nothing has changed then.
        """
        sequence = self.sequence
        keys = [flag.key for flag in flags]
        if sequence is None or not self._is_writable():
            return
        change = self.book.repair(sequence.name, edit, keys, seconds=seconds)
        if change is not None and not change.is_empty:
            self._take_change(change, origin)
        for key in keys:
            self.verdict_changed.emit(key)

    def undo(self) -> None:
        """Take the last step back, an edit or a verdict, and show where it was."""
        if self.can_undo:
            self._take_steps(self.book.undo(), "Undone")

    def redo(self) -> None:
        """Do the step taken back last again."""
        if self.can_redo:
            self._take_steps(self.book.redo(), "Done again")

    def go_to_step(self, entry_id: int) -> None:
        """Undo or redo up to a step of the history at once; 0 is the beginning."""
        before, sequence = self._labels, self.sequence
        if before is None or sequence is None or not self._is_writable():
            return
        steps = self.book.go_to(entry_id)
        change = between("history", before, self.book.labels(sequence))
        if not change.is_empty:
            self._take_change(change, None)
        judged = (step.judgement for step in steps if step.judgement is not None)
        for key in {key for judgement in judged for key in judgement.after}:
            self.verdict_changed.emit(key)
        if steps:
            self.saved_changed.emit()
        self.steps_taken.emit(steps[-1:], "")

    def _take_steps(self, steps: list[Step], words: str) -> None:
        """Show what was undone or done again: here where it touched this sequence, else there."""
        names = [self.book.sequence_of(step) for step in steps]
        here = self.sequence.name if self.sequence is not None else ""
        places = [i for i, one in enumerate(self._sequences) if one.name in names]
        if places and here not in names:
            self.open_sequence(places[0])
            self.steps_taken.emit(steps, words)
            return
        for step, name in zip(steps, names, strict=True):
            if step.change is not None and name == here:
                self._take_change(step.change, None)
            if step.judgement is not None:
                for key in step.judgement.after:
                    self.verdict_changed.emit(key)
        self.steps_taken.emit(steps, words)

    def _take_change(self, change: Change, origin: QObject | None) -> None:
        sequence = self.sequence
        if sequence is None:
            return
        self._labels = self.book.labels(sequence)
        if self._track >= len(self._labels.table.tracks):
            self.select_track(NO_TRACK)
        self._checking.recheck(self._labels, change.tracks)
        self.labels_changed.emit(change, origin)

    def _is_writable(self) -> bool:
        review = self.book.review
        if review is not None and review.is_read_only:
            self.say(review.read_only_reason, severity=Severity.WARNING)
            return False
        return True

    # -- checking

    def _check_in_size(self) -> None:
        """Check again once pictures tell how large the image is, where the labels do not."""
        sequence, source, labels = self.sequence, self.pictures.source, self._labels
        if sequence is None or source is None or labels is None or source.size == self._checked_in:
            return
        sized = sequence.sized(source.size)
        if sized is not sequence:
            self._checked_in = source.size
            self._checking.start(sized, labels)

    def set_limit(self, check: str, limit: float) -> None:
        """Judge what was measured by another limit of one check; the newest limit wins."""
        self._checking.set_limit(check, limit)

    def use_profile(self, profile: Profile | None) -> None:
        """Check with other parameters, in the background; None takes the defaults."""
        self._checking.use(profile)

    def check_pictures(self) -> None:
        """Check labels and pictures, in the background; what was found stays meanwhile."""
        source = self.pictures.source
        if self.sequence is not None and self._labels is not None and source is not None:
            self._checking.start(self.sequence, self._labels, frames=source)

    def rank_by(self, factors: Mapping[str, float]) -> None:
        """Multiply the odds of the flags that each check leads; nothing takes the old order."""
        self._checking.factors = dict(factors)
        self._on_checked()

    # -- pictures

    def nudge_offset(self, delta: int) -> None:
        """Show the labels on pictures ``delta`` later than now, and remember it."""
        self.framing.nudge(delta)

    # -- saying

    def say(self, text: str, *, details: str = "", severity: Severity = Severity.NOTE) -> None:
        """Show a banner."""
        self.message.emit(Banner(text, details, severity))

    def close(self) -> None:
        """Stop every worker and write the settings."""
        self.closing.emit()
        self.pause()
        self.tasks.close()
        self.opener.close()
        self.framing.stop()
        self.pictures.close()
        self.book.close()
        self.settings.save()
