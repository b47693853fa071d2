"""One line of a YOLO text file: class, place as fractions of the image, confidence, track.

Lines are ``class x y width height``, or ``class`` and the vertices of an outline, then what
trackers add behind: a confidence and the number of a track, as ultralytics writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.formats.drawn_rows import bounds_of
from trackproof.formats.identities import NO_ID
from trackproof.formats.places import finite, whole_number
from trackproof.labels import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackproof.formats.annotations import Annotation

BOX_PLACES = 4
MOST_COLUMNS = 20_000
FARTHEST = 100.0
"""Fractions beyond this are pixels in the wrong format."""


class WrongLine(Exception):
    """A line cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands behind the place in every line of a data set.

    Parameters
    ----------
    has_track, has_confidence : bool
        Whether the last column is a track, and whether a confidence stands before it.
    """

    has_track: bool = False
    has_confidence: bool = False


@dataclass(frozen=True, slots=True)
class YoloRow:
    """One line as values in pixels."""

    number: int
    shape: Shape
    xywh: tuple[float, float, float, float]
    vertices: tuple[tuple[float, float], ...]
    confidence: float | None
    track: str | None


def layout_of(lines: Iterable[bytes]) -> Layout:
    """Return what the lines of a data set hold; only all of them together can tell.

    Boxes have four places, outlines an even number, so an odd number has one column behind: a
    track where all of these are whole, else a confidence. Six may be a box with both, and longer
    even ones an outline with both, where the last column is whole everywhere.
    """
    is_whole = {"one": True, "seven": True, "both": True}
    seen = dict.fromkeys(is_whole, False)
    for line in lines:
        fields = line.split(maxsplit=MOST_COLUMNS)
        count = len(fields) - 1
        if count <= BOX_PLACES:
            continue
        kind = "one" if count % 2 else ("seven" if count == BOX_PLACES + 2 else "both")
        seen[kind] = True
        is_whole[kind] &= fields[-1].removeprefix(b"-").isdigit()
    if seen["seven"] and is_whole["seven"]:
        return Layout(has_track=True, has_confidence=True)
    if seen["one"]:
        return Layout(has_track=is_whole["one"], has_confidence=not is_whole["one"])
    has_both = seen["both"] and is_whole["both"] and not seen["seven"]
    return Layout(has_track=has_both, has_confidence=has_both)


def row_of(line: bytes, layout: Layout, *, width: int, height: int) -> YoloRow:
    """Return what a line says.

    Raises
    ------
    WrongLine
        When it is no row of labels.
    """
    fields = line.split(maxsplit=MOST_COLUMNS)
    number = whole_number(fields[0]) if fields else None
    values = [finite(field) for field in fields[1:]]
    said = [value for value in values if value is not None]
    if number is None or not 0 <= number < 10**6 or len(said) < len(values):
        raise WrongLine(f"{_short(line)} is not a class number and fractions of the image")
    track, confidence = _taken_off(said, layout)
    if any(abs(value) > FARTHEST for value in said):
        raise WrongLine(f"{_short(line)} has places that are no fractions of the image")
    if len(said) == BOX_PLACES:
        x, y, w, h = said
        box = ((x - w / 2) * width, (y - h / 2) * height, w * width, h * height)
        return YoloRow(number, Shape.BOX, box, (), confidence, track)
    if len(said) <= BOX_PLACES or len(said) % 2:
        raise WrongLine(f"{_short(line)} has {len(fields)} columns, which is no box and no outline")
    points = tuple((x * width, y * height) for x, y in zip(said[::2], said[1::2], strict=True))
    return YoloRow(number, Shape.POLYGON, bounds_of(points), points, confidence, track)


def _taken_off(said: list[float], layout: Layout) -> tuple[str | None, float | None]:
    """Take what stands behind the places off their list."""
    track, confidence = None, None
    is_odd = bool(len(said) % 2)
    has_both = layout.has_track and layout.has_confidence
    if layout.has_track and len(said) > BOX_PLACES and (is_odd != has_both):
        own = said.pop()
        track = str(int(own)) if own.is_integer() and own != NO_ID else None
        if has_both:
            confidence = said.pop()
    elif layout.has_confidence and is_odd and len(said) > BOX_PLACES:
        confidence = said.pop()
    return track, confidence


def encode_row(
    one: Annotation, *, number: int, layout: Layout, track: int | None, width: int, height: int
) -> bytes:
    """Return the line of an annotation."""
    left, top, w, h = one.xywh
    if one.shape is Shape.BOX:
        places = [(left + w / 2) / width, (top + h / 2) / height, w / width, h / height]
    else:
        places = [side for x, y in one.vertices for side in (x / width, y / height)]
    fields = [str(number), *(f"{value:.9g}" for value in places)]
    confidence = dict(one.numbers).get("confidence")
    if layout.has_confidence:
        fields.append(f"{1.0 if confidence is None else confidence:.9g}")
    if layout.has_track:
        fields.append(str(-1 if track is None else track))
    return " ".join(fields).encode()


def _short(line: bytes) -> str:
    return repr(line[:60].decode("utf-8", "replace"))
