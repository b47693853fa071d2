"""Where copies of S3 objects lie in the user's cache, and how much room they may take."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trackproof import paths
from trackproof.storage.s3.disk_cache import DiskCache

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.storage.s3.account import Connection

BUDGET_VARIABLE = "TRACKPROOF_S3_CACHE_GB"
FRAMES_GB = 10.0
DOCUMENTS_BYTES = 4_000_000_000


def frame_cache(connection: Connection, *, budget_bytes: int | None = None) -> DiskCache:
    """Return the cache of frames.

    Parameters
    ----------
    budget_bytes : int or None
        By default what ``TRACKPROOF_S3_CACHE_GB`` says, else 10 GB.

    Raises
    ------
    AwsError
        When the account cannot be used at all.
    """
    wanted = _stated_bytes() if budget_bytes is None else budget_bytes
    return DiskCache(_root() / "frames", budget_bytes=wanted, server=connection.server())


def document_cache(connection: Connection) -> DiskCache:
    """Return the cache of labels, manifests and videos, which frames cannot push out.

    Raises
    ------
    AwsError
        When the account cannot be used at all.
    """
    root = _root() / "documents"
    return DiskCache(root, budget_bytes=DOCUMENTS_BYTES, server=connection.server())


def is_cached_copy(path: Path) -> bool:
    """Return whether a file is a copy in the cache, beside which nobody looks for results."""
    return path.is_relative_to(_root())


def _root() -> Path:
    return paths.cache_dir() / "s3"


def _stated_bytes() -> int:
    try:
        stated = float(os.environ.get(BUDGET_VARIABLE, FRAMES_GB))
    except ValueError:
        stated = FRAMES_GB
    return int(max(stated, 0.1) * 1e9)
