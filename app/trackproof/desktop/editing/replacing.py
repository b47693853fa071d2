"""A box that is there is never replaced unasked: it stays, and one key replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from trackproof.desktop.editing.desk import EditDesk
    from trackproof.labels.edits import Edit

ACTION = "edit.replace"
KEY = "Alt+P"


class Replacement(QObject):
    """The edit that would replace what stayed, for as long as its frame is on screen."""

    def __init__(self, desk: EditDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._edit: Edit | None = None
        session = desk.session
        for signal in (session.frame_changed, session.labels_changed, session.track_changed):
            signal.connect(self._withdraw)
        session.sequence_changed.connect(self._withdraw)

    @classmethod
    def of(cls, desk: EditDesk) -> Replacement:
        """Return the one replacement of a desk, made on first use."""
        found = desk.findChild(cls)
        return found if isinstance(found, cls) else cls(desk)

    @property
    def is_offered(self) -> bool:
        """Whether there is something to replace."""
        return self._edit is not None

    def offer(self, edit: Edit, words: str) -> None:
        """Say that a box stays, and keep the edit that would replace it."""
        self._edit = edit
        self._desk.chosen.emit()
        key = self._desk.key_of(ACTION, KEY)
        self._desk.said.emit(
            f"{words}; it stays as it is." + (f" {key} replaces it" if key else "")
        )

    def take(self) -> None:
        """Make the edit that was offered."""
        edit, labels = self._edit, self._desk.session.labels
        if edit is not None and labels is not None:
            self._desk.do(edit, saying=f"Replaced: {edit.describe(labels)}")

    def _withdraw(self, *_: object) -> None:
        self._edit = None
