"""Large objects into S3, part by part; what arrived before a break is not sent again.

The upload of an object is noted on this computer before its first part goes, so that a program
that was killed finds it again. S3 keeps parts, and charges for them, until their upload ends:
one whose content is not wanted any more is ended here, and so is one that nobody took up for days.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof import paths
from trackproof.errors import StorageError
from trackproof.progress import Cancelled
from trackproof.storage.addresses import S3Address
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors
from trackproof.storage.writing import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from trackproof.storage.s3.account import Connection
    from trackproof.storage.s3.outgoing import Outgoing

PART = 8 * 1024 * 1024
"""Bytes of a part, and the size from which an object goes in parts, as boto3 has it."""

MOST_PARTS = 10_000
LOOK_EVERY_S = 0.2
KEPT_S = 7 * 86_400
ENDED = "NoSuchUpload"
USELESS = frozenset(
    {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "InvalidRequest", "BadDigest"}
)
"""Codes by which S3 says that parts do not make an object."""

CHECKSUM = "CRC32"
"""What boto3 adds to parts by itself."""

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Large:
    """An object that goes in parts.

    Parameters
    ----------
    outgoing : Outgoing
        Where and what.
    size : int
        Bytes.
    sha256 : str
        Hash of the content.
    headers : mapping
        Content type and metadata, as boto3 names them.
    """

    outgoing: Outgoing
    size: int
    sha256: str
    headers: Mapping[str, Any]

    @property
    def address(self) -> S3Address:
        """Where it goes."""
        return self.outgoing.address

    @property
    def part_size(self) -> int:
        """Bytes of every part but the last; the same whenever the object is sent."""
        return max(PART, -(-self.size // MOST_PARTS))

    @property
    def numbers(self) -> range:
        """Numbers of the parts, from 1."""
        return range(1, -(-self.size // self.part_size) + 1)

    def part(self, number: int) -> bytes:
        """Return the bytes of a part.

        Raises
        ------
        StorageError
            When the file cannot be read, or is shorter than it was.
        """
        start = (number - 1) * self.part_size
        return self.outgoing.read(start, self.length(number))

    def length(self, number: int) -> int:
        """Return the bytes that a part has."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class _Note(msgspec.Struct, frozen=True):
    """An upload that was begun here and has not ended."""

    server: str
    bucket: str
    key: str
    upload_id: str
    sha256: str
    begun_s: float


