"""One object over time: its crops side by side, with a measurement under each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from trackproof.desktop import glyphs
from trackproof.desktop.panels.crops import crop_view, paint_box, paint_crop, placed, rect_of
from trackproof.desktop.panels.later import Later
from trackproof.desktop.panels.timelines.series import specs_for
from trackproof.desktop.theme import font, mixed

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QHideEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QShowEvent,
        QWheelEvent,
    )

    from trackproof.checks import Flag
    from trackproof.desktop.panels.crops import CropView
    from trackproof.desktop.panels.timelines.series import Curve, PlotSpec
    from trackproof.desktop.session import Session
    from trackproof.labels import Block

GAP = 4
MARK = 12
ASPECTS = (0.5, 1.5)
"""Narrowest and widest cell, width / height: tall for people, wide for cars."""
DEFAULT_CHECK = "size_change"
WHEEL_STEP = 120
WIDEST_WORDS = "-00.0 % "


class FilmStrip(QWidget):
    """Crops of the selected object around the current frame; a click goes there.

    The strip stays where it is while the playhead moves inside it, so that the eye can compare.

    Parameters
    ----------
    cell_width : int
        Least width of a cell in pixels at 100 %.
    """

    def __init__(
        self, session: Session, *, cell_width: int = 72, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._least = cell_width
        self._middle = session.frame
        self._view: CropView | None = None
        self._spec: PlotSpec | None = None
        self._curve: Curve | None = None
        self._is_stale = True
        self._drawn: tuple[object, ...] = ()
        self._later = Later(self, self._catch_up)
        self._wheel = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Film strip of the selected object")
        session.sequence_changed.connect(self._restart)
        session.track_changed.connect(self._restart)
        session.flag_changed.connect(self._restart)
        session.analysis_changed.connect(self._refresh)
        session.labels_changed.connect(self._refresh)
        session.frames_changed.connect(self._refresh)
        session.theme_changed.connect(self._refresh)
        session.frame_changed.connect(self._on_frame)
        session.frame_ready.connect(self._on_ready)
        session.playing_changed.connect(self._on_playing)

    def sizeHint(self) -> QSize:
        """Return a strip of a few cells."""
        return QSize(self._least * 4, self._text_height() * 2 + self._least)

    def minimumSizeHint(self) -> QSize:
        """Return the least that shows something."""
        return QSize(self._least * 2, self._text_height() * 2 + 40)

    # -- which cells

    @property
    def frames(self) -> tuple[int, ...]:
        """Frame indices of the cells, left to right."""
        self._prepare()
        return self._view.frames if self._view is not None else ()

    def _text_height(self) -> int:
        return QFontMetrics(font("small")).height() + 2

    def _cell_count(self, block: Block) -> int:
        inside = max(self.height() - 2 * self._text_height(), 24)
        width, height = np.maximum(np.median(block.xywh[:, 2:], axis=0), 1.0)
        aspect = min(max(float(width / height) * 1.2, ASPECTS[0]), ASPECTS[1])
        words = QFontMetrics(font("small")).horizontalAdvance(WIDEST_WORDS)
        wide = max(inside * aspect, self._least, words)
        count = max(int((self.width() + GAP) // (wide + GAP)), 3)
        return count if count % 2 else count - 1

    def _block(self) -> Block | None:
        labels = self._session.labels
        return labels.table.block(self._session.track) if labels is not None else None

    def _prepare(self) -> None:
        if not self._is_stale:
            return
        self._is_stale = False
        block = self._block()
        if block is None or not self._session.frame_count:
            self._view = None
            return
        count = min(self._cell_count(block), self._session.frame_count)
        first = min(max(self._middle - count // 2, 0), self._session.frame_count - count)
        cell = self._cell(0, count)
        aspect = max(cell.width(), 1.0) / max(cell.height(), 1.0)
        self._view = crop_view(block, range(first, first + count), aspect=aspect)
        self._measure(block)

    def _measure(self, block: Block) -> None:
        specs = specs_for(self._session.analysis)
        flag = self._session.flag
        names = [*(flag.checks if flag is not None else ()), DEFAULT_CHECK]
        self._spec = next((specs[name] for name in names if name in specs), None)
        self._curve = None
        if self._spec is not None:
            curves = self._spec.curves(self._session.analysis, block, self._session.track)
            self._curve = curves[-1] if curves else None

    def _cell(self, place: int, count: int) -> QRectF:
        """Return the picture of a cell: between the frame number and the measurement."""
        wide = (self.width() - GAP * (count - 1)) / count
        line = self._text_height()
        return QRectF(place * (wide + GAP), line, wide, max(self.height() - 2 * line, 1))

    def _frame_under(self, x: float) -> int | None:
        frames = self.frames
        if not frames:
            return None
        place = math.floor(x / max(self.width(), 1) * len(frames))
        return frames[min(max(place, 0), len(frames) - 1)]

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells, or why there is none."""
        self._prepare()
        self._drawn = self._look()
        painter = QPainter(self)
        painter.setFont(font("small"))
        if self._view is None:
            painter.setPen(self._session.theme.text_dim)
            words = "Select an object to see it over time."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        else:
            asked = QRectF(event.rect())
            for place in range(len(self._view.frames)):
                if self._column(place, self._view).intersects(asked):
                    self._paint_cell(painter, self._view, place)
        painter.end()

    def _column(self, place: int, view: CropView) -> QRectF:
        """Return a cell with the words above and below it, which may stand out a little."""
        cell = self._cell(place, len(view.frames))
        return QRectF(cell.left() - GAP, 0, cell.width() + 2 * GAP, self.height())

    def _update_frame(self, frame: int) -> None:
        """Paint the cell of one frame again."""
        if self._view is not None and frame in self._view.frames:
            place = self._view.frames.index(frame)
            self.update(self._column(place, self._view).toAlignedRect())

    def _paint_cell(self, painter: QPainter, view: CropView, place: int) -> None:
        theme, frame = self._session.theme, view.frames[place]
        cell = self._cell(place, len(view.frames))
        painter.fillRect(cell, mixed(theme.surface, theme.line, 0.35))
        window = view.window(place)
        picture = self._session.picture(frame)
        painter.save()
        painter.setClipRect(cell)
        if picture is not None:
            paint_crop(painter, cell, picture, window)
        else:
            self._paint_absence(painter, cell, frame)
        if view.has_box[place]:
            colour = theme.track_colour(self._session.track)
            paint_box(painter, placed(rect_of(view.boxes_xywh[place]), window, cell), colour)
        flag = self._session.flag
        if flag is not None and flag.frame == frame and flag.expected_xywh is not None:
            expected = placed(rect_of(flag.expected_xywh), window, cell)
            paint_box(painter, expected, theme.accent, is_expected=True)
        painter.restore()
        self._paint_words(painter, cell, view, place)

    def _paint_absence(self, painter: QPainter, cell: QRectF, frame: int) -> None:
        """Say why a cell has no picture: none at all, unreadable, or on its way."""
        session = self._session
        words = "" if session.frames is None else (session.picture_problem(frame) or "…")
        painter.setPen(session.theme.text_dim)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(cell.adjusted(3, 3, -3, -3), int(flags), words)

    def _paint_words(self, painter: QPainter, cell: QRectF, view: CropView, place: int) -> None:
        theme, frame = self._session.theme, view.frames[place]
        line = self._text_height()
        above = QRectF(cell.left(), 0, cell.width(), line)
        below = QRectF(cell.left(), cell.bottom(), cell.width(), line)
        is_current = frame == self._session.frame
        painter.setFont(font("small", is_bold=is_current))
        painter.setPen(theme.text if is_current else theme.text_dim)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{frame}")
        painter.setFont(font("small"))
        if not view.has_box[place]:
            painter.setPen(theme.danger)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "no box")
        elif self._spec is not None and self._curve is not None:
            value = self._curve.at(frame)
            painter.setPen(theme.warn if self._spec.is_beyond(value) else theme.text_dim)
            words = self._spec.in_words(value)
            if painter.fontMetrics().horizontalAdvance(words) > cell.width():
                # The number matters; the tool tip has the unit.
                words = words.removesuffix(self._spec.unit).rstrip()
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, words)
        if is_current:
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRect(cell.adjusted(1, 1, -1, -1))
        self._paint_flags(painter, cell, frame)

    def _paint_flags(self, painter: QPainter, cell: QRectF, frame: int) -> None:
        theme = self._session.theme
        corner = QRectF(cell.right() - MARK - 3, cell.top() + 3, MARK, MARK)
        for flag in self._flags_at(frame)[:2]:
            colour = glyphs.colour_of(flag.kind, theme)
            glyphs.paint(painter, flag.kind, corner, colour, outline=theme.surface)
            corner.translate(-MARK - 4, 0)

    def _flags_at(self, frame: int) -> list[Flag]:
        return self._flags_in(range(frame, frame + 1))

    def _flags_in(self, frames: range) -> list[Flag]:
        track = self._session.track
        return [f for f in self._session.flags if f.track == track and f.frame in frames]

    # -- keeping up

    def _restart(self, *_values: object) -> None:
        flag = self._session.flag
        self._middle = flag.frame if flag is not None else self._session.frame
        self._refresh()

    def _refresh(self, *_values: object) -> None:
        """Look again once the picture is painted: crops take as long as it does."""
        self._is_stale = True
        self._later.ask()

    def _on_frame(self, frame: int) -> None:
        if not self.isVisible() or self._session.is_playing:
            return
        if frame not in self.frames:
            self._middle = frame
            self._is_stale = True
        self._later.ask()

    def _catch_up(self) -> None:
        """Paint again if anything looks different: most checks leave most objects alone."""
        self._prepare()
        if self._look() != self._drawn:
            self.update()

    def _look(self) -> tuple[object, ...]:
        """Return what the cells are painted from, apart from pictures that arrive."""
        view, session, flag = self._view, self._session, self._session.flag
        if view is None:
            return (session.theme,)
        curve, spec = self._curve, self._spec
        values = tuple(curve.at(frame) for frame in view.frames) if curve is not None else ()
        flags = [
            (one.frame, one.kind)
            for one in self._flags_in(range(view.frames[0], view.frames[-1] + 1))
        ]
        expected = (flag.frame, flag.expected_xywh) if flag is not None else ()
        return (
            (session.theme, session.frames, session.offset, session.track, session.frame),
            (view.frames, view.side_w, view.side_h),
            (view.boxes_xywh.tobytes(), view.has_box.tobytes()),
            (spec.name, spec.limits, str(values)) if spec is not None else (),
            (flags, expected),
        )

    def _on_playing(self, is_playing: bool) -> None:
        if not is_playing:
            self._on_frame(self._session.frame)

    def _on_ready(self, frame: int) -> None:
        self._update_frame(frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many cells as fit."""
        super().resizeEvent(event)
        self._is_stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(event)
        self._restart()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of what is not seen."""
        super().hideEvent(event)
        self._view, self._is_stale = None, True
        self._drawn = ()

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame of a cell."""
        frame = self._frame_under(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and frame is not None:
            self._session.pause()
            self._session.go_to(frame, origin=self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the flags of a cell."""
        frame = self._frame_under(event.position().x())
        if frame is None:
            return
        lines = [f"<b>frame {frame}</b>", *(flag.evidence for flag in self._flags_at(frame))]
        if self._spec is not None and self._curve is not None:
            lines.append(f"{self._spec.title}: {self._spec.in_words(self._curve.at(frame))}")
        QToolTip.showText(event.globalPosition().toPoint(), "<br>".join(lines), self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move the strip by frames."""
        self._wheel += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._wheel / WHEEL_STEP)
        if steps:
            self._wheel -= steps * WHEEL_STEP
            last = max(self._session.frame_count - 1, 0)
            self._middle = min(max(self._middle - steps, 0), last)
            self._refresh()
        event.accept()
