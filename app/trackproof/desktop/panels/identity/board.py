"""Crops of two objects before and after they met."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from trackproof.desktop.notices import banner_of_error
from trackproof.desktop.panels.crops import crop_view, paint_box, paint_crop, placed, rect_of
from trackproof.desktop.panels.naming import object_name
from trackproof.desktop.theme import font, mixed
from trackproof.errors import FrameError

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from trackproof.checks.crossings import Crossing
    from trackproof.desktop.session import Session
    from trackproof.frames import FrameSource, Picture
    from trackproof.progress import Progress

GAP = 4
MIDDLE = 16
"""Between before and after."""

APART_FRAMES = (12, 6)
"""Frames before the meeting, and after it in the other order: nearer crops show both objects."""


LINE = "meeting"


def _pictures(source: FrameSource, frames: list[int], progress: Progress) -> dict[int, Picture]:
    """Return the pictures that can be read."""
    found: dict[int, Picture] = {}
    for done, frame in enumerate(frames, start=1):
        try:
            found[frame] = source.read(frame)
        except FrameError:
            continue
        progress.step(done, len(frames))
    return found


class CropBoard(QWidget):
    """Two rows of crops, one per object: twice before, twice after."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._crossing: Crossing | None = None
        self._read: dict[int, Picture] = {}
        self._read_from: FrameSource | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setAccessibleName("Before and after the meeting")
        for changed in (session.frame_ready, session.frames_changed, session.theme_changed):
            changed.connect(self._refresh)

    def sizeHint(self) -> QSize:
        """Return room for two rows of four crops."""
        return QSize(280, 220)

    def show_crossing(self, crossing: Crossing | None) -> None:
        """Show another meeting, and read the pictures that the player does not hold."""
        self._crossing = crossing
        self.update()
        session, source = self._session, self._session.pictures.source
        if source is not self._read_from:
            # Pictures of the sequence before, or of another folder, would be shown for these.
            session.tasks.cancel(LINE)
            self._read, self._read_from = {}, source
        kept = {frame: self._read[frame] for frame in self.frames() if frame in self._read}
        self._read = kept
        missing = [f for f in self.frames() if session.picture(f) is None and f not in kept]
        if source is not None and missing and self.isVisible():
            session.tasks.start(
                "Looking at the meeting",
                partial(_pictures, source, missing),
                succeeded=partial(self._take_pictures, source),
                failed=self._on_failed,
                line=LINE,
            )

    def _take_pictures(self, source: FrameSource, found: dict[int, Picture]) -> None:
        if source is self._session.pictures.source:
            self._read.update(found)
            self.update()

    def _on_failed(self, error: BaseException) -> None:
        self._session.message.emit(banner_of_error(error, doing="reading pictures"))

    def _refresh(self, *_values: object) -> None:
        if self.isVisible():
            self.update()

    def frames(self) -> tuple[int, ...]:
        """Return the frames shown, two before the meeting and two after."""
        if self._crossing is None:
            return ()
        last, at = max(self._session.frame_count - 1, 0), self._crossing.frame
        before = [max(at - away, 0) for away in APART_FRAMES]
        after = [min(at + away, last) for away in reversed(APART_FRAMES)]
        return (*before, *after)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the crops."""
        labels, crossing = self._session.labels, self._crossing
        if labels is None or crossing is None:
            return
        painter = QPainter(self)
        painter.setFont(font("small"))
        for row, track in enumerate((crossing.track, crossing.other_track)):
            if labels.table.block(track) is not None:
                self._paint_row(painter, row, track)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, track: int) -> None:
        session, theme = self._session, self._session.theme
        labels = session.labels
        block = labels.table.block(track) if labels is not None else None
        if labels is None or block is None:
            return
        line = self.fontMetrics().height() + 2
        height = max((self.height() - GAP) / 2, line + 8.0)
        top = row * (height + GAP)
        wide = (self.width() - 2 * GAP - MIDDLE) / 4
        cells = [
            QRectF(
                place * (wide + GAP) + (MIDDLE - GAP if place >= 2 else 0),
                top + line,
                wide,
                height - line,
            )
            for place in range(4)
        ]
        colour = theme.track_colour(track)
        painter.setFont(font("small", is_bold=True))
        painter.setPen(colour)
        above = QRectF(0, top, self.width() / 2 - MIDDLE / 2, line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(above, left, f"{object_name(labels, track)}, before")
        painter.drawText(above.translated(cells[2].left(), 0), left, "after")
        view = crop_view(block, self.frames(), aspect=cells[0].width() / cells[0].height())
        for place, cell in enumerate(cells):
            painter.fillRect(cell, mixed(theme.surface, theme.line, 0.35))
            painter.save()
            painter.setClipRect(cell)
            frame = view.frames[place]
            picture = session.picture(frame)
            picture = self._read.get(frame) if picture is None else picture
            if picture is not None:
                paint_crop(painter, cell, picture, view.window(place))
            if view.has_box[place]:
                box = placed(rect_of(view.boxes_xywh[place]), view.window(place), cell)
                paint_box(painter, box, colour)
            painter.restore()
