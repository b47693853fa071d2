"""Find on the local disk what manifests name by S3 address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

SCHEME = "s3://"


def is_s3_uri(text: str) -> bool:
    """Return whether a text is an S3 address."""
    return text.startswith(SCHEME)


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of ``s3://bucket/key``.

    Raises
    ------
    StorageError
        When it is not such an address.
    """
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not is_s3_uri(uri) or not bucket:
        raise StorageError(f"{_short(uri)} is not an address like s3://bucket/key")
    return bucket, key


@dataclass(frozen=True)
class UriMap:
    """Finds local copies of S3 objects, and never a file outside the folders it was given.

    With a root, ``s3://bucket/a/b.json`` is looked for as ``root/bucket/a/b.json``, then
    ``root/a/b.json``, then ``root/b.json``; the longest part of the address that exists wins.
    Without one, the same is tried in the manifest's folder and in the folders above it, since a
    copied job folder holds the manifest some levels below.

    Parameters
    ----------
    root : Path or None
        Folder that the user named.
    beside : Path or None
        Folder of the manifest.
    levels_up : int
        How many folders above ``beside`` are searched.
    """

    root: Path | None = None
    beside: Path | None = None
    levels_up: int = 4

    def find(self, uri: str) -> Path | None:
        """Return the local file of an address, or None when there is none.

        Parameters
        ----------
        uri : str
            ``s3://bucket/key``, or a path relative to the folders (as hand-made manifests have).

        Raises
        ------
        StorageError
            When the address would lead out of the folders.
        """
        parts = self._parts(uri)
        for folder in self._folders():
            # The bare file name says too little in a folder that merely lies above the manifest.
            shortest = 1 if folder in (self.root, self.beside) else 2
            for first in range(len(parts) - shortest + 1):
                file = folder.joinpath(*parts[first:])
                if _is_file(file):
                    return _inside(file, folder, uri)
        return None

    def _folders(self) -> list[Path]:
        if self.root is not None:
            return [self.root]
        if self.beside is None:
            return []
        beside = self.beside.absolute()
        return [self.beside, *list(beside.parents)[: self.levels_up]]

    @staticmethod
    def _parts(uri: str) -> list[str]:
        text = "/".join(split_s3_uri(uri)) if is_s3_uri(uri) else uri
        if "://" in text:
            raise StorageError(f"{_short(uri)} is neither an S3 address nor a relative path")
        parts = [part for part in text.split("/") if part not in ("", ".")]
        is_hostile = any(part == ".." or "\\" in part or "\0" in part for part in parts)
        is_absolute = not is_s3_uri(uri) and (text.startswith(("/", "\\")) or ":" in text[:2])
        if is_hostile or is_absolute or not parts:
            raise StorageError(
                f"{_short(uri)} leads out of the folder that it belongs to, so it is not opened"
            )
        return parts


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _inside(file: Path, folder: Path, uri: str) -> Path:
    """Return the file unless links lead out of its folder."""
    if not file.resolve().is_relative_to(folder.resolve()):
        raise StorageError(
            f"{_short(uri)} is a link that leads out of {folder}, so it is not opened", path=file
        )
    return file


def _short(uri: str) -> str:
    return repr(uri if len(uri) <= 120 else f"{uri[:80]}...{uri[-30:]}")
