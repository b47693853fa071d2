"""Sequences to CVAT for video 1.1: tracks that nobody edited stay as they were, byte for byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.annotations import annotations_of, unchanged_bytes
from trackproof.formats.cvat_meta import encode_meta, is_flag
from trackproof.formats.cvat_reading import META, NAME, PASSED, WHOLE
from trackproof.formats.cvat_shapes import OCCLUDED, OTHERS, encode_shape
from trackproof.formats.identities import whole_identities
from trackproof.formats.places import whole_number
from trackproof.formats.xml_stream import Broken, Element, read_xml, start_tag
from trackproof.labels import NO_IDENTITY, NOT_IN_SOURCE
from trackproof.progress import NO_PROGRESS
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackproof.formats.annotations import Annotation
    from trackproof.labels import Labels, Sequence

MARGIN = b"    "


def write_file(path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False) -> None:
    """Write a CVAT XML file.

    Raises
    ------
    FormatError
        When the file that the labels were read from has changed, or is broken.
    StorageError
        When the file cannot be written, or exists and ``overwrite`` is not set.
    """
    write_atomic(path, encode_file(sequence, labels), overwrite=overwrite)


def encode_file(sequence: Sequence, labels: Labels) -> bytes:
    """Return the text of a CVAT XML file; raises as `write_file`."""
    source = sequence.source
    if source is None or source.format_name != NAME:
        return _new(sequence, labels)
    data = unchanged_bytes(source)
    edited = _edited_ids(sequence.labels, labels)
    if not edited:
        return data
    found = _elements(data, source.path)
    return b"".join(_patched(data, found, sequence, labels, edited))


@dataclass
class _TrackElement:
    """A track as it stands in a file."""

    element: Element
    shapes: list[tuple[int, Element]] = field(default_factory=list)
    others: list[Element] = field(default_factory=list)


@dataclass
class _Elements:
    """Where everything stands in a file; sources count shapes as the reader does."""

    tracks: list[_TrackElement] = field(default_factory=list)
    end: int = -1
    count: int = 0

    def entered(self, element: Element) -> None:
        if element.tag == "track":
            self.tracks.append(_TrackElement(element))

    def left(self, element: Element) -> None:
        if element.tag == "annotations":
            self.end = element.end

    def took(self, element: Element, parent: Element | None) -> None:
        if parent is None or parent.tag != "track":
            return
        source, self.count = self.count, self.count + 1
        if element.tag in OTHERS:
            self.tracks[-1].others.append(element)
        else:
            self.tracks[-1].shapes.append((source, element))


def _elements(data: bytes, path: Path) -> _Elements:
    found = _Elements()
    try:
        read_xml(data, path, found, passed=PASSED, whole=WHOLE, kept=META, progress=NO_PROGRESS)
    except Broken as broken:
        raise FormatError(
            f"the file is broken ({broken}), so edits cannot be joined with it; convert the labels "
            "to another file",
            path=path,
            location=f"line {broken.line}",
        ) from broken
    return found


def _edited_ids(before: Labels, after: Labels) -> set[str]:
    """Return the object ids of which something differs."""
    edited = set()
    old, new = before.table, after.table
    for track in old.blocks.keys() | new.blocks.keys():
        was, now = old.block(track), new.block(track)
        is_same = was is now or (was is not None and now is not None and was.equals(now))
        for table, block in ((old, was), (new, now)):
            if block is None or not 0 <= track < len(table.tracks):
                continue
            if not is_same or old.tracks[track : track + 1] != new.tracks[track : track + 1]:
                edited.add(table.tracks[track].object_id)
    if NO_IDENTITY in new.blocks:
        edited.add("")
    return edited


def _patched(
    data: bytes, found: _Elements, sequence: Sequence, labels: Labels, edited: set[str]
) -> list[bytes]:
    """Return the pieces of the file, with edited tracks exchanged."""
    owner = _owners(sequence.labels)
    writer = _Writer(sequence, labels)
    pieces: list[bytes] = []
    written: set[str] = set()
    place = 0
    for one in found.tracks:
        object_id = next((owner[source] for source, _ in one.shapes if source in owner), None)
        if object_id not in edited or object_id in written:
            continue
        written.add(object_id)
        pieces += [data[place : one.element.start], writer.track(object_id, one, data)]
        place = one.element.end
    end = data.rindex(b"</", 0, found.end)
    fresh = [writer.track(one, None, data) for one in writer.ids() if one in edited - written]
    pieces.append(data[place:end])
    pieces += [b"  " + text + b"\n" for text in fresh]
    pieces.append(data[end:])
    return pieces


def _owners(labels: Labels) -> dict[int, str]:
    """Return the object id of every shape of the file."""
    owner = {}
    for track, block in labels.table.blocks.items():
        for source in block.source[block.source >= 0].tolist():
            owner[source] = labels.table.tracks[track].object_id
    return owner


def _new(sequence: Sequence, labels: Labels) -> bytes:
    writer = _Writer(sequence, labels)
    head = b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    tracks = [b"  " + writer.track(one, None, b"") + b"\n" for one in writer.ids()]
    lone = [b"  " + text + b"\n" for text in writer.lone()]
    return b"".join([head, encode_meta(sequence, labels), *tracks, *lone, b"</annotations>\n"])


class _Writer:
    """Turns tracks into elements."""

    def __init__(self, sequence: Sequence, labels: Labels) -> None:
        self.sequence = sequence
        self.labels = labels
        numbers = whole_identities(labels, first=0)
        self.numbers = {
            track.object_id: number
            for track, number in zip(labels.table.tracks, numbers, strict=True)
        }
        self.first = int(sequence.detail.get("first", 0)) if self._is_own else 0
        self.step = int(sequence.detail.get("step", 1)) if self._is_own else 1
        self.has_flag = bool(sequence.detail.get("flag", True)) if self._is_own else is_flag(labels)

    @property
    def _is_own(self) -> bool:
        source = self.sequence.source
        return source is not None and source.format_name == NAME

    def ids(self) -> list[str]:
        """Return the object ids that have rows, in the order of their tracks."""
        tracks = self.labels.table.tracks
        return list(
            dict.fromkeys(tracks[one].object_id for one in self.labels.table.blocks if one >= 0)
        )

    def lone(self) -> list[bytes]:
        """Return a track for every annotation without identity."""
        free = max(self.numbers.values(), default=-1) + 1
        block = self.labels.table.block(NO_IDENTITY)
        texts = []
        for row in range(0 if block is None else len(block)):
            assert block is not None
            one = block.take(slice(row, row + 1))
            table = self.labels.table.with_blocks({NO_IDENTITY: one})
            labels = type(self.labels)(table, self.labels.categories, self.labels.listed)
            rows = {f: [a] for f, a in annotations_of(labels, NO_IDENTITY).items()}
            texts.append(self._element(free + row, rows, {}, None, b""))
        return texts

    def track(self, object_id: str, original: _TrackElement | None, data: bytes) -> bytes:
        """Return the element of an object."""
        rows = _rows(self.labels, object_id)
        before = _rows(self.sequence.labels, object_id) if original is not None else {}
        return self._element(self.numbers.get(object_id, 0), rows, before, original, data)

    def _element(
        self,
        number: int,
        rows: Mapping[int, list[Annotation]],
        before: Mapping[int, list[Annotation]],
        original: _TrackElement | None,
        data: bytes,
    ) -> bytes:
        label = self._label(rows)
        said = dict(original.element.attributes) if original else {"source": "manual"}
        if original is None or not said.get("id"):
            said = {"id": str(number), **said}
        said["label"] = label if rows else said.get("label", "")
        shapes = self._shapes(rows, before, original, data)
        others = original.others if original else []
        shapes += [(self._number(one), data[one.start : one.end]) for one in others]
        shapes.sort(key=lambda one: one[0])
        if not shapes:
            return b""
        text = b"".join(MARGIN + shape + b"\n" for _, shape in shapes)
        return start_tag("track", said) + b"\n" + text + b"  </track>"

    def _label(self, rows: Mapping[int, list[Annotation]]) -> str:
        votes = Counter(one.category for several in rows.values() for one in several)
        if not votes:
            return ""
        return self.labels.categories[votes.most_common(1)[0][0]].name

    def _number(self, element: Element) -> int:
        return whole_number(element.attributes.get("frame")) or 0

    def _shapes(
        self,
        rows: Mapping[int, list[Annotation]],
        before: Mapping[int, list[Annotation]],
        original: _TrackElement | None,
        data: bytes,
    ) -> list[tuple[int, bytes]]:
        """Return the shapes of a track with their frame numbers.

        CVAT works out again what lies between keyframes, so what stands beside a change becomes a
        keyframe, too.
        """
        elements = dict(original.shapes) if original else {}
        changed = {
            frame for frame in rows.keys() | before.keys() if rows.get(frame) != before.get(frame)
        }
        found = []
        last = len(self.sequence) - 1
        named: dict[str, None] = {}
        for frame in sorted(rows):
            is_fixed = bool({frame - 1, frame, frame + 1} & changed)
            for one in rows[frame]:
                named |= {key: None for key, _ in one.attributes if key != OCCLUDED}
                element = elements.get(one.source)
                whole = _with_blanks(one, named)
                is_same = frame not in changed and _names_all(element, named)
                text = self._shape(whole, frame, element, data, is_same=is_same, is_fixed=is_fixed)
                found.append((self._counted(frame), text))
            if frame < last and frame + 1 not in rows:
                found.append(self._end(rows[frame][-1], frame + 1, elements, data))
        return found

    def _shape(
        self,
        one: Annotation,
        frame: int,
        element: Element | None,
        data: bytes,
        *,
        is_same: bool,
        is_fixed: bool,
    ) -> bytes:
        was_keyframe = element is not None and element.attributes.get("keyframe", "1") == "1"
        if element is not None and is_same and (was_keyframe or not is_fixed):
            return data[element.start : element.end]
        kept = {}
        if element is not None:
            kept = dict(element.attributes)
            kept.pop("points", None)
        is_made = one.source == NOT_IN_SOURCE and is_same
        return encode_shape(
            one.shape,
            number=self._counted(frame),
            xywh=one.xywh,
            vertices=one.vertices,
            attributes=one.attributes,
            is_keyframe=is_fixed or was_keyframe or not is_made,
            original=kept,
            has_flag=self.has_flag,
        )

    def _end(
        self, last: Annotation, frame: int, elements: Mapping[int, Element], data: bytes
    ) -> tuple[int, bytes]:
        """Return the mark that an object is gone from a frame on."""
        number = self._counted(frame)
        for element in elements.values():
            if element.attributes.get("outside") == "1" and self._number(element) == number:
                return number, data[element.start : element.end]
        text = encode_shape(
            last.shape,
            number=number,
            xywh=last.xywh,
            vertices=last.vertices,
            attributes=last.attributes,
            is_keyframe=True,
            is_outside=True,
            has_flag=self.has_flag,
        )
        return number, text

    def _counted(self, frame: int) -> int:
        return self.first + self.step * frame


def _with_blanks(one: Annotation, named: Mapping[str, None]) -> Annotation:
    """Return an annotation that names every attribute: CVAT takes others from the shape before."""
    own = {key for key, _ in one.attributes}
    blanks = tuple((key, None) for key in named if key not in own)
    return replace(one, attributes=(*one.attributes, *blanks)) if blanks else one


def _names_all(element: Element | None, named: Mapping[str, None]) -> bool:
    if element is None:
        return True
    return named.keys() <= {one.attributes.get("name") for one in element.children}


def _rows(labels: Labels, object_id: str) -> dict[int, list[Annotation]]:
    """Return the annotations of an object by frame, also those of its repetitions."""
    rows: dict[int, list[Annotation]] = {}
    for number, track in enumerate(labels.table.tracks):
        if track.object_id == object_id and number in labels.table.blocks:
            for frame, one in annotations_of(labels, number).items():
                rows.setdefault(frame, []).append(one)
    return rows


def mixed_categories(labels: Labels) -> int:
    """Return how many tracks change their category."""
    blocks = labels.table.blocks.items()
    return sum(track >= 0 and len(np.unique(block.category)) > 1 for track, block in blocks)
