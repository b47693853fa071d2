"""Measurements and flags of the current labels, kept up to date in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trackproof.checks import Analysis, Flag, Profile
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.frames import FrameSource
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

LINE = "analyse"
EDIT_LINE = "recheck"
MANY_TRACKS = 24
"""Edits of more tracks than this are checked from the beginning."""
AFTER_PAINT_MS = 60
"""An edit is painted in all panels before it is checked: both would hold each other up."""


class Checking(QObject):
    """Holds the analysis of one sequence."""

    changed = Signal()
    said = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._whole: Task | None = None
        self._part: Task | None = None
        self._touched: set[int] = set()
        """Tracks that were edited since the labels that are checked."""
        self._since_start: set[int] = set()
        """Tracks that were edited since the labels that a check from the beginning looks at."""
        self._beginning = QTimer(self)
        self._beginning.setSingleShot(True)
        self._beginning.setInterval(AFTER_PAINT_MS)
        self._beginning.timeout.connect(self._begin_recheck)
        self._sequence: Sequence | None = None
        self._labels: Labels | None = None
        self._frames: FrameSource | None = None
        self._ranked: tuple[Analysis, Mapping[str, float], tuple[Flag, ...]] | None = None
        self._still: tuple[tuple[Flag, ...], Labels, tuple[Flag, ...]] | None = None
        self._limits: dict[str, float] = {}
        """Limits by check by which what is known is being judged again."""
        self._goes_on = False
        """Whether those limits interrupted a check from the beginning."""
        self.analysis: Analysis | None = None
        self.profile: Profile | None = None
        self.factors: Mapping[str, float] = {}

    @property
    def state(self) -> str:
        """Whether the flags belong to the labels on screen, in a few words."""
        if self.is_busy:
            return "checking …"
        if self.analysis is None:
            return "not checked"
        if not self.is_current:
            return "changes not checked"
        stale = len(self.analysis.stale_in_pictures)
        if stale:
            return f"pictures of {stale} object{'s' if stale > 1 else ''} not checked again"
        return "checks up to date"

    @property
    def is_busy(self) -> bool:
        """Whether something is being checked, or is about to be."""
        return not (self._whole is None and self._part is None and not self._beginning.isActive())

    @property
    def is_current(self) -> bool:
        """Whether what is known belongs to the labels as they are now."""
        return self.analysis is not None and self.analysis.labels is self._labels

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags, in the order that verdicts suggest when that is wanted.

        Until an edit is checked they are those from before it, without those of objects that the
        edit took away.
        """
        flags = self._ranked_flags()
        if not flags or self.is_current or self._labels is None:
            return flags
        if self._still is None or self._still[0] is not flags or self._still[1] is not self._labels:
            table = self._labels.table
            known, blocks = len(table.tracks), table.blocks
            there = tuple(
                flag
                for flag in flags
                if flag.other_track < known and (flag.track < 0 or flag.track in blocks)
            )
            self._still = (flags, self._labels, there)
        return self._still[2]

    def _ranked_flags(self) -> tuple[Flag, ...]:
        analysis = self.analysis
        if analysis is None:
            return ()
        if not self.factors:
            return analysis.flags
        if self._ranked is None or self._ranked[:2] != (analysis, self.factors):
            from trackproof.checks.reranking import reranked

            self._ranked = (analysis, self.factors, reranked(analysis.flags, self.factors))
        return self._ranked[2]

    def forget(self) -> None:
        """Drop the analysis: another sequence follows."""
        for line in (LINE, EDIT_LINE):
            self._tasks.cancel(line)
        self._whole = self._part = None
        self._beginning.stop()
        self._touched, self._since_start = set(), set()
        self._limits, self._goes_on = {}, False
        self.analysis = self._sequence = self._labels = self._frames = None

    def start(
        self, sequence: Sequence, labels: Labels, *, frames: FrameSource | None = None
    ) -> None:
        """Check labels from the beginning, and pictures when they are given."""
        self._sequence, self._labels, self._frames = sequence, labels, frames
        self._since_start = set()
        self._limits, self._goes_on = {}, False
        profile = self.profile

        def check(progress: Progress) -> Analysis:
            from trackproof.checks import analyse

            analysis = analyse(sequence, labels, frames=frames, profile=profile, progress=progress)
            return with_flags(analysis)

        self._start_whole(f"Checking {sequence.name}", check)

    def use(self, profile: Profile | None) -> None:
        """Check with other parameters; the newest ones win, what is running is given up."""
        self.profile = profile
        if self._sequence is not None and self._labels is not None:
            self.start(self._sequence, self._labels, frames=self._frames)

    def set_limit(self, check: str, limit: float) -> None:
        """Judge what was measured by another limit of one check; the newest limit wins.

        Limits of other checks that are not judged by yet stay wanted, and a check from the
        beginning that this interrupts is made again.
        """
        analysis = self.analysis
        if analysis is None:
            return
        self.profile = (self.profile or analysis.profile).with_value(check, "limit", limit)
        if self._whole is not None and not self._limits:
            self._goes_on = True
        self._limits[check] = limit
        limits = dict(self._limits)
        self._since_start = set(self._touched)

        def judge(_progress: Progress) -> Analysis:
            found = analysis
            for name, value in limits.items():
                found = found.with_limit(name, value)
            return with_flags(found)

        self._start_whole(f"Checking with {check} at {limit:g}", judge)

    def recheck(self, labels: Labels, tracks: Iterable[int]) -> None:
        """Check the tracks that an edit touched, in the background; the newest edit wins.

        What is known of the labels before stays until then. Tracks of several edits add up, and
        an edit that comes while another is checked waits for its end, so that checks never pile
        up behind somebody who edits on and on.
        """
        self._labels, touched = labels, frozenset(tracks)
        self._touched |= touched
        self._since_start |= touched
        if self.analysis is not None and self._part is None:
            self._beginning.start()

    def _begin_recheck(self) -> None:
        analysis, labels, touched = self.analysis, self._labels, frozenset(self._touched)
        if analysis is None or labels is None or self._part is not None:
            return
        if len(touched) > MANY_TRACKS or not analysis.covers(labels):
            if self._whole is None:
                self.start(analysis.sequence, labels, frames=self._frames)
            return

        def check(_progress: Progress) -> Analysis:
            return with_flags(analysis.recheck(labels, touched))

        self._part = task = self._tasks.start(
            "Checking the change",
            check,
            succeeded=self._take_part,
            failed=self._fail,
            cancelled=lambda: self._give_up(task),
            line=EDIT_LINE,
            is_quiet=True,
        )

    def _start_whole(self, title: str, function: Callable[[Progress], Analysis]) -> None:
        self._whole = task = self._tasks.start(
            title,
            function,
            succeeded=self._take_whole,
            failed=self._fail,
            cancelled=lambda: self._give_up(task),
            line=LINE,
        )

    def _take_part(self, analysis: Analysis) -> None:
        self._part = None
        self._take(analysis)

    def _take_whole(self, analysis: Analysis) -> None:
        """Take a check from the beginning; what was edited meanwhile is checked on top of it."""
        self._tasks.cancel(EDIT_LINE)
        wanted, goes_on = self.profile, self._goes_on
        self._whole = self._part = None
        self._limits, self._goes_on = {}, False
        self._touched = set(self._since_start)
        self._take(analysis)
        if goes_on:
            self.use(wanted)

    def _take(self, analysis: Analysis) -> None:
        self.analysis = analysis
        if self._whole is None:
            # Else other parameters are on their way.
            self.profile = analysis.profile
        if not self.is_current:
            self._begin_recheck()
            return
        self._beginning.stop()
        self._touched = set()
        self.changed.emit()

    def _give_up(self, task: Task) -> None:
        """Say that a person cancelled; a newer question of this line goes on."""
        if task in (self._whole, self._part):
            self._ended(task)
            self.changed.emit()

    def _ended(self, task: Task) -> None:
        if task is self._whole:
            self._whole = None
            self._limits, self._goes_on = {}, False
        if task is self._part:
            self._part = None

    def _fail(self, error: BaseException) -> None:
        for task in (self._whole, self._part):
            if task is not None and task.is_over:
                self._ended(task)
        self.said.emit(banner_of_error(error, doing="checking"))
        self.changed.emit()


def import_checks() -> None:
    """Import every check, on a worker: the first use of them takes a fifth of a second less."""
    from trackproof.checks import all_checks

    all_checks()


def with_flags(analysis: Analysis) -> Analysis:
    """Return an analysis whose flags are ranked already, so that the window need not do it."""
    _ = analysis.flags, analysis.measurements
    return analysis
