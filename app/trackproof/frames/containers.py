"""Whether a video file was cut off, by the sizes its container states."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

EBML_START = b"\x1a\x45\xdf\xa3"
SEGMENT_ID = b"\x18\x53\x80\x67"
MOST_BOXES = 10_000


def is_cut_off(path: Path) -> bool:
    """Return whether a MP4, MOV, AVI, MKV or WebM file ends before its container says.

    A recording that was interrupted or a copy that broke off often decodes without any error, but
    the pictures at its end are not in the order that their positions suggest.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] == b"RIFF" and start[8:] == b"AVI ":
            return 8 + int(struct.unpack("<I", start[4:8])[0]) > size
        if start[:4] == EBML_START:
            return _is_matroska_cut(file, size=size)
        if start[4:8] in {b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"}:
            return _is_mp4_cut(file, size=size)
    return False


def _is_matroska_cut(file: BinaryIO, *, size: int) -> bool:
    """Follow the two top elements (RFC 8794, section 4): EBML header, then segment."""
    file.seek(4)
    header = _element_size(file)
    if header is None:
        return False
    file.seek(header, 1)
    if file.read(4) != SEGMENT_ID:
        return False
    segment = _element_size(file)
    return segment is not None and file.tell() + segment > size


def _element_size(file: BinaryIO) -> int | None:
    """Read a variable-size integer; None for "unknown", which live recordings write."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    value = int.from_bytes(bytes([first[0] & (0xFF >> width)]) + rest, "big")
    return None if value == (1 << (7 * width)) - 1 else value


def _is_mp4_cut(file: BinaryIO, *, size: int) -> bool:
    """Follow the top boxes (ISO/IEC 14496-12, section 4.2)."""
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return at != size
        length = int.from_bytes(head[:4], "big")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length < 8:
            # 0 means "to the end of the file"; other small sizes mean nothing.
            return False
        at += length
        if at >= size:
            return at > size
    return False
