"""A package from the window straight to S3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.storage import S3Address

if TYPE_CHECKING:
    from trackproof.desktop.session import Session
    from trackproof.handoff.package import Package
    from trackproof.handoff.selection import ExportOptions, Reviewed
    from trackproof.handoff.uploading import Uploaded
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Account


@dataclass(frozen=True, slots=True)
class SentPackage:
    """A package in S3, and how it got there."""

    package: Package
    uploaded: Uploaded


def account_for(session: Session) -> Account:
    """Return how to sign in: as for what is open, else as for labeling jobs."""
    known = map(session.settings.account_of, session.opener.opened)
    return next(filter(None, known), session.settings.account)


def send(
    chosen: list[Reviewed],
    options: ExportOptions,
    account: Account,
    *,
    overwrite: bool,
    progress: Progress,
) -> SentPackage:
    """Make a package and send it to the destination that its options name; long.

    Raises
    ------
    TrackproofError
        When it cannot be made, something else is there, or S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so; sending again goes on from there.
    """
    from trackproof.handoff.package import make_package
    from trackproof.handoff.uploading import check_upload, upload_package
    from trackproof.storage.s3 import Connection

    folder = S3Address.parse(options.destination).as_folder
    connection = Connection(account)
    check_upload(connection, folder, overwrite=overwrite)
    package = make_package(chosen, options, progress=progress)
    uploaded = upload_package(package, folder, connection, overwrite=overwrite, progress=progress)
    return SentPackage(package, uploaded)
