"""Size and orientation of JPEG and PNG files, read from their headers without decoding."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

JPEG_START = b"\xff\xd8"
JPEG_END = b"\xff\xd9"
JPEG_SCAN = b"\xff\xda"
PNG_START = b"\x89PNG\r\n\x1a\n"
EXIF_START = b"Exif\0\0"
ORIENTATION_TAG = 0x0112
UPRIGHT = 1

# SOF0 .. SOF15 without DHT (C4), JPG (C8) and DAC (CC): ITU-T T.81, table B.1.
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What a file says about its picture.

    Parameters
    ----------
    width, height : int
        Pixels as stored.
    orientation : int
        EXIF orientation, 1 to 8; 1 is upright.
    """

    width: int
    height: int
    orientation: int = UPRIGHT


def read_header(path: Path) -> ImageHeader:
    """Return the header of a JPEG or PNG file, whatever its suffix says.

    Raises
    ------
    ValueError
        When the file is neither, is empty or ends too early; the message is for people.
    OSError
        When the file cannot be opened.
    """
    with path.open("rb") as file:
        start = file.read(8)
        if not start:
            raise ValueError("the file is empty")
        if start == PNG_START:
            return _png_header(file)
        if start.startswith(JPEG_START):
            file.seek(2)
            return _jpeg_header(file)
    raise ValueError("this is not a JPEG or PNG file")


def why_damaged(data: bytes) -> str:
    """Return why the bytes of a JPEG or PNG file cannot be a whole picture; empty when they can.

    Decoders print their complaints to the terminal, so what is plain from the bytes is found here.
    """
    if not data:
        return "the file is empty"
    if data.startswith(PNG_START):
        return _why_png_damaged(data)
    if not data.startswith(JPEG_START):
        return "this is not a JPEG or PNG file"
    # Inside compressed data FF is always followed by 00 or a restart marker: FFD9 is the end.
    scan = data.find(JPEG_SCAN)
    if scan < 0 or data.rfind(JPEG_END) < scan:
        return "the JPEG file is cut off"
    return ""


def _png_header(file: BinaryIO) -> ImageHeader:
    chunk = file.read(16)
    if len(chunk) < 16 or chunk[4:8] != b"IHDR":
        raise ValueError("the PNG file is cut off")
    width, height = struct.unpack(">II", chunk[8:16])
    file.seek(len(PNG_START) + 25)
    return ImageHeader(width=width, height=height, orientation=_png_orientation(file))


def _png_orientation(file: BinaryIO) -> int:
    """Return the orientation in an eXIf chunk before the pixels (PNG, third edition, 11.3.4.8)."""
    while len(head := file.read(8)) == 8 and head[4:] not in {b"IDAT", b"IEND"}:
        length = struct.unpack(">I", head[:4])[0]
        if head[4:] == b"eXIf":
            return _exif_orientation(file.read(length))
        file.seek(length + 4, 1)
    return UPRIGHT


def _jpeg_header(file: BinaryIO) -> ImageHeader:
    orientation = UPRIGHT
    while marker := _next_marker(file):
        if marker in _JPEG_BARE:
            continue
        length_bytes = file.read(2)
        if len(length_bytes) < 2:
            break
        length = struct.unpack(">H", length_bytes)[0] - 2
        if marker in _JPEG_SIZES:
            return _jpeg_size(file, orientation)
        if marker == 0xE1 and orientation == UPRIGHT:
            segment = file.read(max(length, 0))
            if segment.startswith(EXIF_START):
                orientation = _exif_orientation(segment.removeprefix(EXIF_START))
        elif length > 0:
            file.seek(length, 1)
    raise ValueError("the JPEG file is cut off")


def _next_marker(file: BinaryIO) -> int:
    """Return the next marker's code; 0 at the end of the file or where no marker stands."""
    if file.read(1) != b"\xff":
        return 0
    code = file.read(1)
    while code == b"\xff":
        code = file.read(1)
    return code[0] if code and code[0] not in (0xD9, 0xDA) else 0


def _jpeg_size(file: BinaryIO, orientation: int) -> ImageHeader:
    frame = file.read(5)
    if len(frame) < 5:
        raise ValueError("the JPEG file is cut off")
    height, width = struct.unpack(">HH", frame[1:])
    return ImageHeader(width=width, height=height, orientation=orientation)


def _exif_orientation(tiff: bytes) -> int:
    """Return the orientation in EXIF data (EXIF 2.3, section 4.6.2); 1 when there is none."""
    if len(tiff) < 8:
        return UPRIGHT
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    directory = struct.unpack(order + "I", tiff[4:8])[0]
    if directory + 2 > len(tiff):
        return UPRIGHT
    count = struct.unpack(order + "H", tiff[directory : directory + 2])[0]
    for entry in range(count):
        at = directory + 2 + 12 * entry
        if at + 12 > len(tiff):
            break
        tag, value = struct.unpack(order + "H6xH", tiff[at : at + 10])
        if tag == ORIENTATION_TAG and 1 <= value <= 8:
            return int(value)
    return UPRIGHT


def _why_png_damaged(data: bytes) -> str:
    at = len(PNG_START)
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        end = at + 12 + length
        if end > len(data):
            break
        checksum = struct.unpack(">I", data[end - 4 : end])[0]
        if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != checksum:
            return "the PNG file is damaged (a checksum is wrong)"
        if data[at + 4 : at + 8] == b"IEND":
            return ""
        at = end
    return "the PNG file is cut off"
