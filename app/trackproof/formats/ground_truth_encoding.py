"""Annotations and frame entries of a ``SeqLabel.json`` from rows.

What the rows do not know is kept: an annotation that came from the file keeps its other keys,
their order and their types, and geometry that nobody moved keeps its digits.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackproof.formats.ground_truth_tolerant import (
    LIST_KEYS,
    attribute_set,
    box_of,
    parsed,
    usable,
    vertices_of,
)
from trackproof.labels import Shape, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.labels import AttributeSet, FrameRows, Labels

KEY_OF = {shape: key for key, shape in LIST_KEYS.items()}
assert set(KEY_OF) == set(Shape)


@dataclass(frozen=True, slots=True)
class _Annotation:
    """One row with everything that its numbers stand for."""

    source: int
    shape: Shape
    xywh: tuple[float, float, float, float]
    vertices: list[tuple[float, float]]
    class_id: str
    object_id: str
    object_name: str
    attributes: AttributeSet


def entry_of(
    rows: FrameRows,
    labels: Labels,
    *,
    task: Task,
    frame_attributes: AttributeSet,
    name: str,
    number: str | int,
    original: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the JSON object of one frame.

    Parameters
    ----------
    rows : FrameRows
        The annotations.
    original : mapping or None
        The frame as the file holds it; None for a frame that it does not list.
    """
    wanted = _annotations(rows, labels)
    entry: dict[str, Any] = dict(original) if original else {}
    lists = _lists(wanted, original or {}, has_identity=task is Task.TRACKING)
    for key, values in lists.items():
        if values or key in entry:
            entry[key] = values
    if not LIST_KEYS.keys() & entry.keys():
        entry = {"annotations": [], **entry}
    if original is None:
        entry |= {"frame-no": number, "frame": name, "frame-attributes": dict(frame_attributes)}
    elif _differs(entry.get("frame-attributes", {}), frame_attributes):
        entry["frame-attributes"] = dict(frame_attributes)
    return entry


def encode_entry(entry: Mapping[str, Any], *, like: bytes = b"") -> bytes:
    """Return the JSON text of a frame, in the style of another frame's text."""
    separators = (", ", ": ") if b'": ' in like else (",", ":")
    indent = _indent(like)
    text = json.dumps(
        entry,
        ensure_ascii=False,
        separators=(",", ": ") if indent else separators,
        indent=indent,
    )
    if indent:
        closing = like[like.rfind(b"\n") + 1 :]
        margin = closing[: len(closing) - len(closing.lstrip())].decode()
        text = text.replace("\n", f"\n{margin}")
    return text.encode("utf-8", "replace")


def _indent(like: bytes) -> str | None:
    """Return by how much each level of a text is indented, None when it is one line."""
    lines = like.splitlines()
    if len(lines) < 2:
        return None
    outer = len(lines[-1]) - len(lines[-1].lstrip())
    inner = len(lines[1]) - len(lines[1].lstrip())
    return "\t" if b"\t" in lines[1] else " " * max(inner - outer, 1)


def _annotations(rows: FrameRows, labels: Labels) -> list[_Annotation]:
    table, block = labels.table, rows.rows
    found = []
    for row in range(len(rows)):
        track = int(rows.track[row])
        left, top, width, height = block.xywh[row].tolist()
        category = int(block.category[row])
        found.append(
            _Annotation(
                source=int(block.source[row]),
                shape=Shape(int(block.shape[row])),
                xywh=(left, top, width, height),
                vertices=[(x, y) for x, y in block.vertices_of(row).tolist()],
                class_id=labels.categories[category].class_id or str(category),
                object_id=table.tracks[track].object_id if track >= 0 else "",
                object_name=table.names[int(block.name[row])],
                attributes=table.attribute_sets[int(block.attributes[row])],
            )
        )
    return found


