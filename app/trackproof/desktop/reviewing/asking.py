"""Dialogs about the review file, and the work behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog

from trackproof.desktop.notices import banner_of_error

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session
    from trackproof.progress import Progress

CSV, JSON_LINES = "Table (*.csv)", "JSON Lines (*.jsonl)"
LINE = "review file"


class ReviewFiles:
    """Asks where to, and moves or exports the review in the background."""

    def __init__(self, session: Session, window: QWidget) -> None:
        self._session = session
        self._window = window

    def ask_place(self) -> None:
        """Ask for another file for the review."""
        review = self._session.book.review
        if review is None:
            return
        proposed = review.opened_path.with_suffix(".trackproof")
        dialog = self._saving("Save the review as", proposed, ["Review (*.trackproof)"])
        dialog.setDefaultSuffix("trackproof")
        dialog.fileSelected.connect(self.save_review)
        dialog.open()

    def save_review(self, path: str) -> None:
        """Move the review to a file; it goes on there."""
        session = self._session
        review = session.book.review
        if review is None:
            return

        def copy(_progress: Progress) -> None:
            review.copied_to(Path(path), overwrite=True)

        def go_on(_copied: object = None) -> None:
            if review is not session.book.review:
                # Other labels were opened meanwhile, and it went on there before it was closed.
                return
            # Steps go there already, even where a person cancelled once it was copied.
            if review.go_on() is not None:
                session.book.saved_elsewhere()
                session.saved_changed.emit()
                session.say(f"The review is in {path} now, and everything you do is saved there.")

        session.tasks.start(
            f"Saving {Path(path).name}",
            copy,
            succeeded=go_on,
            failed=lambda error: session.message.emit(
                banner_of_error(error, doing="saving the review")
            ),
            cancelled=go_on,
        )

    def ask_audit(self) -> None:
        """Ask for a file for the audit trail."""
        review = self._session.book.review
        if review is None:
            return
        proposed = review.opened_path.with_name(f"{review.opened_path.stem}-audit.csv")
        dialog = self._saving("Export the audit trail", proposed, [CSV, JSON_LINES])
        dialog.fileSelected.connect(self.save_audit)
        dialog.open()

    def save_audit(self, path: str) -> None:
        """Write the audit trail: JSON Lines to a file that says so, else CSV."""
        session = self._session
        review = session.book.review
        if review is None:
            return

        def write(_progress: Progress) -> None:
            from trackproof.review import audit_format, write_audit

            write_audit(review, Path(path), kind=audit_format(Path(path)), overwrite=True)

        session.tasks.start(
            "Exporting the audit trail",
            write,
            succeeded=lambda _: session.say(f"The audit trail is in {path}."),
            failed=lambda error: session.message.emit(
                banner_of_error(error, doing="exporting the audit trail")
            ),
            line=LINE,
        )

    def ask_reviewer(self) -> None:
        """Ask who reviews."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Reviewer")
        dialog.setLabelText("Name beside your verdicts and edits:")
        dialog.setTextValue(self._session.settings.reviewer)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.take_reviewer)
        dialog.open()

    def take_reviewer(self, name: str) -> None:
        """Sign what is done from now on with another name; empty for the login name."""
        settings = self._session.settings
        settings.reviewer = name.strip()
        review = self._session.book.review
        if review is not None:
            review.reviewer = settings.reviewer

    def _saving(self, title: str, proposed: Path, kinds: list[str]) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(kinds)
        if proposed.parent.is_dir():
            dialog.setDirectory(str(proposed.parent))
        dialog.selectFile(proposed.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
