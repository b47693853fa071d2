"""What is to be sent to S3, and whether it is there already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.storage.reading import read_bytes, sha256_of
from trackproof.storage.reasons import reason
from trackproof.storage.s3.listing import Facts, facts_of

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.storage.addresses import S3Address
    from trackproof.storage.s3.account import Connection


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An object to be made.

    Parameters
    ----------
    address : S3Address
        Where.
    content : bytes or Path
        What, or the file that holds it.
    """

    address: S3Address
    content: bytes | Path

    @property
    def size(self) -> int:
        """Bytes."""
        if isinstance(self.content, bytes):
            return len(self.content)
        try:
            return self.content.stat().st_size
        except OSError as error:
            raise StorageError("cannot be read", path=self.content) from error

    @property
    def sha256(self) -> str:
        """Hash of the content."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        return sha256_of(self.content)

    def is_at(self, connection: Connection, facts: Facts) -> bool:
        """Return whether an object that is there has this content already."""
        if facts.size != self.size:
            return False
        data = self.content if isinstance(self.content, bytes) else read_bytes(self.content)
        if hashlib.md5(data, usedforsecurity=False).hexdigest() == facts.etag:
            return True
        return facts_of(connection, self.address).sha256 == hashlib.sha256(data).hexdigest()

    def read(self, start: int, length: int) -> bytes:
        """Return some bytes of the content.

        Raises
        ------
        StorageError
            When the file cannot be read, or is shorter than it was.
        """
        if isinstance(self.content, bytes):
            return self.content[start : start + length]
        try:
            with self.content.open("rb") as file:
                file.seek(start)
                data = file.read(length)
        except OSError as error:
            raise StorageError(f"cannot be read: {reason(error)}", path=self.content) from error
        if len(data) != length:
            raise StorageError("changed while it was sent", path=self.content)
        return data
