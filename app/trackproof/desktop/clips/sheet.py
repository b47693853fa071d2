"""The contact sheet: a clip at one glance, in evenly spaced pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from trackproof.desktop.panels.crops import image_of
from trackproof.desktop.theme import font

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent

    from trackproof.clips.model import Clip, Find
    from trackproof.desktop.clips.session import ClipSession
    from trackproof.progress import Progress

LINE = "contact sheet"
PICTURES = 8
WIDE = 240
"""Pixels of a picture in memory; it is drawn smaller."""
GAP = 4
HEIGHT = 88


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """One picture of the sheet; without an image the frame cannot be read."""

    frame: int
    image: QImage | None


class ContactSheet(QWidget):
    """A row of pictures; a click goes to their frame."""

    _made = Signal(str, object)

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._glances: list[Glance] = []
        self._key = ""
        self.setAccessibleName("Contact sheet of the clip")
        self.setToolTip("The clip at a glance; click a picture to go there")
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._made.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.player.opened.connect(self._start)
        session.player.frame_changed.connect(self._repaint)
        session.theme_changed.connect(self._repaint)

    @property
    def frames(self) -> tuple[int, ...]:
        """Frame indices of the pictures that are there."""
        return tuple(glance.frame for glance in self._glances)

    def sizeHint(self) -> QSize:
        """Return a width that grows and a fixed height."""
        return QSize(400, HEIGHT)

    def cell(self, place: int) -> QRect:
        """Return where a picture stands."""
        width = (self.width() - 16 - GAP * (PICTURES - 1)) / PICTURES
        return QRect(round(8 + place * (width + GAP)), 4, round(width), self.height() - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame of the picture under the cursor."""
        point: QPoint = event.position().toPoint()
        for place, glance in enumerate(self._glances):
            if self.cell(place).contains(point):
                self._session.player.clock.pause()
                self._session.player.go_to(glance.frame)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures; the one at or before the playhead has a frame around it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(font("small"))
        theme = self._session.theme
        now = self._session.player.frame
        current = max((i for i, one in enumerate(self._glances) if one.frame <= now), default=-1)
        for place, glance in enumerate(self._glances):
            cell = self.cell(place)
            shown = cell
            if glance.image is not None:
                size = glance.image.size().scaled(cell.size(), Qt.AspectRatioMode.KeepAspectRatio)
                shown = QRect(QPoint(), size)
                shown.moveCenter(cell.center())
                painter.drawImage(shown, glance.image)
            else:
                painter.setPen(theme.text_dim)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{glance.frame}\nunreadable")
            if place == current:
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(shown.adjusted(0, 0, -1, -1))

    def _start(self) -> None:
        self._glances, self._key = [], ""
        self.update()
        session = self._session
        if not session.player.is_open:
            session.tasks.cancel(LINE)
            return
        clip, find = session.clip, session.board.clips.find
        self._key = clip.key
        session.tasks.start(
            "Contact sheet",
            lambda progress: self._make(clip, find, progress),
            succeeded=lambda _nothing: None,
            failed=lambda error: session.fail(error, doing="making the contact sheet"),
            line=LINE,
        )

    def _make(self, clip: Clip, find: Find, progress: Progress) -> None:
        """Read the pictures on a worker thread, from a source of its own."""
        import cv2
        import numpy as np

        from trackproof.errors import FrameError
        from trackproof.frames import open_frames

        path = find(clip.source_ref)
        if path is None:
            return
        source = open_frames(path, progress=progress)
        try:
            frames = np.unique(np.linspace(0, len(source) - 1, PICTURES).round().astype(int))
            for done, frame in enumerate(frames.tolist()):
                progress.step(done, len(frames))
                try:
                    picture = source.read(frame)
                except FrameError:
                    self._made.emit(clip.key, Glance(frame, None))
                    continue
                height = max(round(picture.shape[0] * WIDE / picture.shape[1]), 1)
                small = cv2.resize(picture, (WIDE, height), interpolation=cv2.INTER_AREA)
                image = image_of(np.ascontiguousarray(small, dtype=np.uint8)).copy()
                self._made.emit(clip.key, Glance(frame, image))
        finally:
            source.close()

    @Slot(str, object)
    def _take(self, key: str, glance: Glance) -> None:
        if key == self._key:
            self._glances.append(glance)
            self.update()

    def _repaint(self, *_: object) -> None:
        self.update()
