"""What can be done with a second label set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog

from trackproof.desktop.actions import Action
from trackproof.desktop.opening.flow import LABEL_FILES
from trackproof.desktop.panels.agreement.second_set import SecondSet

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

DOCK = "dock.agreement"


def agreement_actions(session: Session) -> list[Action]:
    """Return the choice of the second set and its overlay as actions."""
    second = SecondSet.of(session)

    def has_sequence() -> bool:
        return session.sequence is not None

    return [
        Action(
            "agreement.open",
            "Compare with other labels …",
            "Tools/agreement",
            lambda: ask_labels(second, is_folder=False),
            is_enabled=has_sequence,
            tip="Measure how far another annotator, a tracker or an older file agrees",
        ),
        Action(
            "agreement.open_folder",
            "Compare with a folder of labels …",
            "Tools/agreement",
            lambda: ask_labels(second, is_folder=True),
            is_enabled=has_sequence,
        ),
        Action(
            "agreement.as_read",
            "Compare with the labels as read",
            "Tools/agreement",
            lambda: _take_as_read(second),
            is_enabled=has_sequence,
            tip="Measure what the edits of this review changed",
        ),
        Action(
            "agreement.forget",
            "Stop comparing",
            "Tools/agreement",
            second.forget,
            is_enabled=has_sequence,
        ),
        Action(
            "agreement.overlay",
            "Draw the other labels over the picture",
            "Tools/agreement",
            lambda state: second.show_overlay(is_shown=state),
            is_enabled=has_sequence,
            is_checked=lambda: second.is_overlaid,
        ),
    ]


def ask_labels(second: SecondSet, *, is_folder: bool) -> None:
    """Ask for the labels to compare with, and show the panel."""
    window = QApplication.activeWindow()
    dialog = QFileDialog(window, "Labels to compare with")
    mode = QFileDialog.FileMode
    dialog.setFileMode(mode.Directory if is_folder else mode.ExistingFile)
    if not is_folder:
        dialog.setNameFilter(LABEL_FILES)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def take(path: str) -> None:
        show_panel()
        second.open(path)

    dialog.fileSelected.connect(take)
    dialog.open()


def show_panel() -> None:
    """Bring the panel to the front."""
    for window in QApplication.topLevelWidgets():
        dock = window.findChild(QDockWidget, DOCK)
        if isinstance(dock, QDockWidget):
            dock.show()
            dock.raise_()


def _take_as_read(second: SecondSet) -> None:
    show_panel()
    second.take_as_read()
