"""Write ``SeqLabel.json``: frames that nobody edited are copied byte for byte."""

from __future__ import annotations

from bisect import bisect
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trackproof.formats.annotations import unchanged_bytes
from trackproof.formats.ground_truth_encoding import encode_entry, entry_of, original_entry
from trackproof.formats.ground_truth_reading import NAME
from trackproof.formats.ground_truth_scan import TOP_KEYS, scan
from trackproof.formats.problems import Problems
from trackproof.labels import NO_ATTRIBUTES, changed_frames
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackproof.labels import Labels, Sequence


def encode_labels(sequence: Sequence, labels: Labels) -> bytes:
    """Return the ``SeqLabel.json`` of a sequence with the given labels.

    A sequence that was read from such a file keeps it, byte for byte, except for frames that
    differ from what was read. Any other sequence is written anew, in frame order.

    Raises
    ------
    FormatError
        When the file that the sequence was read from has changed since.
    StorageError
        When that file cannot be read.
    """
    if sequence.source is None or sequence.source.format_name != NAME:
        return encode_window(sequence, labels, start=0, stop=len(sequence), is_renumbered=False)
    data = unchanged_bytes(sequence.source)
    changed = changed_frames(sequence.labels, labels)
    if not len(changed):
        return data
    return b"".join(_patched(sequence, labels, data, set(changed.tolist())))


def encode_window(
    sequence: Sequence, labels: Labels, *, start: int, stop: int, is_renumbered: bool = True
) -> bytes:
    """Return the ``SeqLabel.json`` of the frames ``start <= frame < stop``.

    Keys that trackproof does not know are kept, like everything else about an annotation; only
    listed frames are written.

    Parameters
    ----------
    is_renumbered : bool
        Whether ``frame-no`` runs from 0, as it does in the sequence file of a window. Its type
        stays that of the file.

    Raises
    ------
    FormatError
        When the file that the sequence was read from has changed since.
    StorageError
        When that file cannot be read.
    """
    source = sequence.source
    data = unchanged_bytes(source) if source is not None and source.format_name == NAME else b""
    entries = []
    for frame in np.flatnonzero(labels.listed[start:stop]).tolist():
        number = frame if is_renumbered else int(sequence.frame_numbers[start + frame])
        entries.append(_entry(sequence, labels, start + frame, data, number=number))
    top = TOP_KEYS[sequence.task].encode()
    return b'{"%s":[%s]}' % (top, b",".join(entries))


def write_labels(
    path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False
) -> None:
    """Write the ``SeqLabel.json`` of a sequence; into a folder under that name.

    Raises
    ------
    FormatError
        When the file that the sequence was read from has changed since.
    StorageError
        When the file cannot be written, or exists and ``overwrite`` is not set.
    """
    target = path / "SeqLabel.json" if path.is_dir() else path
    write_atomic(target, encode_labels(sequence, labels), overwrite=overwrite)


def _patched(sequence: Sequence, labels: Labels, data: bytes, changed: set[int]) -> Iterator[bytes]:
    """Yield the pieces of the file with changed frames exchanged, added or taken out."""
    assert sequence.source is not None
    problems = Problems(sequence.source.path)
    spans = scan(data, Path(sequence.source.path), problems).spans.tolist()
    frame_at = {int(first): frame for frame, (first, _) in enumerate(sequence.source.frame_spans)}
    frames = [frame_at.get(first, -1) for first, _ in spans]
    pieces = [
        _piece(sequence, labels, data, frame, span, is_changed=frame in changed)
        for frame, span in zip(frames, spans, strict=True)
    ]
    new = sorted(frame for frame in changed if frame not in set(frames) and labels.listed[frame])
    gaps = [data[end:first] for (_, end), (first, _) in pairwise(spans)]
    usual = gaps[0] if gaps else b","
    kept: list[tuple[bytes, bytes]] = [
        (gap, piece)
        for gap, piece in zip([usual, *gaps], pieces, strict=False)
        if piece is not None
    ]
    order = [frame for frame, piece in zip(frames, pieces, strict=True) if piece is not None]
    for frame in new:
        place = _place(order, frame)
        like = data[spans[0][0] : spans[0][1]] if spans else b""
        kept.insert(place, (usual, _new_entry(sequence, labels, frame, like)))
        order.insert(place, frame)
    yield from _assembled(data, spans, kept)


def _assembled(
    data: bytes, spans: list[list[int]], kept: list[tuple[bytes, bytes]]
) -> Iterator[bytes]:
    start = spans[0][0] if spans else data.index(b"[") + 1
    yield data[:start]
    for place, (gap, piece) in enumerate(kept):
        if place:
            yield gap
        yield piece
    yield data[spans[-1][1] if spans else start :]


def _place(order: list[int], frame: int) -> int:
    """Return where a new frame belongs among those of the file."""
    if order == sorted(order):
        return bisect(order, frame)
    before = [place for place, other in enumerate(order) if other < frame]
    return max(before) + 1 if before else 0


def _piece(
    sequence: Sequence,
    labels: Labels,
    data: bytes,
    frame: int,
    span: list[int],
    *,
    is_changed: bool,
) -> bytes | None:
    if not is_changed or frame < 0:
        return data[span[0] : span[1]]
    if not labels.listed[frame]:
        return None
    return _entry(sequence, labels, frame, data, number=None)


def _new_entry(sequence: Sequence, labels: Labels, frame: int, like: bytes) -> bytes:
    entry = entry_of(
        labels.table.at(frame),
        labels,
        task=sequence.task,
        frame_attributes=labels.frame_attributes.get(frame, NO_ATTRIBUTES),
        name=sequence.frame_names[frame],
        number=_typed(sequence, int(sequence.frame_numbers[frame])),
        original=None,
    )
    return encode_entry(entry, like=like)


def _entry(
    sequence: Sequence, labels: Labels, frame: int, data: bytes, *, number: int | None
) -> bytes:
    """Return a frame's text; with a number, under that ``frame-no``."""
    first, end = sequence.source.frame_spans[frame].tolist() if sequence.source else (-1, -1)
    text = data[first:end] if data and first >= 0 else b""
    original = original_entry(text) if text else None
    entry = entry_of(
        labels.table.at(frame),
        labels,
        task=sequence.task,
        frame_attributes=labels.frame_attributes.get(frame, NO_ATTRIBUTES),
        name=sequence.frame_names[frame],
        number=_typed(sequence, number or 0),
        original=original,
    )
    if number is not None:
        entry["frame-no"] = _typed(sequence, number)
    return encode_entry(entry, like=text if number is None else b"")


def _typed(sequence: Sequence, number: int) -> str | int:
    return str(number) if sequence.detail.get("frame_no_is_text", True) else number
