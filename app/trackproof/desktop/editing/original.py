"""Boxes of the labels as opened, dotted on the picture beside what they are now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal

from trackproof.desktop.canvas.marks import Ghost

if TYPE_CHECKING:
    from trackproof.desktop.canvas.marks import Marks
    from trackproof.desktop.session import Session
    from trackproof.labels import Block, Labels

KIND = "before"


class OriginalBoxes(QObject):
    """Finds the boxes of a frame that are not what they were when the labels were opened."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._is_shown = False
        self._of: tuple[int, Labels | None] = (-1, None)
        self._ghosts: tuple[Ghost, ...] = ()

    @classmethod
    def of(cls, session: Session) -> OriginalBoxes:
        """Return the one of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, cls) else cls(session)

    @property
    def is_shown(self) -> bool:
        """Whether they are on the picture."""
        return self._is_shown

    @property
    def state(self) -> object:
        """Changes whenever what is added to an overlay may change."""
        return self._session.labels if self._is_shown else None

    def show(self, *, is_shown: bool) -> None:
        """Show or hide them."""
        if is_shown != self._is_shown:
            self._is_shown = is_shown
            self.changed.emit()

    def added_to(self, marks: Marks) -> Marks:
        """Return an overlay with the original boxes of its frame, where they differ."""
        if not self._is_shown or marks.frame < 0:
            return marks
        of = (marks.frame, self._session.labels)
        if self._of != of:
            self._of, self._ghosts = of, self._found(marks.frame)
        return replace(marks, onion=marks.onion + self._ghosts)

    def _found(self, frame: int) -> tuple[Ghost, ...]:
        sequence, labels = self._session.sequence, self._session.labels
        if sequence is None or labels is None:
            return ()
        ghosts = []
        for track, old in sequence.labels.table.blocks.items():
            new = labels.table.block(track)
            if new is old:
                continue
            for left, top, width, height in _moved(old, new, frame):
                rect = QRectF(left, top, width, height)
                colour = self._session.theme.track_colour(track)
                ghosts.append(Ghost(rect, "original", KIND, colour))
        return tuple(ghosts)


def _moved(old: Block, new: Block | None, frame: int) -> list[list[float]]:
    """Return the boxes of a frame that are not among those of the new version."""
    first, end = np.searchsorted(old.frame, [frame, frame + 1])
    boxes: list[list[float]] = old.xywh[first:end].tolist()
    if new is None:
        return boxes
    first, end = np.searchsorted(new.frame, [frame, frame + 1])
    there = new.xywh[first:end].tolist()
    return [box for box in boxes if box not in there]