class _Notes:
    """Notes of uploads, one file each, by what they are to become."""

    def __init__(self, connection: Connection) -> None:
        self._server = connection.server()
        self._folder = paths.cache_dir() / "s3" / "uploads"

    def _file(self, address: S3Address) -> Path:
        name = hashlib.sha256(f"{self._server}\n{address}".encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def find(self, address: S3Address) -> _Note | None:
        """Return the note of an object; None when there is none that can be read."""
        return _read(self._file(address))

    def keep(self, large: Large, upload_id: str) -> None:
        """Note an upload; without a place to write it, a break starts it anew."""
        address = large.address
        note = _Note(
            self._server, address.bucket, address.key, upload_id, large.sha256, time.time()
        )
        with contextlib.suppress(OSError, StorageError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomic(self._file(address), msgspec.json.encode(note), overwrite=True)

    def forget(self, address: S3Address) -> None:
        """Drop the note of an object."""
        with contextlib.suppress(OSError):
            self._file(address).unlink(missing_ok=True)

    def old(self) -> Iterator[_Note]:
        """Yield uploads of this server that nobody took up for days."""
        notes = map(_read, self._folder.glob("*.json") if self._folder.is_dir() else ())
        limit_s = time.time() - KEPT_S
        yield from (n for n in notes if n and n.server == self._server and n.begun_s < limit_s)


def _read(file: Path) -> _Note | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def send_in_parts(
    connection: Connection,
    client: Any,
    large: Large,
    *,
    at_once: int,
    count: Callable[[int], None],
    look: Callable[[], None],
) -> None:
    """Send an object part by part, from where an earlier run was broken off.

    Parameters
    ----------
    client : boto3 client
        Of ``s3``; whether it may replace an object is its own affair.
    at_once : int
        Parts at the same time.
    count : callable
        Gets the bytes of every part that is there.
    look : callable
        Called several times a second; raises `Cancelled` to stop.

    Raises
    ------
    AwsError
        When S3 refuses or cannot be reached; what arrived stays for the next run.
    StorageError
        When the file cannot be read.
    Cancelled
        When ``look`` says so; the parts are removed then.
    """
    notes = _Notes(connection)
    upload_id, parts = _taken_up(client, large, notes)
    if not upload_id:
        upload_id = _begin(client, large)
        notes.keep(large, upload_id)
    sender = _Sender(client, large, upload_id, parts)
    try:
        sender.send_missing(at_once=at_once, count=count, look=look)
        sender.complete()
    except Cancelled:
        _end(client, large.address, upload_id)
        notes.forget(large.address)
        raise
    except AwsError as error:
        if error.trouble is Trouble.TAKEN or error.code in USELESS:
            # Nothing can be made of these parts, so the next run begins anew.
            _end(client, large.address, upload_id)
            notes.forget(large.address)
        elif error.code == ENDED:
            notes.forget(large.address)
        raise
    notes.forget(large.address)


def end_forgotten(connection: Connection, client: Any) -> None:
    """End uploads that were begun here and that nobody took up for days, so that they cost nothing.

    What cannot be ended now is tried again another time.
    """
    notes = _Notes(connection)
    for note in notes.old():
        address = S3Address(note.bucket, note.key)
        if _end(client, address, note.upload_id):
            notes.forget(address)


def _begin(client: Any, large: Large) -> str:
    """Begin an upload and return its id."""
    headers = dict(large.headers)
    if client.meta.config.request_checksum_calculation == "when_supported":
        # boto3 then adds a checksum to every part, which S3 takes only when it was told before.
        headers["ChecksumAlgorithm"] = CHECKSUM
    with aws_errors(str(large.address)):
        answer = client.create_multipart_upload(
            Bucket=large.address.bucket, Key=large.address.key, **headers
        )
    return str(answer["UploadId"])


def _taken_up(client: Any, large: Large, notes: _Notes) -> tuple[str, dict[int, Part]]:
    """Return the upload that an earlier run began and the parts that are right; or nothing."""
    note = notes.find(large.address)
    if note is not None:
        if note.sha256 == large.sha256:
            there = _parts(client, large, note.upload_id)
            if there is not None:
                return note.upload_id, _right(large, there)
        else:
            _end(client, large.address, note.upload_id)
        notes.forget(large.address)
    for upload_id in _begun(client, large.address):
        there = _parts(client, large, upload_id)
        # Begun on another computer: it is the same content when everything in it is the same.
        if there and len(_right(large, there)) == len(there):
            notes.keep(large, upload_id)
            return upload_id, _right(large, there)
    return "", {}


def _begun(client: Any, address: S3Address) -> list[str]:
    """Return the uploads of an object that have not ended, as far as this identity may know."""
    try:
        with aws_errors(str(address)):
            answer = client.list_multipart_uploads(Bucket=address.bucket, Prefix=address.key)
    except AwsError as error:
        if error.is_passing:
            raise
        return []
    return [one["UploadId"] for one in answer.get("Uploads", ()) if one["Key"] == address.key]


def _parts(client: Any, large: Large, upload_id: str) -> list[Part] | None:
    """Return the parts of an upload; None when it has ended or may not be looked into."""
    address = large.address
    try:
        with aws_errors(str(address)):
            pages = client.get_paginator("list_parts").paginate(
                Bucket=address.bucket, Key=address.key, UploadId=upload_id
            )
            return [part for page in pages for part in page.get("Parts", ())]
    except AwsError as error:
        if error.is_passing:
            raise
        return None


def _right(large: Large, there: list[Part]) -> dict[int, Part]:
    """Return the parts that hold what this object has at their place, by number."""
    found = {}
    for part in there:
        number = int(part["PartNumber"])
        if number not in large.numbers:
            continue
        data = large.part(number)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if part["Size"] == len(data) and part["ETag"].strip('"') == md5:
            found[number] = _named(number, part)
    return found


def _named(number: int, answer: Mapping[str, Any]) -> Part:
    """Return a part as the completing request names it."""
    sums = {key: value for key, value in answer.items() if key in _SUMS}
    return {"PartNumber": number, "ETag": answer["ETag"], **sums}


_SUMS = frozenset({"ChecksumCRC32", "ChecksumCRC32C", "ChecksumSHA1", "ChecksumSHA256"})


def _end(client: Any, address: S3Address, upload_id: str) -> bool:
    """End an upload and free its parts; return whether it has ended."""
    try:
        with aws_errors(str(address)):
            client.abort_multipart_upload(
                Bucket=address.bucket, Key=address.key, UploadId=upload_id
            )
    except AwsError as error:
        return error.code == ENDED
    return True


@dataclass(slots=True)
class _Sender:
    """One upload on its way."""

    client: Any
    large: Large
    upload_id: str
    parts: dict[int, Part]

    def send_missing(
        self, *, at_once: int, count: Callable[[int], None], look: Callable[[], None]
    ) -> None:
        """Send the parts that are not there."""
        count(sum(map(self.large.length, self.parts)))
        missing = [number for number in self.large.numbers if number not in self.parts]
        is_over = threading.Event()

        def send(number: int) -> tuple[int, Part] | None:
            return None if is_over.is_set() else (number, self._send(number))

        with ThreadPoolExecutor(at_once, thread_name_prefix="send-parts") as pool:
            waiting: set[Future[tuple[int, Part] | None]] = {pool.submit(send, n) for n in missing}
            try:
                while waiting:
                    look()
                    done, waiting = wait(waiting, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
                    for answer in filter(None, (one.result() for one in done)):
                        self.parts[answer[0]] = answer[1]
                        count(self.large.length(answer[0]))
                look()
            finally:
                is_over.set()
                pool.shutdown(cancel_futures=True)

    def _send(self, number: int) -> Part:
        address = self.large.address
        with aws_errors(str(address)):
            answer = self.client.upload_part(
                Bucket=address.bucket,
                Key=address.key,
                UploadId=self.upload_id,
                PartNumber=number,
                Body=self.large.part(number),
            )
        return _named(number, answer)

    def complete(self) -> None:
        """Make the object of its parts."""
        address = self.large.address
        with aws_errors(str(address)):
            self.client.complete_multipart_upload(
                Bucket=address.bucket,
                Key=address.key,
                UploadId=self.upload_id,
                MultipartUpload={"Parts": [self.parts[n] for n in self.large.numbers]},
            )
