"""Sets of frames that people write as ``2-5,8-10,20``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from trackproof.labels.block import Ints

LAST_FRAME = 2**31 - 1
"""End of a range that has no end."""

_PART = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9})?)?")


@dataclass(frozen=True, slots=True)
class FrameRanges:
    """Frame indexes as ascending ranges, both ends included.

    Parameters
    ----------
    ranges : tuple of (int, int)
        First and last frame of every range, apart from each other and ascending; made by the
        constructors below, which sort and join.
    """

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def joined(cls, ranges: Iterable[tuple[int, int]]) -> FrameRanges:
        """Return ranges in order, with those that touch made one."""
        result: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if result and first <= result[-1][1] + 1:
                result[-1] = (result[-1][0], max(last, result[-1][1]))
            else:
                result.append((first, last))
        return cls(tuple(result))

    @classmethod
    def at(cls, frame: int) -> FrameRanges:
        """Return one frame."""
        return cls(((frame, frame),))

    @classmethod
    def span(cls, first: int, last: int) -> FrameRanges:
        """Return the frames from ``first`` to ``last``, both included, in either order."""
        return cls(((min(first, last), max(first, last)),))

    @classmethod
    def starting(cls, frame: int) -> FrameRanges:
        """Return all frames from one on."""
        return cls(((frame, LAST_FRAME),))

    @classmethod
    def everything(cls) -> FrameRanges:
        """Return all frames."""
        return cls(((0, LAST_FRAME),))

    @classmethod
    def of(cls, frames: npt.ArrayLike) -> FrameRanges:
        """Return the ranges that hold exactly the given frames."""
        return cls.joined((int(frame), int(frame)) for frame in np.asarray(frames).ravel())

    @classmethod
    def parse(cls, text: str) -> FrameRanges:
        """Return the frames that a person wrote: ``2-5,8-10,20``, ``40-`` for 40 and on.

        Raises
        ------
        EditError
            When a part is not a number or a range, or a range runs backwards.
        """
        parts = [part.strip() for part in text.replace("\u2013", "-").split(",")]
        parts = [part for part in parts if part]
        if not parts:
            raise EditError("Write frames like 2-5,8-10,20.")
        return cls.joined(_range_of(part) for part in parts)

    def mask(self, frames: Ints) -> npt.NDArray[np.bool_]:
        """Return which of the ``(n,)`` frames are inside."""
        if not self.ranges:
            return np.zeros(len(frames), dtype=np.bool_)
        firsts = np.array([first for first, _ in self.ranges], dtype=np.int64)
        lasts = np.array([last for _, last in self.ranges], dtype=np.int64)
        place = np.searchsorted(firsts, frames, side="right") - 1
        inside: npt.NDArray[np.bool_] = (place >= 0) & (frames <= lasts[np.maximum(place, 0)])
        return inside

    def frames(self, count: int) -> Ints:
        """Return the frames below ``count``, ascending."""
        pieces = [np.arange(first, min(last + 1, count)) for first, last in self.ranges]
        return np.concatenate([np.empty(0), *pieces]).astype(np.int32)

    def __str__(self) -> str:
        """Return the ranges as people write them."""
        return ",".join(_text_of(first, last) for first, last in self.ranges)


def _range_of(part: str) -> tuple[int, int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise EditError(f"{part!r} is not a frame or a range of frames; write 2-5,8-10,20.")
    first = int(match[1])
    is_open = part.endswith("-")
    last = LAST_FRAME if is_open else int(match[2] or first)
    if last < first:
        raise EditError(f"The range {part} runs backwards; write {last}-{first}.")
    return first, last


def _text_of(first: int, last: int) -> str:
    if last == LAST_FRAME:
        return f"{first}-"
    return str(first) if first == last else f"{first}-{last}"
