"""Who makes edits of the selected object, and says what became of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from trackproof.desktop.notices import banner_of_error
from trackproof.errors import EditError, ReviewError
from trackproof.labels import NO_IDENTITY, Shape
from trackproof.labels.edits import track_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.editing.grips import Rect
    from trackproof.desktop.editing.vertices import Point
    from trackproof.desktop.session import Session
    from trackproof.labels import Block, Change, Labels
    from trackproof.labels.edits import Edit

FAILED = "editing"
ONE_GESTURE_S = 1.0
"""Key presses closer together than this are one step."""


@dataclass(frozen=True, slots=True)
class Target:
    """One annotation that edits are about.

    Parameters
    ----------
    track : int
        Track number, `NO_IDENTITY` for a detection.
    frame : int
        Frame index.
    place : int
        Which of the frame's detections.
    """

    track: int
    frame: int
    place: int = 0


class EditDesk(QObject):
    """Makes edits of the session's labels from one place.

    Signals
    -------
    said : str
        What an edit did, for the top of the canvas.
    new_box_asked
        Somebody wants to draw a box.
    new_shape_asked : Shape
        Somebody wants to draw a polygon, a polyline or keypoints.
    chosen
        Another detection, or another vertex, is at hand.
    """

    said = Signal(str)
    new_box_asked = Signal()
    new_shape_asked = Signal(object)
    chosen = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._detection: Target | None = None
        self._vertex: int | None = None
        self._track = self._gone = NO_IDENTITY
        self._clock = time.monotonic
        self.key_of: Callable[[str, str], str] = lambda _action, usual: usual
        """Key in force of an action, by its id and usual key; the window knows."""
        self._nudged: object = None
        self._nudged_s = 0.0
        self._nudged_labels: Labels | None = None
        for signal in (session.frame_changed, session.sequence_changed):
            signal.connect(self._forget_choice)
        session.track_changed.connect(self._on_track)
        session.labels_changed.connect(self._follow_box)

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
    def target(self) -> Target | None:
        """The selected annotation of the current frame; None when there is none."""
        if self._detection is not None:
            return self._detection if self.row is not None else None
        if self.row is None:
            return None
        return Target(self._session.track, self._session.frame)

    @property
    def holder(self) -> Block | None:
        """The rows among which the selected annotation is."""
        labels = self._session.labels
        if self._detection is not None and labels is not None:
            return labels.table.block(NO_IDENTITY)
        return self.block

    @property
    def row(self) -> int | None:
        """Row of the selected annotation in `holder`; None when it is absent here."""
        holder, detection = self.holder, self._detection
        if holder is None:
            return None
        if detection is None:
            return holder.row_at(self._session.frame)
        first, end = np.searchsorted(holder.frame, [detection.frame, detection.frame + 1])
        return int(first) + detection.place if detection.place < end - first else None

    @property
    def box(self) -> Rect | None:
        """Box of the selected annotation in the current frame, picture pixels."""
        holder, row = self.holder, self.row
        if holder is None or row is None:
            return None
        left, top, width, height = (float(value) for value in holder.xywh[row])
        return left, top, width, height

    @property
    def outline(self) -> tuple[Shape, list[Point]]:
        """Shape and vertices of the selected annotation, picture pixels; none for a box."""
        holder, row = self.holder, self.row
        if holder is None or row is None:
            return Shape.BOX, []
        points = [(float(x), float(y)) for x, y in holder.vertices_of(row)]
        return Shape(int(holder.shape[row])), points

    @property
    def has_selection(self) -> bool:
        """Whether an object or a detection is selected."""
        return self._session.track >= 0 or self._detection is not None

    @property
    def detection(self) -> Target | None:
        """The selected annotation without identity."""
        return self._detection

    def choose_detection(self, target: Target | None) -> None:
        """Select an annotation without identity; None selects none."""
        if target != self._detection:
            self._detection, self._vertex = target, None
            self.chosen.emit()

    @property
    def vertex(self) -> int | None:
        """Number of the vertex at hand; None for the whole shape."""
        return self._vertex if self._vertex is not None and self.is_vertex(self._vertex) else None

    def is_vertex(self, number: int) -> bool:
        """Return whether the selected shape has such a vertex."""
        return 0 <= number < len(self.outline[1])

    def choose_vertex(self, number: int | None) -> None:
        """Take a vertex of the selected shape; None takes the whole shape again."""
        if number != self._vertex:
            self._vertex = number
            self.chosen.emit()

    def _forget_choice(self, *_: object) -> None:
        self._vertex = None
        self.choose_detection(None)

    def _follow_box(self, change: Change, _origin: object = None) -> None:
        """Select the object that the selected box went to, as after a split and its undo."""
        selected = self._session.track if self._gone < 0 else self._gone
        self._gone = NO_IDENTITY
        frame, lost = self._session.frame, change.deltas.get(selected)
        if lost is None or not _holds(lost.before, frame) or _holds(lost.after, frame):
            return
        gained = [
            track
            for track, delta in change.deltas.items()
            if _holds(delta.after, frame) and not _holds(delta.before, frame) and track >= 0
        ]
        if len(gained) == 1:
            self._session.select_track(gained[0])

    def _on_track(self, track: int) -> None:
        self._vertex = None
        labels, before = self._session.labels, self._track
        # An undo takes objects away, and the session then selects none.
        is_gone = track < 0 and labels is not None and before >= len(labels.table.tracks)
        self._track, self._gone = track, before if is_gone else NO_IDENTITY
        if track >= 0:
            self.choose_detection(None)

    @property
    def is_absent(self) -> bool:
        """Whether an object is selected that has no box in the current frame."""
        return self._session.labels is not None and self._session.track >= 0 and self.row is None

    @property
    def is_over_time(self) -> bool:
        """Whether something is selected that edits over a range can be about."""
        return self.block is not None or (self._detection is not None and self.row is not None)

    @property
    def category(self) -> int:
        """Category of the selected annotation where it is nearest; 0 when none is selected."""
        holder, row = self.holder, self.row
        if holder is not None and row is not None:
            return int(holder.category[row])
        block = self.block
        if block is None or not len(block):
            return 0
        return int(block.category[np.argmin(np.abs(block.frame - self._session.frame))])

    @property
    def name(self) -> str:
        """Name of the selected object, or kind of the detection; empty when none is selected."""
        labels, track = self._session.labels, self._session.track
        if labels is not None and self._detection is not None and labels.categories:
            return labels.categories[self.category].name
        return "" if labels is None or track < 0 else track_name(labels, track)

    def nudge(self, edit: Edit) -> None:
        """Make one small edit by key; those that follow at once belong to the same step."""
        session, now_s = self._session, self._clock()
        target, kind = self.target, (type(edit), self.target, self.vertex)
        is_same = self._nudged == kind and session.labels is self._nudged_labels
        joins = is_same and now_s - self._nudged_s < ONE_GESTURE_S
        if target is not None and self.do(edit, joins=joins):
            self._nudged, self._nudged_s = kind, now_s
            self._nudged_labels = session.labels

    def do(
        self, edit: Edit, *, saying: str = "", origin: QObject | None = None, joins: bool = False
    ) -> bool:
        """Make one edit; return whether it could be made.

        Parameters
        ----------
        saying : str
            What to say when it is done.
        joins : bool
            Whether it belongs to the step before: one undo takes back both.
        """
        if self._session.labels is None:
            return False
        before = self._session.labels
        self._session.banner_withdrawn.emit(FAILED)
        try:
            self._session.apply(edit, origin=origin, joins=joins)
        except (EditError, ReviewError) as error:
            self._session.message.emit(banner_of_error(error, doing=FAILED))
            return False
        is_done = self._session.labels is not before
        if is_done and saying:
            self.said.emit(saying)
        return is_done


def _holds(block: Block | None, frame: int) -> bool:
    return block is not None and block.row_at(frame) is not None
