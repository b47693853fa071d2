"""Which picture belongs to which frame of a sequence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FrameError, Problem
from trackproof.frames.source import Interruptible, LooksAhead

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Many

    import numpy.typing as npt

    from trackproof.frames.source import FrameSource, Picture
    from trackproof.labels import Sequence

    Ints = npt.NDArray[np.int64]

MISSING = -1
LEAST_NUMBERED = 0.5
_LAST_DIGITS = re.compile(r"(\d+)\D*$")


class Join(StrEnum):
    """What pictures and labels were joined by, best first."""

    NAME = "name"
    NUMBER = "number"
    POSITION = "position"


@dataclass(frozen=True, eq=False)
class Match:
    """How the frames of a sequence map to the frames of a source.

    Parameters
    ----------
    join : Join
        What they were joined by.
    joined : (frames,) int64
        Source index of every frame of the sequence before the offset, ``MISSING`` for none.
    source_length : int
        Frames in the source.
    problems : tuple of Problem
        Where labels and pictures disagree, in words.
    offset : int
        How far the pictures were moved by hand; 1 shows every frame the picture after its own.
    """

    join: Join
    joined: Ints
    source_length: int
    problems: tuple[Problem, ...] = ()
    offset: int = 0

    @property
    def index_map(self) -> Ints:
        """``(frames,)`` source index of every frame, ``MISSING`` where there is no picture."""
        moved = self.joined + self.offset
        is_there = (self.joined != MISSING) & (moved >= 0) & (moved < self.source_length)
        return np.where(is_there, moved, MISSING)

    @property
    def rate(self) -> float:
        """Share of the sequence's frames that have a picture, 0 to 1."""
        return float(np.mean(self.index_map != MISSING)) if len(self.joined) else 0.0

    def shifted(self, offset: int) -> Match:
        """Return the match with another offset (absolute, not added to the present one)."""
        return replace(self, offset=offset)


class AlignedFrames:
    """The pictures of a source by frame index of a sequence; a `FrameSource` itself.

    Parameters
    ----------
    sequence : Sequence
        The labels' frames.
    source : FrameSource
        The pictures. Closed with this.
    match : Match
        Which belongs to which.
    """

    def __init__(self, sequence: Sequence, source: FrameSource, match: Match) -> None:
        self.source = source
        self.match = match
        self.names = sequence.frame_names
        self.path = source.path
        self.size = source.size
        self.rate_fps = source.rate_fps
        self.problems = (*source.problems, *match.problems)
        self.parallel_reads = source.parallel_reads
        self._index_map = match.index_map.tolist()

    def __len__(self) -> int:
        return len(self._index_map)

    def read(self, index: int) -> Picture:
        """Return the picture of a sequence's frame; see `FrameSource.read`."""
        return self.source.read(self._place(index))

    def read_while(self, index: int, is_wanted: Callable[[], bool]) -> Picture | None:
        """Return a picture unless it stops being wanted; see `Interruptible`."""
        if isinstance(self.source, Interruptible):
            return self.source.read_while(self._place(index), is_wanted)
        return self.read(index)

    def look_ahead(self, indices: Many[int]) -> None:
        """Have a source from afar bring frames nearer; see `LooksAhead`."""
        if isinstance(self.source, LooksAhead):
            places = (self._index_map[index] for index in indices)
            self.source.look_ahead([place for place in places if place != MISSING])

    def _place(self, index: int) -> int:
        if not 0 <= index < len(self._index_map):
            raise FrameError(
                f"there is no frame {index}; the sequence has {len(self._index_map)}",
                path=str(self.path),
            )
        place: int = self._index_map[index]
        if place == MISSING:
            raise FrameError(
                f"there is no picture for frame {index} ({self.names[index]})", path=str(self.path)
            )
        return place

    def shifted(self, sequence: Sequence, offset: int) -> AlignedFrames:
        """Return the same pictures with another offset; both share the source."""
        return AlignedFrames(sequence, self.source, self.match.shifted(offset))

    def close(self) -> None:
        """Close the source."""
        self.source.close()


def match(sequence: Sequence, source: FrameSource, *, offset: int = 0) -> Match:
    """Join the frames of a sequence with the pictures of a source.

    File names decide; where none agrees, the numbers in them or the labels' own; where those do
    not cover half of the frames, or the source is a video, the position. Never a mixture: half a
    sequence joined one way and half another would hide a shift.

    Parameters
    ----------
    sequence : Sequence
        The labels.
    source : FrameSource
        The pictures.
    offset : int
        Moves the pictures by whole frames.
    """
    is_video = isinstance(source.path, Path) and not source.path.is_dir()
    problems: list[Problem] = []
    if is_video:
        join, joined = Join.POSITION, _by_video_number(sequence, len(source))
    else:
        join, joined, problems = _by_best(sequence, source)
    problems += _count_problems(sequence, source, joined)
    problems += _size_problems(sequence, source)
    return Match(join, joined, len(source), tuple(problems), offset)


