"""Objects into S3 by boto3's transfer manager: parallel, in parts, and never over another's."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.progress import NO_PROGRESS
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors
from trackproof.storage.s3.listing import SHA256_KEY, Facts, facts_of, listed
from trackproof.storage.s3.multipart import ENDED, PART, Large, end_forgotten, send_in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from trackproof.progress import Progress
    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection
    from trackproof.storage.s3.outgoing import Outgoing

AT_ONCE = 10
LOOK_EVERY_S = 0.2
MOST_LISTED = 100_000
BEGUN_AHEAD = 200
"""Transfers that are handed to the transfer manager before the first of them is done."""

CONTENT_TYPES = {
    ".json": "application/json",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".csv": "text/csv",
    ".html": "text/html",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a transfer.

    Parameters
    ----------
    objects : int
        Made now.
    size : int
        Their bytes.
    already : int
        There before, with the same content.
    """

    objects: int = 0
    size: int = 0
    already: int = 0

    def plus(self, other: Sent) -> Sent:
        """Return both together."""
        return Sent(
            self.objects + other.objects, self.size + other.size, self.already + other.already
        )


def upload(
    connection: Connection,
    outgoing: Sequence[Outgoing],
    *,
    existing: Mapping[str, Facts] | None = None,
    overwrite: bool = False,
    at_once: int = AT_ONCE,
    progress: Progress = NO_PROGRESS,
) -> Sent:
    """Send objects side by side; those that are there with the same content are left alone.

    So a broken or cancelled upload goes on where it stopped, by sending the same again.

    Parameters
    ----------
    existing : mapping of str to Facts, or None
        What is there, by key; looked up by one listing per folder when left out.
    overwrite : bool
        Whether objects with other content are replaced.
    at_once : int
        Transfers at the same time.

    Raises
    ------
    AwsError
        When something else is there (nothing was sent then), S3 refuses or cannot be reached.
    StorageError
        When a file cannot be read.
    Cancelled
        When ``progress`` says so; parts of an object that was on its way are removed. After any
        other end, a large object goes on with the parts that arrived.
    """
    if existing is None:
        existing = listed_around(connection, (one.address for one in outgoing))
    wanted = []
    for one in outgoing:
        facts = existing.get(one.address.key)
        if facts is None or not one.is_at(connection, facts):
            if facts is not None and not overwrite:
                raise taken(one.address)
            wanted.append(one)
    total = sum(one.size for one in wanted)

    def start(manager: Any, one: Outgoing, subscribers: list[Any]) -> Any:
        source = io.BytesIO(one.content) if isinstance(one.content, bytes) else str(one.content)
        address, extra = one.address, _headers(one, one.sha256)
        return manager.upload(
            source, address.bucket, address.key, extra_args=extra, subscribers=subscribers
        )

    def is_ours(one: Outgoing) -> bool:
        return one.is_at(connection, facts_of(connection, one.address))

    client = connection.client("s3", never_replaces=not overwrite)
    small = [(one, one.address) for one in wanted if one.size < PART]
    counter = _Counter(progress, total)
    _run(client, small, start, is_ours=is_ours, counter=counter, at_once=at_once)
    end_forgotten(connection, client)
    for one in wanted:
        if one.size >= PART:
            _run_large(connection, client, one, is_ours, counter=counter, at_once=at_once)
    counter.finish()
    return Sent(len(wanted), total, len(outgoing) - len(wanted))


def _headers(one: Outgoing, sha256: str) -> dict[str, Any]:
    ending = one.address.suffix.lower()
    headers: dict[str, Any] = {"Metadata": {SHA256_KEY: sha256}}
    if ending in CONTENT_TYPES:
        headers["ContentType"] = CONTENT_TYPES[ending]
    return headers


def _run_large(
    connection: Connection,
    client: Any,
    one: Outgoing,
    is_ours: Callable[[Outgoing], bool],
    *,
    counter: _Counter,
    at_once: int,
) -> None:
    sha256 = one.sha256
    large = Large(one, one.size, sha256, _headers(one, sha256))
    try:
        send_in_parts(
            connection,
            client,
            large,
            at_once=at_once,
            count=counter.on_progress,
            look=counter.tell,
        )
    except AwsError as error:
        # Another program of ours may have completed it, or the answer to our request got lost.
        if (error.trouble is not Trouble.TAKEN and error.code != ENDED) or not is_ours(one):
            raise


def copy(
    connection: Connection,
    pairs: Sequence[tuple[S3Address, S3Address]],
    *,
    overwrite: bool = False,
    at_once: int = AT_ONCE,
    progress: Progress = NO_PROGRESS,
) -> Sent:
    """Copy objects inside S3, side by side; what was copied before is left alone.

    Parameters
    ----------
    pairs : sequence of (S3Address, S3Address)
        From where to where.
    overwrite : bool
        Whether other objects at a target are replaced.

    Raises
    ------
    AwsError
        When a source is absent or something else is at a target (nothing was copied then), S3
        refuses or cannot be reached.
    Cancelled
        When ``progress`` says so.
    """
    sources = _by_address(connection, [source for source, _ in pairs])
    targets = _by_address(connection, [target for _, target in pairs])
    wanted: list[tuple[S3Address, S3Address, Facts]] = []
    for source, target in pairs:
        facts, there = sources.get(source), targets.get(target)
        if facts is None:
            raise AwsError(
                "this is to be copied, and there is no such object",
                trouble=Trouble.MISSING,
                address=str(source),
            )
        if there is None or there.size != facts.size or there.etag != facts.etag:
            if there is not None and not overwrite and not _is_same(connection, source, target):
                raise taken(target)
            if there is None or overwrite:
                wanted.append((source, target, facts))
    total = sum(facts.size for _, _, facts in wanted)

    def start(manager: Any, one: tuple[S3Address, S3Address, Facts], subscribers: list[Any]) -> Any:
        source, target, facts = one
        return manager.copy(
            {"Bucket": source.bucket, "Key": source.key},
            target.bucket,
            target.key,
            subscribers=[*subscribers, _Sized(facts.size)],
        )

    def is_ours(one: tuple[S3Address, S3Address, Facts]) -> bool:
        there = facts_of(connection, one[1])
        return there.size == one[2].size and there.etag == one[2].etag

    client = connection.client("s3", never_replaces=not overwrite)
    jobs = [(one, one[1]) for one in wanted]
    counter = _Counter(progress, total)
    _run(client, jobs, start, is_ours=is_ours, counter=counter, at_once=at_once)
    counter.finish()
    return Sent(len(wanted), total, len(pairs) - len(wanted))


