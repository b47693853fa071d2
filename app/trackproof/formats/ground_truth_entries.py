"""Frame entries of a ``SeqLabel.json`` to rows, one frame at a time.

A frame of complete boxes is decoded by types, which is fast. Any other frame goes to
`ground_truth_tolerant`, which keeps what it can and says what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import msgspec

from trackproof.formats.ground_truth_rows import PlainBox, Rows
from trackproof.formats.ground_truth_tolerant import is_json, read_entry
from trackproof.labels import NO_ATTRIBUTES, Task

if TYPE_CHECKING:
    from trackproof.formats.ground_truth_scan import Scan
    from trackproof.formats.problems import Problems
    from trackproof.labels import AttributeSet
    from trackproof.progress import Progress

NO_NUMBER = -1
"""Frame number of an entry that has none that can be used."""

LARGEST_NUMBER = 2**53
STEP = 64
"""Frames between two reports of progress."""


class NotSplitThere(Exception):
    """A guess where frames begin and end was wrong."""


class _Entry(msgspec.Struct, rename="kebab", gc=False):
    annotations: list[PlainBox]
    frame_no: str | int
    frame: Annotated[str, msgspec.Meta(min_length=1)]
    frame_attributes: dict[str, str | int | float | bool | None] = {}
    polygons: list[None] = []
    polylines: list[None] = []
    keypoints: list[None] = []


_ENTRY = msgspec.json.Decoder(_Entry)


@dataclass
class Entries:
    """What the entries of a label file say, in its order.

    Parameters
    ----------
    numbers : list of int
        ``frame-no`` of every entry, ``NO_NUMBER`` when it has none.
    names : list of str
        File name of every entry, empty when it has none.
    attributes : dict of int to AttributeSet
        Frame attributes by place of the entry.
    text_numbers, plain_numbers : int
        How many ``frame-no`` are strings, and how many numbers; those of no use are neither.
    """

    rows: Rows = field(default_factory=Rows)
    numbers: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    attributes: dict[int, AttributeSet] = field(default_factory=dict)
    text_numbers: int = 0
    plain_numbers: int = 0

    def __len__(self) -> int:
        return len(self.names)


def read_entries(
    data: bytes,
    found: Scan,
    *,
    problems: Problems,
    progress: Progress,
    is_guess: bool = False,
) -> Entries:
    """Return what the entries of a file say.

    Raises
    ------
    NotSplitThere
        When ``is_guess`` and some span is no complete JSON value.
    Cancelled
        When ``progress`` says so.
    """
    entries = Entries()
    view = memoryview(data)
    has_identity = found.task is Task.TRACKING
    decode = _ENTRY.decode
    total = len(found.spans)
    for place, (first, end) in enumerate(found.spans.tolist()):
        if not place % STEP:
            progress.step(place, total)
        try:
            entry = decode(view[first:end])
            is_taken = _take(entries, entry, has_identity=has_identity)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            is_taken = False
        if not is_taken:
            text = data[first:end]
            if is_guess and not is_json(text):
                raise NotSplitThere
            _tolerate(entries, text, problems, has_identity=has_identity)
    entries.rows.forget_last()
    progress.step(total, total)
    return entries


def _take(entries: Entries, entry: _Entry, *, has_identity: bool) -> bool:
    """Add a frame of complete boxes; return False when it needs a closer look."""
    number = _number(entry.frame_no)
    if number is None or not entries.rows.extend(entry.annotations, has_identity=has_identity):
        return False
    attributes = tuple(entry.frame_attributes.items()) or NO_ATTRIBUTES
    _head(entries, number, entry.frame, attributes, is_text=isinstance(entry.frame_no, str))
    return True


def _tolerate(entries: Entries, text: bytes, problems: Problems, *, has_identity: bool) -> None:
    place = len(entries)
    entry = read_entry(text, place=place, problems=problems, has_identity=has_identity)
    for one in entry.annotations:
        entries.rows.add(one)
    entries.rows.counts.append(len(entry.annotations))
    number = _number(entry.number) if entry.number is not None else None
    _head(
        entries,
        NO_NUMBER if number is None else number,
        entry.name,
        entry.attributes,
        is_text=isinstance(entry.number, str),
    )


def _head(
    entries: Entries, number: int, name: str, attributes: AttributeSet, *, is_text: bool
) -> None:
    if attributes:
        entries.attributes[len(entries)] = attributes
    entries.numbers.append(number)
    entries.names.append(name)
    if number != NO_NUMBER:
        entries.text_numbers += is_text
        entries.plain_numbers += not is_text


def _number(value: str | int) -> int | None:
    """Return a frame number, or None when the value is none."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) < 17):
            return None
        value = int(value)
    return value if 0 <= value < LARGEST_NUMBER else None
