"""Write a package to a folder: all of it or nothing, and never over something else."""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Protocol

from trackproof.errors import HandoffError
from trackproof.progress import NO_PROGRESS
from trackproof.storage import write_atomic
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackproof.progress import Progress


class Files(Protocol):
    """What a package is to whoever writes it."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Content by path inside the package, in the order of writing."""


def write_package(
    package: Files, folder: Path, *, overwrite: bool = False, progress: Progress = NO_PROGRESS
) -> Path | None:
    """Write a package to a folder: all of it or nothing.

    Parameters
    ----------
    overwrite : bool
        Whether an existing folder may be replaced; it is then kept beside under another name.

    Returns
    -------
    Path or None
        Where an existing folder was moved to.

    Raises
    ------
    HandoffError
        When the folder exists and ``overwrite`` is not set, or it cannot be written.
    Cancelled
        When ``progress`` says so; the folder is then as it was.
    """
    is_taken = check_free(folder, overwrite=overwrite)
    fresh = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        _write_files(package, fresh, progress)
        moved = _aside(folder) if is_taken else None
        if folder.is_dir():
            folder.rmdir()
        fresh.rename(folder)
    except OSError as error:
        raise HandoffError(
            f"the package cannot be written: {reason(error)}", path=folder
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return moved


def check_free(folder: Path, *, overwrite: bool) -> bool:
    """Return whether something stands where a package shall go, and may be moved aside.

    Raises
    ------
    HandoffError
        When something stands there and ``overwrite`` is not set.
    """
    is_taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if is_taken and not overwrite:
        raise HandoffError(
            "this exists already; choose another folder or ask to replace it", path=folder
        )
    return is_taken


def _write_files(package: Files, folder: Path, progress: Progress) -> None:
    for done, (name, data) in enumerate(package.files.items()):
        progress.step(done, len(package.files))
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, data)


def _aside(folder: Path) -> Path:
    number = 1
    while (kept := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    folder.rename(kept)
    return kept
