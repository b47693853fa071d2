"""Measurements and flags of the current labels, kept up to date in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trackproof.checks import Analysis, Flag, Profile
    from trackproof.desktop.tasks import TaskRunner
    from trackproof.frames import FrameSource
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

LINE = "analyse"
MANY_TRACKS = 24
"""An edit of more tracks than this is checked in the background, from the beginning."""


class Checking(QObject):
    """Holds the analysis of one sequence."""

    changed = Signal()
    said = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._is_running = False
        self._sequence: Sequence | None = None
        self._labels: Labels | None = None
        self._frames: FrameSource | None = None
        self._ranked: tuple[Analysis, Mapping[str, float], tuple[Flag, ...]] | None = None
        self.analysis: Analysis | None = None
        self.profile: Profile | None = None
        self.factors: Mapping[str, float] = {}

    @property
    def state(self) -> str:
        """Whether the flags belong to the labels on screen, in a few words."""
        if self._is_running:
            return "checking …"
        if self.analysis is None:
            return "not checked"
        stale = len(self.analysis.stale_in_pictures)
        if stale:
            return f"pictures of {stale} object{'s' if stale > 1 else ''} not checked again"
        return "checks up to date"

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags, in the order that verdicts suggest when that is wanted."""
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
        self._tasks.cancel(LINE)
        self._is_running = False
        self.analysis = self._sequence = self._labels = self._frames = None

    def start(
        self, sequence: Sequence, labels: Labels, *, frames: FrameSource | None = None
    ) -> None:
        """Check labels from the beginning, and pictures when they are given."""
        self._sequence, self._labels, self._frames = sequence, labels, frames
        profile = self.profile

        def check(progress: Progress) -> Analysis:
            from trackproof.checks import analyse

            return analyse(sequence, labels, frames=frames, profile=profile, progress=progress)

        self._run(f"Checking {sequence.name}", check)

    def use(self, profile: Profile | None) -> None:
        """Check with other parameters; the newest ones win, what is running is given up."""
        self.profile = profile
        if self._sequence is not None and self._labels is not None:
            self.start(self._sequence, self._labels, frames=self._frames)

    def set_limit(self, check: str, limit: float) -> None:
        """Judge what was measured by another limit of one check; the newest limit wins."""
        analysis = self.analysis
        if analysis is not None:
            title = f"Checking with {check} at {limit:g}"
            self._run(title, lambda _progress: analysis.with_limit(check, limit))

    def recheck(self, labels: Labels, tracks: Iterable[int]) -> bool:
        """Check the tracks that an edit touched, at once; False when nothing was checked yet."""
        self._labels = labels
        if self.analysis is None:
            return False
        touched = set(tracks)
        if len(touched) > MANY_TRACKS or not self.analysis.covers(labels):
            sequence, frames = self.analysis.sequence, self._frames
            self.analysis = None
            self.start(sequence, labels, frames=frames)
        else:
            self.analysis = self.analysis.recheck(labels, touched)
        return True

    def _run(self, title: str, function: Callable[[Progress], Analysis]) -> None:
        self._is_running = True
        self._tasks.start(title, function, succeeded=self._take, failed=self._fail, line=LINE)

    def _take(self, analysis: Analysis) -> None:
        self._is_running = False
        labels = self._labels
        if labels is not None and analysis.labels is not labels:
            # Somebody edited meanwhile.
            before, now = analysis.labels.table.blocks, labels.table.blocks
            touched = [n for n in {*before, *now} if before.get(n) is not now.get(n)]
            analysis = analysis.recheck(labels, touched)
        self.analysis = analysis
        self.profile = analysis.profile
        self.changed.emit()

    def _fail(self, error: BaseException) -> None:
        self._is_running = False
        self.said.emit(banner_of_error(error, doing="checking"))
