"""Frames copied inside S3, for windows that get a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.errors import HandoffError
from trackproof.handoff.addresses import PLACEHOLDER_BUCKET
from trackproof.progress import NO_PROGRESS
from trackproof.storage import S3Address
from trackproof.storage.s3 import Sent, copy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection


def copy_frames(
    connection: Connection,
    copies: Iterable[tuple[str, str]],
    *,
    beneath: S3Address,
    overwrite: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Sent:
    """Copy the frames of a package; nothing leaves S3, and what was copied before is left alone.

    Parameters
    ----------
    copies : iterable of (str, str)
        Addresses, from where to where.
    beneath : S3Address
        Folder of the package; nothing is written anywhere else, whatever the list says.
    overwrite : bool
        Whether other objects at a target are replaced.

    Raises
    ------
    HandoffError
        When the list leads out of the package, or nobody said where the frames are.
    AwsError
        When a frame is absent, something else is at a target, or S3 refuses or cannot be reached.
    Cancelled
        When ``progress`` says so; what was copied stays, and the next run goes on from there.
    """
    pairs = [(S3Address.parse(source), S3Address.parse(target)) for source, target in copies]
    for source, target in pairs:
        if source.bucket == PLACEHOLDER_BUCKET:
            raise HandoffError(
                "the labels do not say where in S3 the frames are, so they cannot be copied; say "
                "it and export again"
            )
        if target.bucket != beneath.bucket or not target.key.startswith(beneath.as_folder.key):
            raise HandoffError(
                f"the frame {target} would be copied out of the package, so nothing is copied",
                path=str(beneath),
            )
    return copy(connection, pairs, overwrite=overwrite, progress=progress)
