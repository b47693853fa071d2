"""The packet index of a video: which packet is which frame, in order of presentation.

Timestamps of containers are wrong, missing or repeated often enough that no frame is ever
identified by one while decoding. Every packet gets its number in file order instead, decoders
hand that number on to the picture they make of it, and the index says which number is which frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
NO_FRAME = -1


@dataclass(frozen=True, eq=False)
class PacketIndex:
    """Packets of a video stream in file order, and the frames they become.

    Parameters
    ----------
    pts, dts, position : (packets,) int64
        Presentation and decoding time in ``time_base`` units, byte position; ``NO_TIME`` or -1
        where the file does not say.
    is_key : (packets,) bool
        Packets where decoding can start.
    packet_of : (frames,) int64
        Packet of every frame in order of presentation.
    times_s : (frames,) float64
        Presentation time from the first frame, seconds; evenly spaced where the file has no times.
    width, height : int
        Pixels as stored.
    rate_fps : float or None
        Mean rate, None when the file holds one frame or no times.
    notes : tuple of str
        What looked wrong, one sentence each.
    """

    pts: Ints
    dts: Ints
    position: Ints
    is_key: npt.NDArray[np.bool_]
    packet_of: Ints
    times_s: npt.NDArray[np.float64]
    width: int
    height: int
    rate_fps: float | None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.packet_of)

    @cached_property
    def frame_of(self) -> Ints:
        """First frame of every packet, ``NO_FRAME`` for packets that show nothing."""
        frames = np.full(len(self.pts), NO_FRAME, dtype=np.int64)
        frames[self.packet_of[::-1]] = np.arange(len(self.packet_of))[::-1]
        return frames

    @cached_property
    def anchors(self) -> Ints:
        """Frames where decoding can start, ascending; the first stands for the file's start."""
        keys = self.frame_of[self.is_key]
        keys = np.unique(keys[keys != NO_FRAME])
        return np.concatenate([[0], keys[keys > 0]]).astype(np.int64)

    def number_of(self, position: int | None, pts: int | None) -> int | None:
        """Return the number of a packet met after a seek; None when the file leaves it open."""
        if self._numbers_by_position:
            return self._numbers_by_position.get(-1 if position is None else position)
        return self._numbers_by_time.get(NO_TIME if pts is None else pts)

    @cached_property
    def _numbers_by_position(self) -> dict[int, int]:
        numbers = _places(self.position)
        return numbers if len(numbers) == len(self.position) and -1 not in numbers else {}

    @cached_property
    def _numbers_by_time(self) -> dict[int, int]:
        return _places(self.pts)

    def anchor_before(self, frame: int) -> int:
        """Return the place in `anchors` from which a frame can be decoded with least work."""
        place = int(np.searchsorted(self.anchors, frame, side="right")) - 1
        packet = self.packet_of[frame]
        while place > 0 and self.packet_of[self.anchors[place]] > packet:
            place -= 1
        return place

    def start_packet(self, place: int) -> int:
        """Return the packet to feed first for an anchor's place."""
        return int(self.packet_of[self.anchors[place]]) if place > 0 else 0


def presentation_order(pts: Ints, *, is_shown: npt.NDArray[np.bool_]) -> Ints | None:
    """Return the shown packets by presentation time; None when the times do not decide it."""
    shown = np.flatnonzero(is_shown)
    times = pts[shown]
    if np.any(times == NO_TIME) or len(np.unique(times)) != len(times):
        return None
    return shown[np.argsort(times)]


def without_torn_tail(pts: Ints, order: Ints, *, window: int = 32) -> Ints:
    """Cut frames after the first hole near the end of a file that was cut off.

    Frames are stored in another order than shown, so a cut loses frames before ones that were
    kept; counting on over such a hole would show wrong frames under right numbers.
    """
    if len(order) < 3:
        return order
    steps = np.diff(pts[order])
    first = max(len(steps) - window, 0)
    holes = np.flatnonzero(steps[first:] > 1.5 * np.median(steps))
    return order[: first + holes[0] + 1] if len(holes) else order


def _places(values: Ints) -> dict[int, int]:
    """Return the place of every value that occurs once."""
    unique, first, counts = np.unique(values, return_index=True, return_counts=True)
    is_single = counts == 1
    return dict(zip(unique[is_single].tolist(), first[is_single].tolist(), strict=True))
