"""Width and height of a picture from its first bytes, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from trackproof.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEAD = 1 << 16
Size: TypeAlias = tuple[int, int]
"""Width and height, pixels."""
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that state a size (SOF0 to SOF15, without the tables between them)."""


class SizeUnknown(FormatError):
    """Places are fractions of images whose size nothing tells; a person may know it."""


@dataclass(frozen=True, slots=True)
class StatedSizes:
    """Image sizes that a person stated, for where no file tells them.

    Parameters
    ----------
    anywhere : Size or None
        Of every sequence that has no size of its own here.
    by_name : mapping of str to Size
        By name of the sequence.
    """

    anywhere: Size | None = None
    by_name: Mapping[str, Size] = field(default_factory=dict)

    def of(self, name: str) -> Size | None:
        """Return the size stated for a sequence."""
        return self.by_name.get(name, self.anywhere)


def image_size(path: Path) -> tuple[int, int] | None:
    """Return (width, height) in pixels of a JPEG, PNG or BMP file, or None when it does not say."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return None
    try:
        size = _size(head)
    except (struct.error, IndexError):
        return None
    return size if size and all(0 < side < 10**6 for side in size) else None


def _size(head: bytes) -> tuple[int, int] | None:
    if head.startswith(_PNG):
        width, height = struct.unpack_from(">II", head, 16)
        return width, height
    if head.startswith(b"BM"):
        width, height = struct.unpack_from("<ii", head, 18)
        return width, abs(height)
    return _jpeg(head) if head.startswith(b"\xff\xd8") else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(head):
        if head[place] != 0xFF:
            return None
        marker = head[place + 1]
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", head, place + 5)
            return width, height
        place += 2 + struct.unpack_from(">H", head, place + 2)[0]
    return None
