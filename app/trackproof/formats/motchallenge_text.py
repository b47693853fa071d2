"""The numbers of a MOTChallenge text file, line by line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from trackproof.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from trackproof.formats.problems import Problems

LEAST_COLUMNS, MOST_COLUMNS = 6, 32

MANY_BYTES = 16_000_000
"""From here on pandas is faster than numpy even when it has to be imported first."""
PIECE = 500
"""Lines read at once: numpy holds the interpreter meanwhile, for a millisecond."""

COLUMNS = {
    6: (),
    7: ("confidence",),
    8: ("flag", "class"),
    9: ("flag", "class", "visibility"),
    10: ("confidence", "x", "y", "z"),
}
"""What stands after frame, identity, left, top, width and height, by number of columns: MOT17
ground truth has nine, MOT15 ground truth and detections seven or ten."""


def columns_of(count: int) -> tuple[str, ...]:
    """Return the names of the columns after the box."""
    return COLUMNS[min(count, 10)]


def looks_like_rows(head: bytes) -> bool:
    """Return whether the beginning of a file is rows of numbers."""
    for line in head.splitlines():
        if line.strip():
            return _values(line) is not None
    return False


def read_numbers(data: bytes, path: Path, problems: Problems) -> npt.NDArray[np.float64]:
    """Return the ``(lines, columns)`` numbers; a line that is no row is all NaN.

    Raises
    ------
    FormatError
        When no line is a row.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = data.splitlines()
    numbers = _fast(data, lines)
    if numbers is None:
        numbers = _line_by_line(lines, problems)
    if not np.isfinite(numbers[:, :2]).any():
        raise FormatError(
            "no line holds frame, identity, left, top, width and height, separated by commas",
            path=path,
        )
    return numbers


def _fast(data: bytes, lines: list[bytes]) -> npt.NDArray[np.float64] | None:
    """Return all numbers at once, or None when some line needs a closer look."""
    first = next((line for line in lines if line.strip()), b"")
    count = first.count(b",") + 1
    if not LEAST_COLUMNS <= count <= MOST_COLUMNS or not all(map(bytes.strip, lines)):
        return None
    try:
        read = _in_pieces if len(data) < MANY_BYTES else _by_pandas
        numbers = read(data, lines, count)
    except ValueError:
        return None
    has_gap = len(numbers) != len(lines) or not np.isfinite(numbers).all()
    return None if has_gap else numbers


def _in_pieces(_data: bytes, lines: list[bytes], count: int) -> npt.NDArray[np.float64]:
    """Return the numbers of lines that all hold as many.

    Raises
    ------
    ValueError
        When a line holds more or fewer, or something else.
    """
    pieces = [
        np.loadtxt(lines[at : at + PIECE], delimiter=",", comments=None, ndmin=2)
        for at in range(0, len(lines), PIECE)
    ]
    if any(piece.shape[1] != count for piece in pieces):
        raise ValueError("lines of different length")
    return np.concatenate(pieces)


def _by_pandas(data: bytes, _lines: list[bytes], count: int) -> npt.NDArray[np.float64]:
    """Return the numbers of a large file; a short line ends in NaN.

    Raises
    ------
    ValueError
        When a line holds more than the first or something else.
    """
    import pandas as pd

    frame = pd.read_csv(
        io.BytesIO(data),
        header=None,
        names=list(range(count)),
        index_col=False,
        dtype=np.float64,
        quoting=3,
        skip_blank_lines=False,
        engine="c",
    )
    return np.ascontiguousarray(frame.to_numpy())


def _line_by_line(lines: list[bytes], problems: Problems) -> npt.NDArray[np.float64]:
    rows: list[list[float] | None] = []
    for place, line in enumerate(lines):
        values = _values(line)
        if values is None and line.strip():
            text = line[:60].decode("utf-8", "replace")
            problems.error(
                "lines that are no rows",
                f"{text!r} is not frame, identity, left, top, width, height; left out",
                location=f"line {place + 1}",
            )
        rows.append(values)
    count = max((len(values) for values in rows if values), default=LEAST_COLUMNS)
    numbers = np.full((len(rows), count), np.nan)
    for place, values in enumerate(rows):
        if values:
            numbers[place, : len(values)] = values
    return numbers


def _values(line: bytes) -> list[float] | None:
    fields = line.strip().removesuffix(b",").split(b",")
    if not LEAST_COLUMNS <= len(fields) <= MOST_COLUMNS:
        return None
    try:
        return [float(field) if field.strip() else float("nan") for field in fields]
    except ValueError:
        return None
