"""File names of frames that change their pattern, or whose numbers jump, on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.formats.problems import Problems

_LAST_DIGITS = re.compile(r"(\d{1,15})(\D*)$")
MOST_CHANGES = 3
"""Changes that are told one by one; names with more follow no pattern at all."""


def tell_patterns(names: Sequence[str], numbers: npt.NDArray[np.int64], problems: Problems) -> None:
    """Tell where file names, in the order of their frames, stop following those before.

    Parameters
    ----------
    names : sequence of str
        File name of every frame; empty ones are left out.
    numbers : (n,) int64
        Number of every frame.
    """
    found = [
        (name, match, int(number))
        for name, number in zip(names, numbers.tolist(), strict=True)
        if name and (match := _LAST_DIGITS.search(name))
    ]
    if len(found) < 2:
        return
    patterns = [f"{name[: match.start()]}#{match[2]}" for name, match, _ in found]
    changes = [place for place in range(1, len(found)) if patterns[place] != patterns[place - 1]]
    if changes and len(changes) <= MOST_CHANGES:
        place = changes[0]
        problems.add(
            "file names that change",
            f"file names change from {found[place - 1][0]} to {found[place][0]}; frames of two "
            "videos may have been joined",
            location=f"frame number {found[place][2]}",
        )
    _tell_jumps(found, set(changes), problems)


def _tell_jumps(
    found: list[tuple[str, re.Match[str], int]], changes: set[int], problems: Problems
) -> None:
    """Tell where the numbers in names take another step than the numbers of frames."""
    digits = np.array([int(match[1]) for _, match, _ in found], dtype=np.int64)
    steps, counted = np.diff(digits), np.diff(np.array([number for *_, number in found]))
    usual = np.flatnonzero(counted == 1)
    if not len(usual):
        return
    values, counts = np.unique(steps[usual], return_counts=True)
    step = int(values[counts.argmax()])
    jumps = [n for n in np.flatnonzero(steps != step * counted).tolist() if n + 1 not in changes]
    if not jumps or len(jumps) > max(MOST_CHANGES, len(steps) // 10):
        return
    place = jumps[0]
    more = f", and at {len(jumps) - 1:,} more places" if len(jumps) > 1 else ""
    problems.add(
        "numbers that jump",
        f"the numbers in file names jump from {found[place][0]} to {found[place + 1][0]}{more}; "
        "frames may be missing",
        location=f"frame number {found[place + 1][2]}",
    )
