"""Shows what undo and redo did: says it, and goes where it was when that is out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from trackproof.desktop.session_state import NO_TRACK

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.labels import Change
    from trackproof.review import Step

FEW_TRACKS = 2
"""Of a step that touched more objects, none stands for the others."""


class StepGuide(QObject):
    """Leads the person to the flag or the boxes of a step that was taken back or done again.

    Signals
    -------
    said : str
        What was taken back, for the top of the canvas.
    """

    said = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._awaited: tuple[str, int] | None = None
        session.steps_taken.connect(self._show)
        session.flag_changed.connect(self._forget)
        session.sequence_changed.connect(self._forget)
        session.analysis_changed.connect(self._look_again)

    def _show(self, steps: list[Step], words: str) -> None:
        session = self._session
        here = session.sequence.name if session.sequence is not None else ""
        mine = [step for step in steps if session.book.sequence_of(step) == here]
        for step in mine:
            if step.change is not None:
                self._show_change(step.change)
        keys = {key for step in mine if step.judgement for key in step.judgement.after}
        if keys:
            self._show_flag(keys)
        if steps and words:
            self.said.emit(f"{words}: {steps[-1].entry.label}")

    def _show_change(self, change: Change) -> None:
        session, delta = self._session, change.deltas.get(self._session.track)
        if delta is not None and _has(delta.frames, session.frame):
            return
        frames = change.frames
        if len(frames) and not _has(frames, session.frame):
            session.pause()
            session.go_to(int(frames[np.argmin(np.abs(frames - session.frame))]))
        tracks = [track for track in change.deltas if self._is_here(track)]
        if delta is None and 0 < len(tracks) <= FEW_TRACKS:
            session.select_track(tracks[0])

    def _is_here(self, track: int) -> bool:
        labels = self._session.labels
        block = labels.table.block(track) if labels is not None and track > NO_TRACK else None
        return block is not None and block.row_at(self._session.frame) is not None

    def _show_flag(self, keys: set[str]) -> None:
        """Take the flag under review again; one that a repair had removed, once it is found."""
        session, flag = self._session, self._session.flag
        if flag is not None and flag.key in keys:
            return
        found = next((one for one in session.flags if one.key in keys), None)
        if found is not None:
            session.select_flag(found)
        elif len(keys) == 1:
            self._awaited = min(keys), session.frame

    def _look_again(self) -> None:
        if self._awaited is None:
            return
        key, frame = self._awaited
        found = next((one for one in self._session.flags if one.key == key), None)
        if found is not None and self._session.frame == frame:
            self._session.select_flag(found)
        if found is not None or self._session.is_checked:
            self._awaited = None

    def _forget(self, *_: object) -> None:
        self._awaited = None


def _has(frames: np.ndarray, frame: int) -> bool:
    """Return whether ascending frames hold one."""
    place = int(np.searchsorted(frames, frame))
    return place < len(frames) and int(frames[place]) == frame
