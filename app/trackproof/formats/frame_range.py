"""How many frames a file may imply: numbers in it must not fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackproof.formats.problems import Problems

FREE_FRAMES = 108_000
"""An hour at 30 frames per second: any file may reach that far."""

BYTES_PER_FRAME = 4
"""Beyond that, a file must have so many bytes for every frame, since each frame needs about a
hundred bytes of memory here."""


def most_frames(size: int) -> int:
    """Return how many frames a file of a size in bytes may imply."""
    return FREE_FRAMES + size // BYTES_PER_FRAME


def stated_length(seen: int, stated: int | None, *, size: int, problems: Problems, key: str) -> int:
    """Return how many frames there are, by what the labels reach and what a file states.

    Parameters
    ----------
    key : str
        How the file calls the length, for messages.
    """
    if stated is None:
        return seen
    if stated > most_frames(size):
        problems.add("length", f"{key} {stated:,} is no length; {seen:,} frames are shown")
        return seen
    if seen > stated:
        problems.add(
            "length",
            f"{key} says {stated:,} frames, but the labels reach frame {seen:,}; all are shown",
        )
    return max(seen, stated)
