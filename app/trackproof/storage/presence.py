"""Whether something is there, and what is in a folder; what may not be read is told, not hidden."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.errors import StorageError
from trackproof.storage.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_there(path: Path) -> None:
    """Refuse what does not exist, and a folder that may not be listed, which would look empty.

    Raises
    ------
    StorageError
        With the reason.
    """
    try:
        if path.is_dir():
            next(path.iterdir(), None)
        is_there = path.exists()
    except ValueError:
        is_there = False
    except OSError as error:
        raise StorageError(f"cannot be read: {reason(error)}", path=path) from error
    if not is_there:
        raise StorageError("there is no such file or folder", path=path)


def files_beneath(folder: Path) -> Iterator[Path]:
    """Yield every file beneath a folder, in no order; links to folders are not followed.

    Raises
    ------
    StorageError
        When one of the folders may not be listed.
    """

    def refuse(error: OSError) -> None:
        place = Path(error.filename) if error.filename else folder
        raise StorageError(f"cannot be read: {reason(error)}", path=place) from error

    for place, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            yield Path(place, name)
