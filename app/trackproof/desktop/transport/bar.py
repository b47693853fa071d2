"""Buttons, speed, frame entry and time beside the line of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.icon_button import icon_button
from trackproof.desktop.icons import icon
from trackproof.desktop.panels.keys import back_to_picture
from trackproof.desktop.playback import SPEEDS
from trackproof.desktop.theme import font
from trackproof.desktop.transport.clock import clock_text, speed_text
from trackproof.desktop.transport.scrubber import Scrubber

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackproof.desktop.icons import IconName
    from trackproof.desktop.session import Session


class TransportBar(QWidget):
    """Shows and takes everything about playing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._icons: list[tuple[QToolButton, IconName]] = []
        self.setAccessibleName("Playback")
        self.scrubber = Scrubber(session)
        self.play_button = self._button("play", "Play or pause (Space)", session.toggle_play)
        self.speed_button = self._speed_button()
        self.loop_button = self._button(
            "loop", "Repeat around the flag (L, A/B)", self._toggle_loop
        )
        self.loop_button.setCheckable(True)
        self.entry = self._entry()
        self.total = QLabel()
        self.time = QLabel()
        self.total.setProperty("dim", True)
        self.time.setToolTip("Time of this frame, from the frame rate")
        for label in (self.total, self.time):
            label.setFont(font("body"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(0)
        column.addWidget(self.scrubber)
        column.addLayout(self._row())
        self._listen()
        self._refresh_all()

    def _row(self) -> QHBoxLayout:
        session = self._session
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        row.addWidget(self._button("first", "First frame (Home)", self._go_first))
        row.addWidget(self._button("back", "One frame back (Left or D)", lambda: session.step(-1)))
        row.addWidget(self.play_button)
        row.addWidget(self._button("forward", "One frame on (Right or F)", lambda: session.step(1)))
        row.addWidget(self._button("last", "Last frame (End)", self._go_last))
        row.addSpacing(8)
        row.addWidget(self.speed_button)
        row.addWidget(self.loop_button)
        row.addStretch(1)
        row.addWidget(self.entry)
        row.addWidget(self.total)
        row.addSpacing(16)
        row.addWidget(self.time)
        return row

    def _button(self, name: IconName, tip: str, handler: Callable[[], object]) -> QToolButton:
        button = icon_button(tip, handler)
        self._icons.append((button, name))
        return button

    def _speed_button(self) -> QToolButton:
        button = QToolButton()
        button.setFont(font("body"))
        button.setToolTip("Playback speed (J, K, L shuttle)")
        button.setAccessibleName("Playback speed")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumWidth(52)
        menu = QMenu(button)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = QAction(speed_text(speed), menu)
            action.setCheckable(True)
            action.setData(speed)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(lambda action: self._session.set_speed(action.data()))
        button.setMenu(menu)
        return button

    def _entry(self) -> QLineEdit:
        entry = QLineEdit()
        entry.setValidator(QIntValidator(0, 999_999_999, entry))
        entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        entry.setFont(font("body"))
        entry.setFixedWidth(72)
        entry.setAccessibleName("Frame index")
        entry.setToolTip("Frame index, counting from 0. Type one and press Enter (Ctrl+G).")
        entry.returnPressed.connect(self._enter)
        entry.installEventFilter(self)
        return entry

    def _listen(self) -> None:
        session = self._session
        session.frame_changed.connect(self._show_frame)
        session.sequence_changed.connect(self._refresh_all)
        session.rate_changed.connect(self._refresh_all)
        session.playing_changed.connect(self._show_playing)
        session.playback_changed.connect(self._show_playing)
        session.theme_changed.connect(self._refresh_all)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the entry up with Escape."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is self.entry and is_escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._leave_entry()
                return True
        return super().eventFilter(watched, event)

    def ask_frame(self) -> None:
        """Put the cursor into the frame entry."""
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entry.selectAll()

    def _enter(self) -> None:
        text = self.entry.text()
        if text:
            self._session.pause()
            self._session.go_to(int(text), origin=self)
        self._leave_entry()

    def _leave_entry(self) -> None:
        back_to_picture(self.entry)
        self._show_frame(self._session.frame)

    def _go_first(self) -> None:
        self._session.step(-self._session.frame)

    def _go_last(self) -> None:
        self._session.step(self._session.frame_count)

    def _toggle_loop(self) -> None:
        if self._session.loop is not None:
            self._session.clear_loop()
        else:
            self._session.loop_around()
        self._show_playing()

    def _refresh_all(self, *_: object) -> None:
        last = max(self._session.frame_count - 1, 0)
        self.total.setText(f"/ {last}")
        self.setEnabled(self._session.frame_count > 0)
        self._show_frame(self._session.frame)
        for button, name in self._icons:
            button.setIcon(icon(name, self._session.theme))
        self._show_playing()

    def _show_frame(self, frame: int) -> None:
        if not self.entry.hasFocus():
            self.entry.setText(str(frame))
        self.time.setText(clock_text(frame, self._session.rate_fps))

    def _show_playing(self, *_: object) -> None:
        session = self._session
        self.play_button.setIcon(icon("pause" if session.is_playing else "play", session.theme))
        direction = session.player.direction if session.is_playing else 1
        self.speed_button.setText(speed_text(session.speed, direction))
        self.loop_button.setChecked(session.loop is not None)
        for action in self.speed_button.menu().actions():
            action.setChecked(action.data() == session.speed)
