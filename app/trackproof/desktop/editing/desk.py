"""Who makes edits of the selected object, and says what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error
from trackproof.errors import EditError, ReviewError
from trackproof.labels.edits import track_name

if TYPE_CHECKING:
    from trackproof.desktop.editing.grips import Rect
    from trackproof.desktop.session import Session
    from trackproof.labels import Block
    from trackproof.labels.edits import Edit

FAILED = "editing"


class EditDesk(QObject):
    """Makes edits of the session's labels from one place.

    Signals
    -------
    said : str
        What an edit did, for the top of the canvas.
    new_box_asked
        Somebody wants to draw a box.
    """

    said = Signal(str)
    new_box_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    @classmethod
    def of(cls, session: Session) -> EditDesk:
        """Return the one desk of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, EditDesk) else cls(session)

    @property
    def session(self) -> Session:
        """What is edited."""
        return self._session

    @property
    def block(self) -> Block | None:
        """All rows of the selected object."""
        labels, track = self._session.labels, self._session.track
        return None if labels is None or track < 0 else labels.table.block(track)

    @property
    def row(self) -> int | None:
        """Row of the selected object in the current frame; None when it is absent."""
        block = self.block
        return None if block is None else block.row_at(self._session.frame)

    @property
    def box(self) -> Rect | None:
        """Box of the selected object in the current frame, picture pixels."""
        block, row = self.block, self.row
        if block is None or row is None:
            return None
        left, top, width, height = (float(value) for value in block.xywh[row])
        return left, top, width, height

    @property
    def is_absent(self) -> bool:
        """Whether an object is selected that has no box in the current frame."""
        return self._session.labels is not None and self._session.track >= 0 and self.row is None

    @property
    def category(self) -> int:
        """Category of the selected object where it is nearest; 0 when none is selected."""
        block = self.block
        if block is None or not len(block):
            return 0
        return int(block.category[np.argmin(np.abs(block.frame - self._session.frame))])

    @property
    def name(self) -> str:
        """Name of the selected object; empty when none is selected."""
        labels, track = self._session.labels, self._session.track
        return "" if labels is None or track < 0 else track_name(labels, track)

    def do(self, edit: Edit, *, saying: str = "", origin: QObject | None = None) -> bool:
        """Make one edit; return whether it could be made.

        Parameters
        ----------
        saying : str
            What to say when it is done.
        """
        if self._session.labels is None:
            return False
        before = self._session.labels
        self._session.banner_withdrawn.emit(FAILED)
        try:
            self._session.apply(edit, origin=origin)
        except (EditError, ReviewError) as error:
            self._session.message.emit(banner_of_error(error, doing=FAILED))
            return False
        is_done = self._session.labels is not before
        if is_done and saying:
            self.said.emit(saying)
        return is_done
