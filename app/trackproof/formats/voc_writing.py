"""Sequences to Pascal VOC folders: objects that nobody edited stay as they were, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.errors import FormatError
from trackproof.formats.annotations import (
    annotations_at,
    check_shapes,
    compared,
    number_text,
)
from trackproof.formats.cvat_shapes import text_of
from trackproof.formats.frame_files import file_names, unchanged_files, write_folder
from trackproof.formats.losses import Loss, LossKind
from trackproof.formats.voc_reading import (
    MARKS,
    MOST_VERTICES,
    SIDES,
    TRACK_ATTRIBUTE,
    TRACK_TAGS,
    UNSPECIFIED,
    elements_of,
)
from trackproof.formats.xml_stream import xml_text
from trackproof.labels import Shape, changed_frames

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.annotations import Annotation
    from trackproof.formats.xml_stream import Element
    from trackproof.labels import Labels, Sequence

NAME = "voc"
SHAPES = frozenset({Shape.BOX, Shape.POLYGON})


def write_folder_of(
    path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False
) -> None:
    """Write a folder of files; one that labels came from is copied with its edits.

    Raises
    ------
    FormatError
        When there are polylines or keypoints, or the files that were read have changed.
    StorageError
        When the folder is taken and ``overwrite`` is not set, or cannot be written.
    """
    check_shapes(labels, SHAPES, title="Pascal VOC")
    source = sequence.source
    if source is None or source.format_name != NAME:
        files = {
            name: _fresh_file(sequence, labels, frame)
            for frame, name in enumerate(file_names(sequence, ".xml"))
        }
    else:
        names = sequence.detail["files"]
        files = unchanged_files(source, names)
        for frame in changed_frames(sequence.labels, labels).tolist():
            name = names[frame]
            files[name] = _patched(files[name], source.path / name, sequence, labels, frame)
    write_folder(path, files, overwrite=overwrite)


def lost_types(_: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return the attributes whose values become text."""
    kinds = {
        name
        for values in labels.table.attribute_sets
        for name, value in values
        if not isinstance(value, str) and not (name in MARKS and value is True)
    }
    message = f"values of {len(kinds):,} attributes become text, first {sorted(kinds)[:1]}"
    return (Loss(LossKind.ATTRIBUTES, len(kinds), message),)


def _fresh_file(sequence: Sequence, labels: Labels, frame: int) -> bytes:
    size = b""
    if sequence.width and sequence.height:
        size = (
            b"\t<size>\n\t\t<width>%d</width>\n\t\t<height>%d</height>\n\t\t<depth>3</depth>\n"
            b"\t</size>\n" % (sequence.width, sequence.height)
        )
    objects = [_object(one, labels) for one in annotations_at(labels, frame)]
    name = xml_text(sequence.frame_names[frame])
    return b"".join(
        [b"<annotation>\n\t<filename>%s</filename>\n" % name, size, *objects, b"</annotation>\n"]
    )


def _patched(data: bytes, path: Path, sequence: Sequence, labels: Labels, frame: int) -> bytes:
    found = elements_of(data, path)
    change = compared(sequence.labels, labels, frame)
    pieces = []
    place = 0
    for source, element in enumerate(found.objects):
        if source in change.changed:
            old, new = change.changed[source]
            parts = _parts(old, sequence.labels), _parts(new, labels)
            text = _updated(data, element, *parts)
        elif source in change.removed:
            text = b""
        else:
            continue
        pieces += [data[place : element.start], text]
        place = element.end
    fresh = [_object(one, labels) for one in change.added]
    if data[: found.end].endswith(b"/>"):
        start = data.rindex(b"<", 0, found.end)
        opened = data[start : found.end - 2].rstrip() + b">\n"
        return b"".join([data[:start], opened, *fresh, b"</annotation>", data[found.end :]])
    end = data.rindex(b"</", 0, found.end)
    return b"".join([*pieces, data[place:end], *fresh, data[end:]])


def _updated(data: bytes, element: Element, old: dict[str, bytes], new: dict[str, bytes]) -> bytes:
    """Return an object in which those elements are exchanged that say something else."""
    several = element.child("attributes")
    names = [one.child("name") for one in several.children] if several else []
    if any(one is not None and one.text == TRACK_ATTRIBUTE for one in names):
        # The identity moves from the attributes to an element of its own when either changes.
        old = {**old, "attributes": b"", "track_id": b""} if _differ(old, new) else old
    changed = {tag for tag in old.keys() | new.keys() if old.get(tag, b"") != new.get(tag, b"")}
    pieces = []
    place = element.start
    for child in element.children:
        tag = "track_id" if child.tag in TRACK_TAGS else child.tag
        if tag in changed or (tag == "attributes" and "track_id" in changed):
            pieces += [data[place : child.start], new.pop(tag, b"")]
            place = child.end
            changed.discard(tag)
    end = data.rindex(b"</", 0, element.end)
    pieces.append(data[place:end])
    pieces += [b"\t%s\n\t" % new[tag] for tag in new if tag in changed and new[tag]]
    return b"".join([*pieces, data[end : element.end]])


def _differ(old: dict[str, bytes], new: dict[str, bytes]) -> bool:
    return any(old.get(tag) != new.get(tag) for tag in ("attributes", "track_id"))


def _object(one: Annotation, labels: Labels) -> bytes:
    lines = [b"\t\t%s\n" % text for text in _parts(one, labels).values() if text]
    return b"\t<object>\n%s\t</object>\n" % b"".join(lines)


def _parts(one: Annotation, labels: Labels) -> dict[str, bytes]:
    """Return the elements of an object by their tag."""
    values = dict(one.attributes)
    marks = {mark: values.pop(mark) is True for mark in MARKS if values.get(mark) is True}
    pose = values.get("pose")
    if isinstance(pose, str):
        del values["pose"]
    parts = {
        "name": _element("name", labels.categories[one.category].name),
        "pose": _element("pose", pose if isinstance(pose, str) else UNSPECIFIED),
        "truncated": _element("truncated", str(int("truncated" in marks))),
        "difficult": _element("difficult", str(int("difficult" in marks))),
        "occluded": _element("occluded", "1") if "occluded" in marks else b"",
        "bndbox": _bounds(one),
        "polygon": _polygon(one) if one.shape is Shape.POLYGON else b"",
        "track_id": _element("track_id", one.object_id) if one.object_id else b"",
        "attributes": b"",
    }
    if values:
        inner = [
            b"<attribute>%s%s</attribute>" % (_element("name", key), _element("value", text_of(it)))
            for key, it in values.items()
        ]
        parts["attributes"] = b"<attributes>%s</attributes>" % b"".join(inner)
    return parts


def _bounds(one: Annotation) -> bytes:
    left, top, width, height = one.xywh
    sides = zip(SIDES, (left, top, left + width, top + height), strict=True)
    return b"<bndbox>%s</bndbox>" % b"".join(_element(tag, number_text(v)) for tag, v in sides)


def _polygon(one: Annotation) -> bytes:
    if len(one.vertices) > MOST_VERTICES:
        raise FormatError(
            f"a polygon has {len(one.vertices):,} vertices; Pascal VOC is written with at most "
            f"{MOST_VERTICES}"
        )
    pairs = [
        _element(f"x{number}", number_text(x)) + _element(f"y{number}", number_text(y))
        for number, (x, y) in enumerate(one.vertices, start=1)
    ]
    return b"<polygon>%s</polygon>" % b"".join(pairs)


def _element(tag: str, text: str) -> bytes:
    return b"<%s>%s</%s>" % (tag.encode(), xml_text(text), tag.encode())
