"""What a review was made from, and what of it has changed since."""

from __future__ import annotations

import contextlib
import json
import zlib
from typing import TYPE_CHECKING, TypeAlias

from trackproof.errors import ReviewError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from trackproof.labels import Sequence
    from trackproof.progress import Progress

PictureFacts: TypeAlias = "Mapping[str, tuple[int, ...]]"
"""By file name: size in bytes, time of change in nanoseconds and, where somebody has looked into
the file, a checksum of its content."""

LOOKED_AT = 64 * 1024
"""Bytes of a file's beginning, middle and end that its checksum is made of."""


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


def picture_facts(files: Iterable[Path]) -> dict[str, tuple[int, ...]]:
    """Return size and time of picture files by name; files that are gone are left out."""
    facts: dict[str, tuple[int, ...]] = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        facts[file.name] = (status.st_size, status.st_mtime_ns)
    return facts


def with_contents(files: Iterable[Path], facts: PictureFacts, progress: Progress) -> PictureFacts:
    """Return facts with a checksum for those of the files that can be read.

    Takes as long as reading up to three pieces of every file; meant for when nobody waits.
    """
    wanted = [file for file in files if file.name in facts]
    found = dict(facts)
    for done, file in enumerate(wanted):
        progress.step(done, len(wanted))
        with contextlib.suppress(OSError):
            found[file.name] = (*facts[file.name][:2], _content_of(file, facts[file.name][0]))
    return found


def _content_of(file: Path, size: int) -> int:
    checksum = 0
    with file.open("rb") as opened:
        for start in sorted({0, max(size - LOOKED_AT, 0) // 2, max(size - LOOKED_AT, 0)}):
            opened.seek(start)
            checksum = zlib.crc32(opened.read(LOOKED_AT), checksum)
    return checksum


def in_doubt(before: PictureFacts, now: PictureFacts) -> frozenset[str]:
    """Return the pictures that may be the same with another time: their content tells."""
    return frozenset(
        name
        for name in before.keys() & now.keys()
        if len(before[name]) > 2
        and before[name][0] == now[name][0]
        and before[name][1:2] != now[name][1:2]
    )


def remembered(before: PictureFacts, now: PictureFacts) -> dict[str, tuple[int, ...]]:
    """Return the facts of now, with the checksums of files that nobody has touched since."""
    return {
        name: before[name] if before.get(name, ())[:2] == facts[:2] and len(facts) < 3 else facts
        for name, facts in now.items()
    }


def _is_same(before: tuple[int, ...], now: tuple[int, ...]) -> bool:
    """Return whether a picture is the same: a copy has another time, but not another content."""
    if before[:2] == now[:2]:
        return True
    return len(before) > 2 and len(now) > 2 and (before[0], before[2]) == (now[0], now[2])


def picture_changes(before: PictureFacts, now: PictureFacts) -> tuple[str, ...]:
    """Return what changed in a set of picture files, a sentence each."""
    missing = sorted(before.keys() - now.keys())
    new = sorted(now.keys() - before.keys())
    changed = sorted(
        name for name in before.keys() & now.keys() if not _is_same(before[name], now[name])
    )
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


def unpack_pictures(data: bytes) -> tuple[str, dict[str, tuple[int, ...]]]:
    """Return location and facts from bytes."""
    location, facts = json.loads(zlib.decompress(data))
    return str(location), {
        name: (int(size), int(time), *map(int, content))
        for name, (size, time, *content) in facts.items()
    }
