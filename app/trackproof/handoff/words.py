"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return ``1 flag`` or ``1,200 flags``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
