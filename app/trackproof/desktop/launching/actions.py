"""What the Job menu offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from trackproof.desktop.actions import Action

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from trackproof.desktop.session import Session

JOBS_DOCK = "dock.jobs"


def job_actions(session: Session, window: QMainWindow) -> list[Action]:
    """Return the actions for labeling jobs."""

    def launch() -> None:
        from trackproof.desktop.launching.wizard import LaunchWizard

        wizard = LaunchWizard(session, parent=window)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.show()

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