def _lists(
    wanted: Iterable[_Annotation], original: Mapping[str, Any], *, has_identity: bool
) -> dict[str, list[Any]]:
    """Return the lists of a frame: what stays in its order, then what is new.

    An annotation that could not be read is nobody's to delete, so it stays.
    """
    by_source: dict[int, _Annotation] = {}
    new: list[_Annotation] = []
    for one in wanted:
        if one.source >= 0 and one.source not in by_source:
            by_source[one.source] = one
        else:
            new.append(one)
    lists: dict[str, list[Any]] = {key: [] for key in LIST_KEYS}
    source = 0
    for key, shape in LIST_KEYS.items():
        values = original.get(key, [])
        for value in values if isinstance(values, list) else []:
            kept = by_source.pop(source, None)
            if kept is not None and kept.shape is shape and isinstance(value, dict):
                lists[key].append(_updated(value, kept, has_identity=has_identity))
            elif kept is not None:
                new.append(kept)
            elif not usable(value, shape, has_identity=has_identity):
                lists[key].append(value)
            source += 1
    for one in [*by_source.values(), *new]:
        lists[KEY_OF[one.shape]].append(_fresh(one, has_identity=has_identity))
    return lists


def _updated(
    original: Mapping[str, Any], wanted: _Annotation, *, has_identity: bool
) -> dict[str, Any]:
    """Return an annotation of the file with only those keys changed that say something else."""
    updated = dict(original)
    _update_geometry(updated, wanted)
    if str(original.get("class-id", "")) != wanted.class_id:
        is_number = isinstance(original.get("class-id"), int) and wanted.class_id.isdigit()
        updated["class-id"] = int(wanted.class_id) if is_number else wanted.class_id
    if _differs(original.get("label-category-attributes", {}), wanted.attributes):
        updated["label-category-attributes"] = dict(wanted.attributes)
    if has_identity:
        if str(original.get("object-id", wanted.object_id)) != wanted.object_id:
            updated["object-id"] = wanted.object_id
        if str(original.get("object-name", "")) != wanted.object_name:
            updated["object-name"] = wanted.object_name
    return updated


def _update_geometry(updated: dict[str, Any], wanted: _Annotation) -> None:
    if wanted.shape is Shape.BOX:
        if box_of(updated) != wanted.xywh:
            sides = whole_box(wanted.xywh)
            was = box_of(updated)
            for key, value, side, old in zip(
                ("left", "top", "width", "height"), wanted.xywh, sides, was, strict=True
            ):
                if value != old:
                    updated[key] = side
    elif vertices_of(updated, wanted.shape) != wanted.vertices:
        points = updated.get("vertices")
        if not isinstance(points, list):
            updated["x"], updated["y"] = (whole(value) for value in wanted.vertices[0])
        else:
            updated["vertices"] = _points(wanted.vertices, points)


def _points(vertices: list[tuple[float, float]], originals: list[Any]) -> list[Any]:
    kept = {(float(point["x"]), float(point["y"])): point for point in originals}
    return [
        kept.get(vertex) or {"x": whole(vertex[0]), "y": whole(vertex[1])} for vertex in vertices
    ]


def _fresh(wanted: _Annotation, *, has_identity: bool) -> dict[str, Any]:
    """Return a new annotation, with keys in the order in which the service writes them."""
    if wanted.shape is Shape.BOX:
        left, top, width, height = whole_box(wanted.xywh)
        made: dict[str, Any] = {"height": height, "width": width, "top": top, "left": left}
    elif wanted.shape is Shape.KEYPOINT and len(wanted.vertices) == 1:
        made = {"x": whole(wanted.vertices[0][0]), "y": whole(wanted.vertices[0][1])}
    else:
        made = {"vertices": [{"x": whole(x), "y": whole(y)} for x, y in wanted.vertices]}
    made["class-id"] = wanted.class_id
    made["label-category-attributes"] = dict(wanted.attributes)
    if has_identity:
        made["object-id"] = wanted.object_id
        made["object-name"] = wanted.object_name
    return made


def whole(value: float) -> int:
    """Return the nearest whole number; halves go up, so that moved boxes keep their size."""
    return math.floor(value + 0.5)


def whole_box(xywh: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return a box whose edges lie on whole pixels; one with a size keeps at least one pixel."""
    left, top, width, height = xywh
    return (
        whole(left),
        whole(top),
        _whole_side(left, width),
        _whole_side(top, height),
    )


def _whole_side(start: float, length: float) -> int:
    side = whole(start + length) - whole(start)
    return max(side, 1) if length > 0 else side


def _differs(original: object, wanted: AttributeSet) -> bool:
    if not isinstance(original, dict):
        return bool(wanted)
    values = attribute_set(original)
    return [(key, type(one), one) for key, one in values] != [
        (key, type(one), one) for key, one in wanted
    ]


def original_entry(text: bytes) -> dict[str, Any]:
    """Return a frame as the file holds it; empty when it is no object."""
    try:
        entry = parsed(text)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}
