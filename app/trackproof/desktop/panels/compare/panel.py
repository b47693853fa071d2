"""The frames before, at and after, at one scale; blinking or as their difference."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.panels.crops import crop_view, paint_box, paint_crop, placed, rect_of
from trackproof.desktop.panels.empty import EmptyState
from trackproof.desktop.theme import font, mixed

if TYPE_CHECKING:
    import numpy.typing as npt
    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

    from trackproof.desktop.panels.crops import CropView
    from trackproof.desktop.session import Session
    from trackproof.labels import Block

    Picture = npt.NDArray[np.uint8]

GAP = 4
BLINK_MS = 400
GAIN = 3
"""Differences are made three times as strong, so that a step of a few grey levels is seen."""

NEIGHBOURS = (-1, 0, 1)


class Mode(StrEnum):
    """How the three frames are compared."""

    SIDE = "side by side"
    BLINK = "blink"
    DIFFERENCE = "difference"


class CompareView(QWidget):
    """Crops of the selected object around the current frame."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._mode = Mode.SIDE
        self._phase = 0
        self._clock = QTimer(self)
        self._clock.setInterval(BLINK_MS)
        self._clock.timeout.connect(self._blink)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Neighbouring frames")
        for changed in (
            session.frame_changed,
            session.frame_ready,
            session.track_changed,
            session.labels_changed,
            session.frames_changed,
            session.theme_changed,
        ):
            changed.connect(self._refresh)

    def sizeHint(self) -> QSize:
        """Return room for three crops."""
        return QSize(280, 150)

    @property
    def mode(self) -> Mode:
        """How the frames are compared."""
        return self._mode

    @property
    def is_blinking(self) -> bool:
        """Whether the frames take turns now."""
        return self._clock.isActive()

    def compare(self, mode: Mode) -> None:
        """Compare otherwise."""
        self._mode = mode
        if mode is Mode.BLINK and self.isVisible():
            self._clock.start()
        else:
            self._clock.stop()
        self.update()

    def _blink(self) -> None:
        self._phase = (self._phase + 1) % len(NEIGHBOURS)
        self.update()

    def _refresh(self, *_values: object) -> None:
        if self.isVisible():
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on blinking."""
        super().showEvent(event)
        self.compare(self._mode)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop blinking where nobody looks."""
        super().hideEvent(event)
        self._clock.stop()

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frames as the mode asks."""
        labels = self._session.labels
        block = labels.table.block(self._session.track) if labels is not None else None
        painter = QPainter(self)
        painter.setFont(font("small"))
        if block is not None:
            cells = self._cells()
            view = self._view(block, cells[0])
            if self._mode is Mode.DIFFERENCE:
                self._paint_differences(painter, view, cells)
            elif self._mode is Mode.BLINK:
                self._paint_cell(painter, cells[0], view, self._phase)
            else:
                for place, cell in enumerate(cells):
                    self._paint_cell(painter, cell, view, place)
        painter.end()

    def _cells(self) -> list[QRectF]:
        line = self.fontMetrics().height() + 2
        count = {Mode.SIDE: 3, Mode.BLINK: 1, Mode.DIFFERENCE: 2}[self._mode]
        wide = (self.width() - GAP * (count - 1)) / count
        return [
            QRectF(place * (wide + GAP), line, wide, max(self.height() - line, 1))
            for place in range(count)
        ]

    def _view(self, block: Block, cell: QRectF) -> CropView:
        frame = self._session.frame
        frames = [frame + step for step in NEIGHBOURS]
        return crop_view(block, frames, aspect=cell.width() / cell.height())

    def _paint_cell(self, painter: QPainter, cell: QRectF, view: CropView, place: int) -> None:
        """Draw one frame through the window of the middle one, so that movement is seen."""
        session, theme = self._session, self._session.theme
        frame, window = view.frames[place], view.window(1)
        self._paint_ground(painter, cell, f"{frame}", is_current=frame == session.frame)
        painter.save()
        painter.setClipRect(cell)
        picture = session.picture(frame)
        if picture is not None:
            paint_crop(painter, cell, picture, window)
        if view.has_box[place]:
            box = placed(rect_of(view.boxes_xywh[place]), window, cell)
            paint_box(painter, box, theme.track_colour(session.track))
        painter.restore()

    def _paint_differences(self, painter: QPainter, view: CropView, cells: list[QRectF]) -> None:
        session = self._session
        here = session.picture(view.frames[1])
        for cell, place in zip(cells, (0, 2), strict=True):
            other = session.picture(view.frames[place])
            first, last = sorted((view.frames[place], view.frames[1]))
            self._paint_ground(painter, cell, f"{first} → {last}", is_current=False)
            if here is None or other is None or here.shape != other.shape:
                continue
            window = view.window(1)
            painter.save()
            painter.setClipRect(cell)
            paint_crop(painter, cell, *_difference(here, other, window))
            for shown in (place, 1):
                if view.has_box[shown]:
                    box = placed(rect_of(view.boxes_xywh[shown]), window, cell)
                    colour = session.theme.track_colour(session.track)
                    paint_box(painter, box, colour, is_expected=shown != 1)
            painter.restore()

    def _paint_ground(
        self, painter: QPainter, cell: QRectF, words: str, *, is_current: bool
    ) -> None:
        theme = self._session.theme
        painter.fillRect(cell, mixed(theme.surface, theme.line, 0.35))
        painter.setFont(font("small", is_bold=is_current))
        painter.setPen(theme.text if is_current else theme.text_dim)
        above = QRectF(cell.left(), 0, cell.width(), cell.top())
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, words)


def _difference(here: Picture, other: Picture, window: QRectF) -> tuple[Picture, QRectF]:
    """Return the difference of two pictures inside a window, and the window in it."""
    height, width = here.shape[:2]
    left, top = max(int(window.left()), 0), max(int(window.top()), 0)
    right, bottom = min(int(window.right()) + 2, width), min(int(window.bottom()) + 2, height)
    part = (slice(top, max(bottom, top)), slice(left, max(right, left)))
    if not here[part].size:
        return np.zeros((1, 1, 3), np.uint8), QRectF(window.translated(-left, -top))
    change = np.abs(here[part].astype(np.int16) - other[part].astype(np.int16)) * GAIN
    picture = np.ascontiguousarray(np.minimum(change, 255).astype(np.uint8))
    return picture, window.translated(-left, -top)


class ComparePanel(QWidget):
    """The view with its modes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Compare frames")
        self.view = CompareView(session)
        self._modes = QButtonGroup(self)
        head = QHBoxLayout()
        head.setContentsMargins(4, 2, 4, 0)
        head.setSpacing(2)
        for place, mode in enumerate(Mode):
            button = QToolButton()
            button.setText(str(mode).capitalize())
            button.setFont(font("small"))
            button.setCheckable(True)
            button.setChecked(mode is Mode.SIDE)
            button.setToolTip(TIPS[mode])
            self._modes.addButton(button, place)
            head.addWidget(button)
        head.addStretch(1)
        self._modes.idClicked.connect(self._on_mode)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 4)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self.view, 1)
        self._body = body
        self._empty = EmptyState("")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(body)
        session.sequence_changed.connect(self.refresh)
        session.track_changed.connect(self.refresh)
        session.labels_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_values: object) -> None:
        """Show the frames when an object is selected."""
        labels = self._session.labels
        block = labels.table.block(self._session.track) if labels is not None else None
        if block is None:
            self._empty.say(
                "Select an object to compare its frames",
                "The frame before, this one and the next stand side by side.",
            )
        self._stack.setCurrentWidget(self._empty if block is None else self._body)

    def _on_mode(self, place: int) -> None:
        self.view.compare(list(Mode)[place])


TIPS = {
    Mode.SIDE: "The frame before, this one, the next: same window, same scale",
    Mode.BLINK: "One after the other in the same place: what jumps is seen",
    Mode.DIFFERENCE: "What changed between neighbouring frames, three times as strong",
}
assert set(TIPS) == set(Mode)
