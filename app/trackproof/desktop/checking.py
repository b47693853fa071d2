"""Measurements and flags of the current labels, kept up to date in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackproof.checks import Analysis
    from trackproof.desktop.tasks import TaskRunner
    from trackproof.labels import Labels, Sequence
    from trackproof.progress import Progress

LINE = "analyse"


class Checking(QObject):
    """Holds the analysis of one sequence."""

    changed = Signal()
    said = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._is_running = False
        self.analysis: Analysis | None = None

    @property
    def state(self) -> str:
        """Whether the flags belong to the labels on screen, in a few words."""
        if self._is_running:
            return "checking …"
        return "not checked" if self.analysis is None else "checks up to date"

    def forget(self) -> None:
        """Drop the analysis: another sequence follows."""
        self._tasks.cancel(LINE)
        self._is_running = False
        self.analysis = None

    def start(self, sequence: Sequence, labels: Labels) -> None:
        """Check labels from the beginning."""

        def check(progress: Progress) -> Analysis:
            from trackproof.checks import analyse

            return analyse(sequence, labels, progress=progress)

        self._run(f"Checking {sequence.name}", check)

    def set_limit(self, check: str, limit: float) -> None:
        """Judge what was measured by another limit of one check; the newest limit wins."""
        analysis = self.analysis
        if analysis is not None:
            title = f"Checking with {check} at {limit:g}"
            self._run(title, lambda _progress: analysis.with_limit(check, limit))

    def recheck(self, labels: Labels, tracks: Iterable[int]) -> bool:
        """Check the tracks that an edit touched, at once; False when nothing was checked yet."""
        if self.analysis is None:
            return False
        self.analysis = self.analysis.recheck(labels, tracks)
        return True

    def _run(self, title: str, function: Callable[[Progress], Analysis]) -> None:
        self._is_running = True
        self._tasks.start(title, function, succeeded=self._take, failed=self._fail, line=LINE)

    def _take(self, analysis: Analysis) -> None:
        self._is_running = False
        self.analysis = analysis
        self.changed.emit()

    def _fail(self, error: BaseException) -> None:
        self._is_running = False
        self.said.emit(banner_of_error(error, doing="checking"))
