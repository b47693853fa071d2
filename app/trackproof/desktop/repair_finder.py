"""Repairs of flags, found in the background: of the one under review, then of the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.later import Later

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from trackproof.checks import Analysis, Flag
    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task
    from trackproof.labels import Block, Change
    from trackproof.labels.edits import Edit
    from trackproof.progress import Progress

LINE = "repairs"
AHEAD_MS = 150
"""A flag has been painted with all its panels by then: the search would hold that up."""
KEPT = 8
"""Flags whose repairs are remembered, for a person who goes back and forth."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Repairs of one flag, and what they were found from.

    Parameters
    ----------
    flag : Flag
        As the checks told it then.
    edits : tuple of Edit
        The best first.
    tracks : frozenset of int
        The flagged track and those beside it.
    first, last : int
        Frames that a repair may touch.
    box_xywh : (4,) float
        The flagged object at the flag's frame, pixels.
    """

    flag: Flag
    edits: tuple[Edit, ...]
    tracks: frozenset[int]
    first: int
    last: int
    box_xywh: tuple[float, ...]

    def outlives(self, change: Change) -> bool:
        """Return whether a change of the labels leaves everything near the flag as it was."""
        if self.tracks & change.records.keys() or self._holds(change.flipped):
            return False
        return not any(
            self._holds(delta.frames)
            and (track in self.tracks or self._is_beside(delta.before, delta.after))
            for track, delta in change.deltas.items()
        )

    def _holds(self, frames: npt.NDArray[np.int32]) -> bool:
        return bool(np.any((frames >= self.first) & (frames <= self.last)))

    def _is_beside(self, *blocks: Block | None) -> bool:
        from trackproof.checks.repairs import NEAR_WIDTHS

        left, top, width, height = self.box_xywh
        for block in blocks:
            row = block.row_at(self.flag.frame) if block is not None else None
            if block is None or row is None:
                continue
            x, y, wide, high = block.xywh[row]
            away = np.hypot(x + wide / 2 - left - width / 2, y + high / 2 - top - height / 2)
            if away <= NEAR_WIDTHS * max(width, 1.0):
                return True
        return False


def find_repairs(analysis: Analysis, flag: Flag, progress: Progress) -> Found:
    """Return what a flag could be answered with; takes longer than a picture may wait."""
    from trackproof.checks.repair_candidates import LONGEST_SPAN, REACH
    from trackproof.checks.repairs import near_tracks, proposals
    from trackproof.labels.edits_boxes import PutBox

    edits = flag.proposals or proposals(analysis, flag, progress=progress)
    if not edits and flag.expected_xywh is not None:
        edits = (PutBox(flag.track, flag.frame, flag.expected_xywh),)
    block = analysis.labels.table.block(flag.track)
    tracks, box = {flag.track, flag.other_track}, (0.0, 0.0, 0.0, 0.0)
    if block is not None and len(block):
        tracks |= set(near_tracks(analysis, flag))
        row = min(int(np.searchsorted(block.frame, flag.frame)), len(block) - 1)
        box = tuple(block.xywh[row].tolist())
    reach = REACH + LONGEST_SPAN
    return Found(
        flag, edits, frozenset(tracks), flag.frame_start - reach, flag.frame_end + reach, box
    )


class RepairFinder(QObject):
    """Knows the repairs of the flag under review as soon as they are found, and of the next one.

    Parameters
    ----------
    next_flag : callable
        Returns the flag that a verdict would lead to.
    """

    changed = Signal()

    def __init__(self, session: Session, next_flag: Callable[[], Flag | None]) -> None:
        super().__init__(session)
        self._session = session
        self._next_flag = next_flag
        self._known: dict[str, Found] = {}
        self._failed: set[str] = set()
        self._looking: tuple[str, Task] | None = None
        self._later = Later(self, self._look)
        self._ahead = Later(self, self._look_ahead, after_ms=AHEAD_MS)
        for signal in (session.flag_changed, session.analysis_changed, session.verdict_changed):
            signal.connect(self._later.ask)
        session.labels_changed.connect(self._on_labels)
        session.sequence_changed.connect(self._forget)
        self._later.ask()

    def of(self, flag: Flag | None) -> tuple[Edit, ...] | None:
        """Return the repairs of a flag, the best first; None while nobody knows them yet."""
        if flag is None or not flag.findings or flag.key in self._failed:
            # A person or chance raised it: nothing is known that a repair could start from.
            return ()
        found = self._known.get(flag.key)
        if found is not None and _is_same(found.flag, flag):
            return found.edits
        is_coming = self._session.is_checked or self._session.is_checking
        return None if self._session.analysis is not None and is_coming else ()

    # -- looking

    def _look(self) -> None:
        """Look for what is needed most: the flag under review, then the one after it."""
        flag = self._session.flag
        if flag is None or not self._session.is_checked:
            return
        if self.of(flag) is None:
            self._look_for(flag)
        else:
            self._ahead.ask()

    def _look_ahead(self) -> None:
        session = self._session
        if session.flag is None or not session.is_checked or self.of(session.flag) is None:
            return
        following = self._next_flag()
        if following is not None and self.of(following) is None:
            self._look_for(following)

    def _look_for(self, wanted: Flag) -> None:
        if self._looking is not None:
            key, task = self._looking
            if key == wanted.key:
                return
            task.cancel()
        self._start(wanted)

    def _start(self, flag: Flag) -> None:
        analysis = self._session.analysis
        if analysis is None:
            return
        task = self._session.tasks.start(
            "Looking for repairs",
            lambda progress: find_repairs(analysis, flag, progress),
            succeeded=self._take,
            failed=lambda error: self._fail(flag, error),
            cancelled=lambda: self._end(task),
            line=LINE,
            is_quiet=True,
        )
        self._looking = (flag.key, task)

    def _take(self, found: Found) -> None:
        self._looking = None
        self._known.pop(found.flag.key, None)
        self._known[found.flag.key] = found
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        self._tell(found.flag.key)
        self._later.ask()

    def _fail(self, flag: Flag, error: BaseException) -> None:
        self._looking = None
        self._failed.add(flag.key)
        self._session.message.emit(banner_of_error(error, doing="looking for repairs"))
        self._tell(flag.key)

    def _end(self, task: Task) -> None:
        """Offer nothing for a flag when a person cancelled the search."""
        if self._looking is not None and self._looking[1] is task:
            key = self._looking[0]
            self._looking = None
            self._failed.add(key)
            self._tell(key)

    def _tell(self, key: str) -> None:
        flag = self._session.flag
        if flag is not None and flag.key == key:
            self.changed.emit()

    # -- forgetting

    def _on_labels(self, change: Change, _origin: object) -> None:
        self._known = {key: one for key, one in self._known.items() if one.outlives(change)}
        self._failed.clear()
        if self._looking is not None:
            # What is being looked at may have changed: the checks tell of it again.
            self._looking[1].cancel()
            self._looking = None

    def _forget(self) -> None:
        self._session.tasks.cancel(LINE)
        self._known, self._looking = {}, None
        self._failed.clear()


def _is_same(one: Flag, other: Flag) -> bool:
    """Return whether two tellings of a flag suspect the same; their ranks do not matter."""
    return one is other or (
        (one.key, one.kind, one.track, one.other_track, one.checks)
        == (other.key, other.kind, other.track, other.other_track, other.checks)
        and (one.frame, one.frame_start, one.frame_end)
        == (other.frame, other.frame_start, other.frame_end)
        and one.expected_xywh == other.expected_xywh
    )
