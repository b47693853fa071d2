"""Large objects, in parts side by side; what came before a break is kept for the next run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS
from trackproof.storage.locks import exclusive
from trackproof.storage.reasons import reason
from trackproof.storage.s3.errors import AwsError, Trouble, aws_errors

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.progress import Progress
    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection
    from trackproof.storage.s3.listing import Facts

PART = 8 * 1024 * 1024
AT_ONCE = 8
TRIES = 5
_NUMBER = 4


@dataclass(frozen=True, slots=True)
class _Growing:
    """A file that comes in parts, and the journal of parts that are complete."""

    connection: Connection
    address: S3Address
    facts: Facts
    file: Path
    journal: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def count(self) -> int:
        return -(-self.facts.size // PART)

    def done(self) -> set[int]:
        """Return the parts of an earlier run; none when its file is not as it was left."""
        try:
            if self.file.stat().st_size != self.facts.size:
                return set()
            data = self.journal.read_bytes()
        except OSError:
            return set()
        whole = len(data) - len(data) % _NUMBER
        numbers = {
            int.from_bytes(data[at : at + _NUMBER], "little") for at in range(0, whole, _NUMBER)
        }
        return {number for number in numbers if number < self.count}

    def start(self) -> None:
        with self.file.open("wb") as stream:
            stream.truncate(self.facts.size)
        self.journal.write_bytes(b"")

    def bring(self, number: int) -> int:
        """Fetch a part, put it into its place, and return its bytes."""
        first = number * PART
        end = min(first + PART, self.facts.size)
        data = self._part(first, end)
        with self.file.open("r+b") as stream:
            stream.seek(first)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())  # the journal must not promise what a crash takes back
        with self.lock, self.journal.open("ab") as stream:
            stream.write(number.to_bytes(_NUMBER, "little"))
        return len(data)

    def _part(self, first: int, end: int) -> bytes:
        for attempt in range(TRIES):
            try:
                with aws_errors(str(self.address)):
                    answer = self.connection.client("s3").get_object(
                        Bucket=self.address.bucket,
                        Key=self.address.key,
                        Range=f"bytes={first}-{end - 1}",
                        IfMatch=f'"{self.facts.etag}"',
                    )
                    with answer["Body"] as body:
                        data: bytes = body.read()
            except AwsError as error:
                if error.trouble is not Trouble.NO_NETWORK or attempt + 1 == TRIES:
                    raise
                continue
            if len(data) == end - first:
                return data
        raise AwsError(
            "the connection broke again and again",
            trouble=Trouble.NO_NETWORK,
            address=str(self.address),
        )

    def forget(self) -> None:
        for path in (self.file, self.journal):
            with contextlib.suppress(OSError):
                path.unlink()


def fetch_parts(
    connection: Connection,
    address: S3Address,
    facts: Facts,
    file: Path,
    *,
    progress: Progress = NO_PROGRESS,
) -> tuple[Path, str]:
    """Fetch a large object into a file, going on where an earlier run stopped.

    Parameters
    ----------
    facts : Facts
        Size and version that are wanted.
    file : Path
        Where it grows. When another program is at it, a file of another name is used, which a
        break loses.

    Returns
    -------
    (Path, str)
        The complete file, and the SHA-256 of its content.

    Raises
    ------
    AwsError
        When S3 refuses, cannot be reached, or what came is damaged.
    StorageError
        When the disk refuses.
    Cancelled
        When ``progress`` says so; what came is kept.
    """
    with exclusive(file.with_name(f"{file.name}.lock")) as is_ours:
        place = file if is_ours else file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        growing = _Growing(connection, address, facts, place, place.with_name(f"{place.name}.done"))
        try:
            sha256 = _grown(growing, progress)
        except OSError as error:
            raise StorageError(f"cannot be kept: {reason(error)}", path=place) from error
        if not sha256:
            growing.forget()
            raise AwsError(
                "what came does not have the checksum that S3 states; try again",
                trouble=Trouble.OTHER,
                address=str(address),
            )
        growing.journal.unlink(missing_ok=True)
        return place, sha256


def _grown(growing: _Growing, progress: Progress) -> str:
    """Fetch what is missing; return the SHA-256, empty when the content is damaged."""
    done = growing.done()
    if not done:
        growing.start()
    came = sum(_length(growing, number) for number in done)
    missing = [number for number in range(growing.count) if number not in done]
    progress.step(came, growing.facts.size)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="s3-part") as pool:
        waiting: set[Future[int]] = {pool.submit(growing.bring, number) for number in missing}
        try:
            while waiting:
                ready, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                came += sum(one.result() for one in ready)
                progress.step(came, growing.facts.size)
        finally:
            for one in waiting:
                one.cancel()
    return _sha256_if_sound(growing)


def _length(growing: _Growing, number: int) -> int:
    return min(PART, growing.facts.size - number * PART)


def _sha256_if_sound(growing: _Growing) -> str:
    with growing.file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        if growing.facts.is_md5:
            stream.seek(0)
            md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
            if md5.hexdigest() != growing.facts.etag:
                return ""
    return sha256
