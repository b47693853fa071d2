"""Frames worth a stop: where objects appear and disappear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from trackproof.labels import LabelTable

    Frames = npt.NDArray[np.int32]


def key_frames(table: LabelTable, track: int, *, extra: Iterable[int] = ()) -> Frames:
    """Return the frames, ascending, at which a track starts, ends, or changes category.

    Parameters
    ----------
    track : int
        -1 takes the first and last frame of every track.
    extra : iterable of int
        More frames to stop at.
    """
    found = [np.fromiter(extra, dtype=np.int32)]
    block = table.blocks.get(track)
    if block is not None:
        is_break = (np.diff(block.frame) > 1) | (np.diff(block.category) != 0)
        found += [block.frame[:-1][is_break], block.frame[1:][is_break], block.frame[[0, -1]]]
    elif track < 0:
        found += [one.frame[[0, -1]] for one in table.blocks.values()]
    return np.unique(np.concatenate(found)).astype(np.int32)


def next_key(keys: Frames, frame: int, *, direction: int) -> int | None:
    """Return the nearest of the frames beyond another one, None when there is none."""
    if direction > 0:
        at = int(np.searchsorted(keys, frame, side="right"))
        return int(keys[at]) if at < len(keys) else None
    at = int(np.searchsorted(keys, frame, side="left"))
    return int(keys[at - 1]) if at > 0 else None
