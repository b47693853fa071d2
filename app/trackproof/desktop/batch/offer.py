"""Notices a repair of the flag under review, and offers the flags that look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from trackproof.desktop.editing import EditDesk
from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from trackproof.checks import Flag
    from trackproof.checks.like_cases import Pattern
    from trackproof.desktop.session import Session
    from trackproof.labels import Change
    from trackproof.progress import Progress

ACTION = "review.like_cases"
KEY = "Shift+L"
LINE = "like offer"


class LikeOffer(QObject):
    """Remembers the pattern of the last repair, and which open flags may follow it."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._pattern: Pattern | None = None
        self._is_new = False
        session.labels_changed.connect(self._on_labels)
        session.analysis_changed.connect(self._say)
        session.sequence_changed.connect(self._forget)

    @property
    def pattern(self) -> Pattern | None:
        """What the last repair was like; None before one."""
        return self._pattern

    def candidates(self) -> tuple[Flag, ...]:
        """Return the open flags that may be like the last repair, the likeliest first."""
        from trackproof.checks.like_cases import may_be_like

        session, analysis = self._session, self._session.analysis
        if self._pattern is None or analysis is None:
            return ()
        return may_be_like(analysis, self._pattern, session.open_flags)

    def _on_labels(self, change: Change, origin: object) -> None:
        """Take the pattern of a repair by a person; undo and redo have no origin."""
        from trackproof.checks.like_cases import pattern_of_change

        flag, labels = self._session.flag, self._session.labels
        if origin is None or flag is None or labels is None:
            return
        frames = change.frames
        near = frames[(frames >= flag.frame_start) & (frames <= flag.frame_end)]
        pattern = pattern_of_change(labels, flag, change) if len(near) else None
        if pattern is not None:
            self._pattern, self._is_new = pattern, True

    def _say(self) -> None:
        if not self._is_new or self._session.analysis is None:
            return
        self._is_new = False
        analysis, pattern, waiting = self._session.analysis, self._pattern, self._session.open_flags
        if pattern is None:
            return

        def count(_progress: Progress) -> int:
            from trackproof.checks.like_cases import may_be_like

            return len(may_be_like(analysis, pattern, waiting))

        self._session.tasks.start(
            "Looking for like cases",
            count,
            succeeded=self._take,
            failed=lambda error: self._session.message.emit(
                banner_of_error(error, doing="looking for like cases")
            ),
            line=LINE,
            is_quiet=True,
        )

    def _take(self, found: int) -> None:
        if found:
            places = "1 place looks" if found == 1 else f"{found} places look"
            desk = EditDesk.of(self._session)
            key = desk.key_of(ACTION, KEY)
            desk.said.emit(f"{places} alike." + (f" {key} repairs them together" if key else ""))
        self.changed.emit()

    def _forget(self) -> None:
        self._session.tasks.cancel(LINE)
        self._pattern, self._is_new = None, False
        self.changed.emit()
