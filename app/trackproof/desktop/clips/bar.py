"""Under the picture: the line of frames, the buttons, the speed and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.icon_button import icon_button
from trackproof.desktop.icons import icon
from trackproof.desktop.playback import SPEEDS
from trackproof.desktop.theme import font
from trackproof.desktop.transport.clock import clock_text, speed_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from trackproof.desktop.clips.session import ClipSession
    from trackproof.desktop.icons import IconName

LINE_HEIGHT = 20
GROOVE = 4.0
HANDLE = QSize(4, 16)
MARGIN = 10.0


class ClipBar(QWidget):
    """Shows and takes everything about playing."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._player = session.player
        self._icons: list[tuple[QToolButton, IconName]] = []
        self.setAccessibleName("Playback")
        self.line = FrameLine(session)
        self.frame = QLabel()
        self.time = QLabel()
        for label, what in ((self.frame, "Frame index"), (self.time, "Time in the clip")):
            label.setFont(font("body"))
            label.setToolTip(what)
            label.setAccessibleName(what)
        self.frame.setProperty("dim", True)
        self.speed = QComboBox()
        self.speed.setFont(font("body"))
        for speed in SPEEDS:
            self.speed.addItem(speed_text(speed), speed)
        self.speed.setToolTip("Playback rate (Ctrl+Up, Ctrl+Down)")
        self.speed.setAccessibleName("Playback rate")
        self.speed.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.activated.connect(self._take_speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addLayout(self._row())
        for signal in (
            self._player.opened,
            self._player.frame_changed,
            self._player.playing_changed,
            session.theme_changed,
        ):
            signal.connect(self._show)
        self._show()

    def _row(self) -> QHBoxLayout:
        player = self._player
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(
            self._button("first", "First frame (Home)", lambda: player.step(-player.frame))
        )
        row.addWidget(self._button("back", "One frame back (Left)", lambda: player.step(-1)))
        self.play = self._button("play", "Play or pause (Space)", player.toggle)
        row.addWidget(self.play)
        row.addWidget(self._button("forward", "One frame on (Right)", lambda: player.step(1)))
        row.addWidget(self._button("last", "Last frame (End)", lambda: player.step(player.count)))
        row.addSpacing(8)
        row.addWidget(self.speed)
        self.loop = self._button("loop", "Begin again at the end (Ctrl+L)", self._toggle_loop)
        self.loop.setCheckable(True)
        row.addWidget(self.loop)
        row.addStretch(1)
        row.addWidget(self.frame)
        row.addSpacing(16)
        row.addWidget(self.time)
        return row

    def _button(self, name: IconName, tip: str, handler: Callable[[], object]) -> QToolButton:
        button = icon_button(tip, handler)
        self._icons.append((button, name))
        return button

    def _toggle_loop(self) -> None:
        self._player.set_repeats(is_on=not self._player.repeats)

    def _take_speed(self, place: int) -> None:
        self._player.clock.set_speed(self.speed.itemData(place))

    def _show(self, *_: object) -> None:
        player, theme = self._player, self._session.theme
        for button, name in self._icons:
            shown = "pause" if button is self.play and player.is_playing else name
            button.setIcon(icon(shown, theme))
        self.setEnabled(player.is_open)
        self.loop.setChecked(player.repeats)
        self.speed.setCurrentIndex(self.speed.findData(player.clock.speed))
        last = max(player.count - 1, 0)
        self.frame.setText(f"{player.frame} / {last}")
        whole = clock_text(player.count, player.rate_fps)
        self.time.setText(f"{clock_text(player.frame, player.rate_fps)} / {whole}")


class FrameLine(QWidget):
    """A groove with the playhead; the mouse moves it."""

    def __init__(self, session: ClipSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("Frames of the clip")
        self.setToolTip("Drag to move through the clip")
        self.setFixedHeight(LINE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        player = session.player
        for signal in (player.opened, player.frame_changed, session.theme_changed):
            signal.connect(self._repaint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the cursor."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._session.player.clock.pause()
            self._session.player.go_to(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the cursor while the button is down."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._session.player.go_to(self.frame_at(event.position().x()))

    def frame_at(self, x: float) -> int:
        """Return the frame index at a widget position."""
        share = (x - MARGIN) / max(self.width() - 2 * MARGIN, 1.0)
        return round(min(max(share, 0.0), 1.0) * max(self._session.player.count - 1, 0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint groove, passed part and playhead."""
        player, theme = self._session.player, self._session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, room = self.height() / 2, self.width() - 2 * MARGIN
        groove = QRectF(MARGIN, middle - GROOVE / 2, room, GROOVE)
        painter.setBrush(theme.line)
        painter.drawRoundedRect(groove, 2.0, 2.0)
        if player.count < 1:
            return
        x = MARGIN + room * player.frame / max(player.count - 1, 1)
        groove.setRight(x)
        painter.setBrush(theme.accent)
        painter.drawRoundedRect(groove, 2.0, 2.0)
        painter.setBrush(theme.text)
        top = middle - HANDLE.height() / 2
        painter.drawRoundedRect(
            QRectF(x - HANDLE.width() / 2, top, HANDLE.width(), HANDLE.height()), 2.0, 2.0
        )

    def _repaint(self, *_: object) -> None:
        self.update()
