"""All sequences of what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action
from trackproof.desktop.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def _make(session: Session) -> QWidget:
    from trackproof.desktop.panels.sequences.panel import SequencesPanel

    return SequencesPanel(session)


def _actions(session: Session) -> list[Action]:
    from trackproof.desktop.panels.sequences.board import SequenceBoard

    board = SequenceBoard.of(session)

    def open_next() -> None:
        index = board.next_unfinished()
        if index is not None:
            session.open_sequence(index)

    return [
        Action(
            "review.next_sequence",
            "Next unfinished sequence",
            "Review/sequence",
            open_next,
            ("Ctrl+.",),
            is_enabled=lambda: board.next_unfinished() is not None,
        ),
        Action(
            "review.check_all",
            "Check the other sequences in the background",
            "Review/sequence",
            lambda state: board.set_checks_all(checks_all=state),
            is_checked=lambda: board.checks_all,
        ),
    ]


PANEL = Panel(
    name="sequences",
    title="Sequences",
    area=Qt.DockWidgetArea.LeftDockWidgetArea,
    order=10,
    make=_make,
    loads=("trackproof.desktop.panels.sequences.panel",),
    row_stretch=1,
    actions=_actions,
)
