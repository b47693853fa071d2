"""What the Job menu offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QWidget

    from trackproof.desktop.session import Session

JOBS_DOCK = "dock.jobs"
LAUNCH_PACKAGE = "launch/package"
"""Setting with the package that was made last."""


def open_wizard(session: Session, *, package: str, parent: QWidget | None) -> None:
    """Open the steps of a launch, with a package read already when there is one."""
    from trackproof.desktop.launching.wizard import LaunchWizard

    wizard = LaunchWizard(session, package=package, parent=parent)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    wizard.show()


def job_actions(session: Session, window: QMainWindow) -> list[Action]:
    """Return the actions for labeling jobs."""

    def launch() -> None:
        open_wizard(session, package=session.settings.text(LAUNCH_PACKAGE), parent=window)

    def show_jobs() -> None:
        from PySide6.QtWidgets import QDockWidget

        dock = window.findChild(QDockWidget, JOBS_DOCK)
        if dock is not None:
            dock.show()
            dock.raise_()

    def merge() -> None:
        from trackproof.desktop.home import HomeDesk

        HomeDesk.of(session).ask(window)

    return [
        Action(
            "job.launch",
            "Launch a labeling job …",
            "Job",
            launch,
            tip="Send a package to workers; you see the whole request before anything is sent",
        ),
        Action("job.list", "Show labeling jobs", "Job", show_jobs),
        Action(
            "job.merge",
            "Merge results of a job …",
            "Job/home",
            merge,
            is_enabled=lambda: session.sequence is not None,
            tip="Bring what workers changed into these labels, object by object",
        ),
    ]
