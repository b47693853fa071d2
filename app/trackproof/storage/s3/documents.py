"""Labels, manifests and other whole files of S3 as local copies."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS, Cancelled
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3.download import fetch
from trackproof.storage.s3.errors import AwsError, Trouble
from trackproof.storage.s3.listing import facts_of
from trackproof.storage.s3.parts import PART, fetch_parts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trackproof.progress import Progress
    from trackproof.storage.s3.account import Connection
    from trackproof.storage.s3.disk_cache import DiskCache

AT_ONCE = 16
BEHIND = frozenset({Trouble.NO_NETWORK, Trouble.THROTTLED, Trouble.EXPIRED, Trouble.NO_CREDENTIALS})
"""Troubles in which work goes on with what is on the disk."""


class Documents:
    """Fetches whole objects into the cache, and finds them there when S3 cannot be asked.

    Parameters
    ----------
    connection : Connection
        Who asks.
    cache : DiskCache
        Where copies are kept.
    """

    def __init__(self, connection: Connection, cache: DiskCache) -> None:
        self._connection = connection
        self._cache = cache
        self._lock = threading.Lock()
        self._paths: dict[S3Address, Path] = {}
        self._stale: dict[S3Address, str] = {}
        self._failures: dict[S3Address, AwsError] = {}
        self._behind: AwsError | None = None

    def get(self, address: S3Address, *, progress: Progress = NO_PROGRESS) -> Path:
        """Return the local copy of an object in its newest version, fetched once a run.

        When S3 cannot be asked (no network, expired credentials), the version that was fetched
        before is returned, and `stale` tells.

        Raises
        ------
        AwsError
            When S3 refuses or cannot be reached, and there is no copy.
        StorageError
            When the disk refuses.
        Cancelled
            When ``progress`` says so.
        """
        with self._lock:
            known = self._paths.get(address)
            failure = self._failures.get(address)
        if known is not None:
            return known
        if failure is not None:
            raise _again(failure, address)
        try:
            path = self._newest(address, progress)
        except AwsError as error:
            path = self._older(address, error)
        with self._lock:
            self._paths[address] = path
        return path

    def get_all(
        self, addresses: Iterable[S3Address], *, progress: Progress = NO_PROGRESS
    ) -> dict[S3Address, StorageError]:
        """Fetch several objects side by side; return what could not be had, and why.

        Raises
        ------
        Cancelled
            When ``progress`` says so.
        """
        wanted = list(dict.fromkeys(addresses))
        failures: dict[S3Address, StorageError] = {}
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="s3-document") as pool:
            tasks: dict[Future[Path], S3Address] = {
                pool.submit(self.get, address): address for address in wanted
            }
            waiting = set(tasks)
            try:
                while waiting:
                    ready, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                    for one in ready:
                        error = one.exception()
                        if isinstance(error, StorageError):
                            failures[tasks[one]] = error
                        elif error is not None:
                            raise error
                    progress.step(len(wanted) - len(waiting), len(wanted))
            finally:
                for one in waiting:
                    one.cancel()
        return failures

    def find(self, uri: str) -> Path | None:
        """Return the local copy of an address; None when there is no such object.

        Fits where a `UriMap` does. Only S3 addresses are looked up: a relative path in a manifest
        of S3 means nothing.

        Raises
        ------
        StorageError
            When it is no S3 address, or its object cannot be had for another reason.
        """
        address = S3Address.parse(uri)
        try:
            return self.get(address)
        except AwsError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise

    @property
    def stale(self) -> dict[S3Address, str]:
        """Objects whose copy may be old, because S3 could not be asked, with the reason."""
        with self._lock:
            return dict(self._stale)

    @property
    def local(self) -> dict[str, S3Address]:
        """Addresses by local path, for messages."""
        with self._lock:
            return {str(path): address for address, path in self._paths.items()}

    def _older(self, address: S3Address, error: AwsError) -> Path:
        """Return the version on the disk where S3 cannot be asked, else remember the failure.

        A manifest may name the same file a thousand times, and without network every question
        takes long, so neither is asked twice in a run.
        """
        is_behind = error.trouble in BEHIND
        entry = self._cache.find(address) if is_behind else None
        is_here = entry is not None and self._cache.read(entry) is not None
        with self._lock:
            if is_behind and error.trouble is not Trouble.THROTTLED:
                self._behind = error
            if entry is not None and is_here:
                self._stale[address] = error.message
                return entry.path
            self._failures[address] = error
        raise _again(error, address) from error

    def _newest(self, address: S3Address, progress: Progress) -> Path:
        with self._lock:
            behind = self._behind
        if behind is not None:
            raise _again(behind, address)
        facts = facts_of(self._connection, address)
        entry = self._cache.find(address, etag=facts.etag)
        if entry is not None and self._cache.read(entry) is not None:
            return entry.path
        if facts.size > PART:
            growing = self._cache.partial(address, facts.etag)
            file, sha256 = fetch_parts(self._connection, address, facts, growing, progress=progress)
            return self._cache.take_file(address, facts.etag, file, sha256).path
        fetched = fetch(self._connection, address)
        if fetched is None:
            raise Cancelled
        path = self._cache.put(address, fetched.facts.etag, fetched.data).path
        progress.step(facts.size, facts.size)
        return path


def _again(error: AwsError, address: S3Address) -> AwsError:
    return AwsError(error.message, trouble=error.trouble, code=error.code, address=str(address))
