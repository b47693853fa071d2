"""Blocks and changes as bytes: columns as they lie in memory, words as JSON, and a checksum."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np

from trackproof.errors import ReviewError
from trackproof.labels import Block, Category, Change, Labels, LabelTable, Track, TrackDelta
from trackproof.labels.change import Tail

if TYPE_CHECKING:
    import numpy.typing as npt

_Packed = TypeVar("_Packed")

_COMPRESS_ABOVE = 1024
_PLAIN, _COMPRESSED = b"\x00", b"\x01"
_LARGEST = 2**31

_DTYPES = {
    "frame": "<i4",
    "category": "<i2",
    "xywh": "<f8",
    "name": "<i4",
    "attributes": "<i4",
    "source": "<i4",
    "shape": "u1",
}


class _Rows(msgspec.Struct, array_like=True):
    """Columns of a block."""

    frame: bytes
    category: bytes
    xywh: bytes
    name: bytes
    attributes: bytes
    source: bytes
    shape: bytes
    vertices: bytes | None
    offsets: bytes | None
    columns: dict[str, bytes]


class _Delta(msgspec.Struct, array_like=True):
    track: int
    frames: bytes
    before: _Rows | None
    after: _Rows | None


class _Change(msgspec.Struct, array_like=True):
    words: bytes
    flipped: bytes
    deltas: list[_Delta]


class _Labels(msgspec.Struct, array_like=True):
    words: bytes
    listed: bytes
    blocks: dict[int, _Rows]


def pack_block(block: Block) -> bytes:
    """Return a block as bytes."""
    return _sealed(msgspec.msgpack.encode(_rows(block)))


def unpack_block(data: bytes) -> Block:
    """Return a block from bytes.

    Raises
    ------
    ReviewError
        When the bytes are damaged.
    """
    return _block(_decoded(data, _Rows))


def pack_change(change: Change) -> bytes:
    """Return a change as bytes."""
    words = {
        "label": change.label,
        "records": [[n, _record(old), _record(new)] for n, (old, new) in change.records.items()],
        "names": _tail(change.names),
        "attribute_sets": _tail(change.attribute_sets),
        "categories": [
            change.categories.start,
            [_category(each) for each in change.categories.before],
            [_category(each) for each in change.categories.after],
        ],
        "frame_attributes": [[f, old, new] for f, (old, new) in change.frame_attributes.items()],
    }
    deltas = [
        _Delta(track, _bytes(d.frames, "<i4"), _maybe_rows(d.before), _maybe_rows(d.after))
        for track, d in change.deltas.items()
    ]
    packed = _Change(_words(words), _bytes(change.flipped, "<i4"), deltas)
    return _sealed(msgspec.msgpack.encode(packed))


def unpack_change(data: bytes) -> Change:
    """Return a change from bytes.

    Raises
    ------
    ReviewError
        When the bytes are damaged.
    """
    packed = _decoded(data, _Change)
    words = json.loads(packed.words)
    start, before, after = words["categories"]
    return Change(
        words["label"],
        deltas={
            d.track: TrackDelta(
                _array(d.frames, "<i4"),
                None if d.before is None else _block(d.before),
                None if d.after is None else _block(d.after),
            )
            for d in packed.deltas
        },
        records={n: (_track(old), _track(new)) for n, old, new in words["records"]},
        names=Tail(words["names"][0], tuple(words["names"][1]), tuple(words["names"][2])),
        attribute_sets=_sets_tail(words["attribute_sets"]),
        categories=Tail(
            start,
            tuple(Category(*each) for each in before),
            tuple(Category(*each) for each in after),
        ),
        frame_attributes={
            f: (_attributes(old), _attributes(new)) for f, old, new in words["frame_attributes"]
        },
        flipped=_array(packed.flipped, "<i4"),
    )


def pack_labels(labels: Labels) -> bytes:
    """Return whole labels as bytes."""
    table = labels.table
    words = {
        "tracks": [_record(track) for track in table.tracks],
        "names": table.names,
        "attribute_sets": table.attribute_sets,
        "categories": [_category(each) for each in labels.categories],
        "frame_attributes": list(labels.frame_attributes.items()),
    }
    blocks = {track: _rows(block) for track, block in table.blocks.items()}
    packed = _Labels(_words(words), _bytes(labels.listed, "?"), blocks)
    return _sealed(msgspec.msgpack.encode(packed))


def unpack_labels(data: bytes) -> Labels:
    """Return whole labels from bytes.

    Raises
    ------
    ReviewError
        When the bytes are damaged.
    """
    packed = _decoded(data, _Labels)
    words = json.loads(packed.words)
    table = LabelTable(
        [Track(*each) for each in words["tracks"]],
        {track: _block(rows) for track, rows in packed.blocks.items()},
        names=words["names"],
        attribute_sets=[_attributes(each) or () for each in words["attribute_sets"]],
    )
    return Labels(
        table,
        _categories(words["categories"]),
        _array(packed.listed, "?"),
        {frame: _attributes(each) or () for frame, each in words["frame_attributes"]},
    )


def _sealed(data: bytes) -> bytes:
    """Return data, compressed where that pays, behind a mark and a checksum."""
    mark = _PLAIN
    if len(data) > _COMPRESS_ABOVE:
        smaller = zlib.compress(data, 1)
        if len(smaller) < len(data):
            mark, data = _COMPRESSED, smaller
    return mark + _checksum(mark + data) + data


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def _decoded(data: bytes, kind: type[_Packed]) -> _Packed:
    mark, checksum, payload = data[:1], data[1:5], data[5:]
    if _checksum(mark + payload) != checksum:
        raise ReviewError("A part of the review is damaged: its checksum is wrong.")
    if mark == _COMPRESSED:
        payload = zlib.decompressobj().decompress(payload, _LARGEST)
    return msgspec.msgpack.decode(payload, type=kind)


def _rows(block: Block) -> _Rows:
    return _Rows(
        **{key: _bytes(getattr(block, key), dtype) for key, dtype in _DTYPES.items()},
        vertices=None if block.vertices is None else _bytes(block.vertices, "<f8"),
        offsets=None if block.offsets is None else _bytes(block.offsets, "<i4"),
        columns={key: _bytes(values, "<f8") for key, values in block.columns.items()},
    )


def _maybe_rows(block: Block | None) -> _Rows | None:
    return None if block is None else _rows(block)


def _block(rows: _Rows) -> Block:
    plain: dict[str, Any] = {key: _array(getattr(rows, key), d) for key, d in _DTYPES.items()}
    plain["xywh"] = plain["xywh"].reshape(-1, 4)
    has_vertices = rows.vertices is not None and rows.offsets is not None
    return Block(
        **plain,
        vertices=_array(rows.vertices or b"", "<f8").reshape(-1, 2) if has_vertices else None,
        offsets=_array(rows.offsets or b"", "<i4") if has_vertices else None,
        columns={key: _array(values, "<f8") for key, values in rows.columns.items()},
    )


def _bytes(values: npt.NDArray[Any], dtype: str) -> bytes:
    return np.ascontiguousarray(values, dtype=dtype).tobytes()


def _array(data: bytes, dtype: str) -> npt.NDArray[Any]:
    return np.frombuffer(data, dtype=dtype).astype(np.dtype(dtype).newbyteorder("="))


def _words(words: Any) -> bytes:
    return json.dumps(words, separators=(",", ":")).encode()


def _record(track: Track | None) -> list[Any] | None:
    return None if track is None else [track.object_id, track.object_name, track.occurrence]


def _track(words: list[Any] | None) -> Track | None:
    return None if words is None else Track(*words)


def _category(category: Category) -> list[Any]:
    return [category.name, category.class_id, category.colour]


def _categories(words: list[Any]) -> tuple[Category, ...]:
    return tuple(Category(*each) for each in words)


def _tail(tail: Tail[Any]) -> list[Any]:
    return [tail.start, tail.before, tail.after]


def _sets_tail(words: list[Any]) -> Tail[Any]:
    start, before, after = words
    return Tail(start, tuple(map(_attributes, before)), tuple(map(_attributes, after)))


def _attributes(words: list[Any] | None) -> Any:
    return None if words is None else tuple((name, value) for name, value in words)
