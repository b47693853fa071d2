"""The widget that shows one frame: its picture and its overlay, never of two frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from trackproof.desktop.canvas.flagged import FlaggedFrames
from trackproof.desktop.canvas.hit import hit
from trackproof.desktop.canvas.marks import Marks, gather
from trackproof.desktop.canvas.options import OverlayOptions
from trackproof.desktop.canvas.scene import Scene, Setting
from trackproof.desktop.canvas.tags import draw_names
from trackproof.desktop.canvas.view import View, around, fitted
from trackproof.desktop.canvas.words import paint_words

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from trackproof.desktop.canvas.tool import CanvasTool
    from trackproof.desktop.session import Session
    from trackproof.frames import Picture

WHEEL_FACTOR = 1.2
REACH = 4.0
"""Widget pixels around a box that still count as the box."""
EMPTY_PLANE = QSizeF(1280.0, 720.0)


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """What is on screen: one frame with its picture, or with the reason why there is none."""

    frame: int
    picture: Picture | None = None
    problem: str = ""
    is_exact: bool = True


class Canvas(QWidget):
    """Paints the current frame of a session and takes the mouse on it."""

    view_changed = Signal()
    pixel_changed = Signal(object)
    options_changed = Signal()
    painted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._options = OverlayOptions()
        self._view = View()
        self._token = Token(-1)
        self._source = session.frames
        self._gathered: Marks | None = None
        self._last: Marks | None = None
        self._flagged = FlaggedFrames(session)
        self._flags_drawn: tuple[object, ...] = ()
        self._scene = Scene()
        self._pan_from: QPointF | None = None
        self._is_space_down = False
        self._has_panned = False
        self._tool: CanvasTool | None = None
        self.setObjectName("canvas")
        self.setAccessibleName("Picture with labels")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._listen()
        if session.sequence is not None:
            self._show_frame(session.frame)

    def _listen(self) -> None:
        session = self._session
        session.sequence_changed.connect(self._on_sequence)
        session.frames_changed.connect(self._on_frames)
        session.frame_changed.connect(self._show_frame)
        session.frame_ready.connect(self._on_frame_ready)
        session.flag_changed.connect(self._on_flag)
        for signal in (session.track_changed, session.verdict_changed, session.labels_changed):
            signal.connect(self._regather)
        session.analysis_changed.connect(self._on_checked)
        session.theme_changed.connect(self._regather)
        session.playing_changed.connect(self._on_playing)

    # -- what others ask

    @property
    def options(self) -> OverlayOptions:
        """What is drawn over the picture."""
        return self._options

    @property
    def view(self) -> View:
        """Scale and place of the picture."""
        return self._view

    @property
    def token(self) -> Token:
        """What is on screen."""
        return self._token

    @property
    def marks(self) -> Marks:
        """The overlay on screen; always of the token's frame."""
        return self._marks

    def set_tool(self, tool: CanvasTool) -> None:
        """Let a tool take the left button."""
        self._tool = tool
        self.update()

    def set_options(self, options: OverlayOptions) -> None:
        """Draw other things over the picture."""
        if options == self._options:
            return
        self._options = options
        self._regather()
        self._follow()
        self.options_changed.emit()

    def fit(self) -> None:
        """Show the whole picture."""
        self._set_view(fitted(self.plane(), QSizeF(self.size())))

    def show_actual_size(self) -> None:
        """Show one picture pixel as one widget pixel, around the middle."""
        self.zoom(1.0 / self._view.scale)

    def zoom(self, factor: float, *, at: QPointF | None = None) -> None:
        """Zoom around a widget position; the middle when none is given."""
        self._set_view(self._view.zoomed(factor, at=at or QPointF(self.rect().center())))

    def zoom_to(self, rect: QRectF) -> None:
        """Bring a rectangle of picture pixels near; one that fills the picture shows all of it."""
        room = QSizeF(self.size())
        whole, near = fitted(self.plane(), room), around(rect, room)
        is_wide = near.scale <= whole.scale
        self._set_view(whole if is_wide else near.kept_on(self.plane(), room))

    def plane(self) -> QSizeF:
        """Return the size of the picture, or of the plane on which labels are drawn without one."""
        session = self._session
        if self._token.picture is not None:
            height, width = self._token.picture.shape[:2]
            return QSizeF(width, height)
        if session.frames is not None:
            return QSizeF(*session.frames.size)
        sequence = session.sequence
        if sequence is None:
            return EMPTY_PLANE
        if sequence.width and sequence.height:
            return QSizeF(sequence.width, sequence.height)
        return self._flagged.extent(EMPTY_PLANE)

    # -- what the session tells

    def _on_sequence(self) -> None:
        self._source = self._session.frames
        self._token = Token(-1)
        self._show_frame(self._session.frame)
        self.fit()

    def _on_frames(self) -> None:
        if self._session.frames is self._source:
            return
        self._source = self._session.frames
        self._token = Token(-1)
        self._show_frame(self._session.frame)
        if self._view.is_fitted:
            self.fit()

    def _on_frame_ready(self, frame: int) -> None:
        wanted = self._session.frame
        if frame == wanted or (not self._token.is_exact and self._is_nearer(frame)):
            had_picture = self._token.picture is not None
            self._show_frame(wanted)
            if self._view.is_fitted and not had_picture:
                self.fit()

    def _is_nearer(self, frame: int) -> bool:
        wanted = self._session.frame
        return abs(frame - wanted) < abs(self._token.frame - wanted)

    def _on_playing(self, is_playing: bool) -> None:
        self._session.player.waits_for_paint = is_playing and self.isVisible()
        self.update()

    def _on_flag(self, _flag: object) -> None:
        self._regather()
        flag = self._session.flag
        if flag is None or not self._options.zooms_to_flag:
            return
        rects = [mark.rect for mark in self._marks.marks if mark.track == flag.track]
        rects += [ghost.rect for ghost in self._marks.ghosts]
        if rects:
            united = rects[0]
            for rect in rects[1:]:
                united = united.united(rect)
            self.zoom_to(united)

    def _show_frame(self, frame: int) -> None:
        self._token = self._find(frame)
        self._follow()
        self._regather()

    def _find(self, frame: int) -> Token:
        """Return the frame if it can be shown, else the nearest whose picture is in memory."""
        session = self._session
        if session.frames is None:
            return Token(frame)
        picture = session.picture(frame)
        if picture is not None:
            return Token(frame, picture)
        problem = session.picture_problem(frame)
        if problem is not None:
            return Token(frame, problem=problem)
        near = session.pictures.nearest(frame)
        if near is not None:
            picture = session.picture(near)
            if picture is not None:
                return Token(near, picture, is_exact=False)
        return Token(frame, is_exact=False)

    def _on_checked(self) -> None:
        """Gather again if the checks say something else of this frame, which is rare."""
        if self._flags_drawn != self._flags_here():
            self._regather()

    def _flags_here(self) -> tuple[object, ...]:
        """Return what is drawn because of flags."""
        flag, flagged = self._session.flag, self._flagged.at(self._token.frame)
        review = (flag.key, flag.track, flag.expected_xywh) if flag is not None else ()
        return ({track: (one.key, one.kind) for track, one in flagged.items()}, review)

    def _regather(self, *_: object) -> None:
        # one key may tell of labels, verdict, flag and frame: marks are gathered once, when shown
        self._gathered = None
        self.update()

    @property
    def _marks(self) -> Marks:
        """The marks of the frame on screen."""
        if self._gathered is None:
            self._gathered = self._last = self._gather()
        return self._gathered

    def _gather(self) -> Marks:
        labels = self._session.labels
        if labels is None or self._token.frame < 0:
            return Marks()
        self._flags_drawn = self._flags_here()
        return gather(
            labels,
            self._token.frame,
            options=self._options,
            theme=self._session.theme,
            track=self._session.track,
            flag=self._session.flag,
            flags=self._flagged.at(self._token.frame),
            before=self._last,
        )

    def _follow(self) -> None:
        if not self._options.follows_track:
            return
        centre = self._flagged.smooth_centre(self._session.track, self._token.frame)
        if centre is not None:
            room = QSizeF(self.size())
            self._set_view(self._view.centred(centre, widget=room).kept_on(self.plane(), room))

    def _set_view(self, view: View) -> None:
        self._view = view
        self.view_changed.emit()
        self.update()

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the token: picture, overlay, and what there is to say."""
        tool, setting = self._tool, self._setting()
        marks = self._marks if tool is None else tool.shown(self._marks)
        lifted = None if tool is None else tool.lifted(self._marks)
        painter = QPainter(self)
        self._scene.paint(painter, marks, setting, lifted=lifted)
        if tool is not None and not self._is_held_off(tool):
            tool.paint(painter, marks if lifted is None else lifted)
        paint_words(painter, self._words(), rect=QRectF(self.rect()), theme=self._session.theme)
        painter.end()
        self._session.player.painted()
        self.painted.emit(self._token.frame)

    def get_ready(self) -> bool:
        """Draw some names that the next painting needs; return whether all are drawn now."""
        has_names = self._options.has_names
        return not has_names or draw_names(self._marks.marks, ratio=self.devicePixelRatioF())

    def _setting(self) -> Setting:
        return Setting(
            picture=self._token.picture,
            plane=QRectF(QPointF(), self.plane()) if self._token.frame >= 0 else QRectF(),
            view=self._view,
            size=self.size(),
            ratio=self.devicePixelRatioF(),
            options=self._options,
            theme=self._session.theme,
        )

    def _words(self) -> tuple[str, str]:
        """Return title and text of what has to be said about the frame on screen."""
        token, wanted = self._token, self._session.frame
        if token.problem:
            return f"Frame {token.frame} cannot be shown", token.problem
        if token.is_exact:
            return "", self._tool.hint if self._tool is not None else ""
        if token.picture is not None:
            return "", f"Loading frame {wanted}; frame {token.frame} is shown"
        return "", f"Loading frame {wanted} …"

    # -- mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        steps = event.angleDelta().y() / 120.0
        if steps:
            self.zoom(WHEEL_FACTOR**steps, at=event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to pan, or select what is under the cursor."""
        is_pan = event.button() == Qt.MouseButton.MiddleButton
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_pan or (is_left and self._is_space_down):
            self._pan_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif is_left and not self._is_taken(event):
            self.click(event.position())

    def _is_taken(self, event: QMouseEvent) -> bool:
        tool = self._tool
        if tool is None or self._is_held_off(tool):
            return False
        return tool.press(event.position(), event.modifiers())

    def _is_held_off(self, tool: CanvasTool) -> bool:
        """Whether the selected object is locked, so that the mouse must not change it."""
        return not tool.is_busy and any(
            mark.is_locked and mark.is_selected for mark in self._marks.marks
        )

    def click(self, at: QPointF) -> None:
        """Select what is at a widget position."""
        row = self._row_at(at, passes_locked=True)
        mark = None if row is None else self._marks.marks[row]
        self._session.select_track(-1 if mark is None else mark.track)
        if self._tool is not None:
            self._tool.picked(mark)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, and tell the pixel under the cursor."""
        if self._pan_from is not None:
            self._has_panned = True
            self._set_view(self._view.moved(event.position() - self._pan_from))
            self._pan_from = event.position()
        elif self._tool is not None and not self._is_space_down:
            if self._is_held_off(self._tool):
                self.setCursor(Qt.CursorShape.ArrowCursor)
            else:
                self.setCursor(self._tool.move(event.position()))
        self.pixel_changed.emit(self._pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End to pan, or what the tool began."""
        if self._pan_from is not None:
            self._pan_from = None
            self.setCursor(
                Qt.CursorShape.OpenHandCursor if self._is_space_down else Qt.CursorShape.ArrowCursor
            )
        elif self._tool is not None and event.button() == Qt.MouseButton.LeftButton:
            self._tool.release(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Bring the object under the cursor near; beside all objects, show the whole picture."""
        if self._tool is not None and self._tool.double_click(event.position()):
            return
        track = self._track_at(event.position(), is_walking=False)
        rects = [mark.rect for mark in self._marks.marks if mark.track == track]
        if rects:
            self.zoom_to(rects[0])
        else:
            self.fit()

    def leaveEvent(self, _event: QEvent) -> None:
        """Forget the cursor."""
        self.pixel_changed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Space: alone it plays, with the mouse it pans; Escape while a tool is busy."""
        if self._tool is not None and not event.modifiers() and self._tool.takes(event.key()):
            self._tool.key(event.key())
        elif event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._is_space_down, self._has_panned = True, False
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Play or pause when Space was not used to pan."""
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self._is_space_down:
            self._is_space_down = False
            self.unsetCursor()
            if not self._has_panned:
                self._session.toggle_play()

    def event(self, event: QEvent) -> bool:
        """Claim Space before the window's shortcut gets it, and answer tool tips."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_for_tool = self._tool is not None and self._tool.takes(event.key())
            is_taken = is_for_tool or event.key() == Qt.Key.Key_Space
            if is_taken and not event.modifiers():
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell_about(event)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted, and anything else where it was."""
        super().resizeEvent(event)
        if self._view.is_fitted:
            self.fit()

    def _track_at(self, point: QPointF, *, is_walking: bool = True) -> int:
        row = self._row_at(point, is_walking=is_walking)
        return -1 if row is None else self._marks.marks[row].track

    def _row_at(
        self, point: QPointF, *, is_walking: bool = True, passes_locked: bool = False
    ) -> int | None:
        """Return the place among the marks of what a click means."""
        at = self._view.to_picture(point)
        marks = self._marks if self._tool is None else self._tool.shown(self._marks)
        chosen = [place for place, mark in enumerate(marks.marks) if mark.is_selected]
        boxes = self._marks.boxes_xywh
        if passes_locked and any(mark.is_locked for mark in self._marks.marks):
            is_locked = np.array([mark.is_locked for mark in self._marks.marks])
            boxes = np.where(is_locked[:, None], np.nan, boxes)
        return hit(
            boxes,
            x=at.x(),
            y=at.y(),
            reach=REACH / self._view.scale,
            preferred=chosen[0] if is_walking and chosen else -1,
        )

    def _pixel_at(self, point: QPointF) -> QPoint | None:
        at = self._view.to_picture(point)
        is_inside = QRectF(QPointF(), self.plane()).contains(at)
        return QPoint(int(at.x()), int(at.y())) if is_inside else None

    def _tell_about(self, event: QHelpEvent) -> None:
        track = self._track_at(QPointF(event.pos()), is_walking=False)
        text = self._flagged.describe(track, self._token.frame)
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()
