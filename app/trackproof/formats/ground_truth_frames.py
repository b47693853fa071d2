"""Which frame every entry of a label file belongs to: by file name, then number, then place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import Severity
from trackproof.formats.frame_patterns import tell_patterns
from trackproof.formats.ground_truth_entries import NO_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from trackproof.formats.ground_truth_entries import Entries
    from trackproof.formats.ground_truth_sequence_file import SequenceFile
    from trackproof.formats.problems import Problems

NOT_USED = -1
"""Frame index of an entry that belongs to no frame."""

MOST_MISSING = 20_000
LEAST_STEPS = 3
"""Frames that are added between listed ones at most; a larger hole is a wrong number."""

_LAST_DIGITS = re.compile(r"(\d+)(\D*)$")


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The frames of a sequence and where the entries of the label file go.

    Parameters
    ----------
    names : tuple of str
        File name of every frame.
    numbers : (frames,) int64
        ``frame-no`` of every frame.
    of_entry : (entries,) int32
        Frame index of every entry, ``NOT_USED`` when it is left out.
    """

    names: tuple[str, ...]
    numbers: npt.NDArray[np.int64]
    of_entry: npt.NDArray[np.int32]


def frames_alone(entries: Entries, problems: Problems) -> Frames:
    """Return the frames that a label file implies by itself.

    Frames are ordered by number where every entry has one of its own (text sorts 10 before 2),
    else as listed. Numbers between listed ones are frames that nobody touched, unless all numbers
    go up in steps: then every so many pictures of a video were labelled, and there are no others.
    """
    numbers = np.array(entries.numbers, dtype=np.int64)
    kept = _first_of_each(entries, problems)
    own = numbers[kept]
    if not len(own) or (own == NO_NUMBER).any() or len(np.unique(own)) < len(own):
        if len(own):
            problems.add(
                "frame numbers",
                "not every frame has a number of its own, so the order of the file is used",
            )
            tell_patterns([entries.names[place] for place in kept], np.arange(len(kept)), problems)
        return _as_listed(entries, kept)
    if (np.diff(own) < 0).any():
        problems.add(
            "frame order", "the file does not list frames by ascending number; numbers are followed"
        )
    ordered = kept[np.argsort(own)]
    _warn_about_names(entries, ordered, problems)
    tell_patterns([entries.names[place] for place in ordered], np.sort(own), problems)
    step = _step(own)
    if step > 1:
        problems.add(
            "frame numbers",
            f"frame numbers go up in steps of {step}; it is taken that there are no frames between",
            severity=Severity.NOTE,
        )
    span = int(own.max() - own.min()) // step + 1
    if span - len(own) > MOST_MISSING:
        problems.add(
            "frame numbers",
            f"frame numbers run from {own.min()} to {own.max()} for {len(own)} frames; "
            "frames between them are not shown",
        )
        return _ranked(entries, kept, own)
    return _with_holes(entries, kept, own, span=span, step=step)


def _step(numbers: npt.NDArray[np.int64]) -> int:
    """Return the step that all numbers keep; 1 where too few numbers tell."""
    steps = np.diff(np.sort(numbers))
    return int(np.gcd.reduce(steps)) if len(steps) >= LEAST_STEPS else 1


def frames_joined(file: SequenceFile, entries: Entries, problems: Problems) -> Frames:
    """Return the frames of a sequence file, with the entries joined to them."""
    tell_patterns(file.names, file.numbers, problems)
    by_name = _unique_places(file.names)
    by_number = _unique_places(file.numbers.tolist())
    names = np.array([by_name.get(name, NOT_USED) for name in entries.names], dtype=np.int32)
    numbers = np.array(
        [by_number.get(number, NOT_USED) for number in entries.numbers], dtype=np.int32
    )
    of_entry = np.where(names != NOT_USED, names, numbers).astype(np.int32)
    conflicts = int(((names != NOT_USED) & (numbers != NOT_USED) & (names != numbers)).sum())
    if conflicts:
        problems.add(
            "join conflicts",
            f"{conflicts:,} frames have another frame-no here than in the sequence file "
            f"{file.path.name}; they were joined by file name",
        )
    by_number_only = int(((names == NOT_USED) & (numbers != NOT_USED)).sum())
    if by_number_only:
        problems.add(
            "join by number",
            f"{by_number_only:,} file names are not in the sequence file {file.path.name}; these "
            "frames were joined by frame-no",
        )
    if len(of_entry) and (of_entry == NOT_USED).all() and len(of_entry) <= len(file.names):
        problems.add(
            "join by place",
            f"neither file names nor frame-no agree with the sequence file {file.path.name}; "
            "frames were joined by their place in the list",
        )
        of_entry = np.arange(len(of_entry), dtype=np.int32)
    _without_repeats(of_entry, entries, problems)
    for place in np.flatnonzero(of_entry == NOT_USED):
        if names[place] == NOT_USED and numbers[place] == NOT_USED:
            problems.error(
                "frames that the sequence file does not list",
                f"{entries.names[place] or 'a frame'} is not in the sequence file "
                f"{file.path.name}; left out",
                location=f"frame entry {place}",
            )
    return Frames(file.names, file.numbers, of_entry)


