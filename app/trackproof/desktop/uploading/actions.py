"""What the Job menu offers for packages on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.desktop.actions import Action
from trackproof.desktop.launching.actions import LAUNCH_PACKAGE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.session import Session


def open_upload(session: Session, *, folder: str, parent: QWidget | None) -> None:
    """Open the upload of a package folder, read already when there is one."""
    from trackproof.desktop.uploading.dialog import UploadDialog

    UploadDialog(session, folder=folder, parent=parent).show()


def upload_actions(session: Session, window: QWidget) -> list[Action]:
    """Return the upload of a package folder."""

    def upload() -> None:
        known = session.settings.text(LAUNCH_PACKAGE)
        folder = "" if known.startswith("s3://") else known
        open_upload(session, folder=folder, parent=window)

    return [
        Action(
            "job.upload",
            "Upload a package folder …",
            "Job",
            upload,
            tip="To the place in S3 that the package names; goes on where it stopped",
        )
    ]
