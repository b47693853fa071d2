"""Clips in S3: the manifest is read at once, a clip when somebody watches it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackproof.clips.opening import MANIFEST_PLACES, holds_clips, open_clips
from trackproof.storage import S3Address, is_s3_uri
from trackproof.storage.s3 import AwsError, Documents, Trouble, document_cache

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.clips.model import ClipSet, Find
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection


class Bucket:
    """Gives local copies of clips, and fetches those that are not here.

    Parameters
    ----------
    connection : Connection
        Who asks S3.
    beside : callable or None
        Looks on this computer first; None for a manifest that is in S3 itself.
    """

    def __init__(self, connection: Connection, *, beside: Find | None = None) -> None:
        self._beside = beside
        self._cache = document_cache(connection)
        self._documents = Documents(connection, self._cache)

    def find(self, uri: str) -> Path | None:
        """Return the copy of a clip that is on this computer, without asking S3.

        Raises
        ------
        StorageError
            When the address leads somewhere it must not.
        """
        found = self._beside(uri) if self._beside is not None else None
        if found is not None or not is_s3_uri(uri):
            return found
        entry = self._cache.find(S3Address.parse(uri))
        return entry.path if entry is not None and entry.path.exists() else None

    def fetch(self, uri: str, progress: Progress) -> Path | None:
        """Return a clip, fetched when it is not here; None when S3 holds no such object.

        Raises
        ------
        StorageError
            When the address leads somewhere it must not, or S3 refuses or cannot be reached.
        Cancelled
            When ``progress`` says so.
        """
        found = self._beside(uri) if self._beside is not None else None
        if found is not None or not is_s3_uri(uri):
            return found
        try:
            return self._documents.get(S3Address.parse(uri), progress=progress)
        except AwsError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise


def with_bucket(clips: ClipSet, connection: Connection) -> ClipSet:
    """Return the clips of a local manifest so that those that are not here come from S3.

    Raises
    ------
    StorageError
        When the account cannot be used at all.
    """
    bucket = Bucket(connection, beside=clips.find)
    return replace(clips, find=bucket.find, fetch=bucket.fetch)


def open_remote_clips(
    address: S3Address, connection: Connection, *, progress: Progress
) -> ClipSet | None:
    """Read a manifest of clips in S3, or that of a job's output folder; None when it holds none.

    Raises
    ------
    StorageError
        When S3 refuses, or cannot be reached and nothing is on the disk.
    FormatError
        When no line of it can be used.
    Cancelled
        When ``progress`` says so.
    """
    documents = Documents(connection, document_cache(connection))
    chosen = address.joined(MANIFEST_PLACES[0]) if address.is_folder else address
    try:
        path = documents.get(chosen, progress=progress)
    except AwsError as error:
        if address.is_folder and error.trouble is Trouble.MISSING:
            return None
        raise
    if not holds_clips(path):
        return None
    bucket = Bucket(connection)
    clips = open_clips(path, find=bucket.find, progress=progress)
    return replace(clips, fetch=bucket.fetch, address=str(chosen))
