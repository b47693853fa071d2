"""Addresses in S3 as values that behave like paths where that is safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from trackproof.errors import StorageError
from trackproof.storage.uris import SCHEME, is_s3_uri, split_s3_uri

KEY_BYTES = 1_024
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")


@dataclass(frozen=True, slots=True, order=True)
class S3Address:
    """An object in S3, or a folder of objects when the key ends with a slash or is empty.

    Parameters
    ----------
    bucket : str
        Name of the bucket.
    key : str
        Key of the object, exactly as S3 knows it: never unquoted and never tidied.
    """

    bucket: str
    key: str = ""

    def __post_init__(self) -> None:
        if not _BUCKET.fullmatch(self.bucket):
            raise StorageError(f"{_short(self.bucket)} is no bucket name")
        if len(self.key.encode("utf-8", "surrogatepass")) > KEY_BYTES:
            raise StorageError(
                f"{_short(self.key)} is longer than the {KEY_BYTES:,} bytes that a key may have"
            )
        # Network libraries fold such parts away, so another object than the named one would come.
        if "\0" in self.key or {".", ".."} & set(self.key.split("/")):
            raise StorageError(
                f"{_short(f'{SCHEME}{self.bucket}/{self.key}')} leads out of the folder that it "
                "belongs to, so it is not opened"
            )

    @classmethod
    def parse(cls, text: str) -> S3Address:
        """Return the address that a text means.

        Raises
        ------
        StorageError
            When it is not like ``s3://bucket/key``, or its key cannot be asked for.
        """
        return cls(*split_s3_uri(text))

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """The last part of the key; of the bucket when the key is empty."""
        return self.key.rstrip("/").rpartition("/")[2] or self.bucket

    @property
    def suffix(self) -> str:
        """The ending of the name with its dot."""
        return PurePosixPath(self.name).suffix

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePosixPath(self.name).stem

    @property
    def is_folder(self) -> bool:
        """Whether it stands for everything beneath it."""
        return not self.key or self.key.endswith("/")

    @property
    def parent(self) -> S3Address:
        """The folder above, with its slash; the bucket is its own."""
        above = self.key.rstrip("/").rpartition("/")[0]
        return S3Address(self.bucket, f"{above}/" if above else "")

    def joined(self, name: str) -> S3Address:
        """Return the address of a name beneath this folder.

        Raises
        ------
        StorageError
            When the name leads out of it.
        """
        if name.startswith("/"):
            raise StorageError(f"{_short(name)} leads out of {self}, so it is not opened")
        return S3Address(self.bucket, f"{self.as_folder.key}{name}")

    def with_name(self, name: str) -> S3Address:
        """Return the address of a neighbour."""
        return self.parent.joined(name)

    @property
    def as_folder(self) -> S3Address:
        """The same with a slash at the end."""
        return self if self.is_folder else S3Address(self.bucket, f"{self.key}/")


Place: TypeAlias = "Path | S3Address"
"""What a person names: something on the disk, or in S3."""


def place_of(text: Path | str | S3Address) -> Place:
    """Return what a text names.

    Raises
    ------
    StorageError
        When it starts like an S3 address and is none, or names the home of nobody.
    """
    if not isinstance(text, str):
        return text
    if is_s3_uri(text):
        return S3Address.parse(text)
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise StorageError("there is no such home folder", path=text) from error


def _short(text: str) -> str:
    return repr(text if len(text) <= 120 else f"{text[:80]}...{text[-30:]}")