def listed_around(connection: Connection, addresses: Iterable[S3Address]) -> dict[str, Facts]:
    """Return what is at addresses of one bucket, by key.

    Raises
    ------
    AwsError
        When S3 refuses or cannot be reached.
    """
    return {
        address.key: facts for address, facts in _by_address(connection, list(addresses)).items()
    }


def taken(address: S3Address) -> AwsError:
    """Return the error about something else where an object shall go."""
    return AwsError(
        "something else is there already, and it is not replaced unasked; choose another place "
        "or ask to replace it",
        trouble=Trouble.TAKEN,
        address=str(address),
    )


def _by_address(connection: Connection, addresses: Sequence[S3Address]) -> dict[S3Address, Facts]:
    """Return what is at addresses, by as few listings as there are folders."""
    found: dict[S3Address, Facts] = {}
    by_folder: dict[S3Address, list[S3Address]] = {}
    for one in dict.fromkeys(addresses):
        by_folder.setdefault(one.parent, []).append(one)
    for folder, wanted in by_folder.items():
        try:
            inside = listed(connection, folder, most=MOST_LISTED, is_deep=False)
        except AwsError as error:
            if error.trouble is not Trouble.DENIED:
                raise
            inside = None
        if inside is None or len(inside) >= MOST_LISTED:
            found |= _asked_one_by_one(connection, wanted)
        else:
            found |= {one: inside[one.key] for one in wanted if one.key in inside}
    return found


def _asked_one_by_one(
    connection: Connection, addresses: Sequence[S3Address]
) -> dict[S3Address, Facts]:
    """Return what is at addresses where listing is not allowed, or tells too much."""

    def ask(address: S3Address) -> Facts | None:
        try:
            return facts_of(connection, address)
        except AwsError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = zip(addresses, pool.map(ask, addresses), strict=True)
        return {address: facts for address, facts in answers if facts is not None}


def _is_same(connection: Connection, source: S3Address, target: S3Address) -> bool:
    """Return whether two objects with different tags hold what our upload wrote into both."""
    one, other = facts_of(connection, source), facts_of(connection, target)
    return one.size == other.size and bool(one.sha256) and one.sha256 == other.sha256


def _run(
    client: Any,
    jobs: Sequence[tuple[Any, S3Address]],
    start: Callable[[Any, Any, list[Any]], Any],
    *,
    is_ours: Callable[[Any], bool],
    counter: _Counter,
    at_once: int,
) -> None:
    """Run transfers to their end; the first that fails ends them all."""
    from boto3.s3.transfer import TransferConfig, create_transfer_manager

    # Leaving the block by an error cancels what is on its way and removes its parts.
    with create_transfer_manager(client, TransferConfig(max_concurrency=at_once)) as manager:
        for job, address, future in _started(manager, jobs, start, counter):
            while not counter.wait_for(future.done):
                counter.tell()
            try:
                with aws_errors(str(address)):
                    future.result()
            except AwsError as error:
                # The answer to a request that succeeded may get lost; its repeat is then refused.
                if error.trouble is not Trouble.TAKEN or not is_ours(job):
                    raise


def _started(
    manager: Any,
    jobs: Sequence[tuple[Any, S3Address]],
    start: Callable[[Any, Any, list[Any]], Any],
    counter: _Counter,
) -> Iterator[tuple[Any, S3Address, Any]]:
    """Yield transfers in order, so many begun ahead that none waits for the one before it."""
    ahead: list[tuple[Any, S3Address, Any]] = []
    for job, address in jobs:
        counter.tell()
        ahead.append((job, address, start(manager, job, [counter])))
        if len(ahead) >= BEGUN_AHEAD:
            yield ahead.pop(0)
    yield from ahead


class _Counter:
    """Counts bytes of all transfers and tells them; a subscriber of the transfer manager."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._changed = threading.Condition()
        self._progress = progress
        self._total = total
        self._sent = 0
        self.tell()

    def on_progress(self, bytes_transferred: int, **_: Any) -> None:
        """Count bytes."""
        with self._changed:
            self._sent += bytes_transferred

    def on_done(self, **_: Any) -> None:
        """Wake who waits."""
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, is_done: Callable[[], bool]) -> bool:
        """Wait a moment, at most until something is done."""
        with self._changed:
            if not is_done():
                self._changed.wait(LOOK_EVERY_S)
        return is_done()

    def tell(self) -> None:
        """Tell how far it is; raises `Cancelled` when that is not wanted any more."""
        self._progress.step(min(self._sent, self._total), max(self._total, 1))

    def finish(self) -> None:
        """Tell that everything is done."""
        self._progress.step(max(self._total, 1), max(self._total, 1))


class _Sized:
    """Tells the transfer manager the size that a listing told, so that it need not ask."""

    def __init__(self, size: int) -> None:
        self._size = size

    def on_queued(self, future: Any, **_: Any) -> None:
        """Tell it."""
        future.meta.provide_transfer_size(self._size)
