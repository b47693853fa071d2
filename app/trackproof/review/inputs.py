"""What a review was made from, and what of it has changed since."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, TypeAlias

from trackproof.errors import ReviewError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from trackproof.labels import Sequence

PictureFacts: TypeAlias = "Mapping[str, tuple[int, int]]"
"""Size in bytes and time of change in nanoseconds, by file name."""


class InputsChanged(ReviewError):
    """The labels are not those that a review was made from.

    Parameters
    ----------
    changes : tuple of str
        What changed, a sentence each.
    """

    def __init__(self, changes: tuple[str, ...], path: Path | None) -> None:
        super().__init__(
            " ".join(changes) + " Carry the review over to the new labels, or start anew.",
            path=path,
        )
        self.changes = changes


def label_changes(connection: sqlite3.Connection, sequences: Iterable[Sequence]) -> dict[str, str]:
    """Return what changed in the labels since the review was made, by sequence name."""
    known = {
        name: (frames, sha256)
        for name, frames, sha256 in connection.execute("SELECT name, frames, sha256 FROM sequences")
    }
    changes = {}
    for sequence in sequences:
        if sequence.name not in known:
            continue
        frames, sha256 = known.pop(sequence.name)
        now = labels_hash(sequence)
        if len(sequence.labels.listed) != frames:
            changes[sequence.name] = (
                f"The labels of {sequence.name} have {len(sequence.labels.listed)} frames now; "
                f"they had {frames}."
            )
        elif sha256 != now:
            changes[sequence.name] = (
                f"The labels of {sequence.name} changed since this review was made "
                f"(SHA-256 {sha256[:8]} then, {now[:8]} now)."
            )
    return changes


def missing_sequences(
    connection: sqlite3.Connection, sequences: Iterable[Sequence]
) -> tuple[str, ...]:
    """Return the names of sequences that the review knows and the input does not hold any more."""
    present = {sequence.name for sequence in sequences}
    names = connection.execute("SELECT name FROM sequences ORDER BY id").fetchall()
    return tuple(name for (name,) in names if name not in present)


def labels_hash(sequence: Sequence) -> str:
    """Return the SHA-256 of the file that the labels were read from; empty for made labels."""
    return sequence.source.sha256 if sequence.source is not None else ""


def picture_facts(files: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """Return size and time of picture files by name; files that are gone are left out."""
    facts = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        facts[file.name] = (status.st_size, status.st_mtime_ns)
    return facts


def picture_changes(before: PictureFacts, now: PictureFacts) -> tuple[str, ...]:
    """Return what changed in a set of picture files, a sentence each."""
    missing = sorted(before.keys() - now.keys())
    new = sorted(now.keys() - before.keys())
    changed = sorted(name for name in before.keys() & now.keys() if before[name] != now[name])
    sentences = []
    for names, what in ((missing, "gone"), (new, "new"), (changed, "changed")):
        if names:
            some = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
            verb = "picture is" if len(names) == 1 else "pictures are"
            sentences.append(f"{len(names)} {verb} {what}: {some}.")
    return tuple(sentences)


def pack_pictures(location: str, facts: PictureFacts) -> bytes:
    """Return where pictures are, and what they were, as bytes."""
    return zlib.compress(json.dumps([location, dict(facts)]).encode())


def unpack_pictures(data: bytes) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return location and facts from bytes."""
    location, facts = json.loads(zlib.decompress(data))
    return str(location), {name: (int(size), int(time)) for name, (size, time) in facts.items()}
