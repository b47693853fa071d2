"""A copy of a video that can be sought at once, made in the background while nobody plays."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from trackproof.desktop.actions import Action
from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.errors import Severity

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task
    from trackproof.frames import Proxy, VideoSource
    from trackproof.progress import Progress

LINE = "proxy"
SETTING = "frames/proxy"
LEAST_FRAMES = 240
"""Shorter videos fit into memory and the ring of decoded pictures."""
LOOK_S = 0.2


class _Courteous:
    """Progress that waits while frames play: both cores belong to the picture then."""

    def __init__(self, progress: Progress, is_free: threading.Event) -> None:
        self._progress = progress
        self._is_free = is_free

    def step(self, done: int, total: int) -> None:
        """Pass a step on once there is time for it; raises `Cancelled` like the one below."""
        self._progress.step(done, total)
        while not self._is_free.wait(LOOK_S):
            self._progress.step(done, total)


class Proxying(QObject):
    """Gives the video of the current sequence its copy, in the user's cache."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._is_free = threading.Event()
        self._is_free.set()
        session.frames_changed.connect(self._on_frames)
        session.playing_changed.connect(self._on_playing)
        self._of: object = None
        self._newest: Task | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether copies are made at all."""
        return self._session.settings.flag(SETTING, default=True)

    def want(self, *, is_wanted: bool) -> None:
        """Make copies from now on, or stop making them; those that exist stay."""
        self._session.settings.set_flag(SETTING, value=is_wanted)
        self._of = None
        if is_wanted:
            self._on_frames()
        else:
            self._session.tasks.cancel(LINE)

    def _on_playing(self, is_playing: bool) -> None:
        if is_playing:
            self._is_free.clear()
        else:
            self._is_free.set()

    def _on_frames(self) -> None:
        aligned = self._session.pictures.source
        source = aligned.source if aligned is not None else None
        if source is self._of:
            return
        self._of = source
        self._session.tasks.cancel(LINE)
        if source is not None and self.is_wanted and len(source) >= LEAST_FRAMES:
            from trackproof.frames import VideoSource

            if isinstance(source, VideoSource):
                self._start(source)

    def _start(self, source: VideoSource) -> None:
        is_free = self._is_free

        def build(progress: Progress) -> Proxy:
            from trackproof.frames import build_proxy

            return build_proxy(source.path, progress=_Courteous(progress, is_free))

        def take(proxy: Proxy) -> None:
            if source is self._of:
                source.use_proxy(proxy)

        task = self._session.tasks.start(
            f"Making {source.path.name} quick to seek",
            build,
            succeeded=take,
            failed=self._fail,
            cancelled=lambda: self._on_cancelled(source, task),
            line=LINE,
        )
        self._newest = task

    def _fail(self, error: BaseException) -> None:
        banner = banner_of_error(error, doing="making the video quick to seek")
        self._session.message.emit(banner)

    def _on_cancelled(self, source: object, task: Task) -> None:
        """Say how to have it again, when a person stopped it rather than another video."""
        if source is self._of and task is self._newest and self.is_wanted:
            text = "Far jumps in this video stay slow: its copy was not made."
            again = ("Make it now", lambda: self.want(is_wanted=True))
            never = ("Never make copies", lambda: self.want(is_wanted=False))
            self._session.message.emit(
                Banner(text, severity=Severity.NOTE, choices=(again, never), topic=LINE)
            )


def proxy_actions(session: Session) -> list[Action]:
    """Return the choice whether copies are made; the copying itself begins to listen here."""
    proxying = Proxying(session)
    return [
        Action(
            "file.proxy",
            "Make long videos quick to seek",
            "File/frames",
            lambda state: proxying.want(is_wanted=state),
            is_checked=lambda: proxying.is_wanted,
            tip="Keep a copy of each video in the cache in which every picture stands alone",
        )
    ]
