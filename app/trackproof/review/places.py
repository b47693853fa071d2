"""Where reviews lie."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from trackproof import paths

if TYPE_CHECKING:
    from trackproof.storage import Place

ENDING = ".trackproof"
MOVED = ".moved"


def review_path(opened: Place | str) -> Path:
    """Return the file of the review of an input: in the data folder, or where Save As moved it.

    Parameters
    ----------
    opened : Path, S3Address or str
        The file, folder or address that was opened.
    """
    home = default_path(opened)
    pointer = home.with_suffix(MOVED)
    try:
        target = Path(pointer.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return home
    return target if target.exists() else home


def default_path(opened: Place | str) -> Path:
    """Return the file in the data folder, named after the input and its whole path."""
    text = str(opened)
    if "://" not in text:
        text = str(Path(text).resolve())
    stem = re.sub(r"[^\w.-]+", "-", Path(text).stem)[:40] or "review"
    key = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return paths.data_dir() / "reviews" / f"{stem}-{key}{ENDING}"


def remember_move(opened: Place | str, target: Path) -> None:
    """Note where a review was saved, so that opening its input finds it again."""
    pointer = default_path(opened).with_suffix(MOVED)
    # Without the note, the review is opened by its own file; that must not fail a Save As.
    with contextlib.suppress(OSError):
        pointer.parent.mkdir(parents=True, exist_ok=True)
        pointer.write_text(str(target.resolve()), encoding="utf-8")
