"""Object ids as whole numbers, for formats that know no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.labels import Labels

NO_ID = -1
"""The number that formats give to what has no identity."""


def is_whole(text: str) -> bool:
    """Return whether an object id is a whole number that can stand in a file as it is."""
    digits = text.removeprefix("-")
    return (
        digits.isascii()
        and digits.isdigit()
        and len(text) < 17
        and text != str(NO_ID)
        and text == str(int(text))
    )


def whole_identities(labels: Labels, *, first: int = 1) -> list[int]:
    """Return the number of every track: its own id where that is one, else a free one.

    Parameters
    ----------
    first : int
        The smallest number for tracks that need a new one.
    """
    tracks = labels.table.tracks
    own = {track.object_id: int(track.object_id) for track in tracks if is_whole(track.object_id)}
    free = max([first - 1, *own.values()]) + 1
    for track in tracks:
        if track.object_id not in own:
            own[track.object_id] = free
            free += 1
    return [own[track.object_id] for track in tracks]
