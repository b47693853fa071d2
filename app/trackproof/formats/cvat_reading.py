"""CVAT for video 1.1 to sequences: tracks of keyframes, and what lies between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError
from trackproof.formats.cvat_shapes import (
    OCCLUDED,
    OTHERS,
    SHAPES,
    CvatShape,
    WrongShape,
    between,
    shape_of,
    value_of,
)
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.frame_range import most_frames, stated_length
from trackproof.formats.places import whole_number
from trackproof.formats.problems import Problems
from trackproof.formats.xml_stream import Broken, Element, read_xml
from trackproof.labels import AttributeSpec, Category, Labels, Sequence, Source
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.labels import AttributeSet
    from trackproof.progress import Progress

NAME = "cvat"
PASSED = frozenset({"annotations", "track"})
META = frozenset(
    {"task", "job", "project", "name", "size", "labels", "label", "color", "attributes"}
    | {"attribute", "input_type", "values", "start_frame", "stop_frame", "frame_filter"}
    | {"original_size", "width", "height"}
)
WHOLE = frozenset({"meta", "image", *SHAPES, *OTHERS})
FREE_ROWS = 200_000
"""Shapes between keyframes that any file may imply; more must be paid for in bytes."""

_STEP = re.compile(r"step\s*=\s*(\d{1,6})")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass
class Meta:
    """What stands before the tracks."""

    name: str = ""
    length: int | None = None
    first: int = 0
    step: int = 1
    width: int | None = None
    height: int | None = None
    categories: dict[str, Category] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    specs: list[AttributeSpec] = field(default_factory=list)


@dataclass
class _Track:
    """A track while its shapes are gathered."""

    object_id: str
    label: str
    line: int
    shapes: list[CvatShape] = field(default_factory=list)


@dataclass
class _Reader:
    """Takes elements as they come."""

    problems: Problems
    limit: int
    rows_left: int
    meta: Meta = field(default_factory=Meta)
    rows: DrawnRows = field(default_factory=DrawnRows)
    tracks: list[_Track] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    shapes: int = 0
    images: int = 0
    last: int = -1
    _open: _Track | None = None

    def entered(self, element: Element) -> None:
        if element.tag == "track":
            self._open = _Track(
                self._own_id(element), element.attributes.get("label", ""), element.line
            )

    def left(self, element: Element) -> None:
        if element.tag == "track":
            self.close()

    def close(self) -> None:
        """Put the shapes of the open track away."""
        if self._open is not None and self._open.shapes:
            self._open.shapes.sort(key=lambda one: one.number)
            self.tracks.append(self._open)
        self._open = None

    def took(self, element: Element, parent: Element | None) -> None:
        if element.tag == "meta":
            self.meta = meta_of(element, self.problems)
        elif element.tag == "image":
            self.images += 1
        elif self._open is not None and parent is not None:
            source, self.shapes = self.shapes, self.shapes + 1
            self._take(self._open, element, source)

    def _take(self, track: _Track, element: Element, source: int) -> None:
        location = f"line {element.line}"
        if element.tag in OTHERS:
            self.problems.error(
                f"shapes that are not shown: {element.tag}",
                f"a {element.tag} of track {track.object_id} is not shown; it stays in the file",
                location=location,
            )
            return
        try:
            shape = shape_of(element, source)
            self._index(shape)
        except WrongShape as wrong:
            self.problems.error(
                "shapes that cannot be used", f"{wrong}; left out", location=location
            )
            return
        if element.attributes.get("rotation", "0").strip("0."):
            self.problems.add(
                "rotated boxes",
                f"a box of track {track.object_id} is rotated, and shown without the rotation",
                location=location,
            )
        track.shapes.append(shape)
        if not shape.is_outside:
            self.last = max(self.last, shape.number)

    def _index(self, shape: CvatShape) -> None:
        """Count frames as the sequence does."""
        frame, rest = divmod(shape.number - self.meta.first, self.meta.step)
        if rest or not 0 <= frame < self.limit:
            raise WrongShape(f"frame {shape.number:,} is none of the frames of the task")
        shape.number = frame

    def _own_id(self, element: Element) -> str:
        stated = element.attributes.get("id", "")
        times = self.seen[stated] = self.seen.get(stated, 0) + 1
        if not stated or times > 1:
            self.problems.add(
                "tracks without an id of their own",
                f"the track id {stated!r} is used {times} times" if stated else "a track has no id",
                location=f"line {element.line}",
            )
            return f"{stated or 'track'} ({times})"
        return stated

    def fill(self, count: int) -> None:
        """Add all rows, also those between keyframes."""
        for track in self.tracks:
            _Filler(self, track, count).run()
        self.tracks = []


@dataclass
class _Filler:
    """Adds the rows of one track."""

    reader: _Reader
    track: _Track
    count: int

    def run(self) -> None:
        shapes = self.track.shapes
        for place, shape in enumerate(shapes):
            if place:
                earlier = shapes[place - 1]
                shape.attributes = {**earlier.attributes, **shape.attributes}
                if not earlier.is_outside:
                    self._gap(earlier, shape)
            if not shape.is_outside:
                self._add(shape)
        last = shapes[-1]
        if self.reader.meta.length and last.is_keyframe and not last.is_outside:
            self._tail(last)

    def _gap(self, first: CvatShape, second: CvatShape) -> None:
        missing = second.number - first.number - 1
        if missing <= 0 or not self._afford(missing, first.number):
            return
        for frame in range(first.number + 1, second.number):
            ratio = (frame - first.number) / (second.number - first.number)
            points = between(first, second, ratio)
            if points is None:
                self.reader.problems.add(
                    "outlines that change their vertices",
                    f"the outline of track {self.track.object_id} has other vertices at the next "
                    "keyframe; until then it is shown as it was",
                    location=f"frame index {first.number}",
                )
            self._worked_out(first, frame, first.points if points is None else points)

    def _tail(self, last: CvatShape) -> None:
        missing = self.count - last.number - 1
        if missing <= 0 or not self._afford(missing, last.number):
            return
        self.reader.problems.add(
            "tracks without an end",
            f"track {self.track.object_id} is never marked outside, so as in CVAT its last shape "
            "stays until the last frame",
            location=f"line {self.track.line}",
        )
        for frame in range(last.number + 1, self.count):
            self._worked_out(last, frame, last.points)

    def _afford(self, missing: int, frame: int) -> bool:
        if missing <= self.reader.rows_left:
            self.reader.rows_left -= missing
            return True
        self.reader.problems.error(
            "gaps that are too long",
            f"{missing:,} frames of track {self.track.object_id} lie between keyframes, too many "
            "for a file of this size; they are left out",
            location=f"frame index {frame}",
        )
        return False

    def _worked_out(
        self, like: CvatShape, frame: int, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    ) -> None:
        self._add(
            CvatShape(
                frame, -1, like.shape, points, False, like.is_occluded, False, like.attributes
            )
        )

    def _add(self, shape: CvatShape) -> None:
        self.reader.rows.add(
            shape.number,
            category=self.track.label,
            xywh=shape.xywh,
            shape=shape.shape,
            vertices=shape.vertices,
            object_id=self.track.object_id,
            attributes=self._attributes(shape),
            source=shape.source,
        )

    def _attributes(self, shape: CvatShape) -> AttributeSet:
        kinds = self.reader.meta.kinds
        values = tuple(
            (key, value_of(text, kinds.get(key, "")))
            for key, text in shape.attributes.items()
            if text
        )
        if OCCLUDED in kinds or shape.attributes.get(OCCLUDED):
            return values
        return (*values, (OCCLUDED, True)) if shape.is_occluded else values


def meta_of(element: Element, problems: Problems) -> Meta:
    """Return what the element ``meta`` says."""
    about = element.child("task") or element.child("job") or element.child("project") or element
    step = _STEP.search(_text(about, "frame_filter"))
    first, stop = (
        whole_number(_text(about, "start_frame")),
        whole_number(_text(about, "stop_frame")),
    )
    size = element.find("original_size") or element
    meta = Meta(
        name=_text(about, "name"),
        first=max(first or 0, 0),
        step=max(int(step[1]), 1) if step else 1,
        width=_side(size, "width"),
        height=_side(size, "height"),
    )
    length = whole_number(_text(about, "size"))
    if length is None and stop is not None:
        length = (stop - meta.first) // meta.step + 1
    meta.length = length if length and length > 0 else None
    labels = element.find("labels")
    for label in labels.children if labels else ():
        _label(label, meta, problems)
    return meta


def _label(label: Element, meta: Meta, problems: Problems) -> None:
    name, colour = _text(label, "name"), _text(label, "color")
    if label.tag != "label" or not name:
        problems.add("labels without a name", "a label has no name", location=f"line {label.line}")
        return
    is_colour = bool(_COLOUR.fullmatch(colour))
    meta.categories[name] = Category(name, "", colour.lower() if is_colour else None)
    attributes = label.child("attributes")
    for one in attributes.children if attributes else ():
        key, kind = _text(one, "name"), _text(one, "input_type")
        if one.tag == "attribute" and key:
            choices = tuple(filter(None, map(str.strip, _text(one, "values").splitlines())))
            meta.kinds.setdefault(key, kind)
            meta.specs.append(
                AttributeSpec(
                    name=key,
                    kind="number" if kind == "number" else "string",
                    choices=choices if kind in ("select", "radio") else (),
                    category=name,
                )
            )


def _text(element: Element, tag: str) -> str:
    child = element.child(tag)
    return child.text if child else ""


def _side(element: Element, tag: str) -> int | None:
    number = whole_number(_text(element, tag))
    return number if number and 0 < number < 10**6 else None


def read_file(path: Path, *, progress: Progress) -> Sequence:
    """Return the sequence of a CVAT XML file.

    Raises
    ------
    FormatError
        When nothing in it can be used.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    data = read_bytes(path)
    problems = Problems(path)
    limit = most_frames(len(data))
    reader = _Reader(problems, limit, rows_left=FREE_ROWS + len(data) // 4)
    try:
        read_xml(
            data,
            path,
            reader,
            passed=PASSED,
            whole=WHOLE,
            kept=META,
            progress=progress,
        )
    except Broken as broken:
        reader.close()
        if not reader.tracks:
            raise FormatError(
                f"is not XML: {broken}", path=path, location=f"line {broken.line}"
            ) from broken
        problems.error(
            "broken XML",
            f"the file is broken or cut short ({broken}); {reader.shapes:,} shapes before are used",
            location=f"line {broken.line}",
        )
    _check(reader, path)
    meta = reader.meta
    count = stated_length(
        reader.last + 1, meta.length, size=len(data), problems=problems, key="the task's size"
    )
    reader.fill(count)
    table, task = reader.rows.table(problems)
    numbers = meta.first + meta.step * np.arange(count, dtype=np.int64)
    return Sequence(
        name=meta.name or path.stem,
        frame_names=tuple(f"frame_{number:06d}" for number in numbers.tolist()),
        frame_numbers=numbers,
        labels=Labels(
            table, categories_of(reader.rows, meta.categories), np.ones(count, dtype=np.bool_)
        ),
        task=task,
        width=meta.width,
        height=meta.height,
        specs=tuple(meta.specs),
        source=Source(
            path=path,
            uri=str(path),
            sha256=sha256(data).hexdigest(),
            format_name=NAME,
            frame_spans=np.full((count, 2), -1, dtype=np.int64),
        ),
        problems=problems.listed(),
        detail={"first": meta.first, "step": meta.step, "flag": OCCLUDED not in meta.kinds},
    )


def _check(reader: _Reader, path: Path) -> None:
    if reader.tracks or (reader.meta.length and not reader.images):
        return
    if reader.images:
        raise FormatError(
            f"holds {reader.images:,} images, as CVAT for images does; export the task as CVAT for "
            "video 1.1, which has tracks",
            path=path,
        )
    wrong = "; ".join(one.message for one in reader.problems.listed()[:2])
    raise FormatError(f"holds no track that can be used{': ' if wrong else ''}{wrong}", path=path)