def _first_of_each(entries: Entries, problems: Problems) -> npt.NDArray[np.intp]:
    """Return the places of entries that are frames of their own."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for place, key in enumerate(zip(entries.names, entries.numbers, strict=True)):
        if key == ("", NO_NUMBER):
            problems.error(
                "frames without name and number",
                "the frame has neither a file name nor a frame-no; left out",
                location=f"frame entry {place}",
            )
        elif key in seen:
            _repeated(entries, place, problems)
        else:
            seen.add(key)
            kept.append(place)
    return np.array(kept, dtype=np.intp)


def _repeated(entries: Entries, place: int, problems: Problems) -> None:
    problems.error(
        "repeated frames",
        f"{entries.names[place] or f'frame-no {entries.numbers[place]}'} is listed a second time; "
        "the first entry is used",
        location=f"frame entry {place}",
    )


def _without_repeats(of_entry: npt.NDArray[np.int32], entries: Entries, problems: Problems) -> None:
    seen: set[int] = set()
    for place, frame in enumerate(of_entry.tolist()):
        if frame in seen:
            of_entry[place] = NOT_USED
            _repeated(entries, place, problems)
        elif frame != NOT_USED:
            seen.add(frame)


def _as_listed(entries: Entries, kept: npt.NDArray[np.intp]) -> Frames:
    of_entry = np.full(len(entries), NOT_USED, dtype=np.int32)
    of_entry[kept] = np.arange(len(kept))
    own = np.array(entries.numbers, dtype=np.int64)[kept]
    numbers = np.where(own == NO_NUMBER, np.arange(len(kept)), own)
    names = tuple(
        entries.names[place] or _made_up(int(number))
        for place, number in zip(kept, numbers, strict=True)
    )
    return Frames(names, numbers, of_entry)


def _ranked(entries: Entries, kept: npt.NDArray[np.intp], own: npt.NDArray[np.int64]) -> Frames:
    order = np.argsort(own)
    of_entry = np.full(len(entries), NOT_USED, dtype=np.int32)
    of_entry[kept[order]] = np.arange(len(kept))
    names = tuple(entries.names[p] or _made_up(entries.numbers[p]) for p in kept[order])
    return Frames(names, own[order], of_entry)


def _with_holes(
    entries: Entries,
    kept: npt.NDArray[np.intp],
    own: npt.NDArray[np.int64],
    *,
    span: int,
    step: int,
) -> Frames:
    first = int(own.min())
    of_entry = np.full(len(entries), NOT_USED, dtype=np.int32)
    of_entry[kept] = (own - first) // step
    names = [""] * span
    for place, frame in zip(kept, of_entry[kept], strict=True):
        names[frame] = entries.names[place]
    if "" in names:
        pattern = _pattern([entries.names[p] for p in kept], own.tolist())
        for frame, name in enumerate(names):
            names[frame] = name or pattern(first + frame * step)
    return Frames(tuple(names), first + np.arange(span, dtype=np.int64) * step, of_entry)


class _Pattern:
    """Makes the name of a frame that is not listed from how the listed ones are named."""

    def __init__(self, template: str, offset: int, digits: int) -> None:
        self.template = template
        self.offset = offset
        self.digits = digits

    def __call__(self, number: int) -> str:
        return self.template.replace("\0", f"{number + self.offset:0{self.digits}d}")


def _pattern(names: Sequence[str], numbers: Sequence[int]) -> _Pattern:
    """Return the pattern that all names follow, or one that is made up."""
    seen = set()
    for name, number in zip(names, numbers, strict=True):
        match = _LAST_DIGITS.search(name)
        if match is None or len(match[1]) > 15:
            return _Pattern("frame-no \0", 0, 1)
        template = f"{name[: match.start()]}\0{match[2]}"
        seen.add((template, int(match[1]) - number, len(match[1])))
    if len({(template, offset) for template, offset, _ in seen}) != 1:
        return _Pattern("frame-no \0", 0, 1)
    return _Pattern(*min(seen, key=lambda one: one[2]))


def _made_up(number: int) -> str:
    return f"frame-no {number}"


def _warn_about_names(entries: Entries, ordered: npt.NDArray[np.intp], problems: Problems) -> None:
    names = [entries.names[place].encode() for place in ordered]
    if names != sorted(names):
        problems.add(
            "frame order",
            "sorted by file name the frames stand in another order than by frame-no; the worker "
            "tool may show them in that order",
        )
    repeated = [name for name, count in Counter(names).items() if name and count > 1]
    if repeated:
        problems.add(
            "repeated file names",
            f"{len(repeated)} file names belong to several frames, first {repeated[0].decode()}",
        )


def _unique_places(keys: Sequence[object]) -> dict[object, int]:
    """Return the place of every key that stands for one frame only."""
    counts = Counter(keys)
    return {key: place for place, key in enumerate(keys) if counts[key] == 1}
