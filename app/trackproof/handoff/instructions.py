"""Words for workers: where to look first, within the length that the service accepts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from trackproof.handoff.limits import FULL_INSTRUCTION_CHARACTERS, SHORT_INSTRUCTION_CHARACTERS
from trackproof.labels import FrameRanges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Texts = Sequence[Callable[[Sequence["Place"]], str]]

PLACES = "{places}"
"""Stands in a text of a person's own for what the program says of the flagged places."""


@dataclass(frozen=True, slots=True)
class Place:
    """A flag as a worker meets it.

    Parameters
    ----------
    clip : str
        File name of the first frame of the worker's sequence: what tells one task from another.
    frame_start, frame_end : int
        Frame numbers in the worker's sequence, which count from 0; inclusive.
    first_name, last_name : str
        File names of these frames.
    object_name : str
        What to look at.
    evidence : str
        Why, in one sentence.
    """

    clip: str
    frame_start: int
    frame_end: int
    first_name: str
    last_name: str
    object_name: str
    evidence: str = ""


def short_instruction(places: Sequence[Place], *, original: str = "") -> str:
    """Return the text beside the picture: the original's, and where to look as far as it fits."""
    return _fitting(
        SHORT_TEXTS,
        places,
        original=original,
        separator=" ",
        most=SHORT_INSTRUCTION_CHARACTERS,
    )


def full_instruction(places: Sequence[Place], *, original: str = "") -> str:
    """Return the text behind the instructions button: as much detail as fits (HTML)."""
    return _fitting(
        FULL_TEXTS,
        places,
        original=original,
        separator="\n",
        most=FULL_INSTRUCTION_CHARACTERS,
    )


def short_filled(own: str, places: Sequence[Place]) -> str:
    """Return a person's own short text with the flagged places where it names `PLACES`."""
    return _filled(SHORT_TEXTS, own, places, most=SHORT_INSTRUCTION_CHARACTERS)


def full_filled(own: str, places: Sequence[Place]) -> str:
    """Return a person's own full text with the flagged places where it names `PLACES`."""
    return _filled(FULL_TEXTS, own, places, most=FULL_INSTRUCTION_CHARACTERS)


def short_unfilled(text: str, places: Sequence[Place]) -> str:
    """Return a short text with `PLACES` for what this program wrote there of the places."""
    return _unfilled(SHORT_TEXTS, text, places)


def full_unfilled(text: str, places: Sequence[Place]) -> str:
    """Return a full text with `PLACES` for what this program wrote there of the places."""
    return _unfilled(FULL_TEXTS, text, places)


def _filled(texts: Texts, own: str, places: Sequence[Place], *, most: int) -> str:
    """Return the text with the most detail that fits; the shortest when nothing does."""
    if PLACES not in own or not places:
        return own.replace(PLACES, "").strip()
    filled = [own.replace(PLACES, text(places)) for text in texts]
    return next((one for one in filled if len(one) <= most), min(filled, key=len))


def _unfilled(texts: Texts, text: str, places: Sequence[Place]) -> str:
    said = (one(places) for one in texts) if places else ()
    found = next((one for one in said if one and one in text), None)
    return text if found is None else text.replace(found, PLACES, 1)


def _fitting(
    texts: Texts,
    places: Sequence[Place],
    *,
    original: str,
    separator: str,
    most: int,
) -> str:
    """Return the original with the most detailed text that fits beside it.

    The original is what the workers were trained on, so it gives way only when nothing fits
    beside it, or when it is itself longer than the service accepts.
    """
    if not places:
        return original if len(original) <= most else original[:most]
    for text in texts:
        joined = separator.join(part for part in (original, text(places)) if part)
        if len(joined) <= most:
            return joined
    return next((text(places) for text in texts if len(text(places)) <= most), texts[-1](places))


def _by_clip(places: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    in_order = sorted(places, key=lambda place: (place.clip, place.frame_start))
    return [(clip, list(group)) for clip, group in groupby(in_order, key=lambda p: p.clip)]


def _frames(places: Iterable[Place]) -> str:
    ranges = FrameRanges.joined((place.frame_start, place.frame_end) for place in places)
    text = str(ranges).replace(",", ", ")
    return f"frame {text}" if text.isdecimal() else f"frames {text}"


def _count(places: Sequence[Place]) -> str:
    clips = len({place.clip for place in places})
    some = f"{len(places)} places" if len(places) > 1 else "1 place"
    return f"Flagged: {some} in {clips} clips." if clips > 1 else f"Flagged: {some}."


def _count_as_paragraph(places: Sequence[Place]) -> str:
    return f"<p>{_count(places)}</p>"


def _ranges_in_line(places: Sequence[Place]) -> str:
    clips = _by_clip(places)
    if len(clips) == 1:
        return f"Check {_frames(clips[0][1])} first (counted from 0)."
    parts = [f"{escape(clip)}: {_frames(group)}" for clip, group in clips]
    return f"Check first, by first file of the clip: {'; '.join(parts)}."


def _as_list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return (
        f"<p>Check these places first. Frame numbers count from 0 in each clip.</p><ul>{items}</ul>"
    )


def _ranges_as_list(places: Sequence[Place]) -> str:
    return _as_list(
        f"Clip from {escape(clip)}: {_frames(group)}" for clip, group in _by_clip(places)
    )


def _with_objects(places: Sequence[Place]) -> str:
    lines = []
    for clip, group in _by_clip(places):
        by_name = sorted(group, key=lambda place: place.object_name)
        objects = [
            f"{escape(name)} in {_frames(some)}"
            for name, some in groupby(by_name, key=lambda place: place.object_name)
        ]
        lines.append(f"Clip from {escape(clip)}: {'; '.join(objects)}")
    return _as_list(lines)


def _with_evidence(places: Sequence[Place]) -> str:
    return _as_list(
        f"Clip from {escape(clip)}: {escape(place.object_name)} in {_frames([place])} "
        f"({_names(place)}){_because(place)}"
        for clip, group in _by_clip(places)
        for place in group
    )


def _names(place: Place) -> str:
    if place.first_name == place.last_name:
        return escape(place.first_name)
    return escape(f"{place.first_name} to {place.last_name}")


def _because(place: Place) -> str:
    return f": {escape(place.evidence, quote=False)}" if place.evidence else ""


SHORT_TEXTS = (_ranges_in_line, _count)
FULL_TEXTS = (_with_evidence, _with_objects, _ranges_as_list, _count_as_paragraph)
"""What can be said of the places, the most detailed first."""
