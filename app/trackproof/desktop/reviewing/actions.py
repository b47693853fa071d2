"""Save the review elsewhere, export the audit trail, say who reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.reviewing.asking import ReviewFiles
from trackproof.desktop.reviewing.keeper import ReviewKeeper
from trackproof.desktop.reviewing.leaving import LeaveGuard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def review_file_actions(session: Session, window: QWidget) -> list[Action]:
    """Return what is done with the review as a file; dialogs belong to the window."""
    files = ReviewFiles(session, window)
    ReviewKeeper(session, save_as=files.ask_place)
    LeaveGuard(session, window, save_as=files.ask_place)

    def has_review() -> bool:
        return session.book.review is not None

    return [
        Action(
            "file.save_review",
            "Save the review as …",
            "File/export",
            files.ask_place,
            ("Ctrl+Shift+S",),
            is_enabled=has_review,
            tip="Verdicts and edits are saved all the time; this moves them to another file",
        ),
        Action(
            "file.export_audit",
            "Export the audit trail …",
            "File/export",
            files.ask_audit,
            is_enabled=has_review,
            tip="Who did what and when, with before and after, as CSV or JSON Lines",
        ),
        Action(
            "file.reviewer",
            "Reviewer …",
            "File/leave",
            files.ask_reviewer,
            tip="The name that stands beside your verdicts and edits",
        ),
    ]
