"""Clips in S3: the manifest is read at once, a clip when somebody watches it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackproof.clips.opening import MANIFEST_PLACES, holds_clips, open_clips
from trackproof.errors import FormatError, Problem
from trackproof.formats.ground_truth_responses import RESPONSES, AnswerFile, line_of
from trackproof.storage import S3Address, is_s3_uri
from trackproof.storage.s3 import AwsError, Documents, Trouble, document_cache, listed

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.clips.model import ClipSet, Find
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Connection


MOST_ANSWERS = 20_000
"""Small objects of raw answers that are fetched for one job."""


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


def remote_clips_in(
    address: S3Address, connection: Connection, *, progress: Progress
) -> ClipSet | None:
    """Read a manifest or job folder in S3 as `open_remote_clips`; None when it is about no clips.

    Raises
    ------
    StorageError, FormatError, Cancelled
        As `open_remote_clips`.
    """
    fetched = _Fetched.of(address, connection)
    try:
        path = fetched.manifest(progress)
    except AwsError as error:
        if address.is_folder and error.trouble is Trouble.MISSING:
            return None
        raise
    return fetched.opened(path, progress=progress) if holds_clips(path) else None


def open_remote_clips(
    address: S3Address, connection: Connection, *, attribute: str = "", progress: Progress
) -> ClipSet:
    """Read a manifest of clips in S3, or that of a job's output folder.

    Raw answers of workers beside it are read too, up to a bound.

    Parameters
    ----------
    attribute : str
        Label attribute to show; the newest result when empty.

    Raises
    ------
    StorageError
        When S3 refuses, or cannot be reached and nothing is on the disk.
    FormatError
        When no line of it can be used.
    Cancelled
        When ``progress`` says so.
    """
    fetched = _Fetched.of(address, connection)
    return fetched.opened(fetched.manifest(progress), attribute=attribute, progress=progress)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A manifest in S3 and who asks for it."""

    address: S3Address
    connection: Connection
    documents: Documents

    @classmethod
    def of(cls, address: S3Address, connection: Connection) -> _Fetched:
        chosen = address.joined(MANIFEST_PLACES[0]) if address.is_folder else address
        return cls(chosen, connection, Documents(connection, document_cache(connection)))

    def manifest(self, progress: Progress) -> Path:
        return self.documents.get(self.address, progress=progress)

    def opened(self, path: Path, *, attribute: str = "", progress: Progress) -> ClipSet:
        """Return the clips of the copy; what is told names the address, as nobody knows copies."""
        bucket = Bucket(self.connection)
        answers, problem = _answers(self.address, self.connection, self.documents, progress)
        place = str(self.address)
        try:
            clips = open_clips(
                path, find=bucket.find, attribute=attribute, answer_files=answers, progress=progress
            )
        except FormatError as error:
            raise FormatError(error.message, path=place, location=error.location) from error
        told = [replace(one, path=place) for one in clips.problems]
        problems = (*told, problem) if problem is not None else tuple(told)
        return replace(clips, fetch=bucket.fetch, address=place, problems=problems)


def _answers(
    manifest: S3Address, connection: Connection, documents: Documents, progress: Progress
) -> tuple[list[AnswerFile], Problem | None]:
    """Fetch the raw answers of the job that a manifest is the output of; none of another one."""
    if not str(manifest).endswith(f"/{MANIFEST_PLACES[0]}"):
        return [], None
    job = manifest.parent.parent.parent
    folder = job.joined(f"{RESPONSES}/")
    try:
        found = listed(connection, folder, most=MOST_ANSWERS)
        addresses = [S3Address(folder.bucket, key) for key in found if key.endswith(".json")]
        failures = documents.get_all(addresses, progress=progress)
    except AwsError as error:
        said = f"raw answers of workers cannot be read: {error.message}"
        return [], Problem(said, str(folder))
    files = [
        AnswerFile(line_of(address.key.split("/")), documents.get(address))
        for address in addresses
        if address not in failures
    ]
    if len(found) >= MOST_ANSWERS:
        said = f"only the first {MOST_ANSWERS:,} files with raw answers are read"
        return files, Problem(said, str(folder))
    said = f"{len(failures):,} files with raw answers cannot be read"
    return files, Problem(said, str(folder)) if failures else None
