"""Frames run around the flag under review: motion shows what a still picture hides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from trackproof.desktop.canvas import Canvas
    from trackproof.desktop.session import Session

SETTING = "review/plays_flags"
REST_MS = 450
"""A flag that is judged at a glance is gone before anything moves."""
CONTEXTS_S = (0.25, 0.5, 1.0, 2.0, 4.0)


class FlagLoop(QObject):
    """Repeats the second around a flag once somebody looks at it for a moment."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._play)
        self._frame = -1
        self._is_ours = False
        session.flag_changed.connect(self._on_flag)
        session.track_changed.connect(self._rest.stop)
        session.sequence_changed.connect(self._rest.stop)

    @property
    def is_on(self) -> bool:
        """Whether flags play by themselves."""
        return self._session.settings.flag(SETTING, default=True)

    def turn(self, *, is_on: bool) -> None:
        """Play flags by themselves, or leave them still."""
        self._session.settings.set_flag(SETTING, value=is_on)
        if not is_on:
            self._end()

    def change_context(self, direction: int) -> None:
        """Repeat more or less around the flag."""
        settings = self._session.settings
        now_s = settings.loop_context_s
        near = min(range(len(CONTEXTS_S)), key=lambda i: abs(CONTEXTS_S[i] - now_s))
        place = min(max(near + direction, 0), len(CONTEXTS_S) - 1)
        settings.loop_context_s = CONTEXTS_S[place]
        if self._session.loop is not None:
            self._session.loop_around()

    def _on_flag(self, flag: object) -> None:
        self._end()
        if flag is not None and self.is_on and self._session.frames is not None:
            self._frame = self._session.frame
            self._rest.start()

    def _end(self) -> None:
        self._rest.stop()
        if self._is_ours:
            self._is_ours = False
            self._session.clear_loop()

    def _play(self) -> None:
        """Begin, unless the person went elsewhere or plays already."""
        session = self._session
        if session.flag is None or session.is_playing or session.frame != self._frame:
            return
        session.loop_around()
        self._is_ours = True
        session.play()


def flag_loop_actions(session: Session, canvas: Canvas) -> list[Action]:
    """Return playing around flags and along objects as actions."""
    loop = FlagLoop(session)

    def play_object() -> None:
        """Follow the selected object alone from its first to its last frame; again ends it."""
        labels = session.labels
        block = labels.table.block(session.track) if labels is not None else None
        if block is None:
            return
        options = canvas.options
        if options.isolated_track == session.track and options.follows_track:
            session.pause()
            session.clear_loop()
            canvas.set_options(replace(options, isolated_track=-1, follows_track=False))
            return
        canvas.set_options(replace(options, isolated_track=session.track, follows_track=True))
        session.player.set_loop((int(block.frame[0]), int(block.frame[-1])))
        if not block.frame[0] <= session.frame <= block.frame[-1]:
            session.go_to(int(block.frame[0]))
        session.play()

    return [
        Action(
            "playback.flags",
            "Play around every flag",
            "Playback/loop",
            lambda state: loop.turn(is_on=state),
            is_checked=lambda: loop.is_on,
            tip="Frames run around a flag when you look at it for a moment",
        ),
        Action(
            "playback.more_context",
            "Repeat more around the flag",
            "Playback/loop",
            lambda: loop.change_context(1),
            ("}",),
        ),
        Action(
            "playback.less_context",
            "Repeat less around the flag",
            "Playback/loop",
            lambda: loop.change_context(-1),
            ("{",),
        ),
        Action(
            "playback.object",
            "Play this object only",
            "Playback/object",
            play_object,
            ("Ctrl+Space",),
            is_enabled=lambda: session.track >= 0,
            tip="The picture follows the object at this zoom, over its frames; again ends it",
        ),
    ]