def _by_best(sequence: Sequence, source: FrameSource) -> tuple[Join, Ints, list[Problem]]:
    by_name = _by_name(sequence.frame_names, source.names)
    if np.any(by_name != MISSING):
        return Join.NAME, by_name, _order_problems(sequence, source, by_name)
    offered = _numbers(source.names)
    # Digits in the labels' file names say more about files than the labels' own count.
    for wanted in (_numbers(sequence.frame_names), sequence.frame_numbers.tolist()):
        if len(sequence) == len(source) and _is_shift(wanted, offered):
            return Join.POSITION, np.arange(len(sequence)), [_shift(wanted, offered, source)]
        by_number = _look_up(wanted, offered)
        if len(sequence) and np.mean(by_number != MISSING) >= LEAST_NUMBERED:
            return Join.NUMBER, by_number, []
    position = np.arange(len(sequence))
    joined = np.where(position < len(source), position, MISSING)
    if not len(sequence):
        return Join.POSITION, joined, []
    problem = Problem(
        f"neither names nor numbers agree (labels: {sequence.frame_names[0]}, files:"
        f" {source.names[0]}); frames were joined by position",
        path=str(source.path),
    )
    return Join.POSITION, joined, [problem]


def _is_shift(wanted: Many[int], offered: Many[int]) -> bool:
    """Return whether both count without holes and only start differently (0 against 1)."""
    shifts = np.asarray(offered, dtype=np.int64) - np.asarray(wanted, dtype=np.int64)
    return len(shifts) > 0 and bool(np.all(shifts == shifts[0])) and abs(int(shifts[0])) == 1


def _shift(wanted: Many[int], offered: Many[int], source: FrameSource) -> Problem:
    return Problem(
        f"the labels count from {wanted[0]}, the files from {offered[0]}; the first of each were"
        " joined. Look at a moving object, and move the pictures by one frame if the boxes lag",
        path=str(source.path),
    )


def _by_name(wanted: Many[str], names: Many[str]) -> Ints:
    """Join by file name, exactly where that finds any, else by stem without case or folder."""
    exact = _look_up([PurePosixPath(name).name for name in wanted], [_base(name) for name in names])
    if np.any(exact != MISSING):
        return exact
    return _look_up([_stem(name) for name in wanted], [_stem(name) for name in names])


def _look_up(wanted: Many[str] | Many[int], offered: Many[str] | Many[int]) -> Ints:
    """Return where every wanted value is offered; ``MISSING`` where it is not, or twice."""
    counts = Counter(offered)
    places = {value: place for place, value in enumerate(offered) if counts[value] == 1}
    return np.array([places.get(value, MISSING) for value in wanted], dtype=np.int64)


def _by_video_number(sequence: Sequence, length: int) -> Ints:
    """Join with a video: consecutive frames by position, others by their number.

    Files that count from 1 (MOTChallenge) mean the first picture by 1; all others by 0.
    """
    numbers = sequence.frame_numbers.astype(np.int64)
    is_consecutive = len(numbers) == 0 or bool(np.all(np.diff(numbers) == 1))
    places = np.arange(len(numbers)) if is_consecutive else numbers - int(numbers.min() == 1)
    return np.where((places >= 0) & (places < length), places, MISSING)


def _numbers(names: Many[str]) -> list[int]:
    found = [_LAST_DIGITS.search(_stem(name)) for name in names]
    return [int(digits[1]) if digits else MISSING for digits in found]


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _stem(name: str) -> str:
    return PurePosixPath(_base(name)).stem.casefold()


def _count_problems(sequence: Sequence, source: FrameSource, joined: Ints) -> list[Problem]:
    missing = np.flatnonzero(joined == MISSING)
    problems = []
    if len(missing):
        first = int(missing[0])
        problems.append(
            Problem(
                f"{len(missing)} of {len(sequence)} labelled frames have no picture; the first is"
                f" frame {first} ({sequence.frame_names[first]})",
                path=str(source.path),
            )
        )
    unused = len(source) - len(np.unique(joined[joined != MISSING]))
    if unused > 0:
        problems.append(
            Problem(
                f"the labels have {len(sequence)} frames, the pictures {len(source)};"
                f" {unused} pictures are not used",
                path=str(source.path),
            )
        )
    return problems


def _size_problems(sequence: Sequence, source: FrameSource) -> list[Problem]:
    if not sequence.width or not sequence.height or source.size == (0, 0):
        return []
    width, height = source.size
    if (sequence.width, sequence.height) == (width, height):
        return []
    message = (
        f"the labels are for {sequence.width} x {sequence.height} pixels, the pictures are"
        f" {width} x {height}; boxes will not fit"
    )
    return [Problem(message, path=str(source.path))]


def _order_problems(sequence: Sequence, source: FrameSource, joined: Ints) -> list[Problem]:
    """Report file names whose order contradicts the labels' order."""
    places = joined[joined != MISSING]
    if np.all(np.diff(places) > 0):
        return []
    back = int(np.flatnonzero(np.diff(joined) <= 0)[0]) + 1
    message = (
        f"the labels list the files in another order than their names"
        f" (frame {back} is {sequence.frame_names[back]}); the labels' order is shown"
    )
    return [Problem(message, path=str(source.path))]
