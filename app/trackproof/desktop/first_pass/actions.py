"""What a person can do before there are labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from trackproof.desktop.session import Session


def first_pass_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the actions of first jobs."""

    def footage() -> None:
        from trackproof.desktop.first_pass.dialog import FirstPassDialog

        _show(FirstPassDialog(session, window))

    def categories() -> None:
        from trackproof.desktop.first_pass.config_editor import ConfigEditor

        _show(ConfigEditor(session, window))

    return [
        Action(
            "job.first_pass",
            "Prepare footage for labelling …",
            "Job/first",
            footage,
            tip="Pictures from videos, sequence files and a manifest for a first labeling job",
        ),
        Action(
            "job.categories",
            "Edit label categories …",
            "Job/first",
            categories,
            tip="What workers may label, with attributes, within the limits of the service",
        ),
    ]


def _show(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
