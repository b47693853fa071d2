"""Many small objects in the order in which they are wanted next."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.storage.s3.documents import BEHIND
from trackproof.storage.s3.download import fetch
from trackproof.storage.s3.errors import AwsError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection
    from trackproof.storage.s3.disk_cache import DiskCache, Entry
    from trackproof.storage.s3.listing import Facts

AT_ONCE = 8
PAUSE_S = 15.0
"""How long S3 is left alone after it could not be reached, so that nobody waits for every frame."""


class ObjectStream:
    """Brings objects into the cache by threads of its own: asked for first, then looked ahead.

    Nothing waits in a queue: a free thread takes what is wanted most *now*.

    Parameters
    ----------
    connection : Connection
        Who asks.
    cache : DiskCache
        Where objects are kept.
    addresses : sequence of S3Address
        All objects, by index.
    facts : mapping of str to Facts, or None
        What a listing told, by key: a copy of another version is then fetched again. None when
        nobody could list; copies are then used as they are.
    """

    def __init__(
        self,
        connection: Connection,
        cache: DiskCache,
        addresses: Sequence[S3Address],
        *,
        facts: Mapping[str, Facts] | None = None,
        workers: int = AT_ONCE,
    ) -> None:
        self._connection = connection
        self._cache = cache
        self._addresses = addresses
        self._facts = facts
        self._changed = threading.Condition()
        self._asked: dict[int, int] = {}
        self._ahead: list[int] = []
        self._loading: set[int] = set()
        self._fresh: dict[int, bytes] = {}
        self._errors: dict[int, StorageError] = {}
        self._is_closed = False
        self._quiet_until = 0.0
        self._behind = ""
        self._disk_problem = ""
        self._threads = [
            threading.Thread(target=self._work, name=f"s3-frames-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def read(self, index: int, is_wanted: Callable[[], bool] = lambda: True) -> bytes | None:
        """Return an object, waiting for it; None when it is no longer wanted.

        Raises
        ------
        AwsError
            When it is not on the disk, and S3 refuses or cannot be reached.
        """
        data = self._from_disk(index)
        if data is not None:
            return data
        with self._changed:
            self._asked[index] = self._asked.get(index, 0) + 1
            self._errors.pop(index, None)
            self._changed.notify_all()
            try:
                while index not in self._fresh and index not in self._errors:
                    if self._is_closed or not is_wanted():
                        return None
                    self._changed.wait(0.1)
                if index in self._errors:
                    raise self._errors[index]
                return self._fresh[index]
            finally:
                self._release(index)

    def look_ahead(self, indices: Sequence[int]) -> None:
        """Say which objects will be wanted next, best first; replaces what was said before."""
        with self._changed:
            self._ahead = [index for index in indices if not self._is_here(index)]
            self._ahead.reverse()  # the best is popped from the end
            self._changed.notify_all()

    @property
    def behind(self) -> str:
        """Why S3 cannot be asked at the moment; empty while it answers."""
        with self._changed:
            return self._behind

    @property
    def disk_problem(self) -> str:
        """Why objects cannot be kept on the disk; empty while they can."""
        with self._changed:
            return self._disk_problem

    def on_disk(self) -> int:
        """Return how many of the objects are on the disk."""
        return sum(self._is_here(index) for index in range(len(self._addresses)))

    def try_again(self) -> None:
        """Ask S3 at once, although it could not be reached a moment ago."""
        with self._changed:
            self._quiet_until, self._behind = 0.0, ""

    def close(self) -> None:
        """End all threads; a read that waits returns None."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _is_here(self, index: int) -> bool:
        return self._cache.holds(self._addresses[index])

    def _entry(self, index: int) -> Entry | None:
        address = self._addresses[index]
        facts = self._facts.get(address.key) if self._facts is not None else None
        return self._cache.find(address, etag=facts.etag if facts is not None else None)

    def _from_disk(self, index: int) -> bytes | None:
        entry = self._entry(index)
        return self._cache.read(entry) if entry is not None else None

    def _release(self, index: int) -> None:
        """Forget what was brought for readers when the last one has it (the lock is held)."""
        self._asked[index] -= 1
        if not self._asked[index]:
            del self._asked[index]
            self._fresh.pop(index, None)
            self._errors.pop(index, None)

    def _next(self) -> int | None:
        """Return what is wanted most and nobody brings yet (the lock is held)."""
        for index in self._asked:
            if not {index} & (self._loading | self._fresh.keys() | self._errors.keys()):
                return index
        if time.monotonic() < self._quiet_until:
            return None
        while self._ahead:
            index = self._ahead.pop()
            if index not in self._loading and not self._is_here(index):
                return index
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                index = self._next()
                while index is None and not self._is_closed:
                    self._changed.wait()
                    index = self._next()
                if self._is_closed or index is None:
                    return
                self._loading.add(index)
                is_quiet = time.monotonic() < self._quiet_until
            data, error = self._brought(index, is_quiet=is_quiet)
            with self._changed:
                self._loading.discard(index)
                if index in self._asked:
                    if data is not None:
                        self._fresh[index] = data
                    elif error is not None:
                        self._errors[index] = error
                self._changed.notify_all()

    def _brought(self, index: int, *, is_quiet: bool) -> tuple[bytes | None, StorageError | None]:
        address = self._addresses[index]
        if is_quiet:
            return None, AwsError(
                f"this frame is not on the disk yet, and S3 cannot be asked: {self.behind}",
                trouble=Trouble.NO_NETWORK,
                address=str(address),
            )
        try:
            fetched = fetch(self._connection, address, is_wanted=lambda: not self._is_closed)
        except AwsError as error:
            if error.trouble in BEHIND:
                with self._changed:
                    self._behind = error.message
                    self._quiet_until = time.monotonic() + PAUSE_S
            return None, error
        if fetched is None:
            return None, None
        with self._changed:
            self._behind = ""
        try:
            self._cache.put(address, fetched.facts.etag, fetched.data)
        except StorageError as error:
            with self._changed:
                self._disk_problem = error.message
        return fetched.data, None
